"""An export tells how far it is and can be stopped; whoever has not confirmed is asked, and comes back to his list."""

import csv
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.phone.clerk import Clerk
from tests.phone.conftest import People
from tests.phone.person import DESK

SLOW = {"offline": False, "latency": 0, "downloadThroughput": 1_000, "uploadThroughput": -1}
"""A line of a thousand bytes a second."""


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_an_export_shows_its_rows_and_can_be_stopped(people: People, demo_clerk: Clerk) -> None:
    clerk = people(viewport=DESK, locale="en")
    demo_clerk.come_in(clerk, "/office/products")
    page, link, told = (
        clerk.page,
        clerk.page.locator("[data-export]"),
        clerk.page.locator("[data-export-box] [data-rows]"),
    )
    with page.expect_download() as saved:
        link.click()
    rows = rows_of(saved.value.path())
    assert saved.value.suggested_filename == "products.csv" and len(rows) > 20
    expect(told).to_contain_text(re.compile(rf"\b{len(rows) - 1}\b.*\b{len(rows) - 1}\b"))
    devtools: Any = clerk.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW)
    saves: list[Any] = []
    page.on("download", lambda made: saves.append(made))
    link.click()
    stop = page.locator("[data-export-box] button")
    expect(stop).to_be_visible()
    stop.click()
    expect(told).to_have_text(re.compile("保存|kept"))
    expect(stop).to_be_hidden()
    assert saves == []
    devtools.send("Network.emulateNetworkConditions", SLOW | {"downloadThroughput": -1})
    with page.expect_download() as saved:
        link.click()
    assert rows_of(saved.value.path()) == rows, "after stopping it can be taken"


def test_without_scripts_an_export_is_a_download(people: People, demo_clerk: Clerk) -> None:
    clerk = people(viewport=DESK, java_script_enabled=False)
    demo_clerk.come_in(clerk, "/office/products")
    with clerk.page.expect_download() as saved:
        clerk.page.locator("[data-export]").click()
    assert saved.value.suggested_filename == "products.csv" and len(rows_of(saved.value.path())) > 20

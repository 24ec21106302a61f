"""An operator brings a table in: it is looked at first, its progress shows without scripts too, and what it says is sold."""

import csv
import io
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.phone.clerk import Clerk
from tests.phone.conftest import People
from tests.phone.person import DESK, Person
from tests.phone.test_pages import look_through

MELON = "哈密瓜 定制礼盒"


def taken_along(clerk: Person) -> list[list[str]]:
    """The goods as the office gives them away."""
    clerk.go("/office/imports")
    with clerk.page.expect_download() as saved:
        clerk.page.locator("a[href='/office/imports/goods.csv']").click()
    return list(csv.reader(io.StringIO(Path(saved.value.path()).read_text("utf-8-sig"))))


def bring(clerk: Person, rows: list[list[str]], folder: Path) -> None:
    """Upload a table and wait until the worker has looked at it; the page asks again by itself."""
    file = folder / "spring.csv"
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    clerk.go("/office/imports")
    clerk.page.locator("[name=content]").set_input_files(file)
    clerk.page.locator("#name").fill("春季调价")
    clerk.page.locator("form[action='/office/imports'] button").click()
    expect(clerk.page.locator("#decide")).to_be_visible()


def test_a_table_is_looked_at_brought_in_and_sold_and_the_exception_needs_a_word(
    people: People, demo_clerk: Clerk, tmp_path: Path
) -> None:
    clerk = people(viewport=DESK, java_script_enabled=False)
    demo_clerk.come_in(clerk)
    header, first, *_ = taken_along(clerk)
    category, supplier = first[3], first[4]
    rows = [header, [*first[:5], "66.00", *first[6:]], [*first[:5], "nonsense", *first[6:]],
            ["", MELON, "", category, supplier, "88.00", "12", "agreed"]]  # fmt: skip
    bring(clerk, rows, tmp_path)
    page: Any = clerk.page
    expect(page.locator(".table").first).to_contain_text("nonsense")
    expect(page.locator(".table").last).to_contain_text("66.00")
    with page.expect_download() as saved:
        page.locator("a[href$='/refused.csv']").click()
    assert len(Path(saved.value.path()).read_text("utf-8-sig").splitlines()) == 2
    place = clerk.path
    page.locator("form[action$='/confirmation'] [name=reason]").fill("春季调价，已核对")
    page.locator("form[action$='/confirmation'] button").click()
    expect(page.locator("h1 .state")).to_have_attribute("data-tone", "leaf")
    faults = look_through(clerk, ["/office/imports", place])
    assert [fault for fault in faults if ": small: " not in fault] == []

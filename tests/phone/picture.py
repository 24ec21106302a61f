"""Makes docs/pictures/buying.png from the running product: home, product and a formed team, as phones show them.

TUAN_CHROMIUM=/usr/bin/chromium .venv/bin/python -P tests/phone/picture.py   (some 30 seconds)
"""

import base64
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.phone.conftest import launched_browser  # noqa: E402
from tests.phone.person import arrive  # noqa: E402
from tests.phone.product import Product  # noqa: E402
from tests.phone.test_buying import TOMATO, join_from_a_link, open_team  # noqa: E402

PICTURE = ROOT / "docs" / "pictures" / "buying.png"
BYTES_MAX = 400_000
BUYERS = ("13800000001", "13800000002", "13800000003")
STYLE = """
body { margin: 0; padding: 28px; display: flex; align-items: start; gap: 28px; background: #efe6da; }
img { width: 360px; height: auto; border-radius: 28px; box-shadow: 0 2px 18px #5c3b1e2e; }
"""


def shots_of(browser: Browser, home: str) -> list[bytes]:
    """Home, product with a neighbour's open team, formed team: each at the top of its page."""
    first, second, neighbour = (arrive(browser, home, number=number) for number in BUYERS)
    neighbour.sign_in()
    neighbour.look_at(TOMATO)
    if neighbour.page.locator("[name=mode][value=join]").count() == 0:  # the demo's own teams may be of other goods
        open_team(neighbour, TOMATO)
    first.sign_in()
    team = open_team(first, TOMATO)
    join_from_a_link(second, team)
    expect(first.page.locator(".seats")).to_have_attribute("data-state", "formed")
    first.page.reload()
    shots = [shot(first.page)]
    first.look_at(TOMATO)
    shots.insert(0, shot(first.page))
    first.go("/")
    shots.insert(0, shot(first.page))
    return shots


def shot(page: Page) -> bytes:
    page.wait_for_load_state("networkidle")
    return page.screenshot(animations="disabled")


def compose(browser: Browser, shots: list[bytes]) -> bytes:
    """The shots side by side."""
    page = browser.new_page(viewport={"width": 3 * 360 + 4 * 28, "height": 100})
    images = [f'<img alt="" src="data:image/png;base64,{base64.b64encode(one).decode()}">' for one in shots]
    page.set_content(f"<!doctype html><style>{STYLE}</style>{''.join(images)}")
    return page.screenshot(full_page=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, launched_browser() as browser:
        product = Product(Path(folder) / "data")
        try:
            product.wait_until_said("Ready:")
            picture = compose(browser, shots_of(browser, product.url))
            product.stop()
        finally:
            product.clear_away()
    assert len(picture) < BYTES_MAX, len(picture)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_bytes(picture)


if __name__ == "__main__":
    main()

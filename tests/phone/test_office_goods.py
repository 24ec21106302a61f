"""An operator at a desk: a product with a picture and a campaign, made with a mouse, and bought by somebody with a phone."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.given.pictures import picture
from tests.phone.clerk import Clerk
from tests.phone.conftest import People
from tests.phone.person import DESK
from tests.phone.test_pages import LANGUAGES, look_through

APPLE = "红富士苹果"


def send(page: Page, action: str, button: str = "button", **fields: str) -> None:
    """Fill the form with this action, with a reason, and send it; wherever it stands folded away, it is opened."""
    form = page.locator(f"form[action='{action}']")
    for name, value in {**fields, "reason": "opening week"}.items():
        form.locator(f"[name='{name}']").fill(value)
    form.locator(button).first.click()


def make_product(page: Page, photo: Path) -> str:
    """A draft with a picture and stock, on the shelf; the path of its page in the office."""
    page.goto("/office/products/new")
    for name in ("category", "supplier"):
        page.locator(f"[name={name}]").select_option(index=1)
    send(page, "/office/products", title=APPLE, story="树上熟，脆甜多汁。", options="5 斤", price="39.90")
    expect(page.locator("h1")).to_contain_text(APPLE)
    path = re.sub(r"^https?://[^/]+", "", page.url)
    page.locator("[name=picture][type=file]").set_input_files(photo)
    send(page, f"{path}/pictures")
    expect(page.locator(".tiles img")).to_have_count(1)
    page.locator("a[href^='/office/stock/']").first.click()
    stock = re.sub(r"^https?://[^/]+", "", page.url)
    send(page, f"{stock}/receipts", units="20")
    expect(page.locator(".table tbody")).to_contain_text("opening week")
    page.goto(path)
    send(page, f"{path}/shelf", "button[value=listed]")
    expect(page.locator("a[href^='/office/campaigns/new']")).to_be_visible()
    return path


def make_campaign(page: Page) -> str:
    """From the product's page through the preview; the path of the campaign."""
    page.locator("a[href^='/office/campaigns/new']").click()
    page.locator("input[name^='sku_']").fill("29.90")
    page.locator("input[name^='aside-sku_']").fill("10")
    page.locator("form[action='/office/campaigns/new'] button").click()
    expect(page.locator("#effect")).to_contain_text("29")
    send(page, "/office/campaigns")
    expect(page.locator(".figures-row")).to_be_visible()
    return re.sub(r"^https?://[^/]+", "", page.url)


def test_an_operator_makes_a_product_with_a_picture_and_a_campaign_and_it_can_be_bought(
    people: People, demo_clerk: Clerk, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture(1600, 1200))
    clerk = people(viewport=DESK)
    demo_clerk.come_in(clerk)
    made = make_product(clerk.page, photo)
    campaign = make_campaign(clerk.page)
    buyer = people()
    buyer.sign_in()
    buyer.look_at(APPLE)
    shown = buyer.page.locator(".gallery img").first
    assert shown.evaluate("image => image.complete && image.naturalWidth > 0")
    assert re.search(r"/pictures/[0-9a-f]{32}-\d+\.webp$", shown.evaluate("image => image.currentSrc"))
    buyer.want("open")
    buyer.fill_in_address()
    buyer.place()
    buyer.pay()
    clerk.go(f"/office/teams?campaign={campaign.rpartition('/')[2]}")
    for _ in range(30):  # the worker hears of the payment, and this page is not a live one
        if "1/2" in clerk.page.locator(".table tbody tr").inner_text():
            break
        clerk.page.wait_for_timeout(1000)
        clerk.page.reload()
    expect(clerk.page.locator(".table tbody tr")).to_contain_text("1/2")
    team = clerk.page.locator(".table-link").first.get_attribute("href")
    stock = clerk.page.goto(made) and clerk.page.locator("a[href^='/office/stock/']").first.get_attribute("href")
    assert team and stock and len(LANGUAGES) == 3
    lists = [f"/office/{place}" for place in ("products", "stock", "campaigns", "teams")]
    faults = look_through(clerk, [*lists, made, stock, campaign, team, "/office/products/new",
                                  "/office/campaigns/new", "/office/products/bulk?step=up&value=1"])  # fmt: skip
    # Tables of the office are dense; what a thumb would miss is measured where buyers tap.
    assert [fault for fault in faults if ": small: " not in fault] == []

"""After-sales on two phones: of three units one is paid back, another one is sent back, and both sides see the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.given.pictures import picture
from tests.phone.conftest import People
from tests.phone.person import Person
from tests.phone.test_buying import TOMATO

Look = Callable[[Person, str], None]


def buy_three(buyer: Person, supplier: Person) -> str:
    """Three units alone, paid, shipped and received; the order's path."""
    buyer.sign_in()
    buyer.look_at(TOMATO)
    buyer.want("alone")
    for _ in range(2):
        buyer.page.locator(".stepper button").last.tap()
    expect(buyer.page.locator(".stepper output")).to_have_text("3")
    buyer.fill_in_address()
    buyer.place()
    buyer.pay()
    order = buyer.open_order()
    supplier.go("/desk/orders")
    parcel = supplier.page.locator(".order-card", has=supplier.page.locator(f"form[action*='{order}/']"))
    parcel.locator("summary").tap()
    parcel.locator("[name=carrier]").fill("顺丰")
    parcel.locator("[name=tracking]").fill("SF1234567890")
    parcel.locator("form[action$='/shipment'] button").tap()
    expect(parcel).to_have_count(0)
    buyer.go(order)
    buyer.tap("form[action$='/receipt'] button")
    expect(buyer.page.locator(".timeline [data-kind=received]")).to_be_visible()
    return order


def ask(buyer: Person, order: str, kind: str, why: str, look: Look, photo: Path | None = None) -> str:
    """One unit, by the buttons; what comes back is shown before anything is asked. The sum that was shown."""
    buyer.go(order)
    buyer.tap("a[href$='/cases/new']")
    look(buyer, "kinds")
    buyer.tap(f"a[href$='kind={kind}']")
    buyer.page.locator("[name=units_1]").fill("1")
    buyer.page.locator("[name=why]").select_option(why)
    buyer.tap("form[action$='/cases/new'] button")
    shown: str = buyer.page.locator("[data-kind=total] .money").inner_text()
    if photo is not None:
        buyer.page.locator("[name=picture]").set_input_files(photo)
        buyer.page.locator("form[action$='/cases'] [name=text]").fill("有一个压坏了")
    look(buyer, f"preview-{kind}")
    buyer.tap("form[action$='/cases'] button")
    expect(buyer.page.locator(".next")).to_have_attribute("data-tone", "ripe")
    look(buyer, f"asked-{kind}")
    return shown


def answer(supplier: Person, order: str, look: Look) -> None:
    """The supplier finds the case by its deadline and agrees."""
    supplier.go("/desk/cases")
    look(supplier, "desk-list")
    supplier.tap(f".case-card[href*='{order.removeprefix('/orders/')}']")
    look(supplier, "desk-case")
    agree = "form:has([value=agree])"
    supplier.tap(f"{agree} button")
    expect(supplier.page.locator(agree)).to_have_count(0)


def story(buyer: Person, supplier: Person, photo: Path, look: Look) -> None:
    order = buy_three(buyer, supplier)
    look(buyer, "order")
    shown = ask(buyer, order, "refund_only", "damaged", look, photo)
    answer(supplier, order, look)
    case = buyer.path
    buyer.go(case)
    expect(buyer.page.locator(".next")).to_have_attribute("data-tone", "leaf")
    expect(buyer.page.locator(".facts")).to_contain_text(shown)
    expect(buyer.page.locator(".case-pictures img")).to_have_count(1)

    assert ask(buyer, order, "return", "no_reason", look) == shown
    case = buyer.path
    answer(supplier, order, look)
    desk = supplier.path
    buyer.go(case)
    buyer.page.locator("[name=carrier]").fill("圆通")
    buyer.page.locator("[name=tracking]").fill("YT1")
    buyer.tap("form:has([value=send_back]) button")
    expect(buyer.page.locator(".facts")).to_contain_text("YT1")
    supplier.go(desk)
    supplier.page.locator("[name=restock]").check()
    supplier.tap("form:has([value=receive]) button")
    expect(supplier.page.locator(".next")).to_have_attribute("data-tone", "leaf")
    buyer.go(order)
    expect(buyer.page.locator(".case-card .state[data-tone=leaf]")).to_have_count(2)
    expect(buyer.page.locator(".notice .money")).to_have_text([shown, shown])
    look(buyer, "order-after")


def test_one_unit_is_paid_back_and_another_is_sent_back(
    people: People, supplier_signed_in: Any, tmp_path: Path
) -> None:
    photo = tmp_path / "broken.jpg"
    photo.write_bytes(picture(1200, 900))
    story(people(), people(storage_state=supplier_signed_in), photo, lambda _who, _what: None)

"""A presale on a phone: the rules before anything is paid, a deposit, its order, and an invoice where one can be had."""

from playwright.sync_api import expect

from tests.phone.clerk import Clerk
from tests.phone.conftest import People
from tests.phone.test_buying import NOTEBOOK
from tests.phone.test_pages import look_through

TEA = "明前龙井 100 克"
BUYER = "13800000004"
"""A demo buyer, who has an address."""
BOOK = "a[href^='/presale/']"


def test_a_deposit_is_paid_by_who_has_read_what_becomes_of_it(people: People) -> None:
    buyer = people(number=BUYER)
    buyer.sign_in("/me/addresses")
    buyer.look_at(NOTEBOOK)
    buyer.want("alone")
    buyer.fill_in_address()
    buyer.place()  # so that there is an address
    buyer.look_at(TEA)
    product = buyer.path
    expect(buyer.page.locator("#presale").locator("..")).to_contain_text("20.00")
    buyer.tap(BOOK)
    expect(buyer.page.locator("form.checkout")).to_be_visible()
    booking = buyer.path
    faults = look_through(buyer, [product, booking])
    buyer.go(f"{booking}&lang=zh-CN")
    expect(buyer.page.locator("form.checkout")).to_contain_text("双倍返还")
    pay = buyer.place()
    buyer.pay()
    order = buyer.open_order()
    expect(buyer.page.locator(".next h1")).to_have_text("已付定金，等付尾款")
    expect(buyer.page.locator(".next a.button")).to_have_count(0)  # it is too early for the balance
    faults += look_through(buyer, [order, pay])
    buyer.go(f"{order}?lang=zh-CN")
    buyer.page.locator("details.leave summary").tap()
    expect(buyer.page.locator("details.leave")).to_contain_text("归商家")
    assert faults == []


def test_an_invoice_is_asked_for_on_a_phone(people: People) -> None:
    buyer = people(number="13800000005")
    buyer.sign_in("/me/addresses")
    buyer.look_at(NOTEBOOK)
    buyer.want("alone")
    buyer.fill_in_address()
    buyer.place()
    buyer.pay()
    order = buyer.open_order()
    faults = look_through(buyer, [f"{order}/invoice"])
    buyer.page.locator("[name=title_kind]").select_option("company")
    for name, value in {"title": "福建公司", "tax_number": "91350100M000100Y44", "email": "a@example.com"}.items():
        buyer.page.locator(f"[name={name}]").fill(value)
    buyer.tap("form[action$='/invoice'] button")
    expect(buyer.page.locator(".field-error")).to_be_visible()
    buyer.complaints.clear()  # a browser complains of every form that is refused
    buyer.page.locator("[name=tax_number]").fill("91350100M000100Y43")
    buyer.tap("form[action$='/invoice'] button")
    expect(buyer.page.locator(".next")).to_have_attribute("data-tone", "amber")
    assert faults + look_through(buyer, [f"{order}/invoice"]) == []


def test_the_office_shows_presales_in_every_language(people: People, demo_clerk: Clerk) -> None:
    clerk = people(locale="zh-CN")
    demo_clerk.come_in(clerk, "/office/presales")
    faults = look_through(clerk, ["/office/presales", "/office/presales/new", "/office/refunds/owed"])
    assert [fault for fault in faults if ": small: " not in fault] == []

"""Goods of two suppliers in one cart: a template of freight at the desk, one checkout, one payment, two orders."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.phone.conftest import People
from tests.phone.person import Person
from tests.phone.test_buying import NOTEBOOK, TOMATO
from tests.phone.test_pages import look_through

INTO_CART = ".bar-acts .button-icon"
REMARK = "请放门卫"


def put_in(person: Person, title: str) -> None:
    person.look_at(title)
    person.tap(INTO_CART)
    expect(person.page).to_have_url(person.home + "/cart")


def keep_template(supplier: Person) -> None:
    """Six yuan to Zhejiang, twelve elsewhere; not to Tibet."""
    supplier.go("/desk/freight?lang=zh-CN")
    supplier.tap("details:has(form[action='/desk/freight/templates']) > summary")
    form = supplier.page.locator("form[action='/desk/freight/templates']")
    form.locator("[name=name]").fill("普通快递")
    form.locator("[name=places-0]").fill("浙江、江苏省 苏州市")
    form.locator("[name=first-0]").fill("6")
    form.locator("[name=next-0]").fill("2")
    form.locator(".freight-rule").nth(1).locator("summary").tap()
    form.locator("[name=at-1-540000]").check()
    form.locator("[name=delivers-1]").select_option("no")
    form.locator("button.button-ripe").tap()
    expect(supplier.page.locator(".tag")).to_have_count(1)
    expect(supplier.page.locator("body")).to_contain_text("浙江省")


def drop_template(supplier: Person) -> None:
    supplier.go("/desk/freight?lang=zh-CN")
    supplier.tap("details:has(form[action$='/removal']) > summary")
    supplier.tap("form[action$='/removal'] button")
    expect(supplier.page.locator(".tag")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_two_suppliers_goods_in_one_cart_are_two_orders_under_one_payment(
    people: People, supplier_signed_in: Any, scripts: bool
) -> None:
    supplier = people(storage_state=supplier_signed_in)
    keep_template(supplier)
    try:
        buyer = people(java_script_enabled=scripts)
        buyer.look_at(TOMATO)
        buyer.tap(INTO_CART)  # he is asked who he is, and then once more what he wants
        buyer.fill_in_number()
        buyer.tap("form[action='/cart/lines'] button")
        expect(buyer.page.locator(".cart-line")).to_have_count(1)
        put_in(buyer, NOTEBOOK)
        expect(buyer.page.locator(".cart-group")).to_have_count(2)
        buyer.page.locator(".cart-line", has_text=NOTEBOOK).locator("button", has_text="+").tap()
        expect(buyer.page.locator(".cart-line", has_text=NOTEBOOK).locator("output")).to_have_text("2")
        faults = look_through(buyer, ["/cart"]) if scripts else []
        buyer.go("/cart?lang=zh-CN")
        buyer.tap(".bar-total button")
        expect(buyer.page).to_have_url(re.compile("mode=cart"))
        checkout = buyer.path
        faults += look_through(buyer, [checkout]) if scripts else []
        buyer.go(f"{checkout}&lang=zh-CN")
        buyer.fill_in_address()
        buyer.page.locator(".remark summary").last.tap()
        buyer.page.locator(".remark input").last.fill(REMARK)
        goods = int(buyer.page.locator("[name=quoted_minor]").get_attribute("value") or "0")
        buyer.place_button.tap()
        # Freight is known with the address: nothing was ordered at the price without it, and the new one is shown.
        total = buyer.page.locator("[name=quoted_minor]")
        expect(total).to_have_value(str(goods + 600))
        expect(buyer.page.locator(".sums [data-kind=freight]")).to_have_count(1)
        assert buyer.page.locator(".remark input").last.input_value() == REMARK
        buyer.complaints.clear()  # the browser's, of the answer that says so
        buyer.place()
        buyer.pay()
        assert buyer.orders() == 2
        buyer.page.locator(".order-card", has_text=TOMATO).locator(".order-card-acts a").first.tap()
        expect(buyer.page.locator(".sums [data-kind=freight]")).to_have_count(1)
        buyer.go("/cart")
        expect(buyer.page.locator(".cart-line")).to_have_count(0)
        supplier.go("/desk/orders")
        expect(supplier.page.locator("body")).to_contain_text(REMARK)
        if scripts:
            faults += look_through(buyer, ["/cart"]) + look_through(supplier, ["/desk/freight"])
        assert faults == []
    finally:
        drop_template(supplier)

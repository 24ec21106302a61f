"""A buyer's whole life through the API: a quote, addresses by the tree, what comes back, one's sessions and one's data."""

from datetime import timedelta
from typing import Any

from tests.faces.client import refused
from tests.faces.conftest import Programs
from tests.faces.test_api import HOME, owner_of, pays
from tests.faces.test_showcase import sell
from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods.catalog.model import SKU
from tuan.people.accounts.model import ADDRESS

PHONE, NEW_PHONE = "13900139002", "13900139003"
A_MINUTE = timedelta(minutes=1)


async def signed_in(programs: Programs, phone: str = PHONE) -> Any:
    """A program with the token of whoever has this number."""
    program = await programs()
    sent = await program.send_code(phone=phone)
    program.token = (await program.sign_in(phone=phone, code=sent.shown_code, request=sent.request)).token
    return program


# ── before buying ──
async def test_a_quote_says_what_placing_will_cost(place: Place, programs: Programs) -> None:
    of = await given.campaign(place, await given.goods(place, units=3), size=2)
    leader, friend = await given.buyers(place, 2)
    program, sku = await programs(friend.id), SKU.show(of.sku)
    alone = await program.show_quote(sku=sku, units=2)
    assert (alone.total.amount_minor, alone.units_max, alone.needs_address) == (2 * of.price_minor, 3, True)
    opened = await program.show_quote(sku=sku, mode="open")
    assert (opened.total.amount_minor, opened.goods.amount_minor) == (of.team_price_minor, of.price_minor)
    assert (opened.terms.size, opened.terms.needed) == (2, 1) and opened.terms.campaign
    team = await given.paid_team(place, leader, of)
    (shown,) = (await program.list_teams(which="almost_there")).items
    assert shown in (await program.list_teams()).items and shown.price.amount_minor == of.team_price_minor
    joined = await program.show_quote(sku=sku, mode="join", team=shown.team)
    assert (joined.terms.team, joined.terms.needed, joined.total) == (shown.team, 0, opened.total)
    assert (await program.show_team(shown.team)).url.endswith(f"/t/{shown.team}") and team
    assert (await refused(program.show_quote(sku=sku, units=4))).code == "supply.not_enough"
    assert (await refused(program.show_quote(sku=sku, mode="join"))).code == "not_found"
    placed = await program.place_order(
        lines=[{"sku": sku, "units": 2}], address=ADDRESS.show(friend.address), quoted_minor=alone.total.amount_minor
    )
    assert placed.payable


async def test_a_former_price_comes_from_history_or_is_none(place: Place, programs: Programs) -> None:
    of = await given.goods(place)
    nobody, erp, sku = await programs(), await programs(await owner_of(place, of)), SKU.show(of.sku)
    assert (await nobody.show_former_price(sku)).former is None
    await sell(place, of)
    await place.move_clock(timedelta(days=40))
    await erp.set_price(sku, price_minor=of.price_minor - 1, reason="sale")
    now = await nobody.show_former_price(sku)
    assert now.former.amount_minor == of.price_minor and now.basis


async def test_an_address_is_found_by_the_tree_changed_and_preferred(place: Place, programs: Programs) -> None:
    program = await programs((await given.buyer(place)).id)
    province = next(one for one in (await program.list_divisions()).items if one.name == "浙江省")
    city = next(one for one in (await program.list_divisions(of=province.division)).items if one.name == "杭州市")
    districts = (await program.list_divisions(of=city.division)).items
    district = next(one for one in districts if one.name == "西湖区")
    assert [one.level for one in (province, city, district)] == ["province", "city", "district"]
    assert (await refused(program.list_divisions(of=district.division))).code == "not_found"
    street = {"recipient": "王小明", "phone": "13800138000", "street": "文三路 1 号"}
    made = await program.add_address(district=district.division, **street)
    assert (made.region, made.district) == (HOME["region"], district.division)
    same = await program.add_address(**HOME)
    assert same.address == made.address, "said in other words"
    other = next(one for one in districts if one.name != "西湖区")
    for wrong in ({}, {"district": "990101"}, {"district": district.division, "region": "elsewhere"}):
        assert (await refused(program.add_address(**wrong, **street))).code == "web.field_invalid"
    await program.prefer_address(address=made.address)
    moved = await program.change_address(made.address, district=other.division, key="moved", **street)
    assert moved == await program.change_address(made.address, district=other.division, key="moved", **street)
    shown = await program.show_address(made.address)
    assert (shown.district, shown.is_default, shown.phone) == (other.division, True, "138****8000")
    await program.add_address(district=district.division, **{**street, "street": "文三路 9 号"})
    assert [one.is_default for one in (await program.list_addresses()).items] == [True, False]
    await program.remove_address(made.address)
    assert (await refused(program.show_address(made.address))).code == "not_found"
    assert await place.breaches() == {}


# ── after buying ──
async def test_an_order_says_what_can_be_done_and_what_comes_back(place: Place, programs: Programs) -> None:
    of = await given.campaign(place, await given.goods(place), size=2)
    buyers = await given.buyers(place, 2)
    program = await programs(buyers[0].id)
    await given.paid_team(place, buyers[0], of)
    (waiting,) = (await program.list_orders()).items
    order = await program.show_order(waiting.order)
    assert order.can_cancel and order.discounts[0].amount.amount_minor == of.price_minor - of.team_price_minor
    alone = await program.place_order(
        lines=[{"sku": SKU.show(of.sku)}], address=ADDRESS.show(buyers[0].address), quoted_minor=of.price_minor
    )
    await pays(place, program, alone.payable)
    bought = await program.show_order(alone.orders[0])
    assert bought.can_cancel and not bought.can_confirm_receipt and bought.refunds == [] and bought.end_reason == ""
    assert "****" in bought.address.phone
    await program.cancel(bought.order, reason="wrong_order")
    on_its_way = await program.show_order(bought.order)
    assert (on_its_way.end_reason, on_its_way.can_cancel) == ("wrong_order", False)
    assert [(one.state, one.amount, one.arrived_at) for one in on_its_way.refunds] == [
        ("on_its_way", bought.total, None)
    ]
    await place.quiet()
    (arrived,) = (await program.show_order(bought.order)).refunds
    assert arrived.state == "arrived" and arrived.arrived_at >= arrived.asked_at
    assert (await program.show_payable(bought.payable)).state == "returned"


async def test_a_shipped_order_can_be_confirmed_and_says_when_it_moves_on(place: Place, programs: Programs) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    program, erp = await programs(who.id), await programs(await owner_of(place, of))
    placed = await program.place_order(
        lines=[{"sku": SKU.show(of.sku)}], address=ADDRESS.show(who.address), quoted_minor=of.price_minor
    )
    await pays(place, program, placed.payable)
    await erp.ship(placed.orders[0], carrier="SF", tracking="SF1")
    shipped = await program.show_order(placed.orders[0])
    assert shipped.can_confirm_receipt and not shipped.can_cancel and shipped.received_by > shipped.shipped_at
    await program.confirm_receipt(placed.orders[0])
    received = await program.show_order(placed.orders[0])
    assert not received.can_confirm_receipt and received.completed_by > received.received_at


# ── one's own ──
async def test_one_sees_where_one_is_signed_in_and_ends_it(place: Place, programs: Programs) -> None:
    here = await signed_in(programs)
    await place.move_clock(A_MINUTE)
    there = await signed_in(programs)
    seen = (await here.list_sessions()).items
    assert sorted(one.is_this for one in seen) == [False, True]
    await here.end_session(next(one.session for one in seen if not one.is_this))
    assert (await refused(there.show_account())).code == "web.credentials_wrong"
    await place.move_clock(A_MINUTE)
    third = await signed_in(programs)
    await here.end_other_sessions()
    assert (await refused(third.show_account())).code == "web.credentials_wrong"
    assert [one.is_this for one in (await here.list_sessions()).items] == [True]
    stranger = await signed_in(programs, NEW_PHONE)
    (mine,) = (await here.list_sessions()).items
    assert (await refused(stranger.end_session(mine.session))).code == "not_found"


async def test_a_new_number_takes_a_code_of_its_own_and_signs_out_elsewhere(place: Place, programs: Programs) -> None:
    here = await signed_in(programs)
    await place.move_clock(A_MINUTE)
    there = await signed_in(programs)
    await here.rename(name="王小明")
    sent = await here.send_phone_code(phone=NEW_PHONE)
    told = {"phone": NEW_PHONE, "request": sent.request}
    wrong = "000000" if sent.shown_code != "000000" else "000001"
    assert (await refused(here.change_phone(code=wrong, **told))).code == "accounts.code_wrong"
    await here.change_phone(code=sent.shown_code, **told)
    me = await here.show_account()
    assert (me.phone, me.name, me.supplier) == ("+86****9003", "王小明", None)
    assert (await refused(there.show_account())).code == "web.credentials_wrong"


async def test_a_person_takes_a_copy_of_his_data_and_is_forgotten(place: Place, programs: Programs) -> None:
    program = await signed_in(programs)
    await program.add_address(**HOME)
    await place.move_clock(A_MINUTE)
    sent = await program.send_data_code(asked="copy")
    code = {"request": sent.request, "code": sent.shown_code}
    assert sent.phone == "+86****9002"
    assert (await refused(program.erase_data(**code))).code == "accounts.code_wrong", "it opens nothing else"
    whole = await program.copy_data(**code)
    assert whole.parts["accounts"]["addresses"][0]["street"] == HOME["street"]
    assert (await refused(program.copy_data(**code))).code == "accounts.code_wrong", "it works once"
    await place.move_clock(A_MINUTE)
    sent = await program.send_data_code(asked="erasure")
    await program.erase_data(request=sent.request, code=sent.shown_code)
    assert (await refused(program.show_account())).code == "web.credentials_wrong"
    await place.quiet()
    assert await place.breaches() == {}

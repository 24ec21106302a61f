"""Buying, selling and listening through the API, by the client that is made from its document."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar

from tests.faces.client import refused
from tests.faces.conftest import Programs, Visitors
from tests.given import goods as given
from tests.given import houses, office
from tests.given import promotions as promo
from tests.given.houses import Place
from tests.given.pictures import picture
from tests.given.receivers import Receiver, poster, relay_through
from tuan.goods import sourcing
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.goods.sourcing.model import PROPOSAL_ID
from tuan.people.accounts.model import ADDRESS
from tuan.play.groupbuy.model import CAMPAIGN_ID
from tuan.trade import orders
from tuan.trade.payments.model import ATTEMPT_ID

HOME = {"recipient": "王小明", "phone": "13800138000", "region": "浙江省 杭州市 西湖区", "street": "文三路 1 号"}


async def pays(place: Place, program: Any, payable: str) -> None:
    """Start paying, and the provider takes the money."""
    attempt = await program.start_attempt(payable, provider="sandbox")
    assert attempt.is_told and attempt.url.endswith(attempt.attempt)
    found = ATTEMPT_ID.parse(attempt.attempt)
    assert found is not None
    assert (await program.show_payable(payable)).state == "confirming"
    await given.money_comes(place, found)
    assert (await program.show_payable(payable, ask="1")).state == "paid"


# ── buying ──
async def test_a_new_person_signs_in_and_buys_alone(place: Place, programs: Programs) -> None:
    of, program = await given.goods(place), await programs()
    sent = await program.send_code(phone="13900139000")
    program.token = (await program.sign_in(phone="13900139000", code=sent.shown_code, request=sent.request)).token
    me = await program.show_account()
    assert me.phone == "+86****9000" and me.language == "en"
    assert [one.slug for one in (await program.list_categories()).items]
    (card,) = (await program.list_products(q="脐橙")).items
    product = await program.show_product(card.product)
    address = await program.add_address(**HOME)
    assert [one.address for one in (await program.list_addresses()).items] == [address.address]
    placed = await program.place_order(
        lines=[{"sku": product.skus[0].sku, "units": 2}], address=address.address, quoted_minor=2 * of.price_minor
    )
    await pays(place, program, placed.payable)
    order = await program.show_order(placed.orders[0])
    assert (order.state, order.total.amount_minor, order.lines[0].units) == ("to_ship", 2 * of.price_minor, 2)
    await program.cancel(order.order, reason="changed_mind")
    await place.quiet()
    assert (await program.show_order(order.order)).refunded == order.total
    await program.remove_address(address.address)
    await program.sign_out()
    assert (await refused(program.show_account())).code == "web.credentials_wrong"
    assert await place.breaches() == {}


async def test_a_team_is_opened_joined_and_formed(place: Place, programs: Programs) -> None:
    of = await given.campaign(place, await given.goods(place), size=2)
    leader, friend = await given.buyers(place, 2)
    opener, joiner = await programs(leader.id), await programs(friend.id)
    product = await opener.show_product(PRODUCT.show(of.product))
    assert product.campaign.campaign == CAMPAIGN_ID.show(of.campaign)
    wish = {"sku": SKU.show(of.sku), "units": 1, "quoted_minor": of.team_price_minor}
    opened = await opener.open_team(campaign=product.campaign.campaign, address=ADDRESS.show(leader.address), **wish)
    await pays(place, opener, opened.payable)
    nobody = await programs()
    (card,) = (await nobody.list_open_teams(product.product)).items
    assert (card.team, card.seats_left, card.leader) == (opened.team, 1, "买**")
    joined = await joiner.join_team(card.team, address=ADDRESS.show(friend.address), **wish)
    await pays(place, joiner, joined.payable)
    team = await nobody.show_team(card.team)
    assert (team.state, team.seats_left, [m.is_leader for m in team.members]) == ("formed", 0, [True, False])
    assert (await joiner.show_order(joined.order)).team == card.team
    assert (await refused(joiner.leave_team(card.team))).status in (409, 410)
    assert await place.breaches() == {}


async def test_a_member_leaves_a_team_that_gathers(place: Place, programs: Programs) -> None:
    of = await given.campaign(place, await given.goods(place), size=3)
    who = await given.buyer(place)
    program, seated = await programs(who.id), await given.paid_team(place, who, of)
    (order,) = (await program.list_orders(state="gathering")).items
    team = (await program.show_order(order.order)).team
    await program.leave_team(team)
    await place.quiet()
    assert seated and (await program.show_order(order.order)).state == "cancelled"


# ── selling ──
PHOTO = base64.b64encode(picture(8, 8)).decode()


async def owner_of(place: Place, of: given.Goods) -> Any:
    """The person who answers for the supplier of these goods."""
    async with place.work() as work:
        sql = "SELECT owner_id FROM parties.suppliers WHERE market_id = $1 AND id = $2"
        return await work.fetch_value(sql, of.supplier)


async def test_an_erp_lists_receives_and_ships(place: Place, programs: Programs) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    erp, buyer = await programs(await owner_of(place, of)), await programs(who.id)
    category = (await erp.list_categories()).items[0].category
    sku = {"options": "1 kg", "price_minor": 2990}
    made = await erp.add_product(category=category, title="Pomelo", skus=[sku], picture=PHOTO, key="made once")
    again = await erp.add_product(category=category, title="Pomelo", skus=[sku], picture=PHOTO, key="made once")
    assert again == made and len((await erp.list_own_products()).items) == 1  # nobody sees it yet
    proposal = PROPOSAL_ID.parse(made.proposal)
    assert await place.do(sourcing.decide_proposal, proposal, approve=True, reason="test") is None
    await erp.receive(lines=[{"sku": made.skus[0], "units": 5}], reason="harvest")
    await erp.set_price(made.skus[0], price_minor=2490, reason="sale")
    levels = {one.sku: one for one in (await erp.list_levels()).items}
    assert (levels[made.skus[0]].on_hand, levels[made.skus[0]].free) == (5, 5)
    placed = await buyer.place_order(
        lines=[{"sku": made.skus[0]}], address=ADDRESS.show(who.address), quoted_minor=2490
    )
    await pays(place, buyer, placed.payable)
    (waiting,) = (await erp.list_orders_to_ship()).items
    assert waiting.order == placed.orders[0] and waiting.address.street == HOME["street"]
    await erp.ship(waiting.order, carrier="SF", tracking="SF1", key="shipped once")
    await erp.ship(waiting.order, carrier="SF", tracking="SF1", key="shipped once")
    await buyer.confirm_receipt(waiting.order)
    assert (await buyer.show_order(waiting.order)).state == "received"
    await erp.count_stock(made.skus[0], counted=3, reason="one was rotten")
    (level,) = [one for one in (await erp.list_levels()).items if one.sku == made.skus[0]]
    assert (level.on_hand, level.free) == (3, 3)
    await erp.take_off(made.product)
    assert (await buyer.show_product(made.product)).state == "off"
    with_picture = PRODUCT.show(of.product)
    for state in ("off", "listed"):
        await erp.shelve(with_picture, state=state, reason="again")
        assert (await buyer.show_product(with_picture)).state == state
    await place.quiet()
    assert await place.breaches() == {}


async def test_somebody_elses_goods_are_not_found(place: Place, programs: Programs) -> None:
    other = await given.goods(place)
    mine = await owner_of(place, await given.goods(place))
    erp, before = await programs(mine), await place.snapshot()
    for call in (
        erp.set_price(SKU.show(other.sku), price_minor=1, reason="x"),
        erp.receive(lines=[{"sku": SKU.show(other.sku), "units": 1}], reason="x"),
        erp.take_off(PRODUCT.show(other.product)),
        erp.shelve(PRODUCT.show(other.product), state="off", reason="x"),
        erp.count_stock(SKU.show(other.sku), counted=1, reason="x"),
    ):
        assert (await refused(call)).code == "not_found"
    after = await place.snapshot()
    free = ("platform.limits", "developers.keys")
    assert {n: r for n, r in after.items() if n not in free} == {n: r for n, r in before.items() if n not in free}


# ── who may ──
async def test_a_key_reaches_no_further_than_its_scopes_and_its_owner(place: Place, programs: Programs) -> None:
    who = (await given.buyer(place)).id
    small = await programs(who, "orders.read")
    assert (await small.list_orders()).items == []
    problem = (await refused(small.show_account())).problem
    assert (problem["status"], problem["code"], problem["data"]) == (
        403,
        "web.scope_missing",
        {"scope": "account.read"},
    )
    everything = await programs(who)
    assert (await refused(everything.list_own_products())).code == "web.suppliers_only"
    assert (await refused((await programs()).list_orders())).code == "web.sign_in_needed"


async def test_nobody_gets_market_scopes_by_signing_in(place: Place, programs: Programs) -> None:
    program = await programs()
    sent = await program.send_code(phone="13900139001")
    program.token = (await program.sign_in(phone="13900139001", code=sent.shown_code, request=sent.request)).token
    assert (await refused(program.list_events())).code == "web.scope_missing"
    assert (await refused(program.list_webhooks())).code == "web.scope_missing"


async def test_a_key_of_another_market_is_wrong_here(place: Place, programs: Programs) -> None:
    there = Place(place.house, place.relay, *await houses.make_market(place.house))
    stranger = await programs((await given.buyer(there)).id, at=there)
    assert await stranger.show_account()
    stranger.host = place.host
    caught = await refused(stranger.list_products())
    assert caught.code == "web.credentials_wrong" and caught.status == 401
    assert stranger.last.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer ", "Basic dHVhbjp0dWFu", "bearer tuan_x", "Bearer a b", "Bearer é"]
)
async def test_what_is_no_key_is_wrong_also_where_none_is_needed(programs: Programs, shown: str) -> None:
    program = await programs()
    program.headers["Authorization"] = shown.encode("latin-1")
    assert (await refused(program.list_products())).code == "web.credentials_wrong"


async def test_cookies_mean_nothing_here_and_no_form_token_is_asked_for(
    app: Litestar, place: Place, visitors: Visitors, programs: Programs
) -> None:
    """A browser that another site makes call the API sends its cookies, and is nobody."""
    who = await given.buyer(place)
    browser = await visitors(who, accept="application/json")
    assert (await browser.get("/me")).status_code == 200
    answer = await browser.get("/api/v1/account")
    assert answer.status_code == 401 and "set-cookie" not in answer.headers
    answer = await browser.http.post("/api/v1/orders", json={"lines": []}, headers={"x-csrf-token": browser.token})
    assert answer.status_code == 401
    program = await programs(who.id)
    assert (await program.add_address(**HOME)).address.startswith("addr_")
    assert "set-cookie" not in program.last.headers


# ── news ──
async def test_an_erp_hears_by_feed_and_by_webhook_what_happened(place: Place, programs: Programs) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    buyer, program = await programs(who.id), await programs((await office.clerk(place)).person)
    receiver = Receiver([500, 204])
    made = await program.add_webhook(url="https://erp.example.com/x", types=["orders.paid.v1"], key="one")
    assert await program.add_webhook(url="https://erp.example.com/x", types=["orders.paid.v1"], key="one") == made
    placed = await buyer.place_order(
        lines=[{"sku": SKU.show(of.sku)}], address=ADDRESS.show(who.address), quoted_minor=of.price_minor
    )
    await pays_quietly(place, buyer, placed.payable)
    await relay_through(place, poster(receiver))
    events = await program.list_events()
    paid = next(one for one in events.items if one.type == "orders.paid.v1")
    assert paid.data == {"order": placed.orders[0]} and events.next == events.items[-1].position
    assert (await program.list_events(after=events.next)).items == []
    (delivery,) = (await program.list_deliveries(made.webhook)).items
    assert (delivery.event, delivery.state, [one.answer for one in delivery.tries]) == (paid.event, "due", ["500"])
    rotated = await program.rotate_secret(made.webhook)
    assert rotated.secret != made.secret and (await program.show_webhook(made.webhook)).secret_changes_until
    await place.move_clock(timedelta(minutes=1))
    await relay_through(place, poster(receiver))
    (delivery,) = (await program.list_deliveries(made.webhook)).items
    assert delivery.state == "delivered" and len(receiver.came[-1].headers["webhook-signature"].split()) == 2
    await program.send_again(delivery.delivery)
    await program.remove_webhook(made.webhook)
    assert (await program.list_webhooks()).items == []


async def pays_quietly(place: Place, program: Any, payable: str) -> None:
    """Paid, and nothing delivered yet: a webhook must not leave the machine in a test."""
    attempt = ATTEMPT_ID.parse((await program.start_attempt(payable, provider="sandbox")).attempt)
    assert attempt is not None
    await place.one(orders.apply_notices, await given.provider_pays(place, attempt))


async def test_a_webhook_to_an_inside_address_is_refused(place: Place, programs: Programs) -> None:
    program = await programs((await office.clerk(place)).person)
    for url in (
        "https://169.254.169.254/",
        "https://10.0.0.1/",
        "https://user@erp.example.com/",
        "ftp://erp.example.com/",
    ):
        assert (await refused(program.add_webhook(url=url))).code == "gateways.address_forbidden"
    assert (
        await refused(program.add_webhook(url="https://erp.example.com", types=["x"]))
    ).code == "developers.fact_unknown"


async def test_a_coupon_is_taken_quoted_and_used(place: Place, programs: Programs) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    await promo.template(place)
    program = await programs(who.id)
    (offered,) = (await program.list_offered_coupons()).items
    taken = await program.take_coupon(template=offered.template)
    sku = SKU.show(of.sku)
    quote = await program.show_quote(sku=sku, units=2, coupons=taken.coupon)
    assert (quote.total.amount_minor, quote.goods.amount_minor) == (2980, 3980)
    assert [step.code for step in quote.lines[0].steps] == ["list_price", "coupon"]
    wish = {"lines": [{"sku": sku, "units": 2}], "address": ADDRESS.show(who.address), "coupons": taken.coupon}
    assert (await refused(program.place_order(quoted_minor=3980, **wish))).code == "orders.price_changed"
    await program.place_order(quoted_minor=2980, **wish)
    assert [one.state for one in (await program.list_coupons()).items] == ["held"]

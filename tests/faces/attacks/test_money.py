"""Attacks on what is paid: A18, A19, A23, A28 (docs/design/threats.md)."""

import asyncio

from tests.faces.attacks.trying import ask, code_of, lawful, who
from tests.faces.conftest import Visitors
from tests.faces.test_every_route import Probe
from tests.given import goods as given
from tests.given import notices
from tests.given.houses import Place
from tuan.goods import catalog
from tuan.goods.catalog.model import SKU
from tuan.kit.refusals import Refusal, granted
from tuan.people.accounts.model import ADDRESS
from tuan.play.groupbuy.model import CAMPAIGN_ID
from tuan.trade.payments.model import ATTEMPT_ID

PLACING = ("POST /orders", "POST /teams", "POST /t/{team}/seats")
UNITS = ("0", "-1", "+1", "1.5", "1e3", "１", "NaN", "", " 1", str(2**31), str(2**63), "9" * 400, "0x1", "1,000")
ASSERTIONS = (
    ("paid", "true"), ("state", "paid"), ("price_minor", "1"), ("amount_minor", "1"), ("total", "0"), ("discount", "99999"),
    ("freight_minor", "-500"), ("currency", "JPY"), ("team_price_minor", "1"), ("coupon", "x"), ("points_minor", "99999"),
)  # fmt: skip
"""What a client may say of money; the shop never asks."""


async def test_a18_units_below_one_and_what_a_client_says_of_money_are_refused(probe: Probe) -> None:
    buyer = who(probe, "buyer")
    before = await probe.world.place.snapshot()
    for route in PLACING:
        for units in UNITS:
            assert code_of(await ask(probe, buyer, lawful(probe, route, buyer, units=units))) == "web.units_unreadable"
        for member, value in ASSERTIONS:
            answer = await ask(probe, buyer, lawful(probe, route, buyer, **{member: value}))
            assert code_of(answer) == "web.field_invalid", (route, member)
        for quoted in ("-1", "-990", "1.0", "9" * 20):
            answer = await ask(probe, buyer, lawful(probe, route, buyer, quoted_minor=quoted))
            assert code_of(answer) == "web.field_invalid", (route, quoted)
    assert await probe.world.place.snapshot() == before
    for price in (0, -1, 10**14):
        assert isinstance(
            await probe.world.place.do(catalog.set_price, (await _sku(probe)), price, reason="t"), Refusal
        )


async def _sku(probe: Probe) -> object:
    return SKU.parse(probe.world.ids["sku"][0])


async def test_a19_a_limit_per_person_holds_however_many_hands_ask_at_once(place: Place, visitors: Visitors) -> None:
    """There are no coupons yet; the limit that there is. Both sides of the race are in tests/races."""
    of = await given.campaign(place, await given.goods(place), size=3, units_per_person_max=1)
    buyer = await given.buyer(place)
    visitor = await visitors(buyer, accept="application/json")
    form = {
        "sku": SKU.show(of.sku),
        "campaign": CAMPAIGN_ID.show(of.campaign),
        "units": "1",
        "address": ADDRESS.show(buyer.address),
        "quoted_minor": "990",
    }
    answers = await asyncio.gather(*(visitor.post("/teams", key=given.fresh_key(), **form) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"groupbuy.person_limit"}
    assert await place.breaches() == {}


async def test_a23_nobody_is_paid_by_saying_so(place: Place, visitors: Visitors) -> None:
    """Another one's attempt, a cheap attempt for a dear order, a hook without its signature, a return that says paid."""
    of, (cheap_buyer, other) = await given.goods(place), await given.buyers(place, 2)
    dear = granted(await given.place_order(place, cheap_buyer, of, units=5))
    cheap = granted(await given.place_order(place, cheap_buyer, of, units=1))
    dear_attempt, cheap_attempt = [await given.begin_paying(place, cheap_buyer, one) for one in (dear, cheap)]
    thief = await visitors(other, accept="application/json")
    for attempt in (dear_attempt, cheap_attempt):
        answer = await thief.post(f"/sandbox/{ATTEMPT_ID.show(attempt)}", key=given.fresh_key(), outcome="pay")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    buyer = await visitors(cheap_buyer, accept="application/json")
    notice = await given.paid_notice(place, cheap_attempt)
    for body in (notices.body_of(notice), notices.body_of(notice, attempt=str(dear_attempt))):
        headers = await notices.signed(place, body, key=b"the buyer's own key, not the provider's")
        answer = await buyer.http.post(
            "/hooks/sandbox", content=body, headers={"content-type": "application/json", **headers}
        )
        assert answer.json()["code"] == "gateways.signature_wrong"
    for way in ("/orders?paid=true&state=paid", "/orders?attempt=x&outcome=pay"):
        await buyer.get(way)
    assert [await given.state_of(place, one.orders[0]) for one in (dear, cheap)] == ["placed", "placed"]
    # Even the provider's own word is compared with the attempt: the cheap one's money does not pay the dear one.
    dear_charge, cheap_charge = [await given.charge_of(place, one) for one in (dear_attempt, cheap_attempt)]
    assert dear_charge.amount_minor > cheap_charge.amount_minor
    await given.place_notice(place, dear_attempt, amount_minor=cheap_charge.amount_minor)
    assert await given.state_of(place, dear.orders[0]) == "placed"
    assert len(await notices.set_aside(place)) == 1


async def test_a28_the_price_is_the_shops(probe: Probe) -> None:
    """Another total than the shop's is refused, whether it was changed in the form or grew old in a basket."""
    buyer, place = who(probe, "buyer"), probe.world.place
    before = await place.snapshot()
    for route in PLACING:
        for quoted in ("0", "1", "1989", "1991", "989", "991"):
            answer = await ask(probe, buyer, lawful(probe, route, buyer, quoted_minor=quoted))
            assert answer.status in (409, 410, 422) and code_of(answer) != "", (route, quoted)
    assert await place.snapshot() == before
    sku = await _sku(probe)
    assert await place.do(catalog.set_price, sku, 2990, reason="test") is None
    stale = await ask(probe, buyer, lawful(probe, "POST /orders", buyer, quoted_minor="1990"))
    assert code_of(stale) == "orders.price_changed"
    placed = await ask(probe, buyer, lawful(probe, "POST /orders", buyer, quoted_minor="2990"))
    assert placed.status == 201
    async with place.work() as work:
        free = await work.fetch_value("SELECT count(*) FROM orders.orders WHERE market_id = $1 AND total_minor <= 0")
    assert free == 0, "nothing is bought for nothing, so nothing skips payment"

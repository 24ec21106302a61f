"""Freight templates: kept, chosen, dropped; what a quote shows is what placing charges, alone and in a team."""

from typing import Any
from uuid import UUID

import pytest

from tests.given import carts as mine
from tests.given import goods as given
from tests.given import presale as presales
from tests.given.aftersales import ask
from tests.given.counting import counting_pool
from tests.given.houses import Place
from tuan.goods import catalog
from tuan.goods.catalog.model import FreightRule, Measure, Parcel
from tuan.kit.refusals import NotFound, granted
from tuan.people import accounts
from tuan.people.accounts.model import Address
from tuan.platform.lanes import Lanes
from tuan.play import groupbuy
from tuan.play.groupbuy.model import JoinTeam, OpenTeam
from tuan.trade import aftersales, orders
from tuan.trade.aftersales.model import Kind
from tuan.trade.orders.errors import PriceChanged
from tuan.trade.orders.model import PlaceOrder
from tuan.value.promotions.errors import NoDelivery
from tuan.value.promotions.model import Quote


async def address(place: Place, who: given.Buyer, region: str) -> UUID:
    async with place.work() as work:
        said = Address("王小明", "13800138000", region, "一号")
        return granted(await accounts.add_address(work, who.id, said))


async def total(place: Place, who: given.Buyer, where: UUID | None, *items: tuple[given.Goods, int]) -> Any:
    command = PlaceOrder(who.id, "-", tuple((of.sku, units) for of, units in items), where, None)
    quoted = await place.do(orders.quote, command)
    return quoted.total_minor if isinstance(quoted, Quote) else quoted


async def test_the_quote_shown_is_the_quote_charged_wherever_it_goes(place: Place) -> None:
    """Goods of two suppliers, each with its own template; the region of the address decides."""
    apples, pears = await mine.sent(place), await mine.sent(place, FreightRule(first_minor=300, next_minor=100))
    who = await given.buyer(place)
    far, nowhere = (
        await address(place, who, "青海省 西宁市 城东区"),
        await address(place, who, "西藏自治区 拉萨市 城关区"),
    )
    goods = 3 * 1990
    wanted = [(apples, 2), (pears, 1)]
    assert await total(place, who, None, *wanted) == goods, "nobody knows where to"
    assert await total(place, who, who.address, *wanted) == goods + 800 + 300
    assert await total(place, who, far, *wanted) == goods + 1700 + 300
    assert isinstance(await total(place, who, nowhere, *wanted), NoDelivery)
    await mine.put(place, who, *wanted)
    for quoted in (goods, goods + 2000):
        assert isinstance(await mine.check_out(place, who, wanted, quoted=quoted), PriceChanged)
    assert isinstance(await mine.check_out(place, who, wanted, address=nowhere), NoDelivery)
    placed = granted(await mine.check_out(place, who, wanted, address=far, quoted=goods + 2000))
    async with place.work() as work:
        lines = await orders.lines_of(work, placed.orders)
    assert sorted(row["freight_minor"] for rows in lines.values() for row in rows) == [300, 1700]
    await given.pay(place, who, placed)
    assert await place.breaches() == {}


async def test_free_from_so_much_on(place: Place) -> None:
    of, who = await mine.sent(place), await given.buyer(place)
    assert await total(place, who, who.address, (of, 4)) == 4 * 1990 + 1200
    assert await total(place, who, who.address, (of, 5)) == 5 * 1990


async def test_a_changed_template_counts_at_once_and_placed_orders_keep_theirs(place: Place) -> None:
    of, who = await mine.sent(place), await given.buyer(place)
    async with place.work() as work:
        (row,) = await catalog.freights_of(work, of.supplier)
    shown = await total(place, who, who.address, (of, 1))
    before = granted(await given.place_order(place, who, of))
    granted(await mine.freight(place, of, FreightRule(first_minor=100), freight=row["id"]))
    command = PlaceOrder(who.id, given.fresh_key(), ((of.sku, 1),), who.address, shown)
    refused = await place.one(orders.place_orders, command)
    assert isinstance(refused, PriceChanged) and refused.data == {"now_minor": 2090, "shown_minor": 2590}
    assert await total(place, who, who.address, (of, 1)) == 2090
    async with place.work() as work:
        assert (await orders.access_order(work, before.orders[0], who.id))["total_minor"] == 2590


async def test_a_product_goes_by_the_template_it_names(place: Place) -> None:
    of, who = await mine.sent(place), await given.buyer(place)
    heavy = granted(
        await mine.freight(place, of, FreightRule(first_units=1000, first_minor=500, next_units=1000, next_minor=500),
                           name="重货", measure=Measure.WEIGHT)
    )  # fmt: skip
    assert await place.do(catalog.set_parcel, of.supplier, of.sku, Parcel(2500), reason="test") is None
    assert await total(place, who, who.address, (of, 1)) == 1990 + 600
    assert await place.do(catalog.choose_freight, of.supplier, [of.product], heavy, reason="test") is None
    assert await total(place, who, who.address, (of, 1)) == 1990 + 1500
    assert await place.do(catalog.drop_freight, of.supplier, heavy, reason="test") is None
    assert await total(place, who, who.address, (of, 1)) == 1990 + 600


async def test_the_first_template_is_usual_and_another_can_be(place: Place) -> None:
    of, who = await mine.sent(place), await given.buyer(place)
    second = granted(await mine.freight(place, of, FreightRule(first_minor=1), name="B", is_usual=True))
    async with place.work() as work:
        rows = await catalog.freights_of(work, of.supplier)
    assert [(row["name"], row["is_usual"]) for row in rows] == [("B", True), ("快递", False)]
    assert await total(place, who, who.address, (of, 1)) == 1991
    assert await place.do(catalog.drop_freight, of.supplier, second, reason="test") is None
    assert await total(place, who, who.address, (of, 1)) == 1990, "none is usual, so sending is free"


@pytest.mark.parametrize("act", ["change", "drop", "choose", "parcel", "choose_theirs"])
async def test_what_is_another_suppliers_is_not_found(place: Place, act: str) -> None:
    of, theirs = await given.goods(place), await mine.sent(place)
    async with place.work() as work:
        (row,) = await catalog.freights_of(work, theirs.supplier)
    before = await place.snapshot()
    acts: dict[str, tuple[Any, ...]] = {
        "drop": (catalog.drop_freight, of.supplier, row["id"]),
        "choose": (catalog.choose_freight, of.supplier, [of.product], row["id"]),
        "choose_theirs": (catalog.choose_freight, of.supplier, [of.product, theirs.product], None),
        "parcel": (catalog.set_parcel, of.supplier, theirs.sku, Parcel(1)),
    }
    if act == "change":
        outcome = await mine.freight(place, of, freight=row["id"])
    else:
        verb, *said = acts[act]
        outcome = await place.do(verb, *said, reason="test")
    assert isinstance(outcome, NotFound)
    assert await place.snapshot() == before


# ── teams ──
async def test_a_seat_pays_its_freight_and_is_refused_where_nobody_sends(place: Place) -> None:
    of = await given.campaign(place, await mine.sent(place), size=2)
    leader, member = await given.buyers(place, 2)
    nowhere = await address(place, leader, "西藏自治区 那曲市")
    open_ = OpenTeam(leader.id, "a", of.campaign, of.sku, 1, nowhere, 990)
    assert isinstance(await place.one(groupbuy.seat_buyers, open_), NoDelivery)
    refused = await place.one(
        groupbuy.seat_buyers, OpenTeam(leader.id, "b", of.campaign, of.sku, 1, leader.address, 990)
    )
    assert isinstance(refused, PriceChanged) and refused.data["now_minor"] == 1590
    team = await given.paid_team(place, leader, of)
    joined = granted(
        await place.one(groupbuy.seat_buyers, JoinTeam(member.id, "c", team.team, of.sku, 2, member.address, 2780))
    )
    await given.pay(place, member, joined)
    async with place.work() as work:
        row = await orders.access_order(work, joined.order, member.id)
        ((line,),) = (await orders.lines_of(work, [joined.order])).values()
    assert (row["total_minor"], line["freight_minor"], line["amount_minor"]) == (2780, 800, 2780)
    assert await place.breaches() == {}


async def test_a_join_with_freight_sends_no_statement_more(place: Place) -> None:
    """The template comes with the price."""
    counts = []
    for of in (await given.goods(place, units=500), await mine.sent(place, units=500)):
        sold = await given.campaign(place, of, size=50)
        leader, warm, member = await given.buyers(place, 3)
        team = await given.paid_team(place, leader, sold)
        async with counting_pool(place.house.settings.app_url) as pool:
            lanes = Lanes(pool, pool)  # type: ignore[arg-type]
            for who in (warm, member):
                pool.texts.clear()
                join = JoinTeam(who.id, given.fresh_key(), team.team, of.sku, 1, who.address)
                granted(await lanes.submit(groupbuy.seat_buyers, place.market, join))
            counts.append(len(pool.statements()))
    assert counts[0] == counts[1] <= 8


# ── booked ──
async def test_a_presale_is_sent_for_its_price_but_not_where_nobody_sends(place: Place) -> None:
    of, who = await mine.sent(place), await given.buyer(place)
    nowhere = given.Buyer(who.id, await address(place, who, "西藏自治区 那曲市"))
    offer = granted(await presales.launch(place, of))
    assert isinstance(await presales.book(place, nowhere, of, offer), NoDelivery)
    granted(await presales.book(place, who, of, offer, quoted_minor=10_000))
    assert await place.breaches() == {}


# ── back ──
async def test_freight_goes_back_with_the_whole_order_before_it_was_sent(place: Place) -> None:
    of, who = await mine.sent(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of, 2))
    await given.pay(place, who, placed)
    granted(await ask(place, who, placed.orders[0], Kind.CANCEL, "changed_mind", (1, 2)))
    await place.quiet()
    assert await given.given_back(place, placed.orders[0]) == 2 * 1990 + 800
    assert await place.breaches() == {}


async def test_freight_stays_with_what_was_sent_for_nothing_wrong(place: Place) -> None:
    of, who = await mine.sent(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    (order,) = placed.orders
    assert await place.do(orders.ship, order, of.supplier, carrier="顺丰", tracking="SF1") is None
    assert await place.do(orders.confirm_receipt, order, who.id) is None
    granted(await ask(place, who, order, Kind.RETURN, "no_reason", (1, 1)))
    async with place.work() as work:
        case = await aftersales.access_case(work, order, 1)
    assert case["asked_minor"] == 1990

"""What a buyer is told before he gives something up is what comes of it: money, each coupon, points."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from tests.given import aftersales as cases
from tests.given import goods as given
from tests.given import points as wallets
from tests.given import promotions as promo
from tests.given.houses import Place
from tuan.kit.refusals import NotFound, granted
from tuan.play import groupbuy
from tuan.trade import aftersales, orders
from tuan.trade.aftersales.model import Ask, Kind, Preview
from tuan.trade.orders.model import CouponFate, PlaceOrder
from tuan.value import promotions
from tuan.value.promotions.model import CouponId

R, S, E = CouponFate.RETURNS, CouponFate.STAYS, CouponFate.EXPIRED
Act = Callable[[], Awaitable[Any]]
UNDONE = ("restore", "reverse", "owe")
SOON = timedelta(hours=1)


async def bought(
    place: Place, *coupons: dict[str, Any], points: int = 300, suppliers: int = 2, is_paid: bool = True
) -> Any:
    """One checkout of two units of two SKUs of each supplier, with coupons, points and money: buyer, goods, orders, coupons."""
    await wallets.terms(place)
    who, goods = await given.buyer(place), [await given.goods(place, skus=2) for _ in range(suppliers)]
    await wallets.grant(place, who.id, 1000)
    mine = [await promo.coupon(place, who, stacks=True, **terms) for terms in coupons or ({},)]
    items = tuple((sku, 2) for of in goods for sku in (of.sku, *of.extra))
    command = PlaceOrder(who.id, given.fresh_key(), items, who.address, None, tuple(mine), points)
    placed = granted(await place.one(orders.place_orders, command))
    if is_paid:
        await given.pay(place, who, placed)
    return who, goods, placed.orders, mine


async def undone(place: Place, who: given.Buyer) -> list[int]:
    """Points that came back, were taken and are owed until now, by the entries of the wallet."""
    async with place.work() as work:
        rows = await work.fetch(
            "SELECT kind, sum(units)::bigint AS units FROM points.entries WHERE market_id = $1 AND person_id = $2 "
            "GROUP BY kind", who.id,
        )  # fmt: skip
    sums = {row["kind"]: row["units"] for row in rows}
    return [sums.get(kind, 0) for kind in UNDONE]


async def fates(place: Place, who: given.Buyer, coupons: Sequence[UUID]) -> list[CouponFate]:
    """What has come of these: used still, or free, and then whether they can be used."""
    async with place.work() as work:
        found = await promotions.peek_coupons(work, coupons)
        usable = [found.why_not_use(one, who.id, work.now) is None for one in coupons]
        return [
            S if found.rows[CouponId(one)].state == "used" else R if is_usable else E
            for one, is_usable in zip(coupons, usable, strict=True)
        ]


async def kept(place: Place, who: given.Buyer, order: UUID, seen: Preview, act: Act) -> list[CouponFate]:
    """Do it, and compare everything with what was told; what was told of each coupon."""
    money, before, told = await given.given_back(place, order), await undone(place, who), seen.beside
    granted(await act())
    await place.quiet()
    after = await undone(place, who)
    assert await given.given_back(place, order) - money == seen.total_minor
    changes = [now - then for now, then in zip(after, before, strict=True)]
    assert changes == [told.points_returned, told.points_taken + told.points_led_taken, told.points_owed]
    of = [one.fate for one in told.coupons]
    assert await fates(place, who, [one.coupon for one in told.coupons]) == of
    assert await place.breaches() == {}
    return of


async def asked(place: Place, who: given.Buyer, order: UUID, kind: Kind, why: str, *items: tuple[int, int],
                amount_minor: int | None = None) -> tuple[Preview, Act]:  # fmt: skip
    """What was told of this, and asking for it."""
    seen = granted(await place.do(aftersales.preview, order, who.id, Ask(kind, why, items, amount_minor)))

    async def act() -> Any:
        more = {} if amount_minor is None else {"amount_minor": amount_minor}
        return await cases.ask(place, who, order, kind, why, *items, shown_minor=seen.total_minor, **more)

    return seen, act


async def cancelled(place: Place, who: given.Buyer, order: UUID, *items: tuple[int, int]) -> list[CouponFate]:
    seen, act = await asked(place, who, order, Kind.CANCEL, "unsaid", *items)
    return await kept(place, who, order, seen, act)


async def test_a_coupon_stays_used_until_the_last_of_its_goods_goes_back(place: Place) -> None:
    who, _, (one, other), mine = await bought(place)
    assert await cancelled(place, who, one, (1, 2)) == [S]
    assert await cancelled(place, who, one, (2, 1)) == [S], "a unit of it is kept"
    assert await cancelled(place, who, one, (2, 1)) == [S], "another order of the checkout is kept"
    assert await cancelled(place, who, other, (1, 2), (2, 2)) == [R]
    assert await promo.states(place) == {mine[0]: "free"}


async def test_a_coupon_whose_time_is_over_comes_back_for_nothing(place: Place) -> None:
    who, _, (order,), mine = await bought(place, {}, {"valid_seconds": 3600}, suppliers=1)
    seen, _ = await asked(place, who, order, Kind.CANCEL, "unsaid", (1, 2), (2, 2))
    assert [one.fate for one in seen.beside.coupons] == [R, R]
    async with place.work() as work:
        assert min(one.valid_until for one in seen.beside.coupons) <= work.now + SOON
    await place.later(SOON)
    assert await cancelled(place, who, order, (1, 2), (2, 2)) == [R, E]
    assert await promo.states(place) == dict.fromkeys(mine, "free")


async def test_money_alone_leaves_the_coupon_where_it_is(place: Place) -> None:
    who, goods, (order,), _ = await bought(place, suppliers=1)
    assert await place.do(orders.ship, order, goods[0].supplier, carrier="SF", tracking="1") is None
    seen, act = await asked(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 2), amount_minor=100)

    async def both() -> Any:
        granted(await act())
        return await place.do(aftersales.agree, order, 1, goods[0].supplier)

    assert await kept(place, who, order, seen, both) == [S]


async def test_what_is_sent_back_is_told_before_it_is_sent(place: Place) -> None:
    who, goods, (order,), _ = await bought(place, suppliers=1)
    supplier = goods[0].supplier
    assert await place.do(orders.ship, order, supplier, carrier="SF", tracking="1") is None
    assert await place.do(orders.confirm_receipt, order, who.id) is None
    seen, act = await asked(place, who, order, Kind.RETURN, "no_reason", (1, 2), (2, 2))

    async def all_of_it() -> Any:
        granted(await act())
        assert await place.do(aftersales.agree, order, 1, supplier) is None
        assert await place.do(aftersales.send_back, order, 1, who.id, carrier="SF", tracking="2") is None
        return await place.do(aftersales.receive, order, 1, supplier)

    assert await kept(place, who, order, seen, all_of_it) == [R]


async def test_goods_that_are_never_sent_again_bring_back_what_was_told(place: Place) -> None:
    who, goods, (order,), _ = await bought(place, suppliers=1)
    assert await place.do(orders.ship, order, goods[0].supplier, carrier="SF", tracking="1") is None
    seen, act = await asked(place, who, order, Kind.RESHIP, "not_arrived", (1, 2), (2, 2))
    assert seen.beside.points_returned == 300

    async def in_vain() -> Any:
        granted(await act())
        assert await place.do(aftersales.agree, order, 1, goods[0].supplier) is None
        await place.later(timedelta(hours=72))

    assert await kept(place, who, order, seen, in_vain) == [R]


async def test_points_that_are_spent_meanwhile_would_be_owed(place: Place) -> None:
    who, goods, (order,), _ = await bought(place, suppliers=1, points=0)
    assert await place.do(orders.ship, order, goods[0].supplier, carrier="SF", tracking="1") is None
    assert await place.do(orders.confirm_receipt, order, who.id) is None
    await place.later(timedelta(days=8))
    spendable = (await wallets.balance(place, who.id)).spendable
    earned = spendable - 1000
    granted(await wallets.place_order(place, who, goods[0], spendable, units=5))
    seen, act = await asked(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 2), (2, 2))
    assert (seen.beside.points_taken, seen.beside.points_owed) == (0, earned) and earned

    async def late() -> Any:
        granted(await act())
        return await place.do(aftersales.agree, order, 1, goods[0].supplier)

    await kept(place, who, order, seen, late)


@pytest.mark.parametrize("is_paid", [True, False])
async def test_a_whole_order_that_is_cancelled(place: Place, is_paid: bool) -> None:
    who, _, (one, other), mine = await bought(place, is_paid=is_paid)
    if not is_paid:
        seen = await place.do(aftersales.preview_whole, one)
        assert (seen.total_minor, seen.by_capture) == (0, ())
        assert (seen.beside.points_returned, seen.beside.points_taken) == (await held_by(place, one), 0)
        assert [x.fate for x in seen.beside.coupons] == [R]
        assert await place.do(orders.cancel_unpaid, one, who.id, reason="test") is None
        assert await fates(place, who, mine) == [R]
        assert await place.breaches() == {}
        return
    for order, fate in ((one, S), (other, R)):
        seen = await place.do(aftersales.preview_whole, order)

        async def act(order: UUID = order) -> Any:
            return await place.do(aftersales.cancel, order, who.id, reason="test")

        assert await kept(place, who, order, seen, act) == [fate]


async def held_by(place: Place, order: UUID) -> int:
    async with place.work() as work:
        return await work.fetch_value("SELECT points FROM orders.orders WHERE market_id = $1 AND id = $2", order)


async def test_who_leaves_his_team_was_told_what_comes_back(place: Place) -> None:
    await wallets.terms(place)
    both = frozenset(("coupon", "points"))
    who, of = (
        await given.buyer(place),
        await given.campaign(place, await given.goods(place), may_leave=True, stacks_with=both),
    )
    await wallets.grant(place, who.id, 1000)
    mine = await promo.coupon(place, who, off_minor=100, stacks=True)
    seat = await given.paid_team(place, who, of, coupons=(mine,), points=200)
    seen = await place.do(aftersales.preview_whole, seat.order)
    assert [one.coupon for one in seen.beside.coupons] == [mine]

    async def act() -> Any:
        return await place.do(groupbuy.leave_team, seat.team, who.id)

    assert await kept(place, who, seat.order, seen, act) == [R]


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_goes_back_in_whatever_order(place: Place, seed: int) -> None:
    """Single units in any order, over two orders that share one coupon while others cover one of them only."""
    chance = Random(seed)
    who, _, found, mine = await bought(place, {}, {"off_minor": 70}, {"off_permyriad": 500})
    left = [(order, line) for order in found for line in (1, 2) for _ in range(2)]
    chance.shuffle(left)
    told = []
    while left:
        order, line = left.pop()
        told.append(await cancelled(place, who, order, (line, 1)))
    assert [one for one in told[:-1] if R in one] == [] and told[-1] == [R, R, R], "all three take from every line"
    assert await promo.states(place) == dict.fromkeys(mine, "free")
    assert (await wallets.balance(place, who.id)).spendable == 1000


async def test_a_coupon_that_pays_for_another_checkout_by_now_is_not_told(place: Place) -> None:
    """Its first order was closed unpaid; the money came all the same, and finds the coupon used elsewhere."""
    who, goods, (order,), mine = await bought(place, suppliers=1, is_paid=False)
    await place.later(timedelta(minutes=16))
    granted(await promo.buy(place, who, goods[0], mine))
    seen = await place.do(aftersales.preview_whole, order)
    assert seen.beside.coupons == ()


async def test_strangers_are_told_nothing(place: Place) -> None:
    _, _, (order,), _ = await bought(place, suppliers=1)
    stranger = await given.buyer(place)
    assert await place.do(aftersales.preview, order, stranger.id, Ask(Kind.CANCEL, "unsaid", ((1, 1),))) == NotFound()

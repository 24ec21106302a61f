"""Coupons and rules in a real market: taken, held, used, given back; and what stands for a while."""

from datetime import timedelta
from typing import Any

from tests.given import goods as given
from tests.given import promotions as promo
from tests.given.houses import Place
from tuan.goods import supply
from tuan.goods.supply.model import Stock
from tuan.kit.refusals import NotFound, Refusal, granted
from tuan.trade import aftersales, orders
from tuan.trade.orders.errors import PriceChanged
from tuan.value import promotions
from tuan.value.promotions.errors import CouponNotHere, CouponSpent, NewcomersOnly, RuleClash, TakenEnough, TakenToday
from tuan.value.promotions.model import COUPON, TakeCoupon


async def totals(place: Place, orders_placed: Any) -> list[int]:
    async with place.work() as work:
        return [(await orders.access_any_order(work, order))["total_minor"] for order in orders_placed.orders]


# ── using ──
async def test_a_coupon_is_held_by_its_checkout_used_when_paid_and_back_when_all_is_given_back(place: Place) -> None:
    who, of = await given.buyer(place), await given.goods(place)
    mine = await promo.coupon(place, who)
    placed = granted(await promo.buy(place, who, of, [mine], quoted=990))
    assert (await totals(place, placed), await promo.states(place)) == ([990], {mine: "held"})
    await given.pay(place, who, placed)
    assert await promo.states(place) == {mine: "used"}
    assert await place.breaches() == {}
    async with place.work() as work:
        (part,) = await orders.allocations_of(work, placed.orders[0])
    assert (part["reason"], part["bearer"], part["amount_minor"]) == ("coupon", "market", 1000)
    assert await place.do(aftersales.cancel, placed.orders[0], who.id, reason="test") is None
    await place.quiet()
    assert await promo.states(place) == {mine: "free"}
    assert await given.given_back(place, placed.orders[0]) == 990
    granted(await promo.buy(place, who, of, [mine]))
    assert await place.breaches() == {}


async def test_an_order_that_ends_unpaid_lets_its_coupon_go(place: Place) -> None:
    who, of = await given.buyer(place), await given.goods(place)
    mine = await promo.coupon(place, who)
    placed = granted(await promo.buy(place, who, of, [mine]))
    assert await place.do(orders.cancel_unpaid, placed.orders[0], who.id, reason="test") is None
    assert await promo.states(place) == {mine: "free"}
    granted(await promo.buy(place, who, of, [mine]))
    await place.later(timedelta(minutes=16))
    assert await promo.states(place) == {mine: "free"}
    assert await place.breaches() == {}


async def paid_late(place: Place, who: Any, of: Any, mine: Any) -> tuple[Any, Any]:
    """An order with a coupon that was closed unpaid, and the attempt whose money comes yet."""
    placed = granted(await promo.buy(place, who, of, [mine]))
    attempt = await given.start_paying(place, who, placed)
    await given.place_notice(place, attempt, state=given.ChargeState.DECLINED, transaction="", paid_at=None)
    await place.later(timedelta(minutes=16))
    assert await given.state_of(place, placed.orders[0]) == "closed"
    return placed, attempt


async def test_late_money_finds_its_coupon_again(place: Place) -> None:
    who, of = await given.buyer(place), await given.goods(place)
    mine = await promo.coupon(place, who)
    placed, attempt = await paid_late(place, who, of, mine)
    await given.place_notice(place, attempt)
    assert await given.state_of(place, placed.orders[0]) == "to_ship"
    assert await promo.states(place) == {mine: "used"}
    assert await place.breaches() == {}


async def test_late_money_whose_coupon_was_used_elsewhere_goes_back(place: Place) -> None:
    who, of = await given.buyer(place), await given.goods(place)
    mine = await promo.coupon(place, who)
    placed, attempt = await paid_late(place, who, of, mine)
    other = granted(await promo.buy(place, who, of, [mine]))
    await given.pay(place, who, other)
    await given.place_notice(place, attempt)
    assert await given.state_of(place, placed.orders[0]) == "cancelled"
    async with place.work() as work:
        assert (await orders.access_any_order(work, placed.orders[0]))["refunded_minor"] == 990
    assert await promo.states(place) == {mine: "used"}
    assert await place.breaches() == {}


async def test_one_coupon_over_two_suppliers_comes_back_with_the_last_line(place: Place) -> None:
    who, one, other = await given.buyer(place), await given.goods(place), await given.goods(place, price_minor=995)
    mine = await promo.coupon(place, who)
    command = orders_of(who, [one, other], [mine])
    placed = granted(await place.one(orders.place_orders, command))
    assert sum(await totals(place, placed)) == 1990 + 995 - 1000
    await given.pay(place, who, placed)
    assert await place.do(aftersales.cancel, placed.orders[0], who.id, reason="test") is None
    assert await promo.states(place) == {mine: "used"}
    assert await place.breaches() == {}
    assert await place.do(aftersales.cancel, placed.orders[1], who.id, reason="test") is None
    assert await promo.states(place) == {mine: "free"}
    await place.quiet()
    assert await place.breaches() == {}


def orders_of(who: Any, goods: list[Any], coupons: list[Any], **more: Any) -> Any:
    items = tuple((of.sku, 1) for of in goods)
    return orders.model.PlaceOrder(who.id, given.fresh_key(), items, who.address, None, tuple(coupons), **more)


async def test_two_coupons_on_one_line_are_told_apart(place: Place) -> None:
    who, of = await given.buyer(place), await given.goods(place)
    both = [await promo.coupon(place, who, off_minor=300, stacks=True) for _ in range(2)]
    placed = granted(await promo.buy(place, who, of, both))
    async with place.work() as work:
        rows = await work.fetch(
            "SELECT reason, source_id, amount_minor FROM orders.allocations WHERE market_id = $1 ORDER BY reason"
        )
    assert [(r["reason"], r["source_id"]) for r in rows] == [("coupon", both[0]), ("coupon_2", both[1])]
    assert await totals(place, placed) == [1390]
    assert await promo.buy(place, who, of, [both[0], both[0]]) == CouponSpent()


async def test_another_total_than_the_one_shown_is_refused_with_the_new_one(place: Place) -> None:
    who, of = await given.buyer(place), await given.goods(place)
    mine = await promo.coupon(place, who)
    before = await place.snapshot()
    assert await promo.buy(place, who, of, [mine], quoted=1990) == PriceChanged(now_minor=990, shown_minor=1990)
    assert await place.snapshot() == before


async def test_somebody_elses_coupon_is_not_found(place: Place) -> None:
    (who, other), of = await given.buyers(place, 2), await given.goods(place)
    theirs = await promo.coupon(place, other)
    assert await promo.buy(place, who, of, [theirs]) == NotFound()
    assert await promo.buy(place, who, of, [COUPON.new()]) == NotFound()


async def test_a_newcomers_coupon_is_for_the_first_order(place: Place) -> None:
    who, of = await given.buyer(place), await given.goods(place)
    first, second = [await promo.coupon(place, who, newcomers=True) for _ in range(2)]
    granted(await promo.buy(place, who, of, [first]))
    assert await promo.buy(place, who, of, [second]) == NewcomersOnly()


async def test_the_quote_is_what_placing_charges_and_the_best_coupon_is_named(place: Place) -> None:
    who, of = await given.buyer(place), await given.goods(place)
    small, big = [await promo.coupon(place, who, off_minor=off) for off in (100, 700)]
    command = orders_of(who, [of], [big])
    async with place.work() as work:
        quoted = await orders.quote(work, command)
        found = await orders.suggest_coupons(work, command)
    assert not isinstance(quoted, Refusal) and not isinstance(found, Refusal)
    suggestion, _ = found
    assert (suggestion.coupons, suggestion.saves_minor, small in suggestion.refused) == ((big,), 700, False)
    placed = granted(await place.one(orders.place_orders, command))
    assert await totals(place, placed) == [quoted.total_minor] == [1290]


# ── taking ──
async def test_taking_twice_with_one_key_is_taking_once(place: Place) -> None:
    who, of = await given.buyer(place), await promo.template(place, per_person=5)
    one, other = [await promo.take(place, who, of, key="same") for _ in range(2)]
    assert granted(one) == other
    assert len(await promo.states(place)) == 1


async def test_a_batch_of_takers_is_decided_one_after_the_other(place: Place) -> None:
    people, of = await given.crowd(place, 5), await promo.template(place, total=3)
    async with place.work() as work:
        asked = [TakeCoupon(who.id, given.fresh_key(), of) for who in people]
        outcomes = await promotions.take_coupons(work, asked)
    assert [isinstance(outcome, Refusal) for outcome in outcomes] == [False] * 3 + [True] * 2
    assert await place.breaches() == {}


async def test_a_day_later_one_may_take_again(place: Place) -> None:
    who, of = await given.buyer(place), await promo.template(place, per_person=2, per_day=1)
    granted(await promo.take(place, who, of))
    assert isinstance(await promo.take(place, who, of), TakenToday)
    await place.move_clock(timedelta(days=1, seconds=1))
    granted(await promo.take(place, who, of))


async def test_friends_open_a_coupon(place: Place) -> None:
    starter, *friends = await given.buyers(place, 3)
    of = await promo.template(place, way="friends", friends=2)
    mine = granted(await promo.take(place, starter, of))
    assert (await promo.states(place))[mine] == "locked"
    assert await promo.take(place, starter, of, starter=mine) != mine
    theirs = [granted(await promo.take(place, friend, of, starter=mine)) for friend in friends]
    assert await promo.states(place) == {mine: "free"} | dict.fromkeys(theirs, "free")


async def test_a_code_and_the_house_give_what_the_centre_does_not(place: Place) -> None:
    who, other = await given.buyers(place, 2)
    coded = await promo.template(place, way="code", code="MARZO")
    kept = await promo.template(place, way="granted")
    assert await promo.take(place, who, coded) == await promo.take(place, who, kept) == NotFound()
    assert await promo.take(place, who, None, code="ABRIL") == NotFound()
    granted(await promo.take(place, who, None, code="MARZO"))
    outcomes = await place.do(promotions.grant_coupons, kept, [who.id, other.id, who.id], reason="sorry")
    assert [isinstance(outcome, Refusal) for outcome in outcomes] == [False, False, True]
    async with place.work() as work:
        assert await promotions.coupon_centre(work, who.id) == []
        assert len(await promotions.wallet(work, who.id)) == 2
    assert await place.breaches() == {}


# ── rules for a while ──
async def test_a_limited_price_and_a_reward_stand_while_they_last(place: Place) -> None:
    who, of = await given.buyer(place), await given.goods(place)
    limited = granted(await promo.rule(place, "limited", prices={of.sku: 1500}))
    granted(await promo.rule(place, "reward", steps=((1000, 100), (3000, 500)), supplier=of.supplier))
    placed = granted(await promo.buy(place, who, of, units=2))
    assert await totals(place, placed) == [2500]
    assert await place.do(promotions.end_rule, limited, reason="test") is None
    assert await place.do(promotions.end_rule, limited, reason="test") == NotFound()
    assert await totals(place, granted(await promo.buy(place, who, of))) == [1890]
    await place.later(timedelta(days=2))
    assert await totals(place, granted(await promo.buy(place, who, of))) == [1990]
    assert await place.breaches() == {}


async def test_a_flash_session_sells_its_units_then_the_goods_cost_what_they_cost(place: Place) -> None:
    who, of = await given.buyer(place), await given.goods(place, units=10)
    terms = {"prices": {of.sku: 500}, "allotments": {of.sku: 3}, "per_order": 2}
    flash = granted(await promo.rule(place, "flash", **terms))
    assert await given.free_units(place, of) == 7
    placed = granted(await promo.buy(place, who, of, units=2))
    assert await totals(place, placed) == [1000]
    mine = await promo.coupon(place, who)
    assert isinstance(await promo.buy(place, who, of, [mine]), CouponNotHere)
    assert await totals(place, granted(await promo.buy(place, who, of, units=2))) == [3980]
    assert await place.breaches() == {}
    await place.later(timedelta(days=1))
    assert await place.do(promotions.end_rule, flash, reason="test") == NotFound()
    assert await given.free_units(place, of) == 10, "its rest is for sale again, and nobody paid"
    assert await place.breaches() == {}


async def test_rules_for_other_goods_or_another_time_stand_beside_each_other(place: Place) -> None:
    one, other = await given.goods(place), await given.goods(place)
    granted(await promo.rule(place, "reward", steps=((1000, 100),), supplier=one.supplier, include=(one.product,)))
    granted(await promo.rule(place, "reward", steps=((1000, 100),), supplier=other.supplier))
    granted(await promo.rule(place, "reward", steps=((1000, 100),)))
    clash = await promo.rule(place, "reward", steps=((9, 1),), supplier=one.supplier)
    assert clash == RuleClash(name="reward")
    granted(await promo.rule(place, "limited", prices={one.sku: 1}))
    granted(await promo.rule(place, "limited", prices={other.sku: 1}))
    async with place.work() as work:
        later = {"starts_at": work.now + timedelta(days=1), "ends_at": work.now + timedelta(days=2)}
    granted(await promo.rule(place, "limited", prices={one.sku: 1}, **later))


async def test_peeking_shows_what_the_locked_stock_holds(place: Place) -> None:
    of = await given.goods(place, units=4)
    granted(await promo.rule(place, "flash", prices={of.sku: 500}, allotments={of.sku: 3}))
    async with place.work() as work:
        pools = (await promotions.load_rules(work, [of.sku])).allotments()
        seen, locked = [await load(work, [of.sku], pools) for load in (supply.peek_stock, supply.load_stock)]
    assert isinstance(seen, Stock) and (seen.rows, seen.allotments) == (locked.rows, locked.allotments)


async def test_what_giving_away_would_answer_is_what_it_answers(place: Place) -> None:
    old, lucky, plain = await given.buyers(place, 3)
    await given.pay(place, old, granted(await promo.buy(place, old, await given.goods(place))))
    of = await promo.template(place, way="granted", newcomers=True)
    everybody = [old.id, lucky.id, plain.id]
    granted((await place.do(orders.grant_coupons, of, [lucky.id], reason="test"))[0])
    before = await place.snapshot()
    seen = await place.do(orders.preview_grants, of, everybody)
    assert seen == [NewcomersOnly(), TakenEnough(most=1), None] and await place.snapshot() == before
    made = await place.do(orders.grant_coupons, of, everybody, reason="test")
    assert made[:2] == seen[:2] and not isinstance(made[2], Refusal)


async def test_a_suggestion_counts_the_units_that_a_flash_session_has_left(place: Place) -> None:
    """Its price goes with no coupon; beyond its units the goods cost what they cost, and the coupon takes from that."""
    who, of = await given.buyer(place), await given.goods(place, units=10)
    granted(await promo.rule(place, "flash", prices={of.sku: 500}, allotments={of.sku: 1}))
    mine = await promo.coupon(place, who)
    wanted = [orders.model.PlaceOrder(who.id, "-", ((of.sku, units),), who.address, None) for units in (1, 2)]
    async with place.work() as work:
        found = [await orders.suggest_coupons(work, command) for command in wanted]
    (inside, _), (beyond, _) = [granted(one) for one in found]
    assert (inside.coupons, inside.saves_minor, set(inside.refused)) == ((), 0, {mine})
    assert (beyond.coupons, beyond.saves_minor, set(beyond.refused)) == ((mine,), 1000, set())

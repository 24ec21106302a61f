"""Ladder teams: everybody pays the first price, and the difference to the step that was reached comes back."""

from datetime import timedelta
from typing import Any

from tests.given import goods as given
from tests.given import points as wallets
from tests.given import promotions as promo
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.play import groupbuy
from tuan.play.groupbuy.errors import CampaignInvalid
from tuan.play.groupbuy.model import OpenTeam
from tuan.trade import aftersales, orders
from tuan.trade.orders.errors import PriceChanged
from tuan.value.points.errors import PointsTooMany
from tuan.value.promotions.errors import CouponNotHere

LADDER = ((3, 100), (5, 250))
"""From two members on it forms at 990, from three on it costs 890, from five on 740."""
COUPONS_TOO = frozenset(("coupon", "points"))


async def ladder_goods(place: Place, **terms: Any) -> given.Goods:
    given_terms: dict[str, Any] = {"size": 5, "promise_min": 2, "ladder": LADDER} | terms
    return await given.campaign(place, await given.goods(place), **given_terms)


async def gathered(place: Place, of: given.Goods, members: int, units: int = 1) -> list[Any]:
    """The paid seats of one team, its leader's first."""
    leader, *others = [await given.buyer(place) for _ in range(members)]
    seats = [await given.paid_team(place, leader, of, units)]
    for who in others:
        seats.append(await given.paid_join(place, who, seats[0].team, of, units))
    return seats


async def close(place: Place) -> None:
    await place.later(timedelta(seconds=3610))


async def sums(place: Place, order: Any) -> tuple[int, int, int]:
    """(paid, given back, the price fell by) of an order."""
    async with place.work() as work:
        row = await work.fetch_one(
            "SELECT o.total_minor, o.refunded_minor, sum(l.lowered_minor)::bigint AS lowered FROM orders.orders o "
            "JOIN orders.lines l ON l.market_id = o.market_id AND l.order_id = o.id WHERE o.market_id = $1 AND o.id = $2 "
            "GROUP BY o.id, o.total_minor, o.refunded_minor", order,
        )  # fmt: skip
        assert row is not None
        return row["total_minor"], row["refunded_minor"], row["lowered"]


async def test_the_last_member_brings_everybody_the_difference(place: Place) -> None:
    seats = await gathered(place, await ladder_goods(place), 5, units=2)
    for seat in seats:
        assert await sums(place, seat.order) == (1980, 500, 500)
        assert await given.state_of(place, seat.order) == "to_ship"
    assert await place.breaches() == {}


async def test_at_the_deadline_the_step_that_was_reached_counts(place: Place) -> None:
    of = await ladder_goods(place)
    three, two = await gathered(place, of, 3), await gathered(place, of, 2)
    await close(place)
    assert [await sums(place, seat.order) for seat in three] == [(990, 100, 100)] * 3
    assert [await sums(place, seat.order) for seat in two] == [(990, 0, 0)] * 2
    assert {await given.state_of(place, seat.order) for seat in (*three, *two)} == {"to_ship"}
    await close(place)
    assert [await sums(place, seat.order) for seat in three] == [(990, 100, 100)] * 3
    assert await place.breaches() == {}


async def test_below_the_first_step_everything_comes_back(place: Place) -> None:
    seats = await gathered(place, await ladder_goods(place), 1)
    await close(place)
    assert await sums(place, seats[0].order) == (990, 990, 0)
    assert await given.state_of(place, seats[0].order) == "cancelled"
    assert await place.breaches() == {}


async def test_the_supplier_is_settled_on_the_step_and_the_market_bears_its_coupon_whole(place: Place) -> None:
    """990 less a coupon of 300 of the market's and 50 points: 640 in money, 250 of it back, and 740 are shared out."""
    of = await ladder_goods(place, stacks_with=COUPONS_TOO)
    await wallets.terms(place)
    leader, *others = [await given.buyer(place) for _ in range(5)]
    seats = [await given.paid_team(place, leader, of)]
    coupon = await promo.coupon(place, others[0], off_minor=300, threshold_minor=900)
    await wallets.grant(place, others[0].id, 50)
    rich = await given.paid_join(place, others[0], seats[0].team, of, coupons=(coupon,), points=50, quoted_minor=640)
    seats += [await given.paid_join(place, who, seats[0].team, of) for who in others[1:]]
    assert await sums(place, rich.order) == (640, 250, 250)
    assert (await wallets.balance(place, others[0].id)).spendable == 0, (
        "points stay spent; the difference came in money"
    )
    assert await place.do(orders.ship, rich.order, of.supplier, carrier="SF", tracking="1") is None
    assert await place.do(orders.confirm_receipt, rich.order, others[0].id) is None
    await place.later(timedelta(days=8))
    async with place.work() as work:
        claim = await work.fetch_one(
            "SELECT kept_minor, borne_minor, share_minor + fee_minor AS shared FROM settlement.claims "
            "WHERE market_id = $1 AND order_id = $2", rich.order,
        )  # fmt: skip
    assert claim is not None and tuple(claim.values()) == (390, 350, 740)
    assert await place.breaches() == {}


async def test_a_lapsed_team_gives_coupons_and_points_back(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), stacks_with=COUPONS_TOO)
    await wallets.terms(place)
    who = await given.buyer(place)
    coupon = await promo.coupon(place, who, off_minor=300)
    await wallets.grant(place, who.id, 50)
    seat = granted(await given.open_team(place, who, of, coupons=(coupon,), points=50, quoted_minor=640))
    assert (await promo.states(place))[coupon] == "held" and (await wallets.balance(place, who.id)).spendable == 0
    await given.pay(place, who, seat)
    assert (await promo.states(place))[coupon] == "used"
    await close(place)
    assert await sums(place, seat.order) == (640, 640, 0)
    assert (await promo.states(place))[coupon] == "free" and (await wallets.balance(place, who.id)).spendable == 50
    assert await place.breaches() == {}


async def test_a_campaign_says_what_goes_with_its_price(place: Place) -> None:
    """Points alone where it says nothing; rewards only where it says so."""
    plain = await given.campaign(place, await given.goods(place))
    rewarded = await given.campaign(place, await given.goods(place), stacks_with=frozenset(("reward",)))
    await wallets.terms(place)
    await promo.rule(place, "reward", steps=((500, 90),))
    who = await given.buyer(place)
    coupon = await promo.coupon(place, who, off_minor=300)
    await wallets.grant(place, who.id, 50)
    assert isinstance(await given.open_team(place, who, plain, coupons=(coupon,)), CouponNotHere)
    assert isinstance(await given.open_team(place, who, rewarded, points=50), PointsTooMany)
    assert isinstance(await given.open_team(place, who, rewarded, quoted_minor=990), PriceChanged)
    assert (await promo.states(place))[coupon] == "free"
    granted(await given.open_team(place, who, plain, points=50, quoted_minor=940))
    granted(await given.open_team(place, who, rewarded, quoted_minor=900))
    assert await place.breaches() == {}


async def test_whoever_opens_pays_less_and_gets_the_same_difference(place: Place) -> None:
    seats = await gathered(place, await ladder_goods(place, leader_off_minor=200), 5)
    assert await sums(place, seats[0].order) == (790, 250, 250)
    assert {await sums(place, seat.order) for seat in seats[1:]} == {(990, 250, 250)}
    assert await place.breaches() == {}


async def test_after_the_difference_the_rest_comes_back_whole(place: Place) -> None:
    of = await ladder_goods(place)
    await wallets.terms(place)
    leader, *others = [await given.buyer(place) for _ in range(5)]
    await wallets.grant(place, leader.id, 90)
    first = await given.paid_team(place, leader, of, points=90)
    for who in others:
        await given.paid_join(place, who, first.team, of)
    assert await sums(place, first.order) == (900, 250, 250)
    assert await place.do(aftersales.cancel, first.order, leader.id, reason="changed_mind") is None
    await place.quiet()
    assert await sums(place, first.order) == (900, 900, 250)
    assert (await wallets.balance(place, leader.id)).spendable == 90
    assert await place.breaches() == {}


async def test_terms_that_mean_nothing_are_refused_by_field(place: Place) -> None:
    """Steps rise and stay within the team, no unit costs less than a cent, and what goes with the price has a name."""
    of = await given.goods(place)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("ladder", {"ladder": ((3, 100),), "size": 5}),
        ("ladder", {"ladder": ((6, 100),), "size": 5, "promise_min": 2}),
        ("ladder", {"ladder": ((3, 200), (5, 100)), "size": 5, "promise_min": 2}),
        ("ladder", {"ladder": ((3, 990),), "size": 5, "promise_min": 2}),
        ("leader_off_minor", {"leader_off_minor": 990}),
        ("leader_off_minor", {"leader_off_minor": 900, "ladder": ((3, 90),), "size": 5, "promise_min": 2}),
        ("stacks_with", {"stacks_with": frozenset(("price",))}),
    ]
    for field, terms in wrong:
        assert await given.launch(place, of, **terms) == CampaignInvalid(field=field), terms
    granted(await given.launch(place, of, leader_off_minor=899, ladder=((3, 90),), size=5, promise_min=2))


async def test_points_pay_no_more_than_may_not_come_back(place: Place) -> None:
    """990 with a last step that gives 900 back: whatever the market takes by points, 900 must be money."""
    of = await ladder_goods(place, ladder=((5, 900),), stacks_with=COUPONS_TOO)
    await wallets.terms(place)
    who = await given.buyer(place)
    await wallets.grant(place, who.id, 400)
    assert await given.open_team(place, who, of, points=91) == PointsTooMany(most=90)
    async with place.work() as work:
        command = OpenTeam(who.id, "-", of.campaign, of.sku, 1, None, points=400)
        quoted = granted(await groupbuy.quote_seat(work, command))
    assert (quoted.total_minor, quoted.points_units) == (900, 90)
    granted(await given.open_team(place, who, of, points=90, quoted_minor=900))
    assert await place.breaches() == {}

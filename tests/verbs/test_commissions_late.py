"""What goes back after a commission was the shop's: from what it may claim, and the rest it owes; and the second level."""

from datetime import timedelta
from uuid import UUID

from tests.given import commissions as given
from tests.given import goods, guarding
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import compliance, parties
from tuan.people.compliance.model import CN, Channel
from tuan.play import distribution
from tuan.play.distribution.errors import PlanUnlawful
from tuan.play.distribution.model import CommissionState, Rate, Scope, Terms
from tuan.trade import settlement
from tuan.trade.settlement.errors import InDebt

C = CommissionState
PAY = 199
NOTICE = timedelta(days=CN.notice_days)


async def matured(place: Place, units: int = 1) -> tuple[goods.Goods, given.Shop, goods.Buyer, UUID]:
    """A commission of a tenth that is the shop's."""
    of = await goods.goods(place, price_minor=1990)
    await given.plan(place)
    shop, who = await given.shop(place, of), await given.neighbour(place)
    order = await given.buy(place, who, of, shop.code, units)
    await given.keep(place, of, who, order)
    await place.later(timedelta(days=2))
    assert await given.balance(place, shop) == (PAY * units, 0, 0)
    return of, shop, who, order


async def test_a_late_claim_takes_its_part_back_and_the_supplier_has_it(place: Place) -> None:
    of, shop, who, order = await matured(place, 3)
    await given.give_back(place, of, who, order, 1)
    assert await given.balance(place, shop) == (2 * PAY, 0, 0)
    await given.give_back(place, of, who, order, 2)
    assert await given.balance(place, shop) == (0, 0, 0)
    async with place.work() as work:
        found = await settlement.balance_of(work, of.supplier)
    assert (found.payable_minor, found.debt_minor) == (0, 119), "the market keeps its fee, as without a shop"
    assert await place.breaches() == {}


async def test_what_was_paid_out_is_a_debt_that_what_comes_in_repays_first(place: Place) -> None:
    of, shop, who, order = await matured(place)
    account, clerk = await given.account(place, shop), await goods.buyer(place)
    out = granted(await place.do(settlement.withdraw, shop.id, account, PAY, shop.owner.id))
    assert await given.balance(place, shop) == (0, PAY, 0)
    assert await place.do(settlement.approve, out, clerk.id, reason="test") is None
    await place.quiet()
    assert await given.balance(place, shop) == (0, 0, 0)
    await given.give_back(place, of, who, order, 1)
    assert await given.balance(place, shop) == (0, 0, PAY)
    assert await place.do(settlement.withdraw, shop.id, account, 100, shop.owner.id) == InDebt(debt_minor=PAY)
    again = await given.buy(place, who, of, shop.code, 2)
    await given.keep(place, of, who, again)
    await place.later(timedelta(days=2))
    assert await given.balance(place, shop) == (PAY, 0, 0)
    assert await place.breaches() == {}


async def test_nobody_withdraws_to_anothers_account(place: Place) -> None:
    of, shop, _, _ = await matured(place)
    theirs = await given.account(place, await given.shop(place, of))
    for payee in (shop.id, of.supplier):
        refused = await place.do(settlement.withdraw, payee, theirs, 100, shop.owner.id)
        assert refused.code == "not_found"


TWO_LEVELS = Terms(
    (
        Rate(Scope.MARKET, None, 1, rate_bp=1000),
        Rate(Scope.MARKET, None, 2, rate_bp=200, channels=frozenset({Channel.WEB})),
    )
)


async def test_a_second_level_needs_two_signatures_and_goes_no_further(place: Place) -> None:
    of = await goods.goods(place, price_minor=1000)
    plan = granted(await place.do(distribution.draft_plan, "两级", TWO_LEVELS, reason="test"))
    refused = await place.do(distribution.switch_on, plan, 1, reason="test")
    assert isinstance(refused, PlanUnlawful) and refused.data["rule"] == "level_not_signed"
    async with place.work() as work:
        (fingerprint,) = (await distribution.to_sign(work, TWO_LEVELS)).values()
    signed = await guarding.signed(place, fingerprint=fingerprint)
    assert await place.do(distribution.switch_on, plan, 1, reason="test") is None
    top, middle = await given.shop(place, of), await given.neighbour(place)
    invited = await place.do(parties.admit_shop, "二店", middle.id, inviter=top.id, reason="test")
    last = await given.neighbour(place)
    third = await place.do(parties.admit_shop, "三店", last.id, inviter=invited, reason="test")
    code = await given.share.link(place, last, of)
    order = await given.buy(place, await given.neighbour(place), of, code)
    paid = [(row["depth"], row["shop_id"], row["amount_minor"]) for row in await given.commissions(place, order)]
    assert paid == [(1, third, 100), (2, invited, 20)], "the third in the row is paid nothing"
    own = await given.buy(place, middle, of, code)
    assert [row["depth"] for row in await given.commissions(place, own)] == [1], (
        "nobody is paid for what he buys himself"
    )
    assert await place.do(compliance.revoke_sign_off, signed, reason="test") is None
    after = await given.buy(place, await given.neighbour(place), of, code)
    assert [row["depth"] for row in await given.commissions(place, after)] == [1], "nobody answers for it any more"
    assert await place.breaches() == {}


async def test_a_budget_is_held_and_what_goes_back_is_there_again(place: Place) -> None:
    of = await goods.goods(place, price_minor=1000, units=200)
    await given.plan(place, given.ten_percent(budget_minor=250))
    shop = await given.shop(place, of)
    buyers = [await given.neighbour(place) for _ in range(4)]
    orders = [await given.buy(place, who, of, shop.code) for who in buyers]
    promised = [[row["amount_minor"] for row in await given.commissions(place, order)] for order in orders]
    assert promised == [[100], [100], [50], []]
    await given.receive(place, of, buyers[0], orders[0])
    await given.give_back(place, of, buyers[0], orders[0], 1)
    again = await given.buy(place, buyers[3], of, shop.code)
    assert [row["amount_minor"] for row in await given.commissions(place, again)] == [100]
    assert await place.breaches() == {}


async def test_a_campaign_pays_its_own_amount_a_piece_within_the_cap_of_the_line(place: Place) -> None:
    """150 a piece instead of a tenth; of a team price of 400 the line pays 30 %, and what is bought outside the campaign a tenth."""
    of = await goods.goods(place, price_minor=1000)
    dear = await goods.campaign(place, of, price_minor=900)
    cheap = await goods.campaign(place, await goods.goods(place, price_minor=1000), price_minor=400)
    own = [Rate(Scope.CAMPAIGN, one.campaign, 1, fixed_minor=150) for one in (dear, cheap)]
    await given.plan(place, Terms((Rate(Scope.MARKET, None, 1, rate_bp=1000), *own)))
    shop = await given.shop(place, of)
    for one, units, amount in ((dear, 1, 150), (dear, 2, 300), (cheap, 1, 120)):
        who = await given.neighbour(place)
        seated = await goods.paid_team(place, who, one, units, share=shop.code)
        assert [row["amount_minor"] for row in await given.commissions(place, seated.order)] == [amount]
    order = await given.buy(place, await given.neighbour(place), of, shop.code)
    assert [row["amount_minor"] for row in await given.commissions(place, order)] == [100]
    assert await place.breaches() == {}


async def test_a_campaigns_amount_under_a_cap_that_the_law_forbids_is_not_switched_on(place: Place) -> None:
    of = await goods.campaign(place, await goods.goods(place))
    terms = Terms((Rate(Scope.CAMPAIGN, of.campaign, 1, fixed_minor=150),), line_most_bp=5000)
    plan = granted(await place.do(distribution.draft_plan, "活动", terms, reason="test"))
    refused = await place.do(distribution.switch_on, plan, 1, reason="test")
    assert (
        isinstance(refused, PlanUnlawful)
        and refused.data["rule"] == "rate_too_high"
        and refused.data["scope"] == "campaign"
    )
    async with place.work() as work:
        assert await distribution.running(work) == []


async def test_the_version_that_stood_when_it_was_placed_pays_and_the_narrowest_rate_counts(place: Place) -> None:
    of = await goods.goods(place, price_minor=1000)
    plan = await given.plan(
        place, Terms((Rate(Scope.MARKET, None, 1, rate_bp=500), Rate(Scope.PRODUCT, of.product, 1, rate_bp=1500)))
    )
    shop, who = await given.shop(place, of), await given.neighbour(place)
    order = await given.buy(place, who, of, shop.code)
    assert [row["amount_minor"] for row in await given.commissions(place, order)] == [150]
    assert await place.do(distribution.draft_version, plan, given.ten_percent(), reason="test") == 2
    assert await place.do(distribution.switch_on, plan, 2, reason="test") is None
    order = await given.buy(place, who, of, shop.code)
    assert [(row["amount_minor"], row["version"]) for row in await given.commissions(place, order)] == [(150, 1)]
    await place.move_clock(NOTICE)
    order = await given.buy(place, who, of, shop.code)
    assert [(row["amount_minor"], row["version"]) for row in await given.commissions(place, order)] == [(100, 2)]
    async with place.work() as work:
        shown = await distribution.commission_shown(work, shop.id, [of.product])
        assert shown[of.product] == distribution.Shown(100, 100)
    assert await place.do(distribution.switch_off, plan, 2, reason="test") is None
    await place.move_clock(NOTICE)
    order = await given.buy(place, who, of, shop.code)
    assert await given.commissions(place, order) == []
    assert await place.do(parties.suspend_shop, shop.id, reason="test") is None
    async with place.work() as work:
        assert await distribution.commission_shown(work, shop.id, [of.product]) == {}
    assert await place.breaches() == {}

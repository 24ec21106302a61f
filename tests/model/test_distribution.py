"""What a line pays to shops: within every cap, by the cent, two levels deep and never to whoever buys."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.given.models import NOON
from tuan.kit.ids import new_uuid
from tuan.people.compliance.model import CHANNELS as PROFILED
from tuan.people.compliance.model import CN, Channel, check_plan, signed
from tuan.play.distribution.errors import PlanInvalid
from tuan.play.distribution.model import (
    CHANNELS,
    Commission,
    CommissionState,
    Purses,
    Rate,
    Scope,
    Seller,
    Sold,
    Terms,
    Version,
    VersionState,
    Why,
    amount_of,
    as_law_reads,
    by_target,
    commissions_of,
    land,
    left_of,
    lower,
    mature,
    pay_for_one,
    rates_for,
    unsigned,
    void,
    why_not_decide,
    why_not_draft,
    why_not_hold,
)
from tuan.value.ledger.model import Postings, shop_debt, shop_payable, shop_pending, supplier_payable

PLAN, ORDER, SUPPLIER = UUID(int=1), UUID(int=2), UUID(int=3)
SKU, PRODUCT, CATEGORY, CAMPAIGN = UUID(int=10), UUID(int=11), UUID(int=12), UUID(int=13)
SHOP, INVITER, OWNER, ABOVE, BUYER = (UUID(int=n) for n in range(20, 25))
OF = {Scope.MARKET: None, Scope.CATEGORY: CATEGORY, Scope.PRODUCT: PRODUCT, Scope.SKU: SKU, Scope.CAMPAIGN: CAMPAIGN}

amounts = st.integers(1, 10**7)
scopes = st.sampled_from(Scope)
channels = st.sampled_from(CHANNELS)


@st.composite
def rates(draw: st.DrawFn) -> Rate:
    scope = draw(scopes)
    fixed = draw(st.booleans())
    return Rate(
        scope, draw(st.sampled_from((OF[scope], new_uuid()))) if OF[scope] else None, draw(st.sampled_from((1, 2))),
        0 if fixed else draw(st.integers(1, 10_000)), draw(st.integers(1, 10**6)) if fixed else 0,
        draw(st.frozensets(channels, min_size=1)),
    )  # fmt: skip


def version_of(*of: Rate, since: int = -1, number: int = 1, plan: UUID = PLAN, **terms: int | None) -> Version:
    """A version that is on since so many days."""
    said = Terms(of, **terms)  # type: ignore[arg-type]
    return Version(plan, number, VersionState.ON, said, NOON + timedelta(days=since), None)  # type: ignore[arg-type]


def sold_of(goods: int = 1000, **other: object) -> Sold:
    said: dict[str, object] = {
        "order_id": ORDER, "line_number": 1, "buyer_id": BUYER, "placed_at": NOON, "sku_id": SKU, "product_id": PRODUCT,
        "category_id": CATEGORY, "campaigns": frozenset({CAMPAIGN}), "units": 2, "goods_minor": goods, "back_minor": 0,
        "room_minor": goods, "sellers": {1: Seller(SHOP, OWNER, True), 2: Seller(INVITER, ABOVE, True)},
    }  # fmt: skip
    return Sold(**(said | other))  # type: ignore[arg-type]


TENTH = Rate(Scope.MARKET, None, 1, rate_bp=1000)
SECOND = Rate(Scope.MARKET, None, 2, rate_bp=200)


@given(
    st.lists(rates(), min_size=1, max_size=6),
    amounts,
    st.integers(1, 9),
    st.integers(1, 10_000),
    st.none() | amounts,
    st.data(),
)
def test_nothing_passes_a_cap_and_nobody_is_paid_twice_or_for_himself(
    of: list[Rate], goods: int, units: int, most_bp: int, budget: int | None, data: st.DataObject
) -> None:
    version = version_of(*of, line_most_bp=most_bp, budget_minor=budget)
    room = data.draw(st.integers(0, goods))
    owners = data.draw(st.lists(st.sampled_from((OWNER, ABOVE, BUYER)), min_size=2, max_size=2))
    sellers = {
        depth: Seller(UUID(int=30 + depth), owner, data.draw(st.booleans())) for depth, owner in enumerate(owners, 1)
    }
    sold = sold_of(goods, units=units, room_minor=room, sellers=sellers)
    made, _ = commissions_of(sold, [version], NOON)
    total = sum(one.amount_minor for one in made)
    assert total <= min(goods, room, goods * most_bp // 10_000)
    assert budget is None or total <= budget
    assert version.promised_minor == total
    paid = [sellers[one.depth].owner_id for one in made]
    assert BUYER not in paid and len(set(paid)) == len(paid)
    assert sellers[1].is_open or not made, "of what a suspended shop sold nobody is paid"
    for one in made:
        assert one.depth in (1, 2) and one.amount_minor > 0 and sellers[one.depth].is_open
        assert one.amount_minor <= amount_of(
            Rate("market", None, one.depth, one.rate_bp, one.fixed_minor), goods, units
        )
        assert one.shop_id == sellers[one.depth].shop_id, "nobody slides up into an empty place"


@given(
    st.lists(rates(), min_size=1, max_size=6, unique_by=lambda rate: (rate.scope, rate.object_id, rate.depth)),
    amounts,
    st.integers(1, 10_000),
    channels,
    channels,
)
def test_nothing_is_paid_that_one_of_the_channels_forbids_and_nobody_gains_by_where_he_says_that_he_is(
    of: list[Rate], goods: int, most_bp: int, linked: Channel, bought_in: Channel
) -> None:
    def paid(where: Channel) -> dict[int, Commission]:
        sold = sold_of(goods, channel=linked, bought_in=where)
        return {one.depth: one for one in commissions_of(sold, [version_of(*of, line_most_bp=most_bp)], NOON)[0]}

    made, on_the_web = paid(bought_in), paid(Channel.WEB)
    rated = {rate.depth: rate for rate in rates_for(sold_of(goods), [version_of(*of)])[1]} if made else {}  # type: ignore[index]
    for depth, one in made.items():
        assert depth <= min(PROFILED[linked].levels, PROFILED[bought_in].levels)
        assert linked in rated[depth].channels and (bought_in == Channel.WEB or bought_in in rated[depth].channels)
        assert one.channel in (linked, bought_in) and depth <= PROFILED[one.channel].levels
        assert one.amount_minor <= on_the_web[depth].amount_minor


@pytest.mark.parametrize(
    ("linked", "bought_in", "why_not"),
    [
        (Channel.WEB, Channel.WEB, None),
        (Channel.WEB, Channel.WECHAT_H5, (Channel.WECHAT_H5, PROFILED[Channel.WECHAT_H5].source)),
        (Channel.WEB, Channel.WECHAT_MP, (Channel.WECHAT_MP, PROFILED[Channel.WECHAT_MP].source)),
        (Channel.WECHAT_H5, Channel.WEB, (Channel.WECHAT_H5, PROFILED[Channel.WECHAT_H5].source)),
        (Channel.WECHAT_H5, Channel.WECHAT_MP, (Channel.WECHAT_H5, PROFILED[Channel.WECHAT_H5].source)),
    ],
)
def test_the_stricter_of_two_channels_says_why_a_level_is_not_paid(
    linked: Channel, bought_in: Channel, why_not: tuple[Channel, str] | None
) -> None:
    made, withheld = commissions_of(sold_of(channel=linked, bought_in=bought_in), [version_of(TENTH, SECOND)], NOON)
    assert [one.depth for one in made] == ([1, 2] if why_not is None else [1])
    assert [(one.depth, one.channel, one.article) for one in withheld] == ([] if why_not is None else [(2, *why_not)])


def test_a_rate_for_wechat_is_not_paid_for_a_link_of_the_web_that_is_opened_there() -> None:
    """The plan may hold in one channel only; who says that he is there gets nobody what his link does not bring."""
    rate = replace(TENTH, channels=frozenset({Channel.WECHAT_H5}))
    made, withheld = commissions_of(sold_of(bought_in=Channel.WECHAT_H5), [version_of(rate)], NOON)
    assert made == [] and [(one.channel, one.article) for one in withheld] == [(Channel.WEB, "")]


@given(st.integers(0, 10_000), amounts, amounts)
def test_more_goods_never_pay_less(rate: int, goods: int, more: int) -> None:
    one = Rate(Scope.MARKET, None, 1, rate_bp=rate)
    assert amount_of(one, goods, 1) <= amount_of(one, goods + more, 1)


@given(amounts, amounts, st.lists(st.integers(0, 10**7), max_size=6))
def test_parts_that_go_back_take_the_whole_and_not_a_cent_more(amount: int, goods: int, backs: list[int]) -> None:
    """However it goes back: each step is a difference of floors, so together they are what is gone."""
    amount, now, taken = min(amount, goods), 0, 0
    for back in [*backs, goods]:
        then = min(now + back, goods)
        before, after = left_of(amount, goods, now), left_of(amount, goods, then)
        assert 0 <= after <= before
        taken, now = taken + before - after, then
    assert taken == amount


@given(st.lists(st.sampled_from(tuple(Scope)), min_size=1, max_size=5, unique=True))
def test_the_narrowest_rate_counts(of: list[Scope]) -> None:
    version = version_of(*(Rate(scope, OF[scope], 1, rate_bp=100) for scope in of))
    found = rates_for(sold_of(), [version])
    assert found is not None
    narrowest = max(of, key=tuple(Scope).index)
    assert [rate.scope for rate in found[1]] == [narrowest]


def test_a_version_pays_what_was_placed_while_it_stood_and_of_two_the_later_one() -> None:
    old, new = version_of(TENTH, since=-3, plan=new_uuid()), version_of(SECOND, since=-2, plan=new_uuid())
    assert rates_for(sold_of(), [old, new]) == (new, [SECOND]) == rates_for(sold_of(), [new, old])
    over = replace(new, until=NOON)
    assert rates_for(sold_of(), [old, over]) == (old, [TENTH])
    assert rates_for(sold_of(placed_at=NOON - timedelta(days=4)), [old, new]) is None
    assert rates_for(sold_of(placed_at=NOON - timedelta(seconds=1)), [over]) is not None
    assert rates_for(sold_of(), [replace(old, since=None)]) is None


def test_a_line_without_money_for_goods_pays_nothing() -> None:
    assert commissions_of(sold_of(0), [version_of(TENTH)], NOON) == ([], [])
    assert commissions_of(sold_of(back_minor=1000), [version_of(TENTH)], NOON) == ([], [])
    assert commissions_of(sold_of(), [], NOON) == ([], [])


def test_what_speaks_against_a_sale_holds_its_commission_and_only_that() -> None:
    made, _ = commissions_of(sold_of(flags={SHOP: Why.RING}), [version_of(TENTH, SECOND)], NOON)
    assert [(one.state, one.held_for, one.kind) for one in made] == [
        (CommissionState.HELD, Why.RING, "commission_1"), (CommissionState.PENDING, None, "commission_2"),
    ]  # fmt: skip


def test_of_what_a_suspended_shop_sold_the_one_that_invited_it_is_paid_nothing_either() -> None:
    sellers = {1: Seller(SHOP, OWNER, False), 2: Seller(INVITER, ABOVE, True)}
    assert commissions_of(sold_of(sellers=sellers), [version_of(TENTH, SECOND)], NOON) == ([], [])
    sellers = {1: Seller(SHOP, OWNER, True), 2: Seller(INVITER, ABOVE, False)}
    assert [one.depth for one in commissions_of(sold_of(sellers=sellers), [version_of(TENTH, SECOND)], NOON)[0]] == [1]


def test_one_unit_is_shown_as_it_would_be_paid() -> None:
    assert pay_for_one(SKU, PRODUCT, CATEGORY, 1990, [version_of(TENTH, SECOND)], NOON) == {1: 199, 2: 39}
    in_wechat = pay_for_one(
        SKU, PRODUCT, CATEGORY, 1990, [version_of(TENTH, SECOND)], NOON, bought_in=Channel.WECHAT_H5
    )
    assert in_wechat == {1: 199}
    assert pay_for_one(SKU, PRODUCT, CATEGORY, 1990, [version_of(Rate(Scope.CAMPAIGN, CAMPAIGN, 1, 500))], NOON) == {}


# ── what becomes of it ──
def commission(state: str = CommissionState.PENDING, kept: int = 100, landed: int | None = None) -> Commission:
    return Commission(
        new_uuid(), ORDER, 1, 1, SHOP, PLAN, 1, 1000, 0, 1000, 100, kept, state, None, NOON, landed,  # type: ignore[arg-type]
    )  # fmt: skip


@given(st.integers(0, 100), st.integers(0, 200), st.sampled_from((None, 100)), st.booleans())
def test_what_goes_back_comes_from_where_the_commission_lies(
    left: int, payable: int, landed: int | None, is_matured: bool
) -> None:
    state = CommissionState.MATURED if is_matured else CommissionState.PENDING
    one = commission(state, landed=100 if is_matured else landed)
    postings = Postings()
    fell = lower(one, left, "refund", SUPPLIER, "CNY", Purses({SHOP: payable}), postings, NOON)
    deltas = postings.deltas()
    assert one.kept_minor == left and (fell.amount_minor if fell else 0) == 100 - left
    if is_matured:
        taken = min(payable, 100 - left)
        assert (fell.debt_minor if fell else 0) == 100 - left - taken
        assert deltas.get((shop_payable(SHOP), "CNY"), 0) == -taken
        assert deltas.get((shop_debt(SHOP), "CNY"), 0) == -(100 - left - taken)
    else:
        assert deltas.get((shop_pending(SHOP), "CNY"), 0) == (0 if landed is None else left - 100)
    assert sum(deltas.values()) == 0
    assert deltas.get((supplier_payable(SUPPLIER), "CNY"), 0) == (100 - left if is_matured or landed else 0)
    assert (one.state == CommissionState.REVERSED) == (left == 0 and not is_matured)
    assert lower(one, left, "refund", SUPPLIER, "CNY", Purses({}), postings, NOON) is None, (
        "asked again it changes nothing"
    )


@given(st.integers(0, 100))
def test_what_lands_less_what_was_lost_is_what_matures(kept: int) -> None:
    one, postings = commission(kept=kept), Postings()
    land(one, 100, NOON, SUPPLIER, "CNY", postings)
    assert postings.deltas().get((shop_pending(SHOP), "CNY"), 0) == kept - 100
    if kept:
        mature(one, "CNY", postings, NOON)
        assert postings.deltas()[shop_payable(SHOP), "CNY"] == kept
        assert (one.state, one.ended_at) == (CommissionState.MATURED, NOON)


@pytest.mark.parametrize("state", CommissionState)
def test_only_what_is_pending_is_held_and_only_what_is_held_is_decided(state: CommissionState) -> None:
    assert (why_not_hold(commission(state)) is None) == (state == CommissionState.PENDING)
    assert (why_not_decide(commission(state)) is None) == (state == CommissionState.HELD)


def test_what_is_void_leaves_nothing() -> None:
    one, postings = commission(CommissionState.HELD, landed=100), Postings()
    lowered = void(one, SUPPLIER, "CNY", Purses({}), postings, NOON)
    assert (one.state, one.kept_minor, one.ended_at) == (CommissionState.VOID, 0, NOON)
    assert lowered is not None and (lowered.why, lowered.amount_minor) == ("void", 100)
    assert postings.deltas() == {(shop_pending(SHOP), "CNY"): -100, (supplier_payable(SUPPLIER), "CNY"): 100}


# ── plans ──
@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms((TENTH,)), None),
        (Terms(()), "rates"),
        (Terms((TENTH, TENTH)), "rates"),
        (Terms((replace(TENTH, depth=3),)), "rates"),
        (Terms((replace(TENTH, depth=0),)), "rates"),
        (Terms((replace(TENTH, fixed_minor=5),)), "rates"),
        (Terms((replace(TENTH, rate_bp=0),)), "rates"),
        (Terms((replace(TENTH, rate_bp=10_001),)), "rates"),
        (Terms((Rate(Scope.MARKET, SKU, 1, 100),)), "rates"),
        (Terms((Rate(Scope.SKU, None, 1, 100),)), "rates"),
        (Terms((Rate(Scope.CAMPAIGN, CAMPAIGN, 1, 0, 100),)), None),
        (Terms((Rate(Scope.CAMPAIGN, CAMPAIGN, 1, 100, 100),)), "rates"),
        (Terms((Rate("people", None, 1, 100),)), "rates"),
        (Terms((TENTH,), line_most_bp=0), "line_most"),
        (Terms((TENTH,), line_most_bp=10_001), "line_most"),
        (Terms((TENTH,), budget_minor=0), "budget"),
        (Terms((TENTH,), hold_days=-1), "hold_days"),
    ],
)
def test_a_plan_that_does_not_fit_names_the_field(terms: Terms, field: str | None) -> None:
    assert why_not_draft("plan", terms) == (PlanInvalid(field=field) if field else None)
    assert why_not_draft(" ", terms) == PlanInvalid(field="name")


@given(st.lists(rates(), min_size=1, max_size=6))
def test_the_law_reads_kept_purchases_of_others_and_nothing_else(of: list[Rate]) -> None:
    """Whatever is drafted: no head, no fee, no own purchase, no team and no third level can be said in a plan of ours."""
    for rates_of_one in by_target(of).values():
        plan = as_law_reads(Terms(tuple(of)), rates_of_one, 100)
        broken = {str(one.rule) for one in check_plan(signed(plan, frozenset({2})), CN)}
        assert broken <= {"rate_too_high"}, "nothing else can be wrong with it once it is signed for"


@given(st.integers(1, 10_000), st.integers(0, 3000), amounts, st.integers(1, 3), amounts)
def test_a_fixed_amount_of_a_campaign_is_lawful_where_its_line_never_pays_more_than_the_law_lets(
    most: int, rate: int, fixed: int, units: int, goods: int
) -> None:
    """Nobody knows here what a campaign sells at: terms whose lines are capped as the law caps them are let through, and what is
    let through pays within the law at any price, but for less than a third of a cent a unit where prices are whole cents."""
    one = Rate(Scope.CAMPAIGN, CAMPAIGN, 1, fixed_minor=fixed)
    of = [one, Rate(Scope.CAMPAIGN, CAMPAIGN, 2, rate_bp=rate)] if rate else [one]
    terms = Terms(tuple(of), line_most_bp=most)
    found = {str(breach.rule) for breach in check_plan(signed(as_law_reads(terms, of, None), frozenset({2})), CN)}
    paid = commissions_of(sold_of(goods * units, units=units), [version_of(*of, line_most_bp=most)], NOON)[0]
    assert found == set() or max(most, rate + 1) > CN.line_most_bp
    if not found:
        assert sum(one.amount_minor for one in paid) * 10_000 <= CN.line_most_bp * (goods * units + units)


@pytest.mark.parametrize(("most", "broken"), [(3000, set()), (3100, {"rate_too_high"}), (10_000, {"rate_too_high"})])
def test_a_fixed_amount_of_a_campaign_needs_a_cap_that_the_law_lets_be(most: int, broken: set[str]) -> None:
    one = Rate(Scope.CAMPAIGN, CAMPAIGN, 1, fixed_minor=300)
    found = check_plan(as_law_reads(Terms((one,), line_most_bp=most), [one], None), CN)
    assert {str(breach.rule) for breach in found} == broken


def test_what_nobody_signs_for_any_more_is_not_paid() -> None:
    version = version_of(TENTH, SECOND, Rate(Scope.SKU, SKU, 2, rate_bp=100))
    assert unsigned(version, []) is version
    left = unsigned(version, [("market", None)]).terms.rates
    assert left == (TENTH, Rate(Scope.SKU, SKU, 2, rate_bp=100))

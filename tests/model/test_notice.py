"""What is said to better everybody's terms betters them, on every line: nobody is paid less by what starts without notice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.model.test_distribution import ABOVE, BUYER, INVITER, ORDER, OWNER, SHOP
from tuan.people.compliance.model import Channel
from tuan.play.distribution.model import (
    CHANNELS,
    PlanId,
    Rate,
    Scope,
    Seller,
    Sold,
    Terms,
    Version,
    VersionState,
    changes,
    commissions_of,
    lowers,
    succeeded,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)
ONES = [UUID(int=n) for n in (1, 2)]
PLANS = [PlanId(UUID(int=n)) for n in (10, 11)]
parts = st.sampled_from((100, 500, 1000))
channels = st.sampled_from((frozenset(CHANNELS), frozenset({Channel.WEB})))


@st.composite
def rates(draw: st.DrawFn) -> list[Rate]:
    """Of a few targets, each with a first level and sometimes a second."""
    found = []
    for scope, one in draw(
        st.lists(st.tuples(st.sampled_from(list(Scope)), st.sampled_from(ONES)), min_size=1, max_size=4, unique=True)
    ):
        at = None if scope == Scope.MARKET else one
        if any((rate.scope, rate.object_id) == (scope, at) for rate in found):
            continue
        found.append(Rate(scope, at, 1, rate_bp=draw(parts), channels=draw(channels)))
        if draw(st.booleans()):
            found.append(Rate(scope, at, 2, rate_bp=draw(parts), channels=frozenset({Channel.WEB})))
    return found


@st.composite
def versions(draw: st.DrawFn, plan: PlanId, since: datetime | None) -> Version:
    terms = Terms(
        tuple(draw(rates())),
        draw(st.sampled_from((1200, 3000))),
        draw(st.sampled_from((None, None, 60))),
        draw(st.sampled_from((8, 9))),
    )
    return Version(plan, 1, VersionState.ON, terms, since, None)


def sold(placed_at: datetime, at: dict[str, UUID], channel: Channel, goods: int) -> Sold:
    sellers = {1: Seller(SHOP, OWNER, True), 2: Seller(INVITER, ABOVE, True)}
    return Sold(
        ORDER, 1, BUYER, placed_at, at["sku"], at["product"], at["category"], frozenset({at["campaign"]}), 1, goods, 0, goods,
        sellers, {}, channel,
    )  # fmt: skip


def paid(line: Sold, by: list[Version]) -> dict[int, int]:
    fresh = [Version(v.plan_id, v.number, v.state, v.terms, v.since, v.until) for v in by]
    return {one.depth: one.amount_minor for one in commissions_of(line, fresh, NOON)[0]}


targets = st.fixed_dictionaries(
    {name: st.sampled_from((*ONES, UUID(int=9))) for name in ("sku", "product", "category", "campaign")}
)


@st.composite
def changed(draw: st.DrawFn, old: Version) -> Version:
    """The same terms, mostly with a little more, and now and then with another rate or cap."""
    more = st.sampled_from((0, 0, 100, 500, -50))
    found = [replace(rate, rate_bp=rate.rate_bp + draw(more)) for rate in old.terms.rates]
    if draw(st.booleans()):
        known = {(rate.scope, rate.object_id) for rate in found}
        found += [one for one in draw(rates()) if (one.scope, one.object_id) not in known]
    elif draw(st.booleans()) and len(found) > 1:
        found = found[:-1]
    terms = replace(old.terms, rates=tuple(found), line_most_bp=draw(st.sampled_from((old.terms.line_most_bp, 3000))))
    return Version(old.plan_id, 2, VersionState.ON, terms, None, None)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(st.data(), targets, st.sampled_from(CHANNELS), st.sampled_from((1000, 9990)), st.sampled_from((0, 2, 4)))
def test_nobody_is_paid_less_by_what_lowers_nothing(
    data: st.DataObject, at: dict[str, UUID], channel: Channel, goods: int, days: int
) -> None:
    before = [data.draw(versions(PLANS[0], NOON - timedelta(days=1)))]
    if data.draw(st.booleans()):
        before.append(data.draw(versions(PLANS[1], data.draw(st.sampled_from((NOON - timedelta(days=2), LATER))))))
    after = succeeded(before, PLANS[0], data.draw(changed(before[0])), NOON)
    assume(not lowers(before, after, NOON))
    line = sold(NOON + timedelta(days=days), at, channel, goods)
    was, will = paid(line, before), paid(line, after)
    assert all(will.get(depth, 0) >= minor for depth, minor in was.items()), (was, will)


@given(versions(PLANS[0], NOON - timedelta(days=1)))
def test_the_same_terms_lower_nothing(version: Version) -> None:
    assert not lowers([version], succeeded([version], PLANS[0], version, NOON), NOON)
    assert lowers([version], [], NOON), "to end is to pay less"
    assert not lowers([], succeeded([], PLANS[0], version, NOON), NOON), "the first terms there are"


def test_what_is_coming_is_told_with_what_it_was() -> None:
    old, new = (Terms((Rate(Scope.MARKET, None, 1, rate_bp=bp),)) for bp in (1000, 500))
    first = Version(PLANS[0], 1, VersionState.OFF, old, NOON - timedelta(days=1), LATER)
    second = Version(PLANS[0], 2, VersionState.ON, new, LATER, None)
    never = Version(PLANS[0], 3, VersionState.OFF, new, LATER, LATER)
    (change,) = changes([first, second, never], NOON)
    assert (change.since, change.before, change.after) == (LATER, old, new)
    assert changes([first, second, never], LATER) == []

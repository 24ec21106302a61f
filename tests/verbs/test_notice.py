"""Terms that pay less count only when shops have been told; the first ones, and what only betters them, at once."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tests.given import commissions as given
from tests.given import goods, guarding
from tests.given.houses import Place
from tuan.kit.refusals import Refusal, granted
from tuan.kit.time import start_of
from tuan.people import compliance
from tuan.people.compliance.model import CN, EU
from tuan.play import distribution
from tuan.play.distribution.errors import NoticeTooShort, PlanInvalid
from tuan.play.distribution.model import Phase, Rate, Scope, Terms

NOTICE = timedelta(days=CN.notice_days)
SECOND = Terms((*given.ten_percent().rates, Rate(Scope.MARKET, None, 2, rate_bp=200, channels=frozenset({"web"}))))  # type: ignore[arg-type]


def percent(bp: int, **more: int) -> Terms:
    return Terms((Rate(Scope.MARKET, None, 1, rate_bp=bp),), **more)


async def now(place: Place) -> datetime:
    async with place.work() as work:
        return work.now


async def zone_of(place: Place) -> str:
    async with place.work() as work:
        return work.market.time_zone


async def switch(place: Place, plan: UUID, terms: Terms, since: datetime | None = None) -> Refusal | None:
    number = granted(await place.do(distribution.draft_version, plan, terms, reason="test"))
    refusal: Refusal | None = await place.do(distribution.switch_on, plan, number, reason="test", since=since)
    return refusal


async def phases(place: Place, plan: UUID) -> list[Phase]:
    async with place.work() as work:
        _, versions = await distribution.access_plan(work, plan)
        return [one.phase(work.now) for one in versions]


async def paid(place: Place, of: goods.Goods, shop: given.Shop) -> list[int]:
    order = await given.buy(place, await given.neighbour(place), of, shop.code)
    return [row["amount_minor"] for row in await given.commissions(place, order)]


async def test_less_is_paid_only_when_it_has_been_told_for_so_many_days(place: Place) -> None:
    of = await goods.goods(place, price_minor=1000)
    plan, shop = await given.plan(place), await given.shop(place, of)
    assert await switch(place, plan, percent(500)) is None
    assert await phases(place, plan) == [Phase.ENDING, Phase.COMING]
    assert await paid(place, of, shop) == [100]
    async with place.work() as work:
        (change,) = await distribution.coming(work)
        assert (change.before, change.after) == (given.ten_percent(), percent(500))
        assert change.since >= work.now + NOTICE - timedelta(minutes=1)
    early = await given.neighbour(place)
    await place.move_clock(NOTICE - timedelta(minutes=5))
    order = await given.buy(place, early, of, shop.code)
    await place.move_clock(timedelta(minutes=10))
    assert [row["version"] for row in await given.commissions(place, order)] == [1]
    assert await phases(place, plan) == [Phase.OFF, Phase.ON]
    assert await paid(place, of, shop) == [50]
    async with place.work() as work:
        assert await distribution.coming(work) == []
    assert await place.breaches() == {}


@pytest.mark.parametrize("terms", [
    percent(999),
    percent(1000, line_most_bp=2999),
    percent(1000, budget_minor=10**6),
    percent(1000, hold_days=9),
    Terms((Rate(Scope.CATEGORY, UUID(int=1), 1, rate_bp=1000),)),
    Terms((Rate(Scope.MARKET, None, 1, rate_bp=2000), Rate(Scope.PRODUCT, UUID(int=1), 1, rate_bp=500))),
    Terms((Rate(Scope.MARKET, None, 1, rate_bp=1000, channels=frozenset({"web"})),)),  # type: ignore[arg-type]
])  # fmt: skip
async def test_an_earlier_day_is_refused_and_named(place: Place, terms: Terms) -> None:
    plan = await given.plan(place)
    number = granted(await place.do(distribution.draft_version, plan, terms, reason="test"))
    before, at = await place.snapshot(), await now(place)
    refused = await place.do(distribution.switch_on, plan, number, reason="test", since=at + timedelta(days=6))
    zone = await zone_of(place)
    assert isinstance(refused, NoticeTooShort)
    assert refused.data["days"] == 7 and refused.data["article"] == "电子商务法 art. 34"
    first = start_of(datetime.fromisoformat(refused.data["earliest"]).date(), zone)
    assert at + NOTICE <= first < at + NOTICE + timedelta(days=1, seconds=30)
    assert await place.snapshot() == before
    assert await place.do(distribution.switch_on, plan, number, reason="test", since=first) is None


async def test_the_days_are_those_of_the_law_that_counts(place: Place) -> None:
    plan = await given.plan(place, given.ten_percent(hold_days=15))
    assert await place.do(compliance.choose_profile, "EU", reason="test") is None
    at = await now(place)
    assert await switch(place, plan, percent(900, hold_days=15)) is None
    async with place.work() as work:
        (change,) = await distribution.coming(work)
    assert timedelta(0) <= change.since - at - timedelta(days=EU.notice_days) < timedelta(minutes=1)
    assert await place.breaches() == {}


async def test_what_only_betters_counts_at_once(place: Place) -> None:
    of = await goods.goods(place, price_minor=1000)
    plan, shop = await given.plan(place), await given.shop(place, of)
    assert await switch(place, plan, percent(1500)) is None
    assert await paid(place, of, shop) == [150]
    assert await phases(place, plan) == [Phase.OFF, Phase.ON]
    later = await now(place) + timedelta(days=2)
    assert await switch(place, plan, percent(1600), since=later) is None
    assert await phases(place, plan) == [Phase.OFF, Phase.ENDING, Phase.COMING]
    assert await place.breaches() == {}


async def test_what_was_told_to_come_is_not_taken_away_without_notice(place: Place) -> None:
    plan = await given.plan(place)
    later = await now(place) + timedelta(days=2)
    assert await switch(place, plan, percent(2000), since=later) is None
    refused = await switch(place, plan, percent(1500), since=later - timedelta(days=1))
    assert isinstance(refused, NoticeTooShort), "better than now, and less than what is coming"


async def test_another_plan_that_would_pay_less_is_told_too(place: Place) -> None:
    await given.plan(place)
    other = granted(await place.do(distribution.draft_plan, "新的", percent(100), reason="test"))
    at = await now(place)
    refused = await place.do(distribution.switch_on, other, 1, reason="test", since=at + timedelta(hours=1))
    assert isinstance(refused, NoticeTooShort), "of two as narrow the later counts"
    assert await place.do(distribution.switch_on, other, 1, reason="test") is None
    assert await phases(place, other) == [Phase.COMING]


async def test_the_end_of_a_plan_is_told_too(place: Place) -> None:
    of = await goods.goods(place, price_minor=1000)
    plan, shop = await given.plan(place), await given.shop(place, of)
    assert await place.do(distribution.switch_off, plan, 1, reason="test") is None
    assert await phases(place, plan) == [Phase.ENDING]
    assert await paid(place, of, shop) == [100]
    async with place.work() as work:
        (change,) = await distribution.coming(work)
        assert change.before is not None and change.after is None
    await place.move_clock(NOTICE)
    assert await phases(place, plan) == [Phase.OFF]
    assert await paid(place, of, shop) == []
    assert await place.breaches() == {}


async def test_what_the_law_refuses_by_now_ends_at_once(place: Place) -> None:
    plan = await given.plan(place)
    assert await place.do(compliance.choose_profile, "EU", reason="fourteen days to send back") is None
    assert await place.do(distribution.switch_off, plan, 1, reason="test") is None
    assert await phases(place, plan) == [Phase.OFF]


async def test_what_stands_is_not_ended_at_once_by_coming_terms_that_the_law_refuses(place: Place) -> None:
    second = Rate(Scope.MARKET, None, 2, rate_bp=200, channels=frozenset({"web"}))  # type: ignore[arg-type]
    terms = Terms((*given.ten_percent().rates, second))
    async with place.work() as work:
        (fingerprint,) = (await distribution.to_sign(work, terms)).values()
    signed = await guarding.signed(place, fingerprint=fingerprint)
    plan = await given.plan(place)
    assert await switch(place, plan, terms, since=await now(place) + timedelta(days=30)) is None
    assert await place.do(compliance.revoke_sign_off, signed, reason="test") is None
    assert await place.do(distribution.switch_off, plan, 2, reason="test") is None
    assert (await phases(place, plan))[0] == Phase.ENDING
    assert await place.breaches() == {}


async def test_terms_that_were_coming_never_stand_where_better_ones_come_first(place: Place) -> None:
    plan = await given.plan(place)
    assert await switch(place, plan, percent(500)) is None
    assert await switch(place, plan, percent(1000)) is None
    assert await phases(place, plan) == [Phase.OFF, Phase.OFF, Phase.ON]
    async with place.work() as work:
        assert await distribution.coming(work) == []
    assert await place.breaches() == {}


@pytest.mark.parametrize("days", [-1, 367])
async def test_a_day_that_is_over_or_too_far_is_refused(place: Place, days: int) -> None:
    plan = granted(await place.do(distribution.draft_plan, "一成", given.ten_percent(), reason="test"))
    at = await now(place) + timedelta(days=days)
    assert await place.do(distribution.switch_on, plan, 1, reason="test", since=at) == PlanInvalid(field="since")


async def test_a_second_level_that_nobody_answers_for_any_more_binds_nobody(place: Place) -> None:
    """What is not paid as it is may be left out at once."""
    async with place.work() as work:
        (fingerprint,) = (await distribution.to_sign(work, SECOND)).values()
    signed = await guarding.signed(place, fingerprint=fingerprint)
    plan = await given.plan(place, SECOND)
    later = await now(place) + timedelta(hours=1)
    assert isinstance(await switch(place, plan, given.ten_percent(), since=later), NoticeTooShort)
    assert await place.do(compliance.revoke_sign_off, signed, reason="test") is None
    later = await now(place) + timedelta(hours=1)
    assert await switch(place, plan, given.ten_percent(), since=later) is None


async def test_a_second_level_that_nobody_answers_for_any_more_is_not_told_as_coming(place: Place) -> None:
    async with place.work() as work:
        (fingerprint,) = (await distribution.to_sign(work, SECOND)).values()
    signed = await guarding.signed(place, fingerprint=fingerprint)
    plan = await given.plan(place)
    later = await now(place) + timedelta(days=2)
    assert await switch(place, plan, SECOND, since=later) is None
    async with place.work() as work:
        (change,) = await distribution.coming(work)
    assert change.after == SECOND
    assert await place.do(compliance.revoke_sign_off, signed, reason="test") is None
    async with place.work() as work:
        assert await distribution.coming(work) == []

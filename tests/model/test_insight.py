"""Shares in integers, against brute force; months by a market's own calendar; reports that say what they are."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tuan.kit.time import utc
from tuan.voice.insight.model import (
    REPORTS,
    Viewer,
    Whom,
    gini_permyriad,
    growth_permyriad,
    reports_for,
    share_permyriad,
    span_until,
    weigh,
)

AMOUNTS = st.lists(st.integers(0, 10**13), min_size=1, max_size=60)
ZONES = st.sampled_from(("Asia/Shanghai", "America/Mexico_City", "Europe/Madrid", "UTC"))


def gini_by_pairs(amounts: list[int]) -> int | None:
    """The mean difference of any two over twice the mean, from every pair."""
    differences = sum(abs(one - other) for one in amounts for other in amounts)
    total = sum(amounts)
    return differences * 10_000 // (2 * len(amounts) * total) if total else None


@given(AMOUNTS)
def test_gini_is_what_every_pair_says(amounts: list[int]) -> None:
    assert gini_permyriad(len(amounts), sum(amounts), weigh(amounts)) == gini_by_pairs(amounts)


@given(AMOUNTS, st.integers(1, 1000))
def test_gini_does_not_see_the_unit_and_stays_below_one(amounts: list[int], factor: int) -> None:
    found = gini_permyriad(len(amounts), sum(amounts), weigh(amounts))
    larger = [amount * factor for amount in amounts]
    assert found == gini_permyriad(len(larger), sum(larger), weigh(larger))
    assert found is None or 0 <= found < 10_000


def test_gini_of_equals_is_nothing_and_of_one_among_many_nearly_all() -> None:
    assert gini_permyriad(4, 40, weigh([10] * 4)) == 0
    assert gini_permyriad(100, 7, weigh([0] * 99 + [7])) == 9_900
    assert gini_permyriad(3, 0, 0) is None


def test_parts_of_nothing_are_not_told() -> None:
    assert share_permyriad(1, 3) == 3_333 and share_permyriad(0, 0) is None
    assert growth_permyriad(100, 150) == 5_000 and growth_permyriad(300, 100) == -6_667
    assert growth_permyriad(0, 100) is None


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), ZONES, st.integers(1, 40))
def test_a_span_is_whole_months_that_lie_end_to_end(naive: datetime, zone: str, months: int) -> None:
    now = naive.replace(tzinfo=UTC)
    span = span_until(now, zone, months)
    assert len(span.starts) == len(span.days) == months and span.starts[-1] <= now < span.end
    for start, day in zip([*span.starts, span.end], [*span.days, span.last_day], strict=True):
        there = start.astimezone(ZoneInfo(zone))
        assert there.date() == day and day.day == 1 and there.utctimetuple() == start.utctimetuple()
    edges = [*span.days, span.last_day]
    assert all((edge + timedelta(days=31)).replace(day=1) == after for edge, after in pairwise(edges))


def test_midnight_is_the_markets_own() -> None:
    now = utc(2026, 10, 31, 17)
    assert span_until(now, "Asia/Shanghai", 2).days == (date(2026, 10, 1), date(2026, 11, 1))
    assert span_until(now, "UTC", 2).days == (date(2026, 9, 1), date(2026, 10, 1))
    assert span_until(now, "Asia/Shanghai", 2).starts[1] == utc(2026, 10, 31, 16)


def test_who_may_read_what() -> None:
    assert {one.name for one in reports_for(Whom.MARKET)} == set(REPORTS)
    compares = {"concentration", "tiers", "retail", "shop_concentration", "shop_tiers", "referrals"}
    for whom in (Whom.SUPPLIER, Whom.SHOP):
        assert not compares & {one.name for one in reports_for(whom)}
    assert {one.name for one in reports_for(Whom.SHOP)} == {
        "shops", "channels", "campaigns", "sharers", "invitations", "cohorts", "teams",
    }  # fmt: skip
    assert Viewer().whom is Whom.MARKET
    assert all(len({column.name for column in one.columns}) == len(one.columns) for one in REPORTS.values())

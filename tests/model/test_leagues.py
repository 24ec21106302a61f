"""Levels and leagues as pure rules: who stands where, who rises and falls, and that nobody is lost on the way."""

import itertools
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.given.leagues import TABLE
from tuan.kit.time import utc
from tuan.play.leagues.errors import SeasonInvalid, TableInvalid
from tuan.play.leagues.model import (
    Entry,
    Lack,
    Level,
    LevelTable,
    NewSeason,
    Result,
    Sales,
    Seed,
    Service,
    band_of,
    cut,
    group,
    lacks,
    level_of,
    ranked,
    reasons,
    results,
    service_of,
    why_not_plan,
    why_not_table,
)

NOW = utc(2026, 11, 23)
SIZES = st.integers(4, 12)


def shop(number: int) -> UUID:
    return UUID(int=number)


def played(leagues: list[list[UUID]], scores: list[int]) -> list[Entry]:
    """Entries of these leagues with scores in turn."""
    of = [(one, number) for number, league in enumerate(leagues, start=1) for one in league]
    return [
        Entry(one, number, scores[place % len(scores)], NOW + timedelta(minutes=place))
        for place, (one, number) in enumerate(of)
    ]


@given(st.integers(0, 300), SIZES)
def test_leagues_hold_everybody_once_and_are_about_as_large_as_each_other(count: int, size: int) -> None:
    ladder = [shop(number) for number in range(count)]
    leagues = cut(ladder, size)
    assert [one for league in leagues for one in league] == ladder
    sizes = [len(league) for league in leagues]
    assert not sizes or max(sizes) - min(sizes) <= 1
    if len(sizes) > 1:
        assert all(4 * (each + 1) >= 3 * size and 2 * each <= 3 * size + 2 for each in sizes)
    elif sizes:
        assert sizes[0] < 2 * size


ENTRIES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=30
).map(lambda pairs: [Entry(shop(n), 1, score, NOW + timedelta(minutes=at) if score else None) for n, (score, at) in enumerate(pairs)])  # fmt: skip


@given(ENTRIES, st.randoms(use_true_random=False))
def test_a_ranking_is_total_and_the_same_however_the_shops_come(entries: list[Entry], chance: object) -> None:
    order = ranked(entries)
    shuffled = list(entries)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert ranked(shuffled) == order and set(order) == set(entries)
    for first, second in itertools.pairwise(order):
        assert first.score_minor >= second.score_minor
        if first.score_minor == second.score_minor > 0:
            assert first.reached_at is not None and second.reached_at is not None
            assert (first.reached_at, first.shop_id) < (second.reached_at, second.shop_id)


@given(st.integers(1, 80), SIZES, st.integers(0, 6), st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_as_many_rise_into_a_league_as_fall_out_of_it(count: int, size: int, moved: int, scores: list[int]) -> None:
    leagues = cut([shop(number) for number in range(count)], size)
    entries = played(leagues, scores)
    ended = results(entries, moved)
    assert len(ended) == count
    score_of = {entry.shop_id: entry.score_minor for entry in entries}
    rose = [sum(ended[one][1] is Result.PROMOTED for one in league) for league in leagues]
    fell = [sum(ended[one][1] is Result.RELEGATED for one in league) for league in leagues]
    assert rose[0] == 0 and fell[-1] == 0 and rose[1:] == fell[:-1] and max(rose, default=0) <= moved
    assert all(score_of[one] > 0 for one, (_, result) in ended.items() if result is Result.PROMOTED)
    for league in leagues:
        by_rank = sorted(league, key=lambda one: ended[one][0])
        assert [ended[one][0] for one in by_rank] == list(range(1, len(league) + 1))
        kinds = [ended[one][1] for one in by_rank]
        assert kinds == sorted(kinds, key=[Result.PROMOTED, Result.STAYED, Result.RELEGATED].index)


@given(st.integers(1, 80), SIZES, st.integers(0, 4), st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_where_nobody_comes_or_goes_each_moves_exactly_by_his_result(
    count: int, size: int, moved: int, scores: list[int]
) -> None:
    before = cut([shop(number) for number in range(count)], size)
    entries = played(before, scores)
    after = group(entries, moved, [Seed(shop(number), 0) for number in range(count)], size)
    assert [len(league) for league in after] == [len(league) for league in before]
    league_of = {one: number for number, league in enumerate(after, start=1) for one in league}
    by = {Result.PROMOTED: -1, Result.STAYED: 0, Result.RELEGATED: 1}
    ended = results(entries, moved)
    assert {e.shop_id: e.league + by[ended[e.shop_id][1]] for e in entries} == league_of


@given(st.sets(st.integers(0, 60), max_size=50), st.sets(st.integers(0, 60), max_size=50), SIZES, st.integers(0, 4))
def test_shops_that_come_and_go_stand_nowhere_twice(before: set[int], now: set[int], size: int, moved: int) -> None:
    entries = played(cut([shop(number) for number in sorted(before)], size), [5, 3, 8, 0])
    seeds = [Seed(shop(number), number) for number in sorted(now)]
    leagues = group(entries, moved, seeds, size)
    flat = [one for league in leagues for one in league]
    assert Counter(flat) == Counter(seed.shop_id for seed in seeds)
    fresh = [shop(number) for number in sorted(now - before, reverse=True)]
    assert flat[len(flat) - len(fresh) :] == fresh


def test_the_first_season_groups_by_what_was_kept() -> None:
    seeds = [Seed(shop(n), kept) for n, kept in enumerate([5, 90, 40, 7, 60, 1, 80, 3])]
    assert group([], 0, seeds, 4) == [[shop(1), shop(6), shop(4), shop(2)], [shop(3), shop(0), shop(7), shop(5)]]


SOLD = st.builds(Sales, st.integers(0, 2_000_000))
SERVED = st.builds(Service, st.integers(0, 200), st.integers(0, 50), st.integers(0, 50))
RIGHTS = st.sets(st.sampled_from(["level_2", "presale"]))


@given(SOLD, SERVED, RIGHTS, st.integers(0, 1_000_000))
def test_who_sells_more_does_not_stand_lower(sales: Sales, service: Service, rights: set[str], more: int) -> None:
    richer = replace(sales, kept_minor=sales.kept_minor + more)
    assert level_of(TABLE, sales, service, rights) <= level_of(TABLE, richer, service, rights)
    assert level_of(TABLE, sales, service, rights) <= level_of(TABLE, sales, service, rights | {"level_2"})


@given(SERVED, st.integers(1, 9))
def test_service_falls_with_faults_and_rises_with_orders(service: Service, more: int) -> None:
    score = service_of(service)
    assert 0 <= score <= 1000
    assert service_of(replace(service, faults=service.faults + more)) <= score
    assert service_of(replace(service, unanswered=service.unanswered + more)) <= score
    assert service_of(replace(service, orders=service.orders + more)) >= score


@pytest.mark.parametrize(
    ("service", "score"),
    [
        (Service(), 1000),
        (Service(80, 1, 0), 970),
        (Service(80, 0, 1), 990),
        (Service(0, 7, 0), 0),
        (Service(1, 1, 0), 858),
    ],
)
def test_service_is_worked_out_by_hand(service: Service, score: int) -> None:
    assert service_of(service) == score


@given(SOLD, SERVED, RIGHTS)
def test_what_is_lacking_says_why_the_next_level_is_not_reached(
    sales: Sales, service: Service, rights: set[str]
) -> None:
    level = level_of(TABLE, sales, service, rights)
    above = TABLE.levels[level + 1 : level + 2]
    assert all(any(not one.is_met for one in lacks(of, sales, service, rights)) for of in above)
    assert all(one.is_met for of in TABLE.levels[: level + 1] for one in lacks(of, sales, service, rights))


def test_a_change_has_its_reasons() -> None:
    served = Service(80, 0, 0)
    assert reasons(TABLE, 0, 1, Sales(150_000), served, ()) == [
        Lack("sales", 100_000, 150_000),
        Lack("service", 800, 1000),
    ]
    assert reasons(TABLE, 2, 1, Sales(1_500_000), served, ()) == [Lack("right", 1, 0, "level_2")]


def test_every_level_climbs() -> None:
    assert why_not_table(TABLE) is None
    low, middle, high = TABLE.levels
    alone = {
        "levels": (low,),
        "name": (low, msgspec.structs.replace(middle, name=low.name)),
        "first": (msgspec.structs.replace(low, service=1), middle),
        "sales": (low, middle, msgspec.structs.replace(high, sales_minor=middle.sales_minor)),
        "service": (low, middle, msgspec.structs.replace(high, service=700)),
        "rights": (low, msgspec.structs.replace(middle, rights=("presale",)), high),
        "benefits": (low, msgspec.structs.replace(middle, benefits=("cash",))),
    }
    for field, levels in alone.items():
        assert why_not_table(LevelTable(levels)) == TableInvalid(field=field)
    assert why_not_table(LevelTable(TABLE.levels, 6)) == TableInvalid(field="days")
    less = msgspec.structs.replace(high, benefits=("showcase",))
    assert why_not_table(LevelTable((low, middle, less))) == TableInvalid(field="benefits")
    assert why_not_table(LevelTable((Level("a"), Level("b", 1, rights=("Not A Word",))))) == TableInvalid(
        field="rights"
    )


def test_a_season_fits_or_says_what_does_not() -> None:
    good = NewSeason("冬季", NOW + timedelta(days=1), NOW + timedelta(days=29))
    assert why_not_plan(good, NOW) is None
    bad = {
        "name": replace(good, name=" "),
        "starts_at": replace(good, starts_at=NOW),
        "ends_at": replace(good, ends_at=NOW + timedelta(days=2)),
        "settling_days": replace(good, settling_days=0),
        "size": replace(good, size=3),
        "moved": replace(good, moved=11),
        "benefits": replace(good, benefits=("cash_per_recruit",)),
    }
    for field, new in bad.items():
        assert why_not_plan(new, NOW) == SeasonInvalid(field=field)


@given(st.integers(0, 10**12))
def test_a_band_tells_no_more_than_its_lower_edge(score: int) -> None:
    band = band_of(score)
    assert 0 <= band <= score and (band == 0) == (score < 10_000)
    assert band == 0 or 5 * band > 2 * score
    assert band_of(band) == band


def test_bands_by_hand() -> None:
    shown = {9_999: 0, 10_000: 10_000, 19_999: 10_000, 20_000: 20_000, 49_999: 20_000, 99_999: 50_000, 123_456: 100_000}
    assert {score: band_of(score) for score in shown} == shown

"""Where a parcel is by what its carrier said, and the sandbox carrier's way by the clock."""

import itertools
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuan.kit.time import utc
from tuan.platform.gateways.carrier import ScanStatus
from tuan.platform.gateways.sandbox_carrier.way import COPIES, Habit, letters_of, tracking_of, way_of
from tuan.trade.shipping.model import CARRIERS, STATUSES, Status, carrier_of, next_ask, status_of, tracking_url

NOW = utc(2026, 11, 23)
scans = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(tuple(ScanStatus))), max_size=6)


@given(scans, st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_number_of_letters_changes_where_it_is(
    some: list[tuple[int, ScanStatus]], chance: object
) -> None:
    told = [(NOW + timedelta(hours=hours), str(status)) for hours, status in some]
    shuffled = told + told[: len(told) // 2]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert status_of(shuffled) == status_of(told)
    found = status_of(told)
    assert (found is None) == (not told)
    if found is not None:
        assert found[1] == max(at for at, _ in told) and (found[1], found[0]) in told


def test_of_two_at_one_instant_the_one_further_along_counts() -> None:
    for first, second in itertools.combinations(tuple(ScanStatus), 2):
        assert status_of([(NOW, second), (NOW, first)]) == (Status(second), NOW)


def test_every_word_of_a_carrier_is_one_of_ours() -> None:
    assert {*ScanStatus, "waiting"} == set(STATUSES)
    assert STATUSES[1:] == tuple(ScanStatus)


def test_a_carrier_is_asked_until_it_has_arrived_or_forty_days_are_over() -> None:
    assert next_ask("in_transit", NOW, NOW) == NOW + timedelta(hours=6)
    assert next_ask("delivered", NOW, NOW) is None
    forty = NOW - timedelta(days=40)
    assert next_ask("waiting", forty, NOW) == NOW + timedelta(hours=6)
    assert next_ask("waiting", forty - timedelta(microseconds=1), NOW) is None


def test_carriers_are_known_by_every_name_they_have() -> None:
    assert carrier_of(" 顺丰 ") == carrier_of("sf express") == carrier_of("SF") == CARRIERS["sf"]
    assert carrier_of("my cousin") is None
    names = [name.casefold() for one in CARRIERS.values() for name in (one.code, *one.names)]
    doubled = {name for name in names if names.count(name) > 1}
    assert all(
        len({one.code for one in CARRIERS.values() if name in map(str.casefold, (one.code, *one.names))}) == 1
        for name in doubled
    )


def test_a_number_leads_to_its_carrier_and_nowhere_else() -> None:
    assert tracking_url("DHL", "AB-12") == "https://www.dhl.com/global-en/home/tracking.html?tracking-id=AB-12"
    assert all(tracking_url("DHL", bad) == "" for bad in ("a&b", "../x", "ü", "", "-", "a b"))
    assert tracking_url("my cousin", "1") == tracking_url("圆通", "1") == ""


@given(st.uuids(), st.sets(st.sampled_from(tuple(Habit))))
def test_the_way_is_one_whatever_the_letters_do(parcel: UUID, habits: Collection[Habit]) -> None:
    tracking = tracking_of(parcel)
    assert tracking == tracking_of(parcel) and len(tracking) == 14
    way = way_of(tracking, NOW, habits)
    assert [scan.at for scan in way] == sorted(scan.at for scan in way) and way[-1].status == ScanStatus.DELIVERED
    assert len({scan.number for scan in way}) == len(way)
    letters = letters_of(way, habits)
    assert letters == [] if Habit.LOSS in habits else {one.scan for one in letters} == set(way)
    assert all(one.due_at >= one.scan.at for one in letters)
    assert all(one.copies == (COPIES if Habit.DUPLICATE in habits else 1) for one in letters)


@pytest.mark.parametrize("habit", [Habit.REORDER])
def test_letters_in_the_wrong_order_are_in_the_wrong_order(habit: Habit) -> None:
    letters = letters_of(way_of("TD1", NOW, ()), (habit,))
    assert [one.due_at for one in letters] == sorted((one.due_at for one in letters), reverse=True)

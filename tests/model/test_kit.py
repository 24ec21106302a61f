"""The words of the kit: money, ids, states, keys of pages, refusals, facts."""

import base64
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuan.kit import facts, ids, states
from tuan.kit.facts import Fact, fact
from tuan.kit.money import part, split
from tuan.kit.pages import decode_key, encode_key, page_of
from tuan.kit.refusals import Conflict, NotFound, Refusal, Refused, granted
from tuan.kit.time import Instant, utc

TEAM = ids.IdKind[UUID]("team")
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any)


@given(st.integers(0, 10**13), weights)
def test_a_split_sums_exactly_and_no_part_is_off_by_a_whole_unit(amount: int, parts: list[int]) -> None:
    shares = split(amount, parts)
    assert sum(shares) == amount
    total = sum(parts)
    assert all(share * total > amount * w - total for share, w in zip(shares, parts, strict=True))
    assert all(share * total < amount * w + total for share, w in zip(shares, parts, strict=True))


@given(st.integers(0, 10**13), weights)
def test_left_over_units_go_to_the_largest_remainders_and_ties_to_the_earlier(amount: int, parts: list[int]) -> None:
    total = sum(parts)
    shares = split(amount, parts)
    rounded_up = [share - amount * w // total for share, w in zip(shares, parts, strict=True)]
    ranked = sorted(range(len(parts)), key=lambda i: (-(amount * parts[i] % total), i))
    assert set(rounded_up) <= {0, 1}
    assert [rounded_up[i] for i in ranked] == sorted(rounded_up, reverse=True)


@given(st.integers(0, 10**13), st.integers(1, 10**13), st.data())
def test_what_is_given_back_in_parts_never_passes_the_whole_and_the_last_part_completes_it(
    whole: int, of: int, data: st.DataObject
) -> None:
    stops = [0, *sorted(data.draw(st.lists(st.integers(0, of), max_size=6))), of]
    parts = [part(whole, done=done, now=now, of=of) for done, now in pairwise(stops)]
    assert sum(parts) == whole and min(parts) >= 0


@pytest.mark.parametrize(("whole", "done", "now", "of"), [(1, 0, 2, 1), (1, 1, 0, 1), (-1, 0, 1, 1), (1, 0, 0, 0)])
def test_a_part_that_cannot_be_is_refused_loudly(whole: int, done: int, now: int, of: int) -> None:
    with pytest.raises(ValueError, match="part needs"):
        part(whole, done=done, now=now, of=of)


@pytest.mark.parametrize(("amount", "parts"), [(-1, [1]), (1, [0, 0]), (1, [2, -1])])
def test_what_cannot_be_split_is_refused_loudly(amount: int, parts: list[int]) -> None:
    with pytest.raises(ValueError):
        split(amount, parts)


@given(st.uuids())
def test_an_id_reads_back_as_it_was_shown(value: UUID) -> None:
    assert TEAM.parse(TEAM.show(value)) == value


@given(st.uuids(), st.uuids())
def test_shown_ids_sort_like_the_ids(one: UUID, other: UUID) -> None:
    assert (TEAM.show(one) < TEAM.show(other)) == (one < other)


def test_ids_order_by_the_time_they_were_made() -> None:
    earlier = TEAM.new()
    time.sleep(0.002)
    later = TEAM.new()
    assert earlier < later
    assert (later.version, later.variant) == (7, "specified in RFC 4122")
    assert len({TEAM.new() for _ in range(1000)}) == 1000


def test_ids_order_as_they_were_made_also_where_the_clock_stands_or_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    at, made = time.time_ns(), []
    for clock in (at, at - 10**9, at + 10**6):
        monkeypatch.setattr(time, "time_ns", lambda clock=clock: clock)
        made += [ids.new_uuid() for _ in range(2000)]
    assert made == sorted(set(made)) and all(one.version == 7 and one.variant == RFC_4122 for one in made)
    assert sum(after.int - before.int < 2**32 for before, after in pairwise(made)) < 20, "one tells little of the next"


@given(st.text(max_size=40) | st.from_regex(r"team_[0-9a-z]{26}", fullmatch=True))
def test_foreign_text_is_no_id_or_is_one_that_shows_as_itself(text: str) -> None:
    value = TEAM.parse(text)
    assert value is None or TEAM.show(value) == text


@pytest.mark.parametrize("text", ["", "team_", "order_" + "0" * 26, "team_" + "z" * 26, "team_" + "u" * 26, "0" * 26])
def test_text_of_another_kind_length_or_alphabet_is_refused(text: str) -> None:
    assert TEAM.parse(text) is None


def test_a_state_table_refuses_unknown_and_unreachable_states() -> None:
    with pytest.raises(ValueError, match=r"not declared.*gone"):
        states.table({"open": {"gone"}}, start="open")
    with pytest.raises(ValueError, match="not declared"):
        states.table({"open": ()}, start="closed")
    with pytest.raises(ValueError, match=r"reached.*island"):
        states.table({"open": (), "island": {"open"}}, start="open")


def test_a_state_moves_only_along_its_table() -> None:
    door = states.table({"open": {"shut"}, "shut": {"open", "locked"}, "locked": ()}, start="open")
    assert door.ends() == {"locked"}
    door.check("shut", "locked")
    with pytest.raises(AssertionError, match="no move from 'open' to 'locked'"):
        door.check("open", "locked")


moments = st.datetimes(min_value=utc(2020, 1, 1).replace(tzinfo=None), max_value=utc(2099, 1, 1).replace(tzinfo=None))


@given(moments, st.uuids())
def test_a_page_key_reads_back_as_it_was_written(moment: Instant, row: UUID) -> None:
    aware = moment.replace(tzinfo=utc(2020, 1, 1).tzinfo)
    assert decode_key(encode_key((aware, row)), tuple[Instant, UUID]) == (aware, row)


@given(st.text(max_size=60))
def test_a_page_key_that_nobody_made_starts_at_the_beginning(text: str) -> None:
    read = decode_key(text, tuple[Instant, UUID])
    assert read is None or isinstance(read[1], UUID)
    assert decode_key("!!!", tuple[UUID]) is None
    assert decode_key(encode_key(("x",)), tuple[UUID]) is None
    assert decode_key(None, tuple[UUID]) is None


def test_a_page_key_of_brackets_within_brackets_is_none() -> None:
    deep = base64.urlsafe_b64encode(b"[" * 30_000 + b"]" * 30_000).decode()
    assert decode_key(deep, tuple[UUID]) is None
    assert decode_key(deep, list[Any]) is None


EDGES = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00", "2020-01-01T00:00:00"]


@pytest.mark.parametrize("instant", EDGES)
def test_a_page_key_with_an_instant_that_is_none_in_utc_is_none(instant: str) -> None:
    row = ids.new_uuid()
    assert decode_key(encode_key((instant, row)), tuple[Instant, UUID]) is None
    assert decode_key(encode_key(("9999-12-31T23:59:59Z", row)), tuple[Instant, UUID]) == (
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        row,
    )


@given(st.integers(0, 30), st.integers(1, 10))
def test_pages_show_every_row_once_and_end(count: int, size: int) -> None:
    rows: Sequence[int] = range(count)
    seen: list[int] = []
    key: str | None = None
    while True:
        after = decode_key(key, tuple[int])
        fetched = [row for row in rows if after is None or row > after[0]][: size + 1]
        page = page_of(fetched, size, lambda row: (row,))
        seen += page.items
        if (key := page.next_key) is None:
            break
    assert seen == list(rows)


def test_no_two_refusals_share_a_code() -> None:
    class Nobody(Conflict):
        code = "test.nobody"

    assert Refusal.named["test.nobody"] is Nobody
    with pytest.raises(ValueError, match=r"test\.nobody"):
        type("Somebody", (Conflict,), {"code": "test.nobody", "__qualname__": "Somebody"})
    assert Nobody(left=1) == Nobody(left=1) != Nobody(left=2)
    assert hash(Nobody(left=1)) == hash(Nobody(left=1))
    del Refusal.named["test.nobody"]


def test_granted_gives_the_outcome_and_raises_a_refusal() -> None:
    assert granted(5) == 5
    with pytest.raises(Refused) as caught:
        granted(NotFound())
    assert caught.value.refusal == NotFound()


def test_a_fact_reads_back_and_its_name_is_given_once() -> None:
    @fact("test.happened.v1")
    class Happened(Fact, frozen=True):
        order: UUID

    one = Happened(order=ids.new_uuid())
    assert facts.decode("test.happened.v1", facts.encode(one)) == one
    with pytest.raises(ValueError, match="twice"):
        fact("test.happened.v1")(Happened)
    del facts.kinds["test.happened.v1"]

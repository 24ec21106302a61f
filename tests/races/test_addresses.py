"""A form with a new address, sent twice at once: one address. With its control, which must fail."""

from typing import Any

import pytest

from tests.given import goods as given
from tests.given.races import Rivals, meet_after_loading, unguarded
from tuan.people import accounts
from tuan.people.accounts import store
from tuan.people.accounts.model import Address

NEW = Address("李雷", "13800138001", "上海市", "南京路 2 号")
SPACED = Address(" 李雷", "13800138001 ", "上海市", "南京路 2 号")


async def sent_twice(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], int]:
    """(the two answers, addresses that the person has of it)."""
    who = await given.buyer(rivals.one)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="write")
        answers = await rivals.race(
            rivals.one.do(accounts.add_address, who.id, NEW), rivals.other.do(accounts.add_address, who.id, SPACED)
        )
    async with rivals.one.work() as work:
        rows = await accounts.addresses_of(work, who.id)
    return answers, sum(row["street"] == NEW.street for row in rows)


def kept_once(answers: list[Any], kept: int) -> None:
    assert kept == 1
    assert len(set(answers)) == 1, answers


async def test_an_address_sent_twice_at_once_is_kept_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_once(*await sent_twice(rivals, monkeypatch))


async def test_control_without_lock_an_address_is_kept_twice(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (store, "LOCK_PERSON_SQL"))
    answers, kept = await sent_twice(rivals, monkeypatch)
    with pytest.raises(AssertionError):
        kept_once(answers, kept)
    assert kept == 2


async def test_an_address_that_was_removed_or_differs_is_another(rivals: Rivals) -> None:
    who, other = await given.buyers(rivals.one, 2)
    first = await rivals.one.do(accounts.add_address, who.id, NEW)
    assert await rivals.one.do(accounts.add_address, who.id, SPACED) == first
    assert await rivals.one.do(accounts.add_address, who.id, replace_street("南京路 3 号")) != first
    assert await rivals.one.do(accounts.add_address, other.id, NEW) != first
    assert await rivals.one.do(accounts.remove_address, who.id, first) is None
    assert await rivals.one.do(accounts.add_address, who.id, NEW) != first


def replace_street(street: str) -> Address:
    return Address(NEW.recipient, NEW.phone, NEW.region, street)

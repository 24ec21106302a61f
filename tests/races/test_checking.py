"""Two of the market decide the same thing at once: one of them does, the other hears that it is over.

Each race is run twice: as it is, and as its own control with the locks taken off, which must fail.
"""

from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given import sourcing as suppliers
from tests.given.races import Rivals, meet_after_loading, unguarded
from tuan.goods import sourcing
from tuan.goods.sourcing import store
from tuan.goods.sourcing.errors import CheckMoved, ProposalOver

SUPPLIERS_SQL = "SELECT count(*) FROM parties.suppliers WHERE market_id = $1 AND owner_id = $2"


async def decide_twice(rivals: Rivals, proposal: UUID, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    meet_after_loading(monkeypatch, before="execute")
    return await rivals.race(
        rivals.one.do(sourcing.decide_proposal, proposal, approve=False, reason="one"),
        rivals.other.do(sourcing.decide_proposal, proposal, approve=False, reason="other"),
    )


async def test_a_proposal_is_decided_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal = await suppliers.proposed(rivals.one, await given.goods(rivals.one))
    heard = await decide_twice(rivals, proposal, monkeypatch)
    assert sorted(map(repr, heard)) == sorted(map(repr, [None, ProposalOver(state="refused")]))


async def test_control_without_its_lock_a_proposal_is_decided_twice(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = await suppliers.proposed(rivals.one, await given.goods(rivals.one))
    unguarded(monkeypatch, (store, "LOCK_PROPOSAL_SQL"))
    assert await decide_twice(rivals, proposal, monkeypatch) == [None, None]


async def admit_twice(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[list[object], int]:
    who, application = await suppliers.in_check(rivals.one)
    await suppliers.decide_licences(rivals.one, application)
    meet_after_loading(monkeypatch, before="execute")
    heard = await rivals.race(*(
        place.do(sourcing.decide_application, application, approve=True, reason="test")
        for place in (rivals.one, rivals.other)
    ))  # fmt: skip
    async with rivals.one.work() as work:
        return heard, await work.fetch_value(SUPPLIERS_SQL, who)


async def test_an_applicant_becomes_one_supplier(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    heard, count = await admit_twice(rivals, monkeypatch)
    assert count == 1
    assert sorted(map(repr, heard)) == sorted(map(repr, [None, CheckMoved(state="approved")]))


async def test_control_without_its_lock_he_becomes_two(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (store, "LOCK_APPLICATION_SQL"))
    _, count = await admit_twice(rivals, monkeypatch)
    assert count == 2

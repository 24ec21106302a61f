"""Which program may: every operation of the API as everybody, and what happens if one check of its door is left out."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import structlog
from litestar import Litestar

from tests.faces.program_matrix import WHO, Programs, faults_of, in_order, made_programs
from tests.given.houses import Place
from tuan.kit.refusals import Refusal, Refused
from tuan.people.developers.model import SHOP_SCOPES, SUPPLIER_SCOPES
from tuan.surfaces.api.operations import Operation
from tuan.surfaces.web import policies, problems
from tuan.surfaces.web.errors import (
    CredentialsWrong,
    FormExpired,
    NotPermitted,
    ScopeMissing,
    ShopsOnly,
    SignInNeeded,
    SuppliersOnly,
)

Capsys = pytest.CaptureFixture[str]
Check = Callable[..., Awaitable[None]]


async def test_every_operation_lets_in_whom_it_should(app: Litestar, place: Place, capsys: Capsys) -> None:
    programs, asked = await made_programs(app, place), in_order()
    before = await programs.probe.world.elsewhere.snapshot()
    assert [fault async for fault in faults_of(programs, asked)] == []
    assert programs.count == len(asked) * len(WHO)
    with capsys.disabled():
        print(f"\n{len(asked)} operations as {len(WHO)} programs: {programs.count} cells, 0 faults")
    after = await programs.probe.world.elsewhere.snapshot()
    assert {name for name in after if after[name] != before[name]} <= {"platform.limits"}
    await place.quiet()
    assert await place.breaches() == {}


def checks_of(one: Operation) -> list[type[Refusal]]:
    """What the door of an operation refuses for; each is a check that could be left out."""
    if one.scope is None:
        return [CredentialsWrong]
    return [
        CredentialsWrong,
        SignInNeeded,
        ScopeMissing,
        *([SuppliersOnly] if one.scope in SUPPLIER_SCOPES else []),
        *([ShopsOnly] if one.scope in SHOP_SCOPES else []),
        *([NotPermitted] if one.scope in policies.MEMBER_SCOPES else []),
    ]


def leave_out(patch: pytest.MonkeyPatch, kind: type[Refusal]) -> None:
    """The door goes on where it would have refused for this."""

    def forgetful(check: Check) -> Check:
        async def asked(*args: Any) -> None:
            try:
                await check(*args)
            except Refused as refused:
                if not isinstance(refused.refusal, kind):
                    raise

        return asked

    patch.setattr(policies, "meet_program", forgetful(policies.meet_program))
    patch.setattr(policies, "_meet_supplier", forgetful(policies._meet_supplier))
    patch.setattr(policies, "_meet_shop", forgetful(policies._meet_shop))
    patch.setattr(policies, "_meet_member", forgetful(policies._meet_member))


async def noticed(programs: Programs, one: Operation, kind: type[Refusal], patches: pytest.MonkeyPatch) -> str | None:
    with patches.context() as patch:
        leave_out(patch, kind)
        return await anext(faults_of(programs, [one]), None)


@pytest.mark.parametrize("share", [0.3, pytest.param(1, marks=pytest.mark.nightly)])
async def test_a01_a_check_of_the_api_that_is_left_out_is_noticed(
    app: Litestar, place: Place, monkeypatch: pytest.MonkeyPatch, capsys: Capsys, share: float
) -> None:
    """One check of one operation after the other; the control leaves out one that no operation has, and nothing is noticed."""
    programs = await made_programs(app, place)
    monkeypatch.setattr(problems, "log", structlog.wrap_logger(None, processors=[_drop]))
    tried, every = 0, in_order()
    some = [
        every[at] for at in sorted(random.sample(range(len(every)), int(len(every) * share)))
    ]  # each night all of them
    for one in some:
        assert await noticed(programs, one, FormExpired, monkeypatch) is None
        for kind in checks_of(one):
            assert await noticed(programs, one, kind, monkeypatch), f"{one.name} without {kind.__name__}"
            tried += 1
    with capsys.disabled():
        print(f"\n{tried} checks of {len(some)} operations left out, {tried} noticed")
    assert tried > len(some)


def _drop(*_: Any) -> Any:
    raise structlog.DropEvent

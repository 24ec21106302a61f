"""How somebody is paid: the provider and the way that he chooses, the parts of what is split, and asking the provider now."""

from typing import Any

import pytest

from tests.faces.client import refused
from tests.faces.conftest import Clerks, Programs, Visitors
from tests.faces.test_api_of_the_office import member
from tests.faces.test_settlement_places import NUMBER, REASON, ROOT, at_desk, owner_of, send, state_of, words_of
from tests.given import settling
from tests.given.houses import Place
from tuan.platform.gateways.sandbox import Fault
from tuan.trade import settlement
from tuan.trade.settlement.errors import NotThisState
from tuan.trade.settlement.model import PAYOUT_ID


async def ways(place: Place, supplier: Any) -> list[tuple[str, str]]:
    return [(row["provider"], row["mode"]) for row in await place.do(settlement.accounts_of, supplier)]


async def test_a_desk_offers_what_the_market_can_do_and_nothing_else(place: Place, visitors: Visitors) -> None:
    of = await settling.earned(place)
    desk = await at_desk(place, visitors, of)
    page = await desk.read("/desk/money")
    assert 'value="sandbox transfer"' in page and 'value="sandbox split"' in page and "stripe" not in page
    typed = {"holder": "果园", "number": NUMBER}
    answer = await send(desk, "/desk/money", "/desk/money/accounts", **typed, way="stripe split")
    assert answer.status_code == 422 and "field-error" in answer.text and await ways(place, of.supplier) == []
    assert (await send(desk, "/desk/money", "/desk/money/accounts", **typed, way="sandbox split")).status_code == 303
    assert await ways(place, of.supplier) == [("sandbox", "split")]


async def test_a_program_chooses_and_is_told(place: Place, programs: Programs) -> None:
    of = await settling.earned(place)
    erp = await programs((await owner_of(place, of)).id)
    made = await erp.add_payout_account(holder="果园", number=NUMBER, mode="split", provider="sandbox")
    assert (made.provider, made.mode, made.state) == ("sandbox", "split", "checking")
    assert (
        await refused(erp.add_payout_account(holder="果园", number=NUMBER, provider="stripe"))
    ).code == "web.field_invalid"
    assert [(one.provider, one.mode) for one in (await erp.list_payout_accounts()).items] == [("sandbox", "split")]


async def test_the_office_sees_from_which_payments_it_is_split(place: Place, clerks: Clerks) -> None:
    withdrawal = await settling.agreed(place, await settling.earned(place), mode="split")
    url, clerk = f"{ROOT}/withdrawals/{PAYOUT_ID.show(withdrawal)}", await clerks("money")
    page = words_of(await clerk.read(url))
    (part,) = await place.do(settlement.parts_of, withdrawal)
    assert part["transaction"] in page and "Not split yet" in page
    await place.quiet()
    assert "Not split yet" not in words_of(await clerk.read(url)) and await state_of(place, withdrawal) == "paid"


@pytest.mark.parametrize("mode", ["transfer", "split"])
async def test_what_nobody_heard_of_is_asked_about_at_once(
    place: Place, clerks: Clerks, programs: Programs, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """It cannot be refused, and the sweep would wait for its time; the office asks now, on its page or by a program."""
    withdrawal = await settling.agreed(place, await settling.earned(place), mode=mode)
    shown = PAYOUT_ID.show(withdrawal)
    url, clerk = f"{ROOT}/withdrawals/{shown}", await clerks("money")
    assert f"{url}/inquiry" not in await clerk.read(url), "it was not asked for yet"
    assert await place.do(settlement.look_up, withdrawal, reason="test") == NotThisState(state="due")
    monkeypatch.setitem(place.house.sandbox.habits, place.market, frozenset({Fault.UNKNOWN}))
    await place.quiet()
    page = await clerk.read(url)
    assert f"{url}/inquiry" in page and f"{url}/rejection" not in page
    assert (await send(clerk, url, f"{url}/inquiry", reason=" ")).status_code == 422
    _, program = await member(place, programs, "payouts.read", "payouts.write", role="money")
    for _ in range(4):
        if await state_of(place, withdrawal) == "paid":
            break
        await program.look_up_withdrawal(shown, reason="test")
        await place.quiet()
    assert await state_of(place, withdrawal) == "paid", "no time has passed"
    assert (await refused(program.look_up_withdrawal(shown, reason="test"))).code == "settlement.not_this_state"
    assert await place.breaches() == {}


async def test_a_clerk_asks_now_with_a_reason_and_it_is_audited(
    place: Place, clerks: Clerks, monkeypatch: pytest.MonkeyPatch
) -> None:
    withdrawal = await settling.agreed(place, await settling.earned(place))
    monkeypatch.setitem(place.house.sandbox.habits, place.market, frozenset({Fault.UNKNOWN}))
    await place.quiet()
    url, clerk = f"{ROOT}/withdrawals/{PAYOUT_ID.show(withdrawal)}", await clerks("money")
    assert (await send(clerk, url, f"{url}/inquiry", **REASON)).status_code == 303
    assert REASON["reason"] in await clerk.read(url)

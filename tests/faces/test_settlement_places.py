"""Money on its way out: the supplier's page and his program, and the office that agrees, refuses, checks and charges."""

import csv
import io
import re
from typing import Any

import pytest

from tests.faces.browser import Browser, form_to
from tests.faces.client import refused
from tests.faces.conftest import Clerks, Programs, Visitors
from tests.given import goods as given
from tests.given import settling
from tests.given.houses import Place
from tuan.people import parties
from tuan.people.parties.model import SUPPLIER
from tuan.platform.gateways.payment import TransferState
from tuan.trade import settlement
from tuan.trade.settlement.model import ACCOUNT_ID, PAYOUT_ID, AccountState, Rules

REASON = {"reason": "because of the test"}
NUMBER = "6222021234567890"
ROOT = "/office/settlement"
PAGES = (ROOT, f"{ROOT}/accounts", f"{ROOT}/payees", f"{ROOT}/runs", f"{ROOT}/rules")


async def send(browser: Browser, page: str, action: str, **fields: str) -> Any:
    """Fill and send the form of this page that goes there."""
    return await browser.send(form_to(await browser.read(page), action), **fields)


def words_of(page: str) -> str:
    """What the page says, without its tags, within which amounts are written."""
    return re.sub(r"<[^>]*>", "", page)


async def owner_of(place: Place, of: given.Goods) -> given.Buyer:
    person = await place.do(parties.owner_of, of.supplier)
    return given.Buyer(person, person)


async def at_desk(place: Place, visitors: Visitors, of: given.Goods) -> Browser:
    return await visitors(await owner_of(place, of))


async def state_of(place: Place, withdrawal: Any) -> str:
    found: str = (await place.do(settlement.access_withdrawal, withdrawal))["state"]
    return found


# ── the office ──
@pytest.mark.parametrize("url", PAGES)
async def test_every_page_opens_in_three_languages_and_only_to_who_may(place: Place, clerks: Clerks, url: str) -> None:
    await settling.asked_for(place, await settling.earned(place))
    clerk, other = await clerks("money"), await clerks("goods")
    for language in ("zh-CN", "es", "en"):
        clerk.http.cookies.set("lang", language)
        await clerk.read(url)
    assert (await other.get(url)).status_code == 403
    assert ROOT in await clerk.read("/office") and f'"{ROOT}"' not in await other.read("/office")


async def test_a_clerk_agrees_once_with_a_reason_and_the_money_is_on_its_way(place: Place, clerks: Clerks) -> None:
    withdrawal, _ = await settling.asked_for(place, await settling.earned(place))
    url, clerk = f"{ROOT}/withdrawals/{PAYOUT_ID.show(withdrawal)}", await clerks("money")
    assert NUMBER not in await clerk.read(url)
    form = form_to(await clerk.read(url), f"{url}/approval")
    assert (await clerk.send(form, reason=" ")).status_code == 422
    assert await state_of(place, withdrawal) == "requested"
    for _ in range(2):
        assert (await clerk.send(form, **REASON)).status_code == 303
    page = await clerk.read(url)
    assert await state_of(place, withdrawal) == "due" and REASON["reason"] in page and f"{url}/approval" not in page


async def test_above_the_limit_a_second_person_agrees_and_the_first_is_told_before_he_tries(
    place: Place, clerks: Clerks
) -> None:
    assert await place.do(settlement.set_rules, Rules(100, 0, 500), reason="test") is None
    withdrawal, _ = await settling.asked_for(place, await settling.earned(place))
    url = f"{ROOT}/withdrawals/{PAYOUT_ID.show(withdrawal)}"
    first, second = await clerks("money"), await clerks("money")
    early = form_to(await first.read(url), f"{url}/approval")
    assert (await first.send(early, **REASON)).status_code == 303
    page = await first.read(url)
    assert f"{url}/approval" not in page and "a second person has to agree" in page
    assert (await first.send(early, **REASON, key=given.fresh_key())).status_code == 409
    assert await state_of(place, withdrawal) == "requested" and "1/2" in await second.read(ROOT)
    assert (await send(second, url, f"{url}/approval", **REASON)).status_code == 303
    assert await state_of(place, withdrawal) == "due"


async def test_what_is_refused_is_back_and_the_supplier_sees_it(
    place: Place, clerks: Clerks, visitors: Visitors
) -> None:
    of = await settling.earned(place)
    withdrawal, _ = await settling.asked_for(place, of)
    before, url = await place.do(settlement.balance_of, of.supplier), f"{ROOT}/withdrawals/{PAYOUT_ID.show(withdrawal)}"
    assert (await send(await clerks("money"), url, f"{url}/rejection", **REASON)).status_code == 303
    after = await place.do(settlement.balance_of, of.supplier)
    assert (before.withdrawing_minor, after.withdrawing_minor) == (1000, 0)
    assert after.payable_minor == before.payable_minor + 1000
    assert "Refused; back in your balance" in await (await at_desk(place, visitors, of)).read("/desk/money")


async def test_what_is_held_is_told_to_both_sides_and_can_be_refused(
    place: Place, clerks: Clerks, visitors: Visitors, programs: Programs
) -> None:
    of = await settling.earned(place)
    withdrawal = await settling.agreed(place, of)
    url, clerk, desk = (
        f"{ROOT}/withdrawals/{PAYOUT_ID.show(withdrawal)}",
        await clerks("money"),
        await at_desk(place, visitors, of),
    )
    assert "waits" not in words_of(await desk.read("/desk/money")) and "On hold" not in await clerk.read(ROOT)
    assert await place.do(settlement.charge, of.supplier, 2000, reason="fine") is None
    assert "what you owe the market is paid first" in await desk.read("/desk/money")
    assert "On hold" in await clerk.read(ROOT)
    page = words_of(await clerk.read(url))
    assert "owes the market ¥10.49: it waits until that is paid" in page
    erp = await programs((await owner_of(place, of)).id)
    told = await erp.show_withdrawal(PAYOUT_ID.show(withdrawal))
    assert (told.state, told.held_for, told.returned_at) == ("due", "debt", None)
    assert (await send(clerk, url, f"{url}/rejection", **REASON)).status_code == 303
    assert (await place.do(settlement.balance_of, of.supplier)).debt_minor == 49
    assert await place.breaches() == {}


async def test_nobody_is_asked_to_agree_to_what_is_held(place: Place, clerks: Clerks, visitors: Visitors) -> None:
    of = await settling.earned(place)
    withdrawal, _ = await settling.asked_for(place, of)
    url, clerk = f"{ROOT}/withdrawals/{PAYOUT_ID.show(withdrawal)}", await clerks("money")
    early = form_to(await clerk.read(url), f"{url}/approval")
    account = (await place.do(settlement.access_withdrawal, withdrawal))["account_id"]
    assert await place.do(settlement.move_account, account, AccountState.RESTRICTED, reason="odd") is None
    for language in ("zh-CN", "es", "en"):
        clerk.http.cookies.set("lang", language)
        page = await clerk.read(url)
        assert f"{url}/approval" not in page and f"{url}/rejection" in page
    assert "Its account is not active" in page
    assert (await clerk.send(early, **REASON)).status_code == 409
    assert "its account is not active" in await (await at_desk(place, visitors, of)).read("/desk/money")


async def test_what_came_back_after_it_was_paid_is_told_to_both_sides(
    place: Place, clerks: Clerks, visitors: Visitors, programs: Programs
) -> None:
    of = await settling.earned(place)
    withdrawal = await settling.agreed(place, of)
    for state in (TransferState.DONE, TransferState.FAILED):
        await settling.answered(place, withdrawal, state)
    url, clerk = f"{ROOT}/withdrawals/{PAYOUT_ID.show(withdrawal)}", await clerks("money")
    page = await clerk.read(url)
    assert page.count("Came back") == 2 and f"{url}/rejection" not in page
    assert "Came back" in await clerk.read(f"{ROOT}?state=returned")
    desk = await (await at_desk(place, visitors, of)).read("/desk/money")
    assert "Came back; all of it is in your balance" in desk
    told = await (await programs((await owner_of(place, of)).id)).show_withdrawal(PAYOUT_ID.show(withdrawal))
    assert told.state == "returned" and told.returned_at is not None


async def test_an_account_is_checked_and_its_number_shown_whole_only_with_a_reason_that_is_kept(
    place: Place, clerks: Clerks
) -> None:
    of = await settling.earned(place)
    account = await settling.account_of(place, of.supplier, active=False)
    url, clerk, auditor = f"{ROOT}/accounts/{ACCOUNT_ID.show(account)}", await clerks("money"), await clerks("audit")
    for page in (await clerk.read(url), await clerk.read(f"{ROOT}/accounts"), await auditor.read(url)):
        assert NUMBER not in page and NUMBER[-4:] in page
    assert f"{url}/number" not in await auditor.read(url)
    assert (await send(clerk, url, f"{url}/number", reason="")).status_code == 422
    shown = await send(clerk, url, f"{url}/number", reason="call the bank")
    assert NUMBER in shown.text and "call the bank" in await clerk.read(url) and NUMBER not in await clerk.read(url)
    for after in ("active", "restricted", "active"):
        form = form_to(await clerk.read(url), f"{url}/state") if after != "active" else None
        page = await clerk.read(url)
        assert f'value="{after}"' in page
        token = form_to(page, f"{url}/number").fields["_csrf_token"] if form is None else form.fields["_csrf_token"]
        fields = {"_csrf_token": token, "key": given.fresh_key(), "after": after, **REASON}
        assert (await clerk.http.post(f"{url}/state", data=fields)).status_code == 303
    fields["after"] = "removed"
    assert (await clerk.http.post(f"{url}/state", data=fields)).status_code == 422, "only the supplier takes it away"
    assert [row["state"] for row in await place.do(settlement.accounts_of, of.supplier)] == ["active"]


async def test_terms_charges_and_rules_are_set_with_a_reason_and_what_is_typed_wrong_changes_nothing(
    place: Place, clerks: Clerks
) -> None:
    of, clerk = await settling.earned(place), await clerks()
    url = f"{ROOT}/payees/{SUPPLIER.show(of.supplier)}"
    for wrong in ("100.01", "x", "-1", "1.234", ""):
        assert (await send(clerk, url, f"{url}/terms", fee=wrong, withheld="0", **REASON)).status_code == 422, wrong
    assert (await send(clerk, url, f"{url}/terms", fee="2.5", withheld="10", **REASON)).status_code == 303
    assert "2.5 % · 10 %" in await clerk.read(url)
    assert (await place.do(settlement.terms_of, of.supplier)).fee_permyriad == 250
    assert (await send(clerk, url, f"{url}/charges", amount="0", **REASON)).status_code == 422
    assert (await send(clerk, url, f"{url}/charges", amount="50.00", reason="broken crates")).status_code == 303
    assert (await place.do(settlement.balance_of, of.supplier)).debt_minor == 5000 - 1951
    assert "broken crates" in await clerk.read(url)
    rules = f"{ROOT}/rules"
    typed = {"least": "20", "fee": "0.6", "two_above": "1000.50", "claim_days": "90", **REASON}
    assert (await send(clerk, rules, rules, **{**typed, "least": "0"})).status_code == 422
    assert (await send(clerk, rules, rules, **typed)).status_code == 303
    assert await place.do(settlement.rules) == Rules(2000, 60, 100_050, 90)


async def test_a_month_adds_up_on_every_page_that_shows_it(place: Place, clerks: Clerks, visitors: Visitors) -> None:
    of = await settling.earned(place, units=2)
    clerk, desk = await clerks(), await at_desk(place, visitors, of)
    url = f"{ROOT}/payees/{SUPPLIER.show(of.supplier)}"
    for page in (
        await clerk.read(url),
        await clerk.read(f"{url}/print"),
        await clerk.read(f"{ROOT}/runs"),
        await desk.read("/desk/money"),
        await desk.read("/desk/money/print"),
    ):
        assert "39.80" in words_of(page) and "39.01" in words_of(page)
    for answer in (await clerk.get(f"{url}/lines.csv"), await desk.get("/desk/money.csv")):
        (line,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
        assert [line[name] for name in ("kept", "fee", "share")] == ["3980", "79", "3901"]
    for month in ("0001-01", "9999-12", "2026-13", "x", "2026-1"):
        assert (await desk.get(f"/desk/money?month={month}")).status_code == 422, month
        assert (await clerk.get(f"{url}?month={month}")).status_code == 422, month
    assert "39.80" not in words_of(await desk.read("/desk/money?month=2020-01"))


# ── the supplier ──
async def test_what_is_wrong_with_a_form_is_shown_in_it_with_what_was_typed(place: Place, visitors: Visitors) -> None:
    of = await settling.earned(place)
    await settling.account_of(place, of.supplier)
    desk = await at_desk(place, visitors, of)
    for typed, status in (("x", 422), ("0.99", 422), ("19.52", 409)):
        answer = await send(
            desk, "/desk/money", "/desk/money/withdrawals", amount=typed, account=await _account(place, of)
        )
        assert answer.status_code == status and "field-error" in answer.text and f'value="{typed}"' in answer.text
    answer = await send(desk, "/desk/money", "/desk/money/accounts", holder="张三", number=" ")
    assert answer.status_code == 422 and "field-error" in answer.text and 'value="张三"' in answer.text
    assert (await place.do(settlement.balance_of, of.supplier)).withdrawing_minor == 0


async def _account(place: Place, of: given.Goods) -> str:
    return ACCOUNT_ID.show((await place.do(settlement.accounts_of, of.supplier))[0]["id"])


async def test_a_program_of_the_supplier_asks_for_money_and_sees_how_it_stands(
    place: Place, programs: Programs, clerks: Clerks
) -> None:
    other, of = await given.goods(place), await settling.earned(place)
    owner, stranger = await owner_of(place, of), await owner_of(place, other)
    erp, theirs = await programs(owner.id), await programs(stranger.id)
    looks = await programs(owner.id, "settlement.read")
    assert ((await erp.show_balance()).payable.amount_minor, (await erp.show_balance()).debt.amount_minor) == (1951, 0)
    (line,) = (await erp.list_statement_lines()).items
    assert (line.kept.amount_minor, line.fee.amount_minor, line.share.amount_minor) == (1990, 39, 1951)
    assert (await refused(looks.add_payout_account(holder="果园", number=NUMBER))).code == "web.scope_missing"
    made = await erp.add_payout_account(holder="果园", number=NUMBER)
    assert made.number.endswith("7890") and NUMBER not in made.number
    asked = {"account": made.account, "amount_minor": 1000}
    assert (await refused(erp.ask_for_withdrawal(**asked))).code == "settlement.account_not_active"
    url, clerk = f"{ROOT}/accounts/{made.account}", await clerks("money")
    page = await clerk.read(url)
    fields = {"_csrf_token": form_to(page, f"{url}/number").fields["_csrf_token"], "key": given.fresh_key(), **REASON}
    assert (await clerk.http.post(f"{url}/state", data={**fields, "after": "active"})).status_code == 303
    assert (await refused(theirs.ask_for_withdrawal(**asked))).code == "not_found"
    out = await erp.ask_for_withdrawal(**asked)
    assert (await refused(theirs.show_withdrawal(out.withdrawal))).code == "not_found"
    assert ((await erp.show_balance()).withdrawing.amount_minor, out.state) == (1000, "requested")
    place_url = f"{ROOT}/withdrawals/{out.withdrawal}"
    assert (await send(clerk, place_url, f"{place_url}/approval", **REASON)).status_code == 303
    assert (await looks.show_withdrawal(out.withdrawal)).state == "due"
    assert [one.withdrawal for one in (await erp.list_withdrawals()).items] == [out.withdrawal]
    assert await place.breaches() == {}

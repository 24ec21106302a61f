"""What programs do with the market's money in place of its office: as the person whose key it is, and no further than he may."""

import re
from typing import Any

import pytest

from tests.faces.client import Refused, refused
from tests.faces.conftest import Programs, Visitors
from tests.faces.test_office import arrive
from tests.given import goods as given
from tests.given import office, settling
from tests.given import points as wallets
from tests.given import presale as sales
from tests.given.aftersales import ask
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import staff
from tuan.people.accounts.model import PERSON
from tuan.people.developers.model import MARKET_SCOPES
from tuan.people.parties.model import SUPPLIER
from tuan.people.staff.model import PERMISSIONS
from tuan.platform import audit
from tuan.platform.gateways.payment import RefundAnswer, RefundState
from tuan.play import loyalty, presale
from tuan.surfaces.api.operations import Operation
from tuan.surfaces.api.reference.document import operations
from tuan.surfaces.web.policies import MEMBER_SCOPES
from tuan.trade import aftersales, orders, payments, settlement
from tuan.trade.aftersales.model import Kind, Saying, Side
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.payments.model import REFUND_ID
from tuan.trade.settlement.model import ACCOUNT_ID, PAYOUT_ID, Rules
from tuan.value import points

WHY = "nightly sync"
ROOT = "/office/settlement"


async def member(place: Place, programs: Programs, *scopes: str, role: str = "owner") -> tuple[Any, Any]:
    """A member of staff, and his program."""
    clerk = await office.clerk(place, role)
    return clerk, await programs(clerk.person, *scopes)


async def acts_on(place: Place, subject: str) -> list[tuple[str, Any, str]]:
    return [(act["action"], act["actor_id"], act["reason"]) for act in await place.do(audit.about, subject)]


# ── who may ──
def test_every_scope_of_the_market_asks_for_what_is_there_to_be_allowed() -> None:
    assert set(MEMBER_SCOPES) == set(MARKET_SCOPES)
    assert all(of and set(of) <= PERMISSIONS for of in MEMBER_SCOPES.values())


async def test_a_key_may_what_its_owner_may_and_only_as_long_as_he_may(place: Place, programs: Programs) -> None:
    scopes = ("payouts.read", "payouts.write", "fees.write")
    clerk, program = await member(place, programs, *scopes, role="money")
    withdrawal, _ = await settling.asked_for(place, await settling.earned(place))
    shown = PAYOUT_ID.show(withdrawal)
    assert [one.withdrawal for one in (await program.list_market_withdrawals()).items] == [shown]
    problem = await refused(program.set_withdrawal_rules(
        least_minor=1, fee_permyriad=0, two_above_minor=0, claim_days=180, reason=WHY
    ))  # fmt: skip
    assert (problem.code, problem.problem["data"]) == ("web.not_permitted", {"permission": "settlement.rules"})
    await office.clerk(place)  # an active owner is always left
    assert await place.do(staff.block_member, clerk.person, reason="test") is None
    for call in (program.list_market_withdrawals(), program.approve_withdrawal(shown, reason=WHY)):
        assert (await refused(call)).code == "web.not_permitted"
    assert (await place.do(settlement.access_withdrawal, withdrawal))["state"] == "requested"
    assert await place.do(staff.permissions_of, clerk.person) == frozenset()
    buyer = await programs((await given.buyer(place)).id, *scopes)
    assert (await refused(buyer.list_market_withdrawals())).code == "web.not_permitted"


@pytest.mark.parametrize("scope", MARKET_SCOPES)
async def test_no_scope_of_the_market_is_a_way_round_the_office(place: Place, programs: Programs, scope: str) -> None:
    """A key of somebody who does not work here, of a member without the role, and of one who has left: at each operation."""
    leaver, _ = await office.clerk(place), await office.clerk(place)  # an active owner is always left
    await place.do(staff.set_role, "nothing", ["teams.see"], reason="test")
    looker, outsider = await office.clerk(place, "nothing"), await given.buyer(place)
    kept, *others = [await programs(one, scope) for one in (leaver.person, looker.person, outsider.id)]
    asked = [one for one in operations() if one.scope == scope]
    assert asked, f"no operation asks for {scope}"
    for one in asked:
        assert await code_of(kept, one) != "web.not_permitted", "the control: who may is not stopped at the door"
    assert await place.do(staff.block_member, leaver.person, reason="test") is None
    for one in asked:
        assert {await code_of(program, one) for program in (kept, *others)} == {"web.not_permitted"}, one.name


async def code_of(program: Any, one: Operation) -> str:
    """What it is told of ids that are nobody's, of no key and of a body that does not fit; empty for an answer."""
    path, body = "/api/v1" + re.sub(r"{\w+}", "x", one.path), {"nothing": "x"} if one.body else None
    try:
        await program.call(one.method, path, {}, {}, body, one.status, Any)
    except Refused as refused:
        return refused.code
    return ""


async def test_the_office_gives_such_a_key_only_to_the_member_himself_and_to_him_only_what_he_may(
    place: Place, visitors: Visitors
) -> None:
    of = await given.goods(place)
    owner = await arrive(visitors, place, await office.clerk(place))
    wish = {"name": "bank", "reason": "test", "payouts_write": "on", "days": "30"}
    before = await place.snapshot()
    answer = await owner.post("/office/developers/keys", **wish, supplier=SUPPLIER.show(of.supplier), key="a")
    assert (answer.status_code, answer.json()["data"]) == (422, {"field": "supplier"})
    assert await place.snapshot() == before
    await place.do(staff.set_role, "it", ["developers.see", "developers.edit"], reason="test")
    other = await arrive(visitors, place, await office.clerk(place, "it"))
    answer = await other.post("/office/developers/keys", **wish, key="b")
    assert (answer.status_code, answer.json()["code"]) == (403, "web.not_permitted")
    assert (await owner.post("/office/developers/keys", **wish, key="c")).status_code == 200


# ── payouts ──
async def test_two_persons_are_two_whichever_way_they_come(
    place: Place, programs: Programs, visitors: Visitors
) -> None:
    assert await place.do(settlement.set_rules, Rules(100, 0, 500), reason="test") is None
    withdrawal, asked_by = await settling.asked_for(place, await settling.earned(place))
    shown = PAYOUT_ID.show(withdrawal)
    first, program = await member(place, programs, "payouts.read", "payouts.write", role="money")
    desk = await arrive(visitors, place, first)
    assert (await refused(program.approve_withdrawal(shown, reason="  "))).code == "audit.reason_missing"
    await program.approve_withdrawal(shown, reason=WHY, key="k")
    await program.approve_withdrawal(shown, reason=WHY, key="k")
    seen = await program.show_market_withdrawal(shown)
    assert (seen.state, seen.persons, seen.agreed_by) == ("requested", 2, [PERSON.show(first.person)])
    assert seen.asked_by == PERSON.show(asked_by) and seen.number.endswith("7890") and "6222" not in seen.number
    assert (await refused(program.approve_withdrawal(shown, reason=WHY))).code == "settlement.same_person"
    answer = await desk.post(f"{ROOT}/withdrawals/{shown}/approval", key="d", reason=WHY)
    assert (answer.status_code, answer.json()["code"]) == (409, "settlement.same_person"), "his key has spoken for him"
    second, other = await member(place, programs, "payouts.write", role="money")
    await other.approve_withdrawal(shown, reason=WHY)
    assert (await program.list_market_withdrawals(state="due")).items[0].withdrawal == shown
    await place.quiet()
    assert (await refused(other.reject_withdrawal(shown, reason=WHY))).code == "settlement.not_this_state", "it is paid"
    assert [(act, who) for act, who, _ in await acts_on(place, shown)] == [
        ("settlement.approve", second.person), ("settlement.approve", first.person),
    ]  # fmt: skip


async def test_nobody_agrees_by_a_program_to_what_he_asked_for(place: Place, programs: Programs) -> None:
    of = await settling.earned(place)
    clerk, program = await member(place, programs, "payouts.write", role="money")
    account = await settling.account_of(place, of.supplier)
    asked = granted(await place.do(settlement.withdraw, of.supplier, account, 100, clerk.person))
    problem = await refused(program.approve_withdrawal(PAYOUT_ID.show(asked), reason=WHY))
    assert problem.code == "settlement.same_person"


async def test_a_withdrawal_is_refused_and_its_money_is_back(place: Place, programs: Programs) -> None:
    of = await settling.earned(place)
    withdrawal, _ = await settling.asked_for(place, of)
    clerk, program = await member(place, programs, "payouts.write", "fees.read", role="owner")
    before = (await program.show_payee(SUPPLIER.show(of.supplier))).payee.payable.amount_minor
    await program.reject_withdrawal(PAYOUT_ID.show(withdrawal), reason=WHY)
    after = (await program.show_payee(SUPPLIER.show(of.supplier))).payee.payable.amount_minor
    assert after == before + 1000
    assert (await acts_on(place, PAYOUT_ID.show(withdrawal)))[0] == ("settlement.reject", clerk.person, WHY)


async def test_an_account_is_checked_and_restricted(place: Place, programs: Programs) -> None:
    of = await given.goods(place)
    shown = ACCOUNT_ID.show(await settling.account_of(place, of.supplier, active=False))
    _, program = await member(place, programs, "payouts.read", "payouts.write")
    (one,) = (await program.list_market_accounts(state="checking")).items
    assert (one.account, one.payee, one.number[-4:]) == (shown, SUPPLIER.show(of.supplier), "7890")
    await program.move_account(shown, state="active", reason=WHY)
    assert (
        await refused(program.move_account(shown, state="rejected", reason=WHY))
    ).code == "settlement.not_this_state"
    await program.move_account(shown, state="restricted", reason=WHY)
    assert (await program.show_market_account(shown)).state == "restricted"


# ── fees ──
async def test_terms_charges_and_rules_are_set_with_a_reason(place: Place, programs: Programs) -> None:
    of = await settling.earned(place)
    supplier = SUPPLIER.show(of.supplier)
    clerk, program = await member(place, programs, "fees.read", "fees.write")
    before = next(one for one in (await program.list_payees()).items if one.supplier == supplier)
    await program.charge_payee(supplier, amount_minor=100, reason=WHY, key="k")
    await program.charge_payee(supplier, amount_minor=100, reason=WHY, key="k")
    await program.set_payees_terms(supplier, fee_permyriad=300, withheld_permyriad=50, reason=WHY)
    found = await program.show_payee(supplier)
    assert found.payee.payable.amount_minor == before.payable.amount_minor - 100, "the same key charges once"
    assert (found.fee_permyriad, found.withheld_permyriad, len(found.terms)) == (300, 50, 1)
    assert [(one.amount.amount_minor, one.reason) for one in found.charges] == [(100, WHY)]
    assert {(who, why) for act, who, why in await acts_on(place, supplier) if act.startswith("settlement.")} == {
        (clerk.person, WHY)
    }
    assert (
        await refused(program.set_payees_terms(SUPPLIER.show(of.sku), fee_permyriad=1, reason=WHY))
    ).code == "not_found"
    rules = {"least_minor": 200, "fee_permyriad": 10, "two_above_minor": 500, "claim_days": 90}
    await program.set_withdrawal_rules(**rules, reason=WHY)
    now = await program.show_withdrawal_rules()
    assert {name: getattr(now, name) for name in rules} == rules
    lines, days = (
        (await program.list_payees_statement_lines(supplier)).items,
        (await program.list_settlement_days()).items,
    )
    kept = [one for one in lines if one.kind == "kept"]
    assert sum(one.share.amount_minor for one in kept) == sum(one.share.amount_minor for one in days) > 0


# ── payments and refunds ──
async def test_a_notice_put_aside_is_shown_and_settled_once(place: Place, programs: Programs) -> None:
    who, of = await given.buyer(place), await given.goods(place)
    placed = granted(await given.place_order(place, who, of))
    await given.place_notice(place, await given.start_paying(place, who, placed), amount_minor=1)
    paid = granted(await given.place_order(place, who, of))
    await given.pay(place, who, paid)
    clerk, program = await member(place, programs, "payments.read", "payments.write")
    (one,) = (await program.list_quarantine()).items
    amount = next(field for field in one.fields if field.field == "amount_minor")
    assert (one.why, amount.said, amount.agreed) == ("wrong_amount", "1", str(of.price_minor))
    assert [capture.order for capture in (await program.list_captures()).items] == [ORDER_ID.show(paid.orders[0])]
    await program.resolve_quarantine(one.notice, settled_by="returned", reason=WHY)
    problem = await refused(program.resolve_quarantine(one.notice, settled_by="no_money", reason=WHY))
    assert problem.code == "payments.already_resolved"
    assert (await program.list_quarantine()).items == []
    assert (await program.list_quarantine(state="resolved")).items[0].resolution == "returned"
    assert await acts_on(place, one.notice) == [("payments.resolve_quarantine", clerk.person, WHY)]


async def test_an_order_is_given_back_as_shown_and_a_stuck_refund_asked_for_again(
    place: Place, programs: Programs
) -> None:
    who, of = await given.buyer(place), await given.goods(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    order = ORDER_ID.show(placed.orders[0])
    clerk, program = await member(place, programs, "refunds.read", "refunds.write", role="care")
    seen = await program.preview_giving_back(order)
    assert (seen.total.amount_minor, seen.frees_stock, seen.leaves_team) == (of.price_minor, True, False)
    problem = await refused(program.give_order_back(order, shown_minor=1, reason=WHY))
    assert problem.code == "aftersales.not_as_shown"
    await program.give_order_back(order, shown_minor=of.price_minor, reason=WHY)
    assert (await refused(program.preview_giving_back(order))).code == "orders.not_now"
    (refund,) = (await place.do(payments.refunds, states=["due"])).items
    await place.do(payments.apply_refund_answers, [RefundAnswer("sandbox", refund["id"], RefundState.FAILED, "")])
    (one,) = (await program.list_market_refunds(state="stuck")).items
    assert (one.refund, one.order) == (REFUND_ID.show(refund["id"]), order)
    await program.retry_refund(one.refund, reason=WHY)
    assert [each.state for each in (await program.list_market_refunds()).items] == ["due"]
    assert (await acts_on(place, one.refund))[0] == ("payments.retry_refund", clerk.person, WHY)
    await place.quiet()
    assert await place.breaches() == {}


async def test_a_case_is_decided_by_a_program_once(place: Place, programs: Programs) -> None:
    who, of = await given.buyer(place), await given.goods(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    (order,) = placed.orders
    await place.do(orders.ship, order, of.supplier, carrier="顺丰", tracking="SF1")
    granted(await ask(place, who, order, Kind.REFUND_ONLY, "damaged"))
    assert await place.do(aftersales.refuse, order, 1, of.supplier, Saying("完好发出")) is None
    assert await place.do(aftersales.dispute, order, 1, who.id, Saying("坏了")) is None
    shown = ORDER_ID.show(order)
    _, program = await member(place, programs, "refunds.read", "refunds.write", role="care")
    assert (await program.show_market_case(shown, "1")).unheard == ["supplier"]
    early = await refused(program.decide_case(shown, "1", decision="give_back", reason=WHY))
    assert early.status == 409, "both sides are heard first"
    assert await place.do(aftersales.say, order, 1, Side.SUPPLIER, of.supplier, Saying("没有坏")) is None
    assert [one.state for one in (await program.list_market_cases(state="arbitration")).items] == ["arbitration"]
    await program.decide_case(shown, "1", decision="give_back", amount_minor=100, reason=WHY)
    found = await program.show_market_case(shown, "1")
    assert (found.case.state, found.case.given_back.amount_minor, found.unheard) == ("done", 100, [])
    assert (await refused(program.decide_case(shown, "1", decision="deny", reason=WHY))).status in (409, 410)
    assert (await refused(program.show_market_case(shown, "7"))).code == "not_found"


# ── points ──
async def test_points_are_given_and_taken_by_terms_that_a_program_sets(place: Place, programs: Programs) -> None:
    await wallets.terms(place)
    who = await given.buyer(place)
    clerk, program = await member(place, programs, "points.read", "points.write")
    person = PERSON.show(who.id)
    await program.grant_points(person, units=50, reason=WHY, key="k")
    await program.grant_points(person, units=50, reason=WHY, key="k")
    await program.deduct_points(person, units=20, reason=WHY)
    assert (await program.show_wallet(person)).spendable == 30
    problem = await refused(program.deduct_points(person, units=31, reason=WHY))
    assert problem.code.startswith("points.")
    entries = (await program.list_wallet_entries(person)).items
    assert [(one.change, one.reason) for one in entries] == [(-20, WHY), (50, WHY)]
    assert (await refused(program.show_wallet(PERSON.show(clerk.person)[:-4] + "0000"))).code == "not_found"
    out = await program.show_points_out()
    assert (out.spendable, out.persons) == (30, 1)
    terms = {name: getattr(out.terms, name) for name in out.terms.__struct_fields__}
    await program.set_points_terms(**{**terms, "earn_points": 7}, reason=WHY)
    assert (await place.do(points.load_terms)).earn_points == 7
    bad = await refused(program.set_points_terms(**{**terms, "valid_days": 0}, reason=WHY))
    assert (bad.code, bad.problem["data"]["field"]) == ("points.terms_invalid", "valid_days")
    await program.set_ladder(rewards=[5, 10], reason=WHY)
    assert await place.do(loyalty.ladder) == [5, 10] == (await program.show_points_out()).rewards
    assert (await refused(program.set_ladder(rewards=[0], reason=WHY))).code == "loyalty.ladder_invalid"


async def test_what_a_supplier_owes_a_buyer_is_settled_by_its_reference(place: Place, programs: Programs) -> None:
    clerk, program = await member(place, programs, "refunds.read", "refunds.write", role="care")
    of, who, booked = await sales.deposited(place)
    owed = (await sales.booking_of(place, booked)).kept_minor
    assert await place.do(presale.fail, booked.order, of.supplier, reason="test") is None
    (one,) = (await program.list_owed_to_buyers()).items
    assert (one.order, one.person, one.amount.amount_minor) == (ORDER_ID.show(booked.order), PERSON.show(who.id), owed)
    await program.settle_owed_to_buyer(one.order, reference="bank 1", reason=WHY)
    assert (await program.list_owed_to_buyers()).items == await place.do(presale.owed) == []
    again = await refused(program.settle_owed_to_buyer(one.order, reference="bank 1", reason=WHY))
    assert again.code == "presale.nothing_owed"
    assert (await acts_on(place, one.order))[0] == ("presale.settle_owed", clerk.person, WHY)

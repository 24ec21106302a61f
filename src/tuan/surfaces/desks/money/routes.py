"""A supplier's money: what he may claim and why, the statement of a month, asking for it."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Stream

from tuan.kit.refusals import Refusal, Refused
from tuan.people import parties
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice.acting import read_amount
from tuan.surfaces.backoffice.statements import csv_of_month, lines_of, month_of, printed, read_month, share_of
from tuan.surfaces.desks.money.context import Account, MoneyPage, Outgoing
from tuan.surfaces.storefront.showing import amount
from tuan.surfaces.storefront.ways import read_way, way_words, ways_of
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SUPPLIER
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import settlement
from tuan.trade.settlement.model import ACCOUNT_ID, PAYOUT_ID, HeldFor, masked

TEMPLATE = "desks/money/page.html"
URL = "/desk/money"
OUTGOING_MAX = 10
FIELD_OF = {
    "settlement.balance_too_small": "amount",
    "settlement.below_minimum": "amount",
    "settlement.in_debt": "amount",
    "settlement.account_not_active": "account",
    "settlement.account_invalid": "number",
    "settlement.split_too_small": "amount",
}
"""Refusals that the same form can mend, by the field they are about."""


class WithdrawalForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    account: str
    amount: str


class AccountForm(msgspec.Struct, frozen=True, kw_only=True):
    """way: provider and mode, as the page offered them; a page that offered none means the first transfer."""

    key: str
    holder: str
    number: str
    way: str = " transfer"


@get(URL, opt=SUPPLIER)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _show(visit)


@get("/desk/money.csv", opt=SUPPLIER)
async def export(visit: NamedDependency[Visit]) -> Stream:
    """The lines of a month, amounts in minor units."""
    return await csv_of_month(visit, _supplier(visit))


@get("/desk/money/print", opt=SUPPLIER)
async def print_month(visit: NamedDependency[Visit]) -> Response[Any]:
    """The statement of a month, on paper."""
    return await printed(visit, _supplier(visit), URL)


@post("/desk/money/withdrawals", opt=SUPPLIER)
async def withdraw(visit: NamedDependency[Visit]) -> Response[Any]:
    form = await visit.form(WithdrawalForm)
    supplier, account = _supplier(visit), read_id(ACCOUNT_ID, form.account)
    try:
        wanted = read_amount(visit, form.amount, "amount")
    except Refused as refused:
        return await _again(visit, refused.refusal, form, "amount")

    async def act(work: Work) -> Refusal | None:
        outcome = await settlement.withdraw(work, supplier, account, wanted, visit.person)
        return outcome if isinstance(outcome, Refusal) else None

    refusal = await once(visit, "desk.withdraw", form.key, f"{form.account} {wanted}", act)
    return visit.go_on(URL, status=201) if refusal is None else await _again(visit, refusal, form)


@post("/desk/money/accounts", opt=SUPPLIER)
async def add_account(visit: NamedDependency[Visit]) -> Response[Any]:
    form = await visit.form(AccountForm)
    supplier = _supplier(visit)
    try:
        way = way_said(visit, form)
    except Refused as refused:
        return await _again(visit, refused.refusal, form, "way")

    async def act(work: Work) -> Refusal | None:
        outcome = await settlement.add_account(work, supplier, *way, form.holder, form.number)
        return outcome if isinstance(outcome, Refusal) else None

    refusal = await once(visit, "desk.add_account", form.key, f"{form.holder} {form.number} {form.way}", act)
    return visit.go_on(URL, status=201) if refusal is None else await _again(visit, refusal, form)


def way_said(visit: Visit, form: AccountForm) -> tuple[str, str]:
    """Raises Refused(FieldInvalid)."""
    provider, _, mode = form.way.partition(" ")
    return read_way(visit, provider, mode)


async def _again(visit: Visit, refusal: Refusal, form: msgspec.Struct, field: str = "") -> Response[Any]:
    """The page with what was typed and what is wrong with it, where the same form can mend it."""
    field = field or FIELD_OF.get(refusal.code, "")
    if visit.wants_json or not field:
        return refuse(visit, refusal, Step(label=visit.gettext("Money"), url=URL))
    typed = {name: text for name, text in msgspec.structs.asdict(form).items() if name != "key"}
    return await _show(visit, errors_of(visit, refusal, field), typed, refusal.status)


# ── showing ──
def _supplier(visit: Visit) -> UUID:
    assert visit.supplier is not None
    return visit.supplier


async def _show(
    visit: Visit, errors: dict[str, str] | None = None, typed: dict[str, str] | None = None, status: int = 200
) -> Response[Any]:
    supplier = _supplier(visit)
    async with visit.reading() as work:
        begins, ends = read_month(visit, work.now)
        card = (await parties.supplier_cards(work, [supplier]))[supplier]
        balance, rules = await settlement.balance_of(work, supplier), await settlement.rules(work)
        is_direct = supplier == await parties.merchant(work)
        sums = await settlement.statement_sums(work, supplier, begins, ends)
        found = await lines_of(work, supplier, begins, ends, after=visit.query.get("page"))
        accounts = await settlement.accounts_of(work, supplier)
        outgoing = await settlement.withdrawals(work, Wanted(size=OUTGOING_MAX), payee=supplier)
        now = work.now
    page = MoneyPage(
        supplier=card["name"],
        payable=amount(visit, balance.payable_minor),
        withdrawing=amount(visit, balance.withdrawing_minor),
        debt=amount(visit, balance.debt_minor),
        least=amount(visit, rules.min_minor),
        fee_permyriad=rules.fee_permyriad,
        is_direct=is_direct,
        month=month_of(visit, URL, f"{URL}.csv", begins, sums, now),
        shares=[share_of(visit, row) for row in found.items],
        next_url=visit.url_with(page=found.next_key) if found.next_key else None,
        accounts=[account_shown(visit, row) for row in accounts],
        outgoing=[outgoing_shown(visit, row) for row in outgoing.items],
        key=visit.fresh_key(),
        account_key=visit.fresh_key(),
        ways=ways_of(visit),
        typed=typed or {},
        errors=errors or {},
    )
    return visit.page(TEMPLATE, page, blocks=("list",), status=status)


def account_shown(visit: Visit, row: Any) -> Account:
    """A payee's account, as its own desk shows it."""
    words = {
        "checking": visit.gettext("Being checked"),
        "active": visit.gettext("Checked"),
        "restricted": visit.gettext("Restricted"),
        "rejected": visit.gettext("Refused"),
    }
    return Account(
        account=ACCOUNT_ID.show(row["id"]),
        holder=row["holder"],
        number=masked(row["number"]),
        way=way_words(visit, row["provider"], row["mode"]),
        state=row["state"],
        words=words[row["state"]],
    )


def outgoing_shown(visit: Visit, row: Any) -> Outgoing:
    """A payee's withdrawal, as its own desk shows it."""
    words = {
        "requested": visit.gettext("Waits for consent"),
        "due": visit.gettext("Being paid"),
        "paid": visit.gettext("Paid out"),
        "failed": visit.gettext("Failed; back in your balance"),
        "rejected": visit.gettext("Refused; back in your balance"),
        "returned": visit.gettext("Came back; all of it is in your balance"),
    }
    held = {
        HeldFor.ACCOUNT: visit.gettext("It waits: its account is not active."),
        HeldFor.DEBT: visit.gettext("It waits: what you owe the market is paid first."),
    }
    return Outgoing(
        withdrawal=PAYOUT_ID.show(row["id"]),
        amount=amount(visit, row["amount_minor"]),
        fee=amount(visit, row["fee_minor"]),
        short=amount(visit, row["short_minor"]),
        state=row["state"],
        words=words[row["state"]],
        held=held[row["held_for"]] if row["held_for"] else "",
        holder=row["holder"],
        number=masked(row["number"]),
        asked_at=row["requested_at"],
        ended_at=row["returned_at"] or row["ended_at"],
    )


HANDLERS = (show, export, print_month, withdraw, add_account)

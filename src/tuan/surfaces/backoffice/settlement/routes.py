"""Withdrawals in the office: who asks for money, and whoever agrees to it or does not; and the other pages of settlement."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from tuan.kit.pages import Page
from tuan.kit.refusals import Refusal
from tuan.people import accounts as persons
from tuan.people import parties
from tuan.people import staff as members
from tuan.people.accounts.model import masked_name
from tuan.platform import audit
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted
from tuan.surfaces.backoffice.settlement import accounts, payees, rules, words
from tuan.surfaces.backoffice.settlement.context import ListPage, SplitPart, WithdrawalPage
from tuan.surfaces.backoffice.settlement.words import PLACE
from tuan.surfaces.backoffice.tables import Cell, Column, Filter, csv_of, table_page, wanted
from tuan.surfaces.storefront.ways import way_words
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import settlement
from tuan.trade.orders.model import ORDER_ID, number_of
from tuan.trade.settlement.model import (
    PAYOUT_ID,
    Withdrawal,
    WithdrawalState,
    masked,
    why_not_approve,
    why_not_look_up,
    why_not_reject,
)

COLUMNS = (
    Column("asked", "Asked for", sort="newest"),
    Column("supplier", "Paid to"),
    Column("amount", "Amount", is_number=True),
    Column("state", "State"),
    Column("account", "Account"),
    Column("two", "Persons", is_number=True),
    Column("ended", "Ended"),
)
NO_FILTERS: Sequence[Filter] = ()


class ReasonForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


@get(PLACE.url, opt=staff("settlement.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    states = words.withdrawal_states(visit)
    async with visit.reading() as work:
        rows = await _rows(visit, work, wanted(visit, COLUMNS))
        views = await members.views(work, visit.person, PLACE.name)
    table = table_page(
        visit, PLACE, COLUMNS, NO_FILTERS, rows, _cells(visit), views, csv_path=f"{PLACE.url}.csv", opens_beside=True
    )
    page = ListPage(table=table, places=words.places(visit), states=saying.chips(visit, "state", states.items()))
    return visit.page("backoffice/settlement/list.html", page, place=PLACE.name)


@get("/office/settlement.csv", opt=staff("settlement.see", "exports.make", fresh=True))
async def export(visit: NamedDependency[Visit]) -> Stream:
    return await csv_of(visit, "withdrawals", COLUMNS, partial(_rows, visit), _cells(visit))


async def _rows(visit: Visit, work: Work, page: Wanted) -> Page[Any]:
    """Withdrawals, each with the name of whoever asks."""
    state = visit.query.get("state", "")
    states = [state] if state in tuple(WithdrawalState) else ()
    found = await settlement.withdrawals(work, page, states=states)
    names = await parties.payee_names(work, {row["payee_id"] for row in found.items})
    rows = [{**row, "supplier": names[row["payee_id"]]} for row in found.items]
    return Page(rows, found.next_key, found.count)


def _cells(visit: Visit) -> Any:
    def cells(row: Any) -> list[Cell]:
        text, tone = words.standing(visit, row)
        agreed = sum(row[name] is not None for name in ("approved_by", "seconded_by"))
        return [
            Cell(at=row["requested_at"], url=words.withdrawal_url(row["id"])),
            Cell(text=row["supplier"]),
            Cell(amount=saying.money(visit, row["amount_minor"])),
            Cell(text=text, tone=tone),
            Cell(text=f"{row['holder']} {masked(row['number'])}"),
            Cell(text=f"{agreed}/{2 if row['is_two'] else 1}", is_number=True),
            Cell(at=row["ended_at"]),
        ]

    return cells


@get("/office/settlement/withdrawals/{withdrawal:str}", opt=staff("settlement.see"))
async def show_one(visit: NamedDependency[Visit], withdrawal: FromPath[str]) -> Response[Any]:
    found = read_id(PAYOUT_ID, withdrawal)
    async with visit.reading() as work:
        row = await settlement.access_withdrawal(work, found)
        account = await settlement.access_account(work, row["account_id"])
        payees = await parties.payee_names(work, [row["payee_id"]])
        balance = await settlement.balance_of(work, row["payee_id"], kind=row["kind"])
        parts = await settlement.parts_of(work, found)
        acts = await audit.about(work, PAYOUT_ID.show(found))
        agreed = [row[name] for name in ("approved_by", "seconded_by") if row[name]]
        names = await persons.names(work, {row["requested_by"], *agreed, *(act["actor_id"] for act in acts)})
    is_asked = row["state"] == WithdrawalState.REQUESTED
    ruled, may_pay = _ruled(row), visit.may("settlement.pay")
    refusal = why_not_approve(ruled, row["account_state"], balance.debt_minor, visit.person) if is_asked else None
    stands, tone = words.standing(visit, row)
    page = WithdrawalPage(
        url=visit.path,
        supplier=payees[row["payee_id"]],
        supplier_url=words.payee_url(row["payee_id"], row["kind"]),
        amount=saying.money(visit, row["amount_minor"]),
        fee=saying.money(visit, row["fee_minor"]),
        paid=saying.money(visit, row["amount_minor"] - row["fee_minor"] - row["short_minor"]),
        short=saying.money(visit, row["short_minor"]),
        parts=[_part(visit, part) for part in parts],
        words=stands,
        tone=tone,
        account_url=words.account_url(account["id"]),
        holder=account["holder"],
        number=masked(account["number"]),
        way=way_words(visit, account["provider"], account["mode"]),
        asked_by=masked_name(names.get(row["requested_by"], "")),
        asked_at=row["requested_at"],
        agreed_by=[names.get(person, "") for person in agreed],
        is_two=row["is_two"],
        ended_at=row["ended_at"],
        returned_at=row["returned_at"],
        end_reason=row["end_reason"] if row["state"] == WithdrawalState.REJECTED else "",
        tries=row["tries"],
        payable=saying.money(visit, balance.payable_minor),
        debt=saying.money(visit, balance.debt_minor),
        held=words.why_held(visit, row["held_for"], balance.debt_minor),
        is_asked=is_asked and may_pay,
        may_agree=refusal is None,
        may_refuse=may_pay and why_not_reject(ruled) is None,
        why_not=_why_not(visit, row) if refusal else "",
        acts=saying.acts(acts, names),
        may_look=may_pay and why_not_look_up(ruled) is None,
        keys=[visit.fresh_key() for _ in range(3)],
    )
    return visit.page("backoffice/settlement/withdrawal.html", page, place=PLACE.name, blocks=("main",))


def _part(visit: Visit, row: Any) -> SplitPart:
    states = {
        "held": (visit.gettext("Not split yet"), "amber"),
        "done": (visit.gettext("Split"), "leaf"),
        "failed": (visit.gettext("Could not be split; back in the balance"), "alarm"),
        "released": (visit.gettext("Not drawn any more"), "stone"),
    }
    said, tone = states[row["state"]]
    return SplitPart(
        number=number_of(row["order_id"]), url=f"/office/orders/{ORDER_ID.show(row['order_id'])}",
        transaction=row["transaction"], amount=saying.money(visit, row["amount_minor"]), words=said, tone=tone,  # type: ignore[arg-type]
    )  # fmt: skip


def _ruled(row: Any) -> Withdrawal:
    return Withdrawal(**{field: row[field] for field in Withdrawal.__slots__})


def _why_not(visit: Visit, row: Any) -> str:
    """Said before he tries."""
    if row["requested_by"] == visit.person:
        return visit.gettext("You asked for this money yourself: somebody else has to agree to it.")
    return visit.gettext("You have agreed to it: it is above the limit, and a second person has to agree too.")


@post("/office/settlement/withdrawals/{withdrawal:str}/approval", opt=staff("settlement.pay", fresh=True))
async def approve(visit: NamedDependency[Visit], withdrawal: FromPath[str]) -> Response[Any]:
    """Agree to it: the last one who has to sends the money on its way."""

    async def verb(work: Work, found: UUID, reason: str) -> Refusal | None:
        return await settlement.approve(work, found, visit.person, reason=reason)

    return await _decided(visit, withdrawal, "office.approve_withdrawal", verb)


@post("/office/settlement/withdrawals/{withdrawal:str}/rejection", opt=staff("settlement.pay", fresh=True))
async def reject(visit: NamedDependency[Visit], withdrawal: FromPath[str]) -> Response[Any]:
    """Do not pay it: the money is back in the balance."""

    async def verb(work: Work, found: UUID, reason: str) -> Refusal | None:
        return await settlement.reject(work, found, reason=reason)

    return await _decided(visit, withdrawal, "office.reject_withdrawal", verb)


@post("/office/settlement/withdrawals/{withdrawal:str}/inquiry", opt=staff("settlement.pay", fresh=True))
async def look_up(visit: NamedDependency[Visit], withdrawal: FromPath[str]) -> Response[Any]:
    """Have the provider asked now what became of it."""

    async def verb(work: Work, found: UUID, reason: str) -> Refusal | None:
        return await settlement.look_up(work, found, reason=reason)

    return await _decided(visit, withdrawal, "office.look_up_withdrawal", verb)


async def _decided(visit: Visit, withdrawal: str, name: str, verb: Any) -> Response[Any]:
    found, form = read_id(PAYOUT_ID, withdrawal), await visit.form(ReasonForm)

    async def act(work: Work) -> Refusal | None:
        refused: Refusal | None = await verb(work, found, form.reason.strip())
        return refused

    return await acted(visit, name, form.key, form.reason, withdrawal, act, words.withdrawal_url(found))


HANDLERS = (
    show, export, show_one, approve, reject, look_up, *accounts.HANDLERS, *payees.HANDLERS, *rules.HANDLERS,
)  # fmt: skip

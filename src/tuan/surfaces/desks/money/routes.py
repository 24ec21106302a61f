"""A supplier's money: what he may claim and why, the statement of a month, asking for it."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Stream

from tuan.kit.refusals import Refusal, Refused
from tuan.kit.time import Instant
from tuan.people import parties
from tuan.platform.lists import EXPORT_SIZE, Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice.acting import read_amount
from tuan.surfaces.desks.money.context import Account, MoneyPage, Month, Outgoing, Share
from tuan.surfaces.storefront.showing import amount, provider_name
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SUPPLIER
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import settlement
from tuan.trade.orders.model import ORDER_ID, number_of
from tuan.trade.settlement.model import ACCOUNT_ID, PAYOUT_ID, masked

TEMPLATE = "desks/money/page.html"
URL = "/desk/money"
OUTGOING_MAX = 10
COLUMNS = ("order", "line", "goods", "units", "kept", "borne", "fee", "cut", "withheld", "share", "settled_at")
FIELD_OF = {
    "settlement.balance_too_small": "amount",
    "settlement.below_minimum": "amount",
    "settlement.in_debt": "amount",
    "settlement.account_not_active": "account",
    "settlement.account_invalid": "number",
}
"""Refusals that the same form can mend, by the field they are about."""


class WithdrawalForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    account: str
    amount: str


class AccountForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    holder: str
    number: str


@get(URL, opt=SUPPLIER)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _show(visit)


@get("/desk/money.csv", opt=SUPPLIER)
async def export(visit: NamedDependency[Visit]) -> Stream:
    """The lines of a month, amounts in minor units."""
    supplier = _supplier(visit)
    async with visit.reading() as work:
        begins, ends = _month(visit, work.now)

    async def lines() -> AsyncIterator[bytes]:
        yield "\ufeff".encode() + _csv([COLUMNS])
        after: str | None = None
        while True:
            async with visit.reading() as work:
                found = await settlement.statement_lines(work, supplier, begins, ends, after=after, size=EXPORT_SIZE)
            yield _csv([_plain(row) for row in found.items])
            if (after := found.next_key) is None:
                return

    headers = {"Content-Disposition": f'attachment; filename="{begins:%Y-%m}.csv"'}
    return Stream(lines(), media_type="text/csv", headers=headers)


def _plain(row: Any) -> list[Any]:
    goods = f"{row['title']} {row['options']}".strip()
    return [ORDER_ID.show(row["order_id"]), row["line_number"], f"'{goods}" if goods[:1] in "=+-@＝＋－＠" else goods,
            row["units"], *(row[f"{name}_minor"] for name in ("kept", "borne", "fee", "cut", "withheld", "share")),
            row["settled_at"].isoformat()]  # fmt: skip


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


@post("/desk/money/withdrawals", opt=SUPPLIER)
async def withdraw(visit: NamedDependency[Visit]) -> Response[Any]:
    form = await visit.form(WithdrawalForm)
    supplier, account = _supplier(visit), read_id(ACCOUNT_ID, form.account)
    try:
        wanted = read_amount(visit, form.amount, "amount")
    except Refused as refused:
        return await _again(visit, refused.refusal, "amount")

    async def act(work: Work) -> Refusal | None:
        outcome = await settlement.withdraw(work, supplier, account, wanted, visit.person)
        return outcome if isinstance(outcome, Refusal) else None

    refusal = await once(visit, "desk.withdraw", form.key, f"{form.account} {wanted}", act)
    return visit.go_on(URL, status=201) if refusal is None else await _again(visit, refusal)


@post("/desk/money/accounts", opt=SUPPLIER)
async def add_account(visit: NamedDependency[Visit]) -> Response[Any]:
    form = await visit.form(AccountForm)
    supplier, provider = _supplier(visit), visit.front.house.sandbox.name

    async def act(work: Work) -> Refusal | None:
        outcome = await settlement.add_account(work, supplier, provider, "direct", form.holder, form.number)
        return outcome if isinstance(outcome, Refusal) else None

    refusal = await once(visit, "desk.add_account", form.key, f"{form.holder} {form.number}", act)
    return visit.go_on(URL, status=201) if refusal is None else await _again(visit, refusal)


async def _again(visit: Visit, refusal: Refusal, field: str = "") -> Response[Any]:
    field = field or FIELD_OF.get(refusal.code, "")
    if visit.wants_json or not field:
        return refuse(visit, refusal, Step(label=visit.gettext("Money"), url=URL))
    return await _show(visit, errors_of(visit, refusal, field), refusal.status)


# ── showing ──
def _supplier(visit: Visit) -> UUID:
    assert visit.supplier is not None
    return visit.supplier


def _month(visit: Visit, now: Instant) -> tuple[Instant, Instant]:
    """The month that is asked for, or this one, by the market's calendar. Raises Refused for what is none."""
    text = visit.query.get("month", "")
    today = now.astimezone(visit.market.zone)
    try:
        year, month = map(int, text.split("-")) if text else (today.year, today.month)
        begins = datetime(year, month, 1, tzinfo=visit.market.zone)
    except ValueError:
        raise Refused(FieldInvalid(field="month")) from None
    return begins, _moved(begins, 1)


def _moved(begins: datetime, months: int) -> datetime:
    """The first of a month so many months on."""
    count = begins.year * 12 + begins.month - 1 + months
    return begins.replace(year=count // 12, month=count % 12 + 1)


async def _show(visit: Visit, errors: dict[str, str] | None = None, status: int = 200) -> Response[Any]:
    supplier = _supplier(visit)
    async with visit.reading() as work:
        begins, ends = _month(visit, work.now)
        card = (await parties.supplier_cards(work, [supplier]))[supplier]
        balance, rules = await settlement.balance_of(work, supplier), await settlement.rules(work)
        sums = await settlement.statement_sums(work, supplier, begins, ends)
        found = await settlement.statement_lines(work, supplier, begins, ends, after=visit.query.get("page"))
        accounts = await settlement.accounts_of(work, supplier)
        outgoing = await settlement.withdrawals(work, Wanted(size=OUTGOING_MAX), supplier=supplier)
        now = work.now
    page = MoneyPage(
        supplier=card["name"],
        payable=amount(visit, balance.payable_minor),
        withdrawing=amount(visit, balance.withdrawing_minor),
        debt=amount(visit, balance.debt_minor),
        least=amount(visit, rules.min_minor),
        fee_permyriad=rules.fee_permyriad,
        month=_month_of(visit, begins, sums, has_later=ends <= now),
        shares=[_share(visit, row) for row in found.items],
        next_url=visit.url_with(page=found.next_key) if found.next_key else None,
        accounts=[_account(visit, row) for row in accounts],
        outgoing=[_outgoing(visit, row) for row in outgoing.items],
        key=visit.fresh_key(),
        account_key=visit.fresh_key(),
        errors=errors or {},
    )
    return visit.page(TEMPLATE, page, blocks=("list",), status=status)


def _month_of(visit: Visit, begins: datetime, sums: settlement.Sums, *, has_later: bool) -> Month:
    def url(months: int) -> str:
        return f"{URL}?month={_moved(begins, months):%Y-%m}"

    return Month(
        name=f"{begins:%Y-%m}", begins=begins, lines=sums.lines, kept=amount(visit, sums.kept),
        borne=amount(visit, sums.borne), fee=amount(visit, sums.fee), cut=amount(visit, sums.cut),
        withheld=amount(visit, sums.withheld), share=amount(visit, sums.share), charged=amount(visit, sums.charged),
        paid=amount(visit, sums.paid), earlier_url=url(-1), later_url=url(1) if has_later else None,
        csv_url=f"/desk/money.csv?month={begins:%Y-%m}",
    )  # fmt: skip


def _share(visit: Visit, row: Any) -> Share:
    return Share(
        order=ORDER_ID.show(row["order_id"]),
        number=number_of(row["order_id"]),
        goods=" ".join(filter(None, (row["title"], row["options"], f"× {row['units']}"))),
        kept=amount(visit, row["kept_minor"]),
        borne=amount(visit, row["borne_minor"]),
        fee=amount(visit, row["fee_minor"]),
        cut=amount(visit, row["cut_minor"]),
        withheld=amount(visit, row["withheld_minor"]),
        share=amount(visit, row["share_minor"]),
        settled_at=row["settled_at"],
    )


def _account(visit: Visit, row: Any) -> Account:
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
        way=provider_name(visit, row["provider"]),
        state=row["state"],
        words=words[row["state"]],
    )


def _outgoing(visit: Visit, row: Any) -> Outgoing:
    words = {
        "requested": visit.gettext("Waits for consent"),
        "due": visit.gettext("Being paid"),
        "paid": visit.gettext("Paid out"),
        "failed": visit.gettext("Failed; back in your balance"),
        "rejected": visit.gettext("Refused; back in your balance"),
    }
    return Outgoing(
        withdrawal=PAYOUT_ID.show(row["id"]),
        amount=amount(visit, row["amount_minor"]),
        fee=amount(visit, row["fee_minor"]),
        state=row["state"],
        words=words[row["state"]],
        holder=row["holder"],
        number=masked(row["number"]),
        asked_at=row["requested_at"],
        ended_at=row["ended_at"],
    )


HANDLERS = (show, export, withdraw, add_account)

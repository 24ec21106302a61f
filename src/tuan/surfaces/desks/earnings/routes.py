"""A shop's money: what it earned today and why, the statement of a month, appealing, asking for money."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from tuan.kit.refusals import Refusal, Refused
from tuan.people.parties.model import Shop
from tuan.platform.lists import EXPORT_SIZE, Wanted
from tuan.platform.work import Work
from tuan.play import distribution
from tuan.play.distribution.model import COMMISSION_ID
from tuan.surfaces.backoffice.acting import read_amount
from tuan.surfaces.backoffice.statements import LINES_PRINTED_MAX, csv_stream, read_month
from tuan.surfaces.backoffice.tables import Cell, plain
from tuan.surfaces.desks.earnings.context import EarningsPage, PrintedPage, UnpaidPage
from tuan.surfaces.desks.earnings.unpaid import unpaid_of
from tuan.surfaces.desks.earnings.viewing import URL, earned_of, month_of, sums_of, today_of
from tuan.surfaces.desks.money.routes import (
    FIELD_OF,
    OUTGOING_MAX,
    AccountForm,
    WithdrawalForm,
    account_shown,
    outgoing_shown,
    way_said,
)
from tuan.surfaces.desks.shop.coming import coming_terms
from tuan.surfaces.desks.shop.showing import frame_of
from tuan.surfaces.storefront.showing import amount
from tuan.surfaces.storefront.ways import ways_of
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SHOP
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import settlement
from tuan.trade.orders.model import number_of
from tuan.trade.settlement.model import ACCOUNT_ID, PayeeKind

TEMPLATE = "desks/earnings/page.html"
COLUMNS = (
    "commission",
    "order_number",
    "line",
    "level",
    "goods",
    "units",
    "promised",
    "left",
    "state",
    "promised_at",
    "ended_at",
)


class AppealForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    words: str


@get(URL, opt=SHOP)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _show(visit)


@get("/desk/shop/money.csv", opt=SHOP)
async def export(visit: NamedDependency[Visit]) -> Stream:
    """The commissions of a month, amounts in minor units."""
    shop = _shop(visit)
    async with visit.reading() as work:
        begins, ends = read_month(visit, work.now)

    async def read(after: str | None) -> Any:
        async with visit.reading() as work:
            wanted = Wanted(after=after, size=EXPORT_SIZE)
            return await distribution.commissions(work, wanted, shop=shop.id, since=begins, until=ends)

    return csv_stream(f"{begins:%Y-%m}", COLUMNS, read, _plain)


def _plain(row: Any) -> list[Any]:
    goods = plain(Cell(text=f"{row['title']} {row['options']}".strip()))
    ended = row["ended_at"].isoformat() if row["ended_at"] else ""
    return [COMMISSION_ID.show(row["id"]), number_of(row["order_id"]), row["line_number"], row["depth"], goods,
            row["units"], row["amount_minor"], row["kept_minor"], row["state"], row["accrued_at"].isoformat(), ended]  # fmt: skip


@get("/desk/shop/money/print", opt=SHOP)
async def print_month(visit: NamedDependency[Visit]) -> Response[Any]:
    """The statement of a month, on paper."""
    shop = _shop(visit)
    async with visit.reading() as work:
        begins, ends = read_month(visit, work.now)
        month = await month_of(work, visit, shop.id, begins, ends)
        wanted = Wanted(size=LINES_PRINTED_MAX)
        found = await distribution.commissions(work, wanted, shop=shop.id, since=begins, until=ends)
        now = work.now
    page = PrintedPage(
        shop=shop.name,
        month=month,
        earned=[earned_of(visit, row, []) for row in found.items],
        unprinted=month.sums.lines - len(found.items),
        back_url=f"{URL}?month={month.name}",
        at=now,
    )
    return visit.page("desks/earnings/print.html", page)


@get("/desk/shop/money/unpaid", opt=SHOP)
async def show_unpaid(visit: NamedDependency[Visit]) -> Response[Any]:
    """What the shop is paid nothing of because of a channel, and why."""
    shop = _shop(visit)
    async with visit.reading() as work:
        found = await distribution.withheld(work, Wanted(after=visit.query.get("page")), shop=shop.id)
    page = UnpaidPage(
        frame=frame_of(shop),
        unpaid=unpaid_of(visit, found.items),
        next_url=visit.url_with(page=found.next_key) if found.next_key else None,
    )
    return visit.page("desks/earnings/unpaid.html", page, blocks=("list",))


@post("/desk/shop/money/withdrawals", opt=SHOP)
async def withdraw(visit: NamedDependency[Visit]) -> Response[Any]:
    form = await visit.form(WithdrawalForm)
    shop, account = _shop(visit), read_id(ACCOUNT_ID, form.account)
    try:
        wanted = read_amount(visit, form.amount, "amount")
    except Refused as refused:
        return await _again(visit, refused.refusal, form, "amount")

    async def act(work: Work) -> Refusal | None:
        outcome = await settlement.withdraw(work, shop.id, account, wanted, visit.person)
        return outcome if isinstance(outcome, Refusal) else None

    refusal = await once(visit, "desk.shop_withdraw", form.key, f"{form.account} {wanted}", act)
    return visit.go_on(URL, status=201) if refusal is None else await _again(visit, refusal, form)


@post("/desk/shop/money/accounts", opt=SHOP)
async def add_account(visit: NamedDependency[Visit]) -> Response[Any]:
    form = await visit.form(AccountForm)
    shop = _shop(visit)
    try:
        terms = (*way_said(visit, form), form.holder, form.number)
    except Refused as refused:
        return await _again(visit, refused.refusal, form, "way")

    async def act(work: Work) -> Refusal | None:
        outcome = await settlement.add_account(work, shop.id, *terms, kind=PayeeKind.SHOP)
        return outcome if isinstance(outcome, Refusal) else None

    refusal = await once(visit, "desk.shop_account", form.key, f"{form.holder} {form.number} {form.way}", act)
    return visit.go_on(URL, status=201) if refusal is None else await _again(visit, refusal, form)


@post("/desk/shop/money/commissions/{commission:str}/appeal", opt=SHOP)
async def appeal(visit: NamedDependency[Visit], commission: FromPath[str]) -> Response[Any]:
    """Say once why it was a real sale; somebody of the market reads it and decides."""
    form = await visit.form(AppealForm)
    shop, found = _shop(visit), read_id(COMMISSION_ID, commission)

    async def act(work: Work) -> Refusal | None:
        return await distribution.appeal(work, found, shop.id, visit.person, form.words)

    refusal = await once(visit, "desk.appeal", form.key, f"{commission} {form.words}", act)
    if refusal is not None:
        return refuse(visit, refusal, Step(label=visit.gettext("Money"), url=URL))
    return visit.go_on(URL, status=201)


async def _again(visit: Visit, refusal: Refusal, form: msgspec.Struct, field: str = "") -> Response[Any]:
    """The page with what was typed and what is wrong with it, where the same form can mend it."""
    field = field or FIELD_OF.get(refusal.code, "")
    if visit.wants_json or not field:
        return refuse(visit, refusal, Step(label=visit.gettext("Money"), url=URL))
    typed = {name: text for name, text in msgspec.structs.asdict(form).items() if name != "key"}
    return await _show(visit, errors_of(visit, refusal, field), typed, refusal.status)


# ── showing ──
def _shop(visit: Visit) -> Shop:
    assert visit.shop is not None
    return visit.shop


async def _show(
    visit: Visit, errors: dict[str, str] | None = None, typed: dict[str, str] | None = None, status: int = 200
) -> Response[Any]:
    shop = _shop(visit)
    async with visit.reading() as work:
        begins, ends = read_month(visit, work.now)
        rules = await settlement.rules(work)
        balance = await settlement.balance_of(work, shop.id, kind=PayeeKind.SHOP)
        today = await distribution.earnings(work, shop.id, *today_of(visit, work.now))
        month = await month_of(work, visit, shop.id, begins, ends)
        wanted = Wanted(after=visit.query.get("page"))
        found = await distribution.commissions(work, wanted, shop=shop.id, since=begins, until=ends)
        lowered = await distribution.lowerings_of(work, [row["id"] for row in found.items])
        accounts = await settlement.accounts_of(work, shop.id)
        outgoing = await settlement.withdrawals(work, Wanted(size=OUTGOING_MAX), payee=shop.id)
        coming = await coming_terms(work, visit)
        unpaid = await distribution.withheld(work, Wanted(size=1), shop=shop.id)
    page = EarningsPage(
        frame=frame_of(shop),
        coming=coming,
        has_unpaid=bool(unpaid.items),
        payable=amount(visit, balance.payable_minor),
        withdrawing=amount(visit, balance.withdrawing_minor),
        debt=amount(visit, balance.debt_minor),
        least=amount(visit, rules.min_minor),
        today=sums_of(visit, today),
        month=month,
        earned=[earned_of(visit, row, lowered.get(row["id"], [])) for row in found.items],
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


HANDLERS = (show, show_unpaid, export, print_month, withdraw, add_account, appeal)

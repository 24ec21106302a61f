"""The sandbox provider's own page: it plays the bank. What is decided here reaches us as from any provider: by a notice
that it posts to our hook, by the buyer who comes back, or when we ask; whichever is first."""

import csv
import io
from datetime import date, timedelta
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import NotFound, Refused
from tuan.platform.gateways.payment import Charge
from tuan.platform.gateways.sandbox import Fault
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.sandbox.context import Letter, SandboxPage
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.policies import LOOPBACK, SIGNED_IN
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders, payments
from tuan.trade.payments.model import ATTEMPT_ID, PAYABLE

On = Literal["", "1"]
Payer = Annotated[str, msgspec.Meta(max_length=40, pattern=r"\A[a-z0-9-]*\Z")]
SWITCHES = (Fault.DELAY, Fault.DUPLICATE, Fault.REORDER, Fault.LOSS, Fault.UNKNOWN, Fault.WRONG_SIGNATURE)
STATEMENT_FIELDS = ("kind", "key", "transaction", "amount_minor", "currency", "at")


class DecisionForm(msgspec.Struct, frozen=True, kw_only=True):
    """How it ends, and how it is to misbehave meanwhile: a switch per fault, and one choice of what is told wrongly. payer:
    the account that pays, as the bank calls it."""

    key: str
    outcome: Literal["pay", "decline", "thinking"]
    says: Literal["", "cent_off", "other_currency", "other_merchant"] = ""
    delay: On = ""
    duplicate: On = ""
    reorder: On = ""
    loss: On = ""
    unknown: On = ""
    wrong_signature: On = ""
    payer: Payer = ""

    @property
    def faults(self) -> set[Fault]:
        on = {fault for fault in SWITCHES if getattr(self, fault)}
        return on | {Fault(self.says)} if self.says else on


@get("/sandbox/{attempt:str}", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit], attempt: FromPath[str]) -> Response[Any]:
    charge, row = await _charge(visit, attempt)
    seen = await visit.front.house.sandbox.look(charge)
    async with visit.reading() as work:
        covered = await orders.of_payable(work, row["payable_id"])
        lines = await orders.lines_of(work, [order["id"] for order in covered])
    page = SandboxPage(
        attempt=attempt,
        url=f"/sandbox/{attempt}",
        state=seen.state.value,
        amount=showing.amount(visit, charge.amount_minor),
        payee=visit.market.name,
        purpose=", ".join(line["title"] for of in lines.values() for line in of),
        return_url=_return_url(row),
        key=visit.fresh_key(),
        faults=sorted(seen.faults),
        letters=[
            Letter(said=one.said.value, tries=one.tries, answer=one.answer, due_at=one.due_at,
                   delivered_at=one.delivered_at)
            for one in seen.notices
        ],
    )  # fmt: skip
    return visit.page("storefront/sandbox/page.html", page)


@post("/sandbox/{attempt:str}", opt=SIGNED_IN)
async def decide(visit: NamedDependency[Visit], attempt: FromPath[str]) -> Response[Any]:
    """Pay, decline, or think on; deciding again changes nothing once it is paid, and needs no key of ours.

    Nothing is told from here: the buyer goes back to the shop, which asks, while the courier posts the notice.
    """
    form = await visit.form(DecisionForm)
    charge, row = await _charge(visit, attempt)
    sandbox = visit.front.house.sandbox
    if form.outcome == "thinking":
        await sandbox.misbehave([charge], form.faults)
    else:
        await sandbox.decide([charge], pay=form.outcome == "pay", faults=form.faults, payer=form.payer)
    return visit.go_on(_return_url(row))


@get("/sandbox/statements/{day:str}", opt=LOOPBACK)
async def statement(visit: NamedDependency[Visit], day: FromPath[str]) -> Response[Any]:
    """The provider's account of a day (UTC, as 2026-11-22) as CSV, to compare our books with."""
    lines = await visit.front.house.sandbox.statement(visit.market.id, _day(day))
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(STATEMENT_FIELDS)
    writer.writerows([getattr(line, name) for name in STATEMENT_FIELDS[:-1]] + [line.at.isoformat()] for line in lines)
    return Response(content=sheet.getvalue(), media_type="text/csv")


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
        day + timedelta(days=1)  # the calendar's last day has no end
    except (ValueError, OverflowError):
        raise Refused(NotFound()) from None
    return day


def _return_url(row: Any) -> str:
    return f"/pay/{PAYABLE.show(row['payable_id'])}?ask=1"


async def _charge(visit: Visit, attempt: str) -> tuple[Charge, Any]:
    """The viewer's own attempt, if the sandbox is its provider; raises Refused."""
    found = read_id(ATTEMPT_ID, attempt)
    async with visit.reading() as work:
        row = await payments.access_attempt(work, found, visit.person)
    if row["provider"] != visit.front.house.sandbox.name:
        raise Refused(FieldInvalid(field="attempt"))
    return Charge(visit.market.id, found, row["amount_minor"], row["currency"]), row


HANDLERS = (show, decide, statement)

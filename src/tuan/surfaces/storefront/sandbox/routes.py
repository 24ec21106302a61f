"""The sandbox provider's own page: it plays the bank. What is decided here reaches us as a notice, as from any provider."""

from typing import Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refused
from tuan.platform.gateways.payment import Charge
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.sandbox.context import SandboxPage
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders, payments
from tuan.trade.payments.model import ATTEMPT_ID, PAYABLE

DECISIONS = {"pay": True, "decline": False}


class DecisionForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    outcome: Literal["pay", "decline"]


@get("/sandbox/{attempt:str}", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit], attempt: FromPath[str]) -> Response[Any]:
    charge, row = await _charge(visit, attempt)
    (notice,) = await visit.front.house.sandbox.query([charge])
    async with visit.reading() as work:
        covered = await orders.of_payable(work, row["payable_id"])
        lines = await orders.lines_of(work, [order["id"] for order in covered])
    page = SandboxPage(
        attempt=attempt,
        url=f"/sandbox/{attempt}",
        state=notice.state.value,
        amount=showing.amount(visit, charge.amount_minor),
        payee=visit.market.name,
        purpose=", ".join(line["title"] for of in lines.values() for line in of),
        return_url=f"/pay/{PAYABLE.show(row['payable_id'])}",
        key=visit.fresh_key(),
    )
    return visit.page("storefront/sandbox/page.html", page)


@post("/sandbox/{attempt:str}", opt=SIGNED_IN)
async def decide(visit: NamedDependency[Visit], attempt: FromPath[str]) -> Response[Any]:
    """Pay or decline; deciding again changes nothing once it is paid, and needs no key of ours."""
    form = await visit.form(DecisionForm)
    charge, row = await _charge(visit, attempt)
    for notice in await visit.front.house.sandbox.decide([charge], pay=DECISIONS[form.outcome]):
        await visit.submit(orders.apply_notices, notice)
    return visit.go_on(f"/pay/{PAYABLE.show(row['payable_id'])}")


async def _charge(visit: Visit, attempt: str) -> tuple[Charge, Any]:
    """The viewer's own attempt, if the sandbox is its provider; raises Refused."""
    found = read_id(ATTEMPT_ID, attempt)
    async with visit.reading() as work:
        row = await payments.access_attempt(work, found, visit.person)
    if row["provider"] != visit.front.house.sandbox.name:
        raise Refused(FieldInvalid(field="attempt"))
    return Charge(visit.market.id, found, row["amount_minor"], row["currency"]), row


HANDLERS = (show, decide)

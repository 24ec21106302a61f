"""What suppliers owe buyers beside their money, and saying that it was paid."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal
from tuan.people import accounts
from tuan.people.accounts.model import masked_name
from tuan.platform.work import Work
from tuan.play import presale
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted
from tuan.surfaces.backoffice.refunds.context import Owed, OwedPage
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade.orders.model import ORDER_ID, number_of

HERE = "/office/refunds/owed"


class PaidForm(msgspec.Struct, frozen=True, kw_only=True):
    """`reference`: by what the payment can be found again."""

    key: str
    reason: str
    reference: str


@get(HERE, opt=staff("refunds.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    """Earnest money is given back twice where the supplier does not deliver; the second half is paid by hand."""
    async with visit.reading() as work:
        rows = await presale.owed(work)
        names = await accounts.names(work, {row["person_id"] for row in rows})
    may_pay = visit.may("refunds.give")
    page = OwedPage(
        owed=[
            Owed(
                url=f"{HERE}/{ORDER_ID.show(row['order_id'])}",
                order_url=saying.order_url(row["order_id"]),
                number=number_of(row["order_id"]),
                buyer=masked_name(names.get(row["person_id"], "")),
                amount=saying.money(visit, row["owed_minor"]),
                since=row["owed_at"],
                key=visit.fresh_key() if may_pay else "",
            )
            for row in rows
        ]
    )
    return visit.page("backoffice/refunds/owed.html", page, place="refunds")


@post(f"{HERE}/{{order:str}}", opt=staff("refunds.give", fresh=True))
async def settle(visit: NamedDependency[Visit], order: FromPath[str]) -> Response[Any]:
    found, form = read_id(ORDER_ID, order), await visit.form(PaidForm)

    async def act(work: Work) -> Refusal | None:
        return await presale.settle_owed(work, found, form.reference, reason=form.reason)

    subject = f"{order} {form.reference}"
    return await acted(visit, "office.settle_owed", form.key, form.reason, subject, act, HERE)


HANDLERS = (show, settle)

"""After-sales cases of the whole market, and deciding those that the sides could not."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.people.accounts.model import PERSON
from tuan.people.parties.model import SUPPLIER
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.api.acting import acted
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import AmountMinor, Listing, OrderId, PageQuery, PersonId, Reason, SupplierId
from tuan.surfaces.api.v1.aftersales import CaseCard, CaseNumber, CaseState, LogLine, card_told, log_told
from tuan.surfaces.storefront.cases.filing import read_number
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import aftersales
from tuan.trade.aftersales.model import Decision, Side
from tuan.trade.orders.model import ORDER_ID


class MarketCaseQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which state; `arbitration` waits for a decision. Without one all."""

    state: CaseState | None = None


class MarketCase(Struct, frozen=True, kw_only=True):
    """A case with its log, the oldest line first. `unheard`: who may still speak before it is decided."""

    case: CaseCard
    person: PersonId
    supplier: SupplierId
    log: list[LogLine]
    unheard: list[Literal["buyer", "supplier"]]


class CaseDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Money at once, money when the goods are back, or nothing; `amount_minor` where less than all of it is given back. Both
    sides read the reason."""

    decision: Annotated[Literal["give_back", "return_first", "deny"], Meta(examples=["deny"])]
    amount_minor: Annotated[AmountMinor | None, Meta(examples=[None])] = None
    reason: Reason


@operation("GET", "/market-cases", scope="refunds.read")
async def list_market_cases(visit: Visit, query: MarketCaseQuery) -> Listing[CaseCard]:
    """Cases of everybody, the newest first."""
    wanted = Wanted("newest", after=query.after, size=query.size)
    async with visit.reading() as work:
        found = await aftersales.search_cases(work, wanted, states=[query.state] if query.state else [])
    return Listing([card_told(visit, row) for row in found.items], found.next_key)


@operation("GET", "/market-cases/{order}/{number}", scope="refunds.read")
async def show_market_case(visit: Visit, order: OrderId, number: CaseNumber) -> MarketCase:
    """A case, and what both sides said."""
    found, of = read_id(ORDER_ID, order), read_number(number)
    async with visit.reading() as work:
        row = await aftersales.access_case(work, found, of)
        log = await aftersales.messages_of(work, found, of)
        heard = await aftersales.heard(work, found, of)
        over = row["deadline"] is not None and row["deadline"] <= work.now
    is_open = row["state"] == "arbitration" and not over
    return MarketCase(
        case=card_told(visit, row),
        person=PERSON.show(row["person_id"]),
        supplier=SUPPLIER.show(row["supplier_id"]),
        log=log_told(log),
        unheard=[side.value for side in (Side.BUYER, Side.SUPPLIER) if is_open and side not in heard],  # type: ignore[misc]
    )


@operation("POST", "/market-cases/{order}/{number}/decision", scope="refunds.write", status=204)
async def decide_case(visit: Visit, order: OrderId, number: CaseNumber, data: CaseDecision, key: str) -> Refusal | None:
    """Decide what the sides could not, when both were heard or had their time."""
    found, of, decision = read_id(ORDER_ID, order), read_number(number), Decision(data.decision)

    async def act(work: Work) -> Refusal | None:
        return await aftersales.decide(work, found, of, decision, reason=data.reason, amount_minor=data.amount_minor)

    subject = f"{order} {number} {decision} {data.amount_minor}"
    return await acted(visit, "api.decide", key, data.reason, subject, act)


HANDLERS = (list_market_cases, show_market_case, decide_case)

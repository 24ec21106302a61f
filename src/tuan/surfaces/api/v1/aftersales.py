"""After-sales: a buyer asks about lines and units of his orders, and a supplier answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuan.kit.refusals import NotFound, Refusal
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, CouponId, Listing, Money, OrderId, PageQuery
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import aftersales
from tuan.trade.aftersales import OpenCase
from tuan.trade.aftersales.model import Ask, Kind, Preview, Saying, Side
from tuan.trade.orders.model import ORDER_ID
from tuan.value.promotions.model import COUPON

KindName = Literal["refund_only", "cancel", "return", "exchange", "reship"]
CaseState = Literal[
    "asked", "refused", "to_return", "returning", "to_send", "sent", "arbitration", "done", "closed"
]  # fmt: skip
Reason = Literal[
    "damaged", "no_reason", "wrong_goods", "not_as_described", "bad_quality", "missing", "not_arrived", "changed_mind",
    "wrong_order", "too_slow", "unsaid",
]  # fmt: skip
CaseNumber = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,5}$", examples=["1"])]
Words = Annotated[str, Meta(max_length=500, pattern=NO_NUL, examples=["压坏了一个"])]
Parcel = Annotated[str, Meta(max_length=60, pattern=NO_NUL, examples=["SF1029384756"])]


class AskedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many units of a line of the order, counted from 1."""

    line: Annotated[int, Meta(ge=1, le=50, examples=[1])]
    units: Annotated[int, Meta(ge=1, le=999, examples=[1])] = 1


class NewCase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked. `amount_minor`: less money than the units are worth, where money alone is asked for.

    `quoted_minor`: what the preview said would come back; anything else is refused.
    """

    kind: Annotated[KindName, Meta(examples=["refund_only"])]
    reason: Annotated[Reason, Meta(examples=["damaged"])]
    lines: Annotated[list[AskedLine], Meta(min_length=1, max_length=50)]
    amount_minor: Annotated[int, Meta(ge=1, le=10**13)] | None = None
    quoted_minor: Annotated[int, Meta(ge=0, le=10**13)] | None = None
    text: Words = ""


class GoesBack(Struct, frozen=True, kw_only=True):
    """A part of the money, and the payment that it goes back to."""

    provider: Annotated[str, Meta(examples=["sandbox"])]
    amount: Money


class CouponForeseen(Struct, frozen=True, kw_only=True):
    """A coupon that was used on what goes back. `returns`: it can be used again until `valid_until`. `stays`: it stays used, as
    other goods that it was used on are kept. `expired`: it would come back, but its time is over."""

    coupon: CouponId
    name: str
    fate: Literal["returns", "stays", "expired"]
    valid_until: datetime


class Foreseen(Struct, frozen=True, kw_only=True):
    """Exactly what would come back if it is granted; for goods that are sent, what comes back if they are not."""

    total: Money
    backs: list[GoesBack]
    freight_kept: Money
    keeps_units: bool
    way_back_paid_by: Literal["buyer", "supplier", "nobody"]
    points_returned: Annotated[int, Meta(description="Points that were spent, and come back.", examples=[200])]
    points_taken: Annotated[int, Meta(description="Points that it earned, and are taken back.", examples=[19])]
    points_led_taken: Annotated[
        int, Meta(description="Points for leading a team, which go with the last of the order's money.", examples=[0])
    ]
    points_owed: Annotated[
        int, Meta(description="Points of both that the buyer has spent: he would owe them.", examples=[0])
    ]
    coupons: list[CouponForeseen]


class Opened(Struct, frozen=True, kw_only=True):
    """The case's number within the order."""

    number: CaseNumber
    state: CaseState


class CaseCard(Struct, frozen=True, kw_only=True):
    """A case. `deadline`: when silence answers; None once it is over. `given_back` is what went back."""

    order: OrderId
    number: CaseNumber
    kind: KindName
    state: CaseState
    reason: str
    asked: Money
    given_back: Money
    opened_at: datetime
    deadline: datetime | None
    outcome: str | None


class LogLine(Struct, frozen=True, kw_only=True):
    """Who did or said what."""

    side: Literal["buyer", "supplier", "operator", "nobody"]
    act: Annotated[str, Meta(examples=["opened"])]
    text: str
    at: datetime


class Case(Struct, frozen=True, kw_only=True):
    """One case with its log, the oldest line first."""

    case: CaseCard
    log: list[LogLine]


class BuyersLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word, or an act of the buyer's; a parcel where goods are sent back."""

    answer: Annotated[Literal["say", "withdraw", "send_back", "confirm", "dispute"], Meta(examples=["say"])]
    text: Words = ""
    carrier: Parcel = ""
    tracking: Parcel = ""


class SuppliersLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word, or an act of the supplier's. `restock`: what came back goes into the stock again."""

    answer: Annotated[Literal["say", "agree", "refuse", "receive", "send"], Meta(examples=["say"])]
    text: Words = ""
    carrier: Parcel = ""
    tracking: Parcel = ""
    restock: bool = False


@operation("POST", "/orders/{order}/cases/preview", scope="orders.read", is_single=True)
async def preview_case(visit: Visit, order: OrderId, data: NewCase) -> Foreseen | Refusal:
    """What would come back, by the same rules and sums by which it is given back; nothing is done."""
    async with visit.reading() as work:
        seen = await aftersales.preview(work, read_id(ORDER_ID, order), visit.person, _asked(data))
    return seen if isinstance(seen, Refusal) else foreseen(visit, seen)


def foreseen(visit: Visit, seen: Preview) -> Foreseen:
    beside = seen.beside
    return Foreseen(
        total=money(visit, seen.total_minor),
        backs=[GoesBack(provider=c.provider, amount=money(visit, minor)) for c, minor in seen.by_capture],
        freight_kept=money(visit, seen.freight_kept_minor),
        keeps_units=seen.keeps_units,
        way_back_paid_by=seen.way_back.value,  # type: ignore[arg-type]
        points_returned=beside.points_returned,
        points_taken=beside.points_taken,
        points_led_taken=beside.points_led_taken,
        points_owed=beside.points_owed,
        coupons=[
            CouponForeseen(
                coupon=COUPON.show(one.coupon), name=one.name, fate=one.fate.value, valid_until=one.valid_until
            )
            for one in beside.coupons
        ],
    )


@operation("POST", "/orders/{order}/cases", scope="orders.write", status=201)
async def open_case(visit: Visit, order: OrderId, data: NewCase, key: str) -> Opened | Refusal:
    """Ask for money, another one, or that it is sent again. Units that have not been shipped come back at once."""
    found = read_id(ORDER_ID, order)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        saying = Saying(data.text.strip())
        case = await aftersales.open_case(work, OpenCase(visit.person, found, _asked(data), data.quoted_minor, saying))
        return case if isinstance(case, Refusal) else {"number": str(case.number), "state": case.state}

    outcome = await remembered(visit, "api.open_case", key, f"{order} {data}", act)
    return outcome if isinstance(outcome, Refusal) else Opened(**outcome)


@operation("GET", "/orders/{order}/cases/{number}", scope="orders.read")
async def show_case(visit: Visit, order: OrderId, number: CaseNumber) -> Case | Refusal:
    """One of the caller's cases."""
    async with visit.reading() as work:
        return await _case(visit, work, order, number, person=visit.person)


@operation("POST", "/orders/{order}/cases/{number}/log", scope="orders.write", status=204)
async def answer_case(visit: Visit, order: OrderId, number: CaseNumber, data: BuyersLine, key: str) -> Refusal | None:
    """Add a line to the log of one of the caller's cases."""
    found, saying = read_id(ORDER_ID, order), Saying(data.text.strip())
    if not number.isascii() or not number.isdigit():
        return NotFound()
    where = (found, int(number[:6]), visit.person)

    async def act(work: Work) -> Refusal | None:
        if data.answer == "say":
            return await aftersales.say(work, where[0], where[1], Side.BUYER, visit.person, saying)
        if data.answer == "withdraw":
            return await aftersales.withdraw(work, *where, saying)
        if data.answer == "confirm":
            return await aftersales.confirm(work, *where)
        if data.answer == "dispute":
            return await aftersales.dispute(work, *where, saying)
        carrier, tracking = data.carrier.strip(), data.tracking.strip()
        return await aftersales.send_back(work, *where, carrier=carrier, tracking=tracking, saying=saying)

    return await once(visit, "api.answer_case", key, f"{order} {number} {data}", act)


@operation("GET", "/supplier/cases", scope="shipments.read")
async def list_cases(visit: Visit, query: PageQuery) -> Listing[CaseCard]:
    """Cases about the supplier's orders that are not over, the one that is due first first."""
    wanted = Wanted("deadline", is_descending=False, after=query.after, size=query.size)
    async with visit.reading() as work:
        found = await aftersales.search_cases(work, wanted, supplier=visit.supplier)
    return Listing([card_told(visit, row) for row in found.items], found.next_key)


@operation("GET", "/supplier/cases/{order}/{number}", scope="shipments.read")
async def show_suppliers_case(visit: Visit, order: OrderId, number: CaseNumber) -> Case | Refusal:
    """A case about one of the supplier's orders."""
    async with visit.reading() as work:
        return await _case(visit, work, order, number, supplier=visit.supplier)


@operation("POST", "/supplier/cases/{order}/{number}/log", scope="shipments.write", status=204)
async def answer_buyer(
    visit: Visit, order: OrderId, number: CaseNumber, data: SuppliersLine, key: str
) -> Refusal | None:
    """Add a line to the log of a case about one of the supplier's orders."""
    supplier, saying = visit.supplier, Saying(data.text.strip())
    if supplier is None or not number.isascii() or not number.isdigit():
        return NotFound()
    where = (read_id(ORDER_ID, order), int(number[:6]), supplier)

    async def act(work: Work) -> Refusal | None:
        if data.answer == "say":
            return await aftersales.say(work, where[0], where[1], Side.SUPPLIER, supplier, saying)
        if data.answer == "agree":
            return await aftersales.agree(work, *where, saying)
        if data.answer == "refuse":
            return await aftersales.refuse(work, *where, saying)
        if data.answer == "receive":
            return await aftersales.receive(work, *where, saying, restock=data.restock)
        carrier, tracking = data.carrier.strip(), data.tracking.strip()
        return await aftersales.send(work, *where, carrier=carrier, tracking=tracking, saying=saying)

    return await once(visit, "api.answer_buyer", key, f"{order} {number} {data}", act)


def _asked(data: NewCase) -> Ask:
    items = tuple((line.line, line.units) for line in data.lines)
    return Ask(Kind(data.kind), data.reason, items, data.amount_minor)


async def _case(
    visit: Visit, work: Work, order: str, number: str, *, person: UUID | None = None, supplier: UUID | None = None
) -> Case | Refusal:
    if not number.isascii() or not number.isdigit() or (person is None and supplier is None):
        return NotFound()
    found, of = read_id(ORDER_ID, order), int(number[:6])
    row = await aftersales.access_case(work, found, of, person=person, supplier=supplier)
    log = await aftersales.messages_of(work, found, of)
    return Case(case=card_told(visit, row), log=log_told(log))


def log_told(log: Sequence[Any]) -> list[LogLine]:
    """What was said, as a program is told of it."""
    return [LogLine(side=said["side"], act=said["act"], text=said["text"], at=said["at"]) for said in log]


def card_told(visit: Visit, row: Any) -> CaseCard:
    """A case as a program is told of it."""
    return CaseCard(
        order=ORDER_ID.show(row["order_id"]),
        number=str(row["number"]),
        kind=row["kind"],
        state=row["state"],
        reason=row["reason"],
        asked=money(visit, row["asked_minor"]),
        given_back=money(visit, row["amount_minor"]),
        opened_at=row["opened_at"],
        deadline=row["deadline"],
        outcome=row["outcome"],
    )


HANDLERS = (
    preview_case, open_case, show_case, answer_case, list_cases, show_suppliers_case, answer_buyer,
)  # fmt: skip

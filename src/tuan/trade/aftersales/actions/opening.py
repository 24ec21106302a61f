"""Asking for something about single lines of an order."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.platform import files
from tuan.platform.work import Work
from tuan.trade import orders, settlement
from tuan.trade.aftersales import model, store
from tuan.trade.aftersales.errors import AskInvalid, NotAsShown
from tuan.trade.aftersales.model import NOTHING_SAID, PICTURES_MAX, TEXT_MAX, Ask, Case, Cases, Kind, Outcome, Saying
from tuan.trade.orders.model import Book, OrderState
from tuan.trade.settlement.model import Recall


@dataclass(frozen=True, slots=True)
class OpenCase:
    """shown_minor: what the preview said would come back; anything else is refused."""

    actor: UUID
    order: UUID
    ask: Ask
    shown_minor: int | None = None
    saying: Saying = NOTHING_SAID


def why_not_say(saying: Saying, *, must: bool = False) -> Refusal | None:
    """Words have an end, and pictures are ones that were kept by us; `must`: a word is needed."""
    if len(saying.text) > TEXT_MAX or (must and not saying.text.strip()):
        return AskInvalid(field="text")
    kept = all(files.url(name) is not None for name in saying.pictures)
    return None if kept and len(saying.pictures) <= PICTURES_MAX else AskInvalid(field="pictures")


async def open_case(work: Work, command: OpenCase) -> Case | Refusal:
    """The buyer asks. Units that have not left yet are given back at once; all else waits for the supplier."""
    if refusal := why_not_say(command.saying):
        return refusal
    book = await orders.load_book(work, [command.order], with_stock=command.ask.kind is Kind.CANCEL)
    found = book.get(command.order)
    if found is None or found.person_id != command.actor:
        return NotFound()
    cases, rules = await store.load_cases(work, [command.order]), await settlement.rules(work)
    if refusal := model.why_not_open(found, command.ask, cases.of(command.order), work.now, rules.claim_days):
        return refusal
    seen = model.preview(found, book.till, command.ask)
    if command.shown_minor is not None and command.shown_minor != seen.total_minor:
        return NotAsShown(now_minor=seen.total_minor, shown_minor=command.shown_minor)
    case = cases.open(book, found, command.ask, seen, command.saying)
    await save(work, book, cases)
    return case


def _parts(case: Case) -> list[tuple[int, int, int, int]]:
    """Line, units, money of goods, money of freight."""
    return [(one.number, one.units, one.goods_minor, one.freight_minor) for one in model.shares_of(case)]


async def save(work: Work, book: Book, cases: Cases) -> None:
    """Goods and money, then the cases that moved them. What was settled is taken back from its supplier first."""
    settled = {order.id: order for order in book.orders.values() if order.state == OrderState.COMPLETED}
    back = [
        Recall(case.id, case.order_id, case.supplier_id, case.amount_minor, _parts(case))
        for case in cases.ended()
        if case.id is not None
        and case.supplier_id is not None
        and case.outcome == Outcome.GIVEN_BACK
        and case.order_id in settled
    ]
    await settlement.recall(work, book.postings, back)
    await orders.save_book(work, book)
    await save_asked(work, cases, settled.keys())


async def save_asked(work: Work, cases: Cases, settled: Collection[UUID] = ()) -> None:
    """The one place where a case is written, and where what it holds of others is held and freed: lines of settlement.

    settled: orders whose lines were shared out already, so that nothing of them is held.
    """
    for case in cases.added:
        if case.id is not None and not case.is_over and case.order_id not in settled:
            lines = [line.line_number for line in case.lines]
            await settlement.hold_lines(work, case.id, case.order_id, lines)
    await settlement.free_lines(work, *(case.id for case in cases.ended() if case.id is not None))
    await store.save_moved(work, cases)

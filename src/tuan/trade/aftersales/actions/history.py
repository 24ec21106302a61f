"""Sales and what came back of them, as an import tells them."""

from collections.abc import Sequence
from dataclasses import dataclass

from tuan.kit.time import Instant
from tuan.platform.work import Work
from tuan.trade import orders
from tuan.trade.aftersales.actions.opening import save
from tuan.trade.aftersales.model import NOTHING_SAID, Ask, Cases, Kind, Preview, Side
from tuan.trade.orders.model import Sale, Share


@dataclass(frozen=True, slots=True)
class Return:
    """What of a sale (its place in the batch) came back later: so many units of one line, and money.

    `share.units` is 0 where less came back than the units are worth: they are not given up by it.
    """

    sale: int
    at: Instant
    units: int
    share: Share


async def record_sales(work: Work, sales: Sequence[Sale], returns: Sequence[Return], *, provider: str) -> None:
    """Sales and returns that were over before we knew of them, each at its own time; a case per return.

    The refunds are due at `provider` and are to be answered by whoever imports them. Nobody is told: it is no news.
    """
    book = await orders.record_sales(work, sales, provider)
    placed = list(book.orders.values())
    cases = Cases((), (), work.now)
    for back in sorted(returns, key=lambda one: one.at):
        order, share = placed[back.sale], back.share
        book.now = cases.now = back.at
        seen = Preview((share,), share.amount_minor, (), 0, not share.units, Side.NOBODY, True)
        ask = Ask(Kind.REFUND_ONLY, "unsaid", ((share.number, back.units),))
        case = cases.open(book, order, ask, seen, NOTHING_SAID)
        cases.agree(book, case, Side.NOBODY, None)
    book.facts.clear()
    cases.facts.clear()
    await save(work, book, cases)

"""After-sales in the world: buyers ask for money, for other goods or for missing ones, parcels go both ways, suppliers answer or say
nothing, and the operator decides what they could not."""

from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.platform.work import Work
from tuan.simulate.actors import Play, some
from tuan.simulate.cases import ACTS, BUYER, CANCELLED, HAVING, NO_REASON, RUNNING
from tuan.simulate.cast import REASON
from tuan.trade import aftersales
from tuan.trade.aftersales import OpenCase
from tuan.trade.aftersales.model import Ask, Decision, Kind, Saying, Side

REASONS = {
    Kind.CANCEL: (CANCELLED,), Kind.REFUND_ONLY: ("damaged",), Kind.RETURN: (NO_REASON, NO_REASON, "bad_quality"),
    Kind.EXCHANGE: ("wrong_goods",), Kind.RESHIP: ("missing",),
}  # fmt: skip
USUAL = {
    "asked": ("agree", "agree", "agree", "refuse", "withdraw"),
    "refused": ("dispute", "dispute", "agree", "withdraw"),
    "to_return": ("send_back", "send_back", "send_back", "withdraw"),
    "returning": ("receive", "receive", "receive", "refuse"),
    "to_send": ("send",),
    "sent": ("confirm", "dispute"),
    "arbitration": ("say", "decide", "decide"),
}
"""What somebody does next who does not stay silent."""


# ── verbs, with everything that their law asks about in its place ──
async def _send_back(work: Work, order: UUID, number: int, person: UUID) -> Refusal | None:
    return await aftersales.send_back(work, order, number, person, carrier="SF", tracking="2")


async def _receive(work: Work, order: UUID, number: int, supplier: UUID, restock: bool) -> Refusal | None:
    return await aftersales.receive(work, order, number, supplier, restock=restock)


async def _send(work: Work, order: UUID, number: int, supplier: UUID) -> Refusal | None:
    return await aftersales.send(work, order, number, supplier, carrier="SF", tracking="3")


async def _decide(work: Work, order: UUID, number: int, decision: Decision, amount: int | None) -> Refusal | None:
    return await aftersales.decide(work, order, number, decision, reason=REASON, amount_minor=amount)


VERBS: dict[str, Any] = {
    "agree": aftersales.agree, "refuse": aftersales.refuse, "withdraw": aftersales.withdraw, "send_back": _send_back,
    "receive": _receive, "send": _send, "confirm": aftersales.confirm, "dispute": aftersales.dispute, "say": aftersales.say,
    "decide": _decide,
}  # fmt: skip


# ── acts ──
async def open_case(play: Play, rng: Random, *, late: bool = False) -> bool:
    """Something is asked about some units; now and then too many, of somebody else's order, or too early or too late.

    late: of an order whose money was shared out long ago.
    """
    kind = rng.choice(
        (Kind.REFUND_ONLY, Kind.REFUND_ONLY, Kind.RETURN, Kind.RETURN, Kind.EXCHANGE, Kind.RESHIP, Kind.CANCEL)
    )
    if late:
        states: tuple[str, ...] = ("completed",)
    elif rng.random() < 0.1:
        states = ("to_ship", "gathering", "completed", "shipped")
    else:
        states = ("to_ship",) if kind is Kind.CANCEL else HAVING
    order = some(rng, play.orders(*states))
    if order is None:
        return False
    lines = play.seen.details[order["id"]]
    chosen = rng.sample(lines, len(lines) if rng.random() < 0.3 else 1)
    items = [
        (x["number"], rng.randint(1, x["units"]) if rng.random() < 0.95 else rng.choice((0, 1000))) for x in chosen
    ]
    reason = rng.choice(REASONS[kind])
    amount = rng.randint(0, 900) if kind is Kind.REFUND_ONLY and rng.random() < 0.3 else None
    who = order["person_id"] if rng.random() < 0.95 else play.buyer(rng).id
    play.title(f"{kind} of {items} of {play.books.name_of(order['id'])} is asked for: {reason}, {amount}")
    asked = OpenCase(who, order["id"], Ask(kind, reason, tuple(items), amount))
    await play.call("aftersales.open_case", aftersales.open_case, asked)
    return True


late_claim = partial(open_case, late=True)


def running(play: Play) -> list[Any]:
    return [case for case in _cases(play) if case["state"] in RUNNING]


def undecided(play: Play) -> list[Any]:
    """What waits for the operator although both sides have had their time to be heard."""
    return [case for case in running(play) if case["state"] == "arbitration" and case["deadline"] <= play.time]


def _cases(play: Play) -> list[Any]:
    """In the order of their orders."""
    known = {id: number for number, id in enumerate(play.books.orders)}
    return sorted(play.seen.cases.values(), key=lambda case: (known[case["order_id"]], case["number"]))


async def go_on(play: Play, rng: Random) -> bool:
    """Whoever is next in a case does what is usual then."""
    case = some(rng, running(play))
    return case is not None and await _act(play, rng, case, rng.choice(USUAL[case["state"]]))


async def meddle(play: Play, rng: Random) -> bool:
    """Anything at any time, now and then by somebody else."""
    case = some(rng, _cases(play))
    return case is not None and await _act(play, rng, case, rng.choice(list(ACTS)), odd=True)


async def arbitrate(play: Play, rng: Random) -> bool:
    """The operator decides what waits for him, once both sides were heard or have had their time."""
    case = some(rng, undecided(play))
    return case is not None and await _act(play, rng, case, "decide", amount=None)


async def _act(play: Play, rng: Random, case: Any, word: str, *, odd: bool = False, **more: Any) -> bool:
    who = case[BUYER] if ACTS[word][1] == BUYER else case["supplier_id"]
    if odd and rng.random() < 0.2:
        who = rng.choice((*play.books.suppliers, *(one.id for one in play.books.people)))
    asked: int = case["asked_minor"]
    if word == "decide":
        amount = more.get("amount", rng.choice((None, None, asked // 2, asked + 1)))
        decision = rng.choice(list(Decision)) if amount is None else Decision.GIVE_BACK
        args: tuple[Any, ...] = (decision, amount)
    elif word == "say":
        args = (side := rng.choice((Side.BUYER, Side.SUPPLIER)), case[BUYER if side is Side.BUYER else "supplier_id"])
    else:
        args = (who, *((rng.random() < 0.5,) if word == "receive" else ()))
    saying = (Saying(REASON),) if word in ("refuse", "dispute", "say") else ()
    play.title(f"{word}: case {case['number']} of {play.books.name_of(case['order_id'])}, {case['state']}")
    await play.call(f"aftersales.{word}", VERBS[word], case["order_id"], case["number"], *args, *saying)
    return True

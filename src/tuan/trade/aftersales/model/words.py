"""The words of aftersales: kinds, states, deadlines, what is asked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from tuan.kit import states
from tuan.kit.time import Instant
from tuan.trade.orders.model import ORDER_ID


class Kind(StrEnum):
    """What is asked. A whole order that somebody gives back without being asked is a case too, over at once."""

    WHOLE = "whole"
    CANCEL = "cancel"
    REFUND_ONLY = "refund_only"
    RETURN = "return"
    EXCHANGE = "exchange"
    RESHIP = "reship"


ASKED_KINDS = tuple(kind for kind in Kind if kind is not Kind.WHOLE)
GOODS_COME_BACK = (Kind.RETURN, Kind.EXCHANGE)
GOODS_GO_OUT = (Kind.EXCHANGE, Kind.RESHIP)


class CaseState(StrEnum):
    ASKED = "asked"
    REFUSED = "refused"
    TO_RETURN = "to_return"
    RETURNING = "returning"
    TO_SEND = "to_send"
    SENT = "sent"
    ARBITRATION = "arbitration"
    DONE = "done"
    CLOSED = "closed"


S = CaseState

# Asked waits for the supplier, refused for the buyer; whoever says nothing in time has answered all the same (`SILENCE`).
# Done: what was asked or decided has happened. Closed: nothing happens, and the units are free to be asked for again; every
# state may be closed, because the whole order can be given back meanwhile.
CASE = states.table(
    {
        S.ASKED: {S.TO_RETURN, S.TO_SEND, S.REFUSED, S.DONE, S.CLOSED},
        S.REFUSED: {S.TO_RETURN, S.TO_SEND, S.ARBITRATION, S.DONE, S.CLOSED},
        S.TO_RETURN: {S.RETURNING, S.CLOSED},
        S.RETURNING: {S.TO_SEND, S.REFUSED, S.DONE, S.CLOSED},
        S.TO_SEND: {S.SENT, S.DONE, S.CLOSED},
        S.SENT: {S.ARBITRATION, S.DONE, S.CLOSED},
        S.ARBITRATION: {S.TO_RETURN, S.TO_SEND, S.DONE, S.CLOSED},
        S.DONE: (),
        S.CLOSED: (),
    },
    start=S.ASKED,
)

ENDS = tuple(sorted(CASE.ends()))
WITHDRAWABLE = (S.ASKED, S.REFUSED, S.TO_RETURN, S.ARBITRATION)
"""Once a parcel is on its way, somebody has to open it."""


class Side(StrEnum):
    BUYER = "buyer"
    SUPPLIER = "supplier"
    OPERATOR = "operator"
    NOBODY = "nobody"
    """Time did it."""


WAITS_FOR: Mapping[str, Side] = {
    S.ASKED: Side.SUPPLIER,
    S.REFUSED: Side.BUYER,
    S.TO_RETURN: Side.BUYER,
    S.RETURNING: Side.SUPPLIER,
    S.TO_SEND: Side.SUPPLIER,
    S.SENT: Side.BUYER,
    S.ARBITRATION: Side.OPERATOR,
}

PATIENCE: Mapping[str, timedelta] = {
    S.ASKED: timedelta(hours=48),
    S.REFUSED: timedelta(days=7),
    S.TO_RETURN: timedelta(days=7),
    S.RETURNING: timedelta(days=10),
    S.TO_SEND: timedelta(hours=72),
    S.SENT: timedelta(days=15),
    S.ARBITRATION: timedelta(hours=48),
}
"""How long each state waits. In arbitration it is how long the sides have to be heard; only the operator ends it."""


class Outcome(StrEnum):
    GIVEN_BACK = "given_back"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    BUYER_SILENT = "buyer_silent"
    DENIED = "denied"
    ORDER_ENDED = "order_ended"
    """The whole order was given back meanwhile."""


class Act(StrEnum):
    """What a line of the log says was done."""

    OPENED = "opened"
    SAID = "said"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SENT_BACK = "sent_back"
    RECEIVED = "received"
    NOT_AS_AGREED = "not_as_agreed"
    SENT = "sent"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    DECIDED = "decided"
    ENDED = "ended"


NO_REASON = "no_reason"
PRICE_FELL = "price_fell"
"""Nobody asks for it: more people came, and what they all pay is less."""
FAULTS = ("damaged", "wrong_goods", "not_as_described", "bad_quality", "missing", "not_arrived")
"""Reasons that are the seller's to answer for: he pays the way back, and freight comes back with the goods."""
UNSAID = ("changed_mind", "wrong_order", "too_slow", "unsaid")
"""Reasons to cancel what has not left yet; nobody is at fault."""
REASONS: Mapping[Kind, tuple[str, ...]] = {
    Kind.CANCEL: UNSAID,
    Kind.REFUND_ONLY: FAULTS,
    Kind.RETURN: (NO_REASON, "damaged", "wrong_goods", "not_as_described", "bad_quality"),
    Kind.EXCHANGE: ("damaged", "wrong_goods", "not_as_described", "bad_quality"),
    Kind.RESHIP: ("missing", "not_arrived", "damaged", "wrong_goods"),
}

TEXT_MAX = 500
PICTURES_MAX = 6
PARCEL_LENGTHS = {"carrier": 40, "tracking": 60}


class Decision(StrEnum):
    GIVE_BACK = "give_back"
    """Money at once; the goods stay where they are."""
    RETURN_FIRST = "return_first"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Ask:
    """What a buyer asks: units by line number, and for money alone perhaps less of it than the units are worth."""

    kind: Kind
    reason: str
    items: tuple[tuple[int, int], ...]
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Saying:
    """Words and pictures (names that `platform.files` gave) that come with an act."""

    text: str = ""
    pictures: tuple[str, ...] = ()


NOTHING_SAID = Saying()


@dataclass(slots=True)
class CaseLine:
    order_id: UUID
    case_number: int
    line_number: int
    units: int
    goods_minor: int
    freight_minor: int
    keeps_units: bool
    """Money alone, less than the units are worth: they may be asked for again."""
    is_open: bool = True


@dataclass(slots=True)
class Case:
    """What is asked about units of one order, under a number that counts within it; 0 is the order as a whole.

    `amount_minor` is what was given back, `asked_minor` what is asked for until then.
    """

    order_id: UUID
    number: int
    kind: str
    state: str
    reason: str
    amount_minor: int
    opened_at: Instant
    id: UUID | None = None
    person_id: UUID | None = None
    supplier_id: UUID | None = None
    asked_minor: int = 0
    deadline: Instant | None = None
    disputed_at: Instant | None = None
    ended_at: Instant | None = None
    outcome: str | None = None
    back_carrier: str = ""
    back_tracking: str = ""
    out_carrier: str = ""
    out_tracking: str = ""
    version: int = 0
    before: str = ""
    lines: list[CaseLine] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return self.state in ENDS

    @property
    def came_back(self) -> bool:
        """The goods are with the supplier again, or on their way there."""
        return bool(self.back_tracking)


@dataclass(frozen=True, slots=True)
class Message:
    """A line of a case's log; lines are only ever added."""

    id: UUID
    order_id: UUID
    case_number: int
    side: str
    author_id: UUID | None
    act: str
    text: str
    pictures: tuple[str, ...]
    at: Instant


def number_of_case(order: UUID, number: int) -> str:
    """How a case is named where it is audited."""
    return f"{ORDER_ID.show(order)}/{number}"

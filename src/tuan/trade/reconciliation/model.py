"""What a provider's statement says against what we have booked. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

from tuan.kit import ids, states

TICKET_ID: ids.IdKind[UUID] = ids.IdKind("ticket")

Kind = Literal["charge", "refund", "transfer"]
KINDS: tuple[Kind, ...] = ("charge", "refund", "transfer")


class Why(StrEnum):
    """How a movement in the statement and our books differ."""

    NOT_HERE = "not_here"
    """The provider moved money, and we have not booked it."""
    NOT_THERE = "not_there"
    """We booked money that no statement of these days has."""
    OTHER_AMOUNT = "other_amount"
    OTHER_CURRENCY = "other_currency"
    OTHER_PAYMENT = "other_payment"
    """It names one of ours, and another payment than we know of it."""


STATEMENT = states.table({"due": {"read"}, "read": {"due"}}, start="due")
TICKET = states.table({"open": {"matched", "settled"}, "matched": (), "settled": ()}, start="open")
"""Matched: the difference went away, since one side caught up. Settled: a person said what became of it."""
RESOLUTIONS = ("corrected_there", "corrected_here", "accepted")
"""How a person has settled it: the provider put it right, we did, or the difference stays and is borne."""


@dataclass(frozen=True, slots=True)
class Line:
    """A stored line of a statement. key: ours, where it names one."""

    kind: Kind
    key: UUID | None
    transaction: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Booked:
    """What we have booked: a capture, a refund that is done, a pay-out that is done.

    key: the capture's attempt, the refund, the transfer. transaction: the provider's payment; a pay-out's own number is
    the provider's business and is not compared.
    """

    kind: Kind
    key: UUID
    transaction: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Difference:
    """about: what names it in all later runs, so that the same difference has one ticket."""

    kind: Kind
    about: str
    why: Why
    ours_minor: int | None
    theirs_minor: int | None
    currency: str
    key: UUID | None = None


def why_different(line: Line, booked: Booked | None) -> Why | None:
    """How this line differs from what we booked of the same thing; None where they agree."""
    if booked is None:
        return Why.NOT_HERE
    if line.kind != "transfer" and line.transaction != booked.transaction:
        return Why.OTHER_PAYMENT
    if line.currency != booked.currency:
        return Why.OTHER_CURRENCY
    return Why.OTHER_AMOUNT if line.amount_minor != booked.amount_minor else None


def about(line: Line) -> str:
    """A payment is known by the provider's number, what goes out by our key, where it has one."""
    return line.transaction if line.kind == "charge" or line.key is None else line.key.hex


def compare(
    lines: Sequence[Line], booked: Mapping[tuple[Kind, str], Booked], missing: Sequence[Booked]
) -> list[Difference]:
    """The differences: lines that do not agree with what is booked under their name, and what no statement has.

    booked: by kind and name (as `about` gives it). missing: booked in these days, and in no stored statement.
    """
    found = []
    for line in lines:
        ours = booked.get((line.kind, about(line)))
        if why := why_different(line, ours):
            found.append(Difference(line.kind, about(line), why, ours.amount_minor if ours else None, line.amount_minor,
                                    line.currency, line.key))  # fmt: skip
    for one in missing:
        name = one.transaction if one.kind == "charge" else one.key.hex
        found.append(Difference(one.kind, name, Why.NOT_THERE, one.amount_minor, None, one.currency, one.key))
    return found

"""What a provider's statement says against what we have booked. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal
from uuid import UUID

from tuan.kit import ids, states

TICKET_ID: ids.IdKind[UUID] = ids.IdKind("ticket")

Kind = Literal["charge", "refund", "transfer", "split", "return"]
KINDS: tuple[Kind, ...] = ("charge", "refund", "transfer", "split", "return")


class Why(StrEnum):
    """How a movement in the statement and our books differ."""

    NOT_HERE = "not_here"
    """The provider moved money, and we have not booked it."""
    NOT_THERE = "not_there"
    """We booked money that no statement has."""
    OTHER_AMOUNT = "other_amount"
    OTHER_CURRENCY = "other_currency"
    OTHER_PAYMENT = "other_payment"
    """It names one of ours, and another payment than we know of it."""


STATEMENT = states.table({"due": {"read"}, "read": {"due"}}, start="due")
TICKET = states.table({"open": {"matched", "settled"}, "matched": {"open"}, "settled": ()}, start="open")
"""Matched: the difference went away, since one side caught up. Settled: a person said what became of it."""
RESOLUTIONS = ("corrected_there", "corrected_here", "accepted")
"""How a person has settled it: the provider put it right, we did, or the difference stays and is borne."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Money that moved, as a statement or as our books have it.

    key: the attempt of a charge, the refund, the withdrawal, the part of one that was split; None where a statement's line names none of ours.
    transaction: the provider's payment; a pay-out has only the provider's own number, which is not compared.
    """

    kind: Kind
    key: UUID | None
    transaction: str
    amount_minor: int
    currency: str

    @property
    def about(self) -> str:
        """A payment is known by the provider's number; what goes out by our key, where it has one."""
        return self.transaction if self.kind == "charge" or self.key is None else self.key.hex


Name = tuple[Kind, str]
"""(kind, about)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """ours_minor, theirs_minor: None where that side has nothing."""

    kind: Kind
    about: str
    why: Why
    ours_minor: int | None
    theirs_minor: int | None
    currency: str
    key: UUID | None


def by_name(moved: Iterable[Moved]) -> dict[Name, Moved]:
    """What is stated more than once under a name counts together: given back twice is twice the money."""
    found: dict[Name, Moved] = {}
    for one in moved:
        name: Name = (one.kind, one.about)
        before = found.get(name)
        found[name] = replace(one, amount_minor=before.amount_minor + one.amount_minor) if before else one
    return found


def why_different(theirs: Moved | None, ours: Moved | None) -> Why | None:
    """How the two sides differ about one thing; None where they agree, or neither has it."""
    if theirs is None or ours is None:
        if theirs is ours:
            return None
        return Why.NOT_HERE if ours is None else Why.NOT_THERE
    if theirs.kind == "charge" and theirs.key != ours.key:
        return Why.OTHER_PAYMENT
    if theirs.kind == "refund" and theirs.transaction != ours.transaction:
        return Why.OTHER_PAYMENT
    if theirs.currency != ours.currency:
        return Why.OTHER_CURRENCY
    return Why.OTHER_AMOUNT if theirs.amount_minor != ours.amount_minor else None


def compare(names: Collection[Name], theirs: Mapping[Name, Moved], ours: Mapping[Name, Moved]) -> Sequence[Difference]:
    """The differences about these things, in their order."""
    found = []
    for name in sorted(names):
        stated, booked = theirs.get(name), ours.get(name)
        if why := why_different(stated, booked):
            one = stated or booked
            assert one is not None
            found.append(Difference(
                one.kind, one.about, why, booked.amount_minor if booked else None,
                stated.amount_minor if stated else None, one.currency, one.key,
            ))  # fmt: skip
    return found

"""What a shop sees of its customers, and what it writes about them. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.kit import ids
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.play.shops.errors import CardInvalid, ConsentInvalid

ConsentId = NewType("ConsentId", UUID)

CONSENT_ID: ids.IdKind[ConsentId] = ids.IdKind("cust")

TAGS_MAX = 10
TAG_MAX = 20
NOTE_MAX = 500
DAYS_OF = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY = re.compile(r"(\d\d)-(\d\d)", re.ASCII)


class Shows(StrEnum):
    """What a buyer may let the shop see of him; without his word it sees how many customers it has."""

    NAME = "name"
    ORDERS = "orders"
    PHONE = "phone"
    BIRTHDAY = "birthday"


def why_not_consent(shows: Collection[str], birthday: str) -> Refusal | None:
    """At least one known thing; a birthday is a month and a day and is told where it is shown, and nowhere else."""
    if not shows or not set(shows) <= set(Shows):
        return ConsentInvalid(field="shows")
    if (Shows.BIRTHDAY in shows) != bool(birthday) or (birthday and not _is_day(birthday)):
        return ConsentInvalid(field="birthday")
    return None


def _is_day(text: str) -> bool:
    """`02-29`: a day that some year has."""
    found = _DAY.fullmatch(text)
    return found is not None and 1 <= int(found[1]) <= len(DAYS_OF) and 1 <= int(found[2]) <= DAYS_OF[int(found[1]) - 1]


def why_not_card(tags: Sequence[str], note: str) -> Refusal | None:
    """At most ten short tags, and a note."""
    if len(tags) > TAGS_MAX or len(set(tags)) < len(tags) or not all(0 < len(tag.strip()) <= TAG_MAX for tag in tags):
        return CardInvalid(field="tags")
    return None if len(note) <= NOTE_MAX else CardInvalid(field="note")


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the shop may see him: what he does not show is empty here. `id` names his consent, and so nobody
    once he takes it back. `person_id` never leaves the house."""

    id: ConsentId
    person_id: UUID
    shows: frozenset[str]
    given_at: Instant
    since: Instant
    until: Instant | None
    name: str
    phone: str
    birthday: str
    tags: tuple[str, ...]
    note: str

"""Proposals: what a supplier wants shown of a product, beside what is shown, and which prices he moves alone. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from tuan.goods.catalog.model import (
    PICTURES_MAX,
    PricePoint,
    ProductText,
    lowest_price,
    why_not_offer,
    why_not_write,
)
from tuan.goods.sourcing.errors import NothingChanged, PriceBeyondBand, ProposalInvalid
from tuan.kit import ids, states
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant

ProposalId = NewType("ProposalId", UUID)
PROPOSAL_ID: ids.IdKind[ProposalId] = ids.IdKind("prp")

PERMYRIAD = 10_000
BAND_PERMYRIAD = 1_000
"""A tenth above the lowest price of the last thirty days, or down to half of it: so far a supplier goes alone."""
BAND_DAYS = timedelta(days=30)
TOKENS_MAX = 6_000
"""Beyond this many words two texts are shown whole, since comparing them costs their product."""
WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+|\s+|.", re.DOTALL)
"""A Chinese character is a word of its own."""


class ProposalState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


S = ProposalState
PROPOSAL = states.table(
    {S.OPEN: {S.APPROVED, S.REFUSED, S.WITHDRAWN}, S.APPROVED: (), S.REFUSED: (), S.WITHDRAWN: ()}, start=S.OPEN
)


@dataclass(frozen=True, slots=True)
class ProposedSku:
    """An option with its price in minor units; `sku` is empty for a new one, else its id as text."""

    sku: str
    options: str
    price_minor: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """All that buyers see of a product. Ids are texts, so that it is kept as JSON as it stands."""

    title: str
    story: str
    category: str
    fulfilment: str
    return_exception: str
    pictures: tuple[str, ...]
    skus: tuple[ProposedSku, ...]

    @property
    def text(self) -> ProductText:
        return ProductText(self.title, self.story, UUID(self.category), self.fulfilment, self.return_exception)


FIELDS = ("title", "story", "category", "fulfilment", "return_exception", "pictures", "skus")


@dataclass(frozen=True, slots=True)
class Change:
    """A field whose two sides differ; of texts also the words: (`same`, `gone` or `new`, text)."""

    field: str
    before: Any
    after: Any
    words: tuple[tuple[str, str], ...] = ()


def write_proposed(proposed: Proposed) -> dict[str, Any]:
    return asdict(proposed)


def read_proposed(kept: Mapping[str, Any]) -> Proposed:
    skus = tuple(ProposedSku(**sku) for sku in kept["skus"])
    return Proposed(**{**kept, "pictures": tuple(kept["pictures"]), "skus": skus})


def why_not_propose(proposed: Proposed, shown: Proposed, *, is_draft: bool) -> Refusal | None:
    """What a page needs, what differs from what is shown; every SKU that is sold is named, once, and no other."""
    if refusal := why_not_write(proposed.text) or why_not_offer([(s.options, s.price_minor) for s in proposed.skus]):
        return refusal
    named = [sku.sku for sku in proposed.skus if sku.sku]
    there = {sku.sku for sku in shown.skus}
    wrong = {
        "pictures": not 0 < len(proposed.pictures) <= PICTURES_MAX
        or len(set(proposed.pictures)) < len(proposed.pictures),
        "skus": set(named) != there or len(set(named)) < len(named) or not proposed.skus,
    }
    if field := next((name for name, bad in wrong.items() if bad), None):
        return ProposalInvalid(field=field)
    return None if is_draft or changes(shown, proposed) else NothingChanged()


def changes(before: Proposed, after: Proposed) -> list[Change]:
    """The fields that differ, in the order of a page."""
    found = []
    for name in FIELDS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            words = word_diff(old, new) if name in ("title", "story") else ()
            found.append(Change(name, old, new, words))
    return found


def word_diff(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """The words of both in their order. What is `same` or `gone` makes the old text, what is `same` or `new` the new one."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    if len(old) + len(new) > TOKENS_MAX:
        return tuple((kind, text) for kind, text in (("gone", before), ("new", after)) if text)
    parts: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            parts.append(("same", "".join(old[a:b])))
        else:
            parts += [(how, text) for how, text in (("gone", "".join(old[a:b])), ("new", "".join(new[c:d]))) if text]
    return tuple(parts)


def band_of(history: Sequence[PricePoint], now: Instant) -> tuple[int, int]:
    """The least and the most, in minor units, that a supplier sets alone now. `history`: oldest first, not empty.

    The lowest price of thirty days is what it counts from, so that small steps do not climb faster than a large one may.
    """
    lowest = lowest_price(history, now - BAND_DAYS, now) or history[-1].price_minor
    lowest = min(lowest, history[-1].price_minor)
    return (lowest + 1) // 2, lowest * (PERMYRIAD + BAND_PERMYRIAD) // PERMYRIAD


def why_not_reprice(history: Sequence[PricePoint], price_minor: int, now: Instant) -> Refusal | None:
    least, most = band_of(history, now)
    return None if least <= price_minor <= most else PriceBeyondBand(least_minor=least, most_minor=most)

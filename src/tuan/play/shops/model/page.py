"""What a shop shows: words, goods in their order, materials. Pure."""

from collections.abc import Collection, Sequence
from typing import NewType
from uuid import UUID

from tuan.kit import ids
from tuan.kit.refusals import Refusal
from tuan.play.shops.errors import OrderOld, PageInvalid
from tuan.play.shops.model.opening import WORDS_MAX

MaterialId = NewType("MaterialId", UUID)

MATERIAL_ID: ids.IdKind[MaterialId] = ids.IdKind("mat")

MATERIAL_WORDS_MAX = 1000
MATERIAL_PICTURES_MAX = 9
"""What a post in a circle of friends takes."""
PICKS_MAX = 200
DAY_PICKS_MAX = 12


def why_not_words(words: str) -> Refusal | None:
    """Of a shop or of one pick."""
    return None if len(words.strip()) <= WORDS_MAX else PageInvalid(field="words")


def why_not_material(words: str, pictures: Sequence[str]) -> Refusal | None:
    """A text, at most nine pictures, and not nothing."""
    if not 0 < len(words.strip()) <= MATERIAL_WORDS_MAX:
        return PageInvalid(field="words")
    return None if len(pictures) <= MATERIAL_PICTURES_MAX else PageInvalid(field="pictures")


def why_not_order(order: Sequence[UUID], picked: Collection[UUID]) -> Refusal | None:
    """An order names each of the shop's goods once."""
    return None if len(order) == len(picked) and set(order) == set(picked) else OrderOld()

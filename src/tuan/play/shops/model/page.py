"""What a shop shows: words, goods in their order, materials. Pure."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import NewType
from uuid import UUID

from tuan.kit import ids
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.play.shops.errors import GoodsEarly, OrderOld, PageInvalid
from tuan.play.shops.model.opening import WORDS_MAX

MaterialId = NewType("MaterialId", UUID)

MATERIAL_ID: ids.IdKind[MaterialId] = ids.IdKind("mat")

MATERIAL_WORDS_MAX = 1000
MATERIAL_PICTURES_MAX = 9
"""What a post in a circle of friends takes."""
PICKS_MAX = 200
MORE_PICKS_MAX = 400
"""Of a shop that has won room for more."""
AHEAD = timedelta(days=1)
"""So long new goods and the market's new materials are for the shops alone that have won to be first, where any has."""
FRESH_GOODS = "fresh_goods"
"""The right that goods which perish ask for, where the market teaches it."""
PERISHABLE = "perishable"
DAY_PICKS_MAX = 12


def why_not_words(words: str) -> Refusal | None:
    """Of a shop or of one pick."""
    return None if len(words.strip()) <= WORDS_MAX else PageInvalid(field="words")


def why_not_early(listed_at: Instant, now: Instant, *, is_behind: bool) -> Refusal | None:
    """Goods of less than a day are for others first where somebody has won that and this shop has not."""
    left = listed_at + AHEAD - now
    return GoodsEarly(hours=-(-left // timedelta(hours=1))) if is_behind and left > timedelta() else None


def why_not_material(words: str, pictures: Sequence[str]) -> Refusal | None:
    """A text, at most nine pictures, and not nothing."""
    if not 0 < len(words.strip()) <= MATERIAL_WORDS_MAX:
        return PageInvalid(field="words")
    return None if len(pictures) <= MATERIAL_PICTURES_MAX else PageInvalid(field="pictures")


def why_not_order(order: Sequence[UUID], picked: Collection[UUID]) -> Refusal | None:
    """An order names each of the shop's goods once."""
    return None if len(order) == len(picked) and set(order) == set(picked) else OrderOld()

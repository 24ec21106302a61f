"""What the supplier's desk shows of his quality."""

import msgspec


class PartShown(msgspec.Struct, frozen=True, kw_only=True):
    """One of what is counted: cases of so many orders, the points they cost, and what would better it."""

    name: str
    words: str
    cases: int
    lost: int
    advice: str


class QualityPage(msgspec.Struct, frozen=True, kw_only=True):
    """score: of 1000. What costs most stands first. missing: orders until buyers are told."""

    supplier: str
    score: int
    orders: int
    days: int
    has_badge: bool
    missing: int
    badge_score: int
    parts: list[PartShown]

"""What a shop sees of its level."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.desks.shop.context import ShopFrame


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a level asks for: words, how far the shop is (`have` of `need`), where it can be learned."""

    kind: str
    words: str
    need: int
    have: int
    need_money: Money | None = None
    have_money: Money | None = None
    is_met: bool = False
    course_url: str = ""
    course: str = ""


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """A level; `state` is done, here or ahead."""

    name: str
    state: str
    sales: Money
    service: int
    rights: list[str]
    benefits: list[str]


class Gain(msgspec.Struct, frozen=True, kw_only=True):
    """A benefit, and what it does in this market."""

    name: str
    words: str


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A change of level and why."""

    rose: bool
    before: str
    after: str
    needs: list[Need]
    at: datetime


class LevelPage(ShopFrame, frozen=True, kw_only=True):
    """days: over which sales and service are counted; without levels in this market `rungs` is empty. next_gives: what the
    next level gives beside what the shop has."""

    rungs: list[Rung]
    days: int
    level: str
    next_level: str
    kept: Money
    coming: Money
    service: int
    orders: int
    faults: int
    unanswered: int
    needs: list[Need]
    benefits: list[Gain]
    next_gives: list[Gain]
    history: list[Moved]

"""What the places of shops show."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.backoffice.saying import Act, Chip
from tuan.surfaces.backoffice.tables import Choice, TablePage, Tone


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    """Shops, or applications; `waiting`: how many of those have no answer."""

    table: TablePage
    places: list[Chip]
    states: list[Chip]
    waiting: int


class ApplicationPage(msgspec.Struct, frozen=True, kw_only=True):
    """One application; what is decided about it stands in the audit."""

    url: str
    name: str
    words: str
    state_words: str
    tone: Tone
    asked_at: datetime
    person: str
    person_url: str
    inviter: str = ""
    inviter_url: str = ""
    shop_url: str = ""
    why: str = ""
    may_decide: bool = False
    keys: list[str] = []


class OfficeShopPage(msgspec.Struct, frozen=True, kw_only=True):
    """One shop, what its coupons may cost and have promised, and what staff did to it."""

    url: str
    name: str
    is_open: bool
    opened_at: datetime
    person: str
    person_url: str
    acts: list[Act]
    inviter: str = ""
    inviter_url: str = ""
    may_suspend: bool = False
    may_grant: bool = False
    budget: Money
    held: Money
    typed_budget: str
    keys: list[str]


class RulesPage(msgspec.Struct, frozen=True, kw_only=True):
    """How shops open, and how customers become theirs."""

    places: list[Chip]
    openings: list[Choice]
    member_days: str
    courses: list[Choice]
    is_course_over: bool
    binds: list[Choice]
    valid_days: str
    protected_days: str
    may_rule: bool
    keys: list[str] = []

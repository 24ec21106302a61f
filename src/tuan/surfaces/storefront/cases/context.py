"""What the pages of after-sales show: asking, and one case as either side sees it."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.parts import Picture


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One of several things to choose; `note` says what it means."""

    value: str
    label: str
    note: str = ""
    is_chosen: bool = False


class AskLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the order, of which up to `most` units may be asked for; `units` are."""

    number: int
    name: str
    option: str
    picture: Picture
    most: int
    units: int
    note: str = ""


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """Money and the payment it goes back to."""

    way: str
    amount: Money


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """Exactly what would come back, before anything does. `notes` say what else happens, and what is lost and why."""

    total: Money
    is_money: bool
    backs: list[Back]
    notes: list[str]


class AskPage(msgspec.Struct, frozen=True, kw_only=True):
    """Asking for something: kind, then lines, units and reason; then `promise` and the form that confirms it."""

    order_url: str
    url: str
    kinds: list[Option]
    kind: str
    reasons: list[Option]
    reason: str
    lines: list[AskLine]
    amount: str
    takes_amount: bool
    refused: str = ""
    promise: Promise | None = None
    items: str = ""
    amount_minor: str = ""
    key: str = ""


class CaseLine(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    option: str
    picture: Picture
    units: int
    amount: Money


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the log: who did what, with his words and pictures."""

    who: str
    what: str
    text: str
    pictures: list[str]
    at: datetime


class CasePage(msgspec.Struct, frozen=True, kw_only=True):
    """One case. `acts` are what the viewer may do now, by the names that the log takes; the newest line of the log is first."""

    number: int
    order_number: str
    order_url: str
    list_url: str
    url: str
    kind: str
    reason: str
    state: str
    state_words: str
    tone: str
    sentence: str
    deadline: datetime | None
    asked: Money
    given: Money | None
    is_money: bool
    lines: list[CaseLine]
    back_parcel: str
    out_parcel: str
    log: list[Said]
    acts: list[str]
    key: str


class CaseCard(msgspec.Struct, frozen=True, kw_only=True):
    """A case in a list."""

    url: str
    order_number: str
    kind: str
    reason: str
    state_words: str
    tone: str
    deadline: datetime | None
    asked: Money
    goods: list[str]


class CasesPage(msgspec.Struct, frozen=True, kw_only=True):
    """The cases of a supplier, the one that is due first on top."""

    supplier: str
    cases: list[CaseCard]
    next_url: str | None = None

"""What the office shows of plans and commissions."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.tables import Choice, TablePage


class RateLine(msgspec.Struct, frozen=True, kw_only=True):
    """One rate of a version, in words."""

    scope: str
    of: str
    level: int
    pays: str
    where: str


class BreachLine(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that a version would not keep, where, and the article that says so; in one channel only where it is named."""

    words: str
    article: str
    of: str
    channel: str = ""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What one unit of a product would bring, by level, from its cheapest to its dearest option."""

    title: str
    pays: list[str]


class VersionCard(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a plan: what it says, what the law says of it, what it would pay."""

    number: int
    state: str
    tone: str
    words: str
    since: datetime | None
    until: datetime | None
    hold_days: int
    line_most: str
    budget: Money | None
    promised: Money
    rates: list[RateLine]
    breaches: list[BreachLine]
    to_sign: list[str]
    """Fingerprints of what two persons have to sign before it may be switched on."""
    simulate_url: str
    may_switch_on: bool
    may_switch_off: bool
    keys: list[str] = []


class PlanLine(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    url: str
    words: str
    tone: str
    made_at: datetime
    versions: int
    promised: Money


class PlansPage(msgspec.Struct, frozen=True, kw_only=True):
    """Plans, and the form of a new one."""

    places: list[saying.Chip]
    plans: list[PlanLine]
    scopes: list[Choice]
    wheres: list[Choice]
    rows: int
    rows_max: int
    may_edit: bool
    key: str
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}


class PlanPage(msgspec.Struct, frozen=True, kw_only=True):
    """One plan with its versions, the newest first, and the form of the next one."""

    name: str
    url: str
    profile: str
    notice_days: int
    versions: list[VersionCard]
    previews: list[Preview]
    scopes: list[Choice]
    wheres: list[Choice]
    rows: int
    rows_max: int
    may_edit: bool
    key: str
    acts: list[saying.Act]
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    table: TablePage
    places: list[saying.Chip]
    states: list[saying.Chip]


class CommissionPage(msgspec.Struct, frozen=True, kw_only=True):
    """One commission, and what may be done about it."""

    url: str
    shop: str
    order: str
    order_url: str
    goods: str
    plan: str
    plan_url: str
    level: int
    amount: Money
    kept: Money
    words: str
    tone: str
    why: str
    appeal: str
    appealed_at: datetime | None
    answer: str
    accrued_at: datetime
    matures_at: datetime | None
    may_hold: bool
    may_decide: bool
    keys: list[str]
    acts: list[saying.Act]

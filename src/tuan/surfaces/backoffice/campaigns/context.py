"""What the pages of campaigns know: the list, the wizard with its preview, one campaign."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.backoffice.tables import Choice, TablePage


class CampaignsPage(msgspec.Struct, frozen=True, kw_only=True):
    table: TablePage
    may_launch: bool


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of a campaign as texts, the way the fields of the wizard hold them."""

    size: str = "2"
    starts_at: str = ""
    ends_at: str = ""
    team_hours: str = "24"
    pay_minutes: str = "15"
    per_order: str = "5"
    per_person: str = ""
    audience: str = "all"
    late_policy: str = "another_team"
    may_leave: str = "yes"
    shows_open_teams: str = "yes"
    promise: str = ""
    ladder: str = ""
    """`members: off` with semicolons between, above the first price."""
    leader_off: str = ""
    leader_points: str = ""
    with_points: str = "yes"
    with_coupons: str = "no"
    with_rewards: str = "no"


class SkuTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU in the wizard. `warns` says that the team price is no better than the single one."""

    sku: str
    options: str
    price: Money
    free: int
    typed: str = ""
    aside: str = ""
    team_price: Money | None = None
    warns: bool = False


class LadderRow(msgspec.Struct, frozen=True, kw_only=True):
    """From so many members on a unit costs so much less."""

    members: int
    off: Money


class WizardPage(msgspec.Struct, frozen=True, kw_only=True):
    """Choosing a product, then its terms; with `is_ready` the preview and the form that launches exactly that."""

    products: list[Choice]
    product: str = ""
    title: str = ""
    is_listed: bool = True
    skus: list[SkuTerms] = []
    terms: Terms = Terms()
    audiences: list[Choice] = []
    late_policies: list[Choice] = []
    errors: dict[str, str] = {}
    refused: str = ""
    clash_url: str = ""
    is_ready: bool = False
    prices: str = ""
    asides: str = ""
    ladder: list[LadderRow] = []
    leader_off: Money | None = None
    leader_points: int = 0
    stacks_with: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    simulate_url: str = ""
    key: str = ""


class PriceRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a SKU costs in a team; `aside` is what is left of the units set aside for it, None from the free stock."""

    options: str
    team_price: Money
    price: Money
    aside: int | None = None


class Count(msgspec.Struct, frozen=True, kw_only=True):
    state: str
    words: str
    teams: int


class CampaignPage(msgspec.Struct, frozen=True, kw_only=True):
    """One campaign. It never changes while it runs: `again_url` begins a new one with its terms."""

    campaign: str
    url: str
    title: str
    product_url: str
    state: str
    state_words: str
    size: int
    starts_at: datetime
    ends_at: datetime
    team_seconds: int
    pay_seconds: int
    per_order: int
    per_person: int | None
    audience: str
    late_policy: str
    may_leave: bool
    shows_open_teams: bool
    promise: int | None
    ladder: list[LadderRow]
    leader_off: Money | None
    leader_points: int
    stacks_with: str
    prices: list[PriceRow]
    counts: list[Count]
    teams_url: str
    again_url: str
    simulate_url: str
    may_end: bool
    key: str

"""What the places of points show."""

import msgspec

from tuan.surfaces.backoffice.tables import TablePage


class TermsForm(msgspec.Struct, frozen=True, kw_only=True):
    """The rules as staff type them: amounts in the market's currency, shares in percent."""

    earn_points: str
    earn_per: str
    earn_order_max: str
    event_day_max: str
    valid_days: str
    hundred: str
    spend_percent: str
    spend_min: str
    owes: str


class PointsPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the market has out in points, and its rules. `rewards`: the ladder's days, one after the other."""

    spendable: int
    pending: int
    debt: int
    persons: int
    terms: TermsForm
    rewards: str
    can_rule: bool
    terms_key: str
    ladder_key: str


class WalletPage(msgspec.Struct, frozen=True, kw_only=True):
    """One person's points, and everything that happened to them."""

    name: str
    person_url: str
    url: str
    spendable: int
    held: int
    pending: int
    debt: int
    table: TablePage
    can_give: bool
    grant_key: str
    deduct_key: str

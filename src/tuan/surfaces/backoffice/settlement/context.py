"""What the places of settlement show."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.backoffice.saying import Act, Chip
from tuan.surfaces.backoffice.statements import Month, Share
from tuan.surfaces.backoffice.tables import TablePage, Tone


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    """Withdrawals or accounts."""

    table: TablePage
    places: list[Chip]
    states: list[Chip]


class SplitPart(msgspec.Struct, frozen=True, kw_only=True):
    """What of an order's payment a withdrawal is split from."""

    number: str
    url: str
    transaction: str
    amount: Money
    words: str
    tone: Tone


class WithdrawalPage(msgspec.Struct, frozen=True, kw_only=True):
    """One withdrawal; `why_not` says why whoever looks at it may not agree to it, where he may not, `held` why it is not
    paid meanwhile."""

    url: str
    supplier: str
    supplier_url: str
    amount: Money
    fee: Money
    paid: Money
    short: Money
    """What could not be split and is back in the balance."""
    parts: list[SplitPart]
    words: str
    tone: Tone
    account_url: str
    holder: str
    number: str
    way: str
    asked_by: str
    asked_at: datetime
    agreed_by: list[str]
    is_two: bool
    ended_at: datetime | None
    returned_at: datetime | None
    end_reason: str
    tries: int
    payable: Money
    debt: Money
    held: str
    is_asked: bool
    may_agree: bool
    may_refuse: bool
    may_look: bool
    why_not: str
    acts: list[Act]
    keys: list[str]


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A step that an account may take: the state after it."""

    state: str
    label: str
    says: str
    key: str


class AccountPage(msgspec.Struct, frozen=True, kw_only=True):
    """A payout account; `number` is masked unless it was just asked for with a reason."""

    url: str
    supplier: str
    supplier_url: str
    holder: str
    number: str
    is_whole: bool
    way: str
    words: str
    tone: Tone
    made_at: datetime
    moves: list[Move]
    may_pay: bool
    acts: list[Act]


class Payee(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    url: str
    payable: Money
    withdrawing: Money
    debt: Money


class PayeesPage(msgspec.Struct, frozen=True, kw_only=True):
    places: list[Chip]
    payees: list[Payee]


class TermsSince(msgspec.Struct, frozen=True, kw_only=True):
    """Shares in percent, as they are typed."""

    since: datetime
    fee: str
    withheld: str


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    amount: Money
    debt: Money
    reason: str
    at: datetime


class PayeePage(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier's money: balance, statement of a month, terms and charges."""

    url: str
    name: str
    payable: Money
    withdrawing: Money
    debt: Money
    month: Month
    shares: list[Share]
    next_url: str | None
    fee: str
    withheld: str
    terms: list[TermsSince]
    charges: list[Charge]
    may_rule: bool
    keys: list[str]
    acts: list[Act]


class Taker(msgspec.Struct, frozen=True, kw_only=True):
    """Whose accounts may take the buyers' money; the market's has no supplier."""

    supplier: str
    name: str
    is_chosen: bool


class RulesPage(msgspec.Struct, frozen=True, kw_only=True):
    """The market's rules for withdrawals, as they are typed, and who takes the buyers' money."""

    places: list[Chip]
    least: str
    fee: str
    two_above: str
    claim_days: int
    currency: str
    takers: list[Taker]
    may_rule: bool
    key: str
    taker_key: str
    acts: list[Act]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What was settled on one day."""

    day: str
    orders: int
    lines: int
    kept: Money
    fee: Money
    cut: Money
    withheld: Money
    share: Money


class RunsPage(msgspec.Struct, frozen=True, kw_only=True):
    places: list[Chip]
    month: str
    earlier_url: str
    later_url: str | None
    runs: list[Run]

"""Paying out: accounts that are checked first, withdrawals that one or two persons agree to. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.kit import ids, states
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal
from tuan.trade.settlement.errors import (
    AccountInvalid,
    AccountNotActive,
    BalanceTooSmall,
    BelowMinimum,
    InDebt,
    NotThisState,
    SamePerson,
    TermsInvalid,
)
from tuan.trade.settlement.model.shares import PERMYRIAD
from tuan.trade.settlement.model.splits import SPLIT

AccountId = NewType("AccountId", UUID)
WithdrawalId = NewType("WithdrawalId", UUID)

ACCOUNT_ID: ids.IdKind[AccountId] = ids.IdKind("acct")
PAYOUT_ID: ids.IdKind[WithdrawalId] = ids.IdKind("out")

HOLDER_MAX, NUMBER_MAX = 80, 64
SHOWN_DIGITS = 4

MODES = ("transfer", "split", "direct")
"""How a payee is paid: the market's merchant account transfers to his, or the provider splits what buyers paid by it (分账).

Either way the market holds claims and never a balance that could be spent at another merchant. `direct` is what the release
before called a transfer; nobody can choose it."""


class PayeeKind(StrEnum):
    """Who is paid out: whoever sent the goods, or whoever recommended them."""

    SUPPLIER = "supplier"
    SHOP = "shop"


class AccountState(StrEnum):
    CHECKING = "checking"
    ACTIVE = "active"
    RESTRICTED = "restricted"
    REJECTED = "rejected"
    REMOVED = "removed"


A = AccountState
ACCOUNT = states.table(
    {
        A.CHECKING: {A.ACTIVE, A.REJECTED, A.REMOVED},
        A.ACTIVE: {A.RESTRICTED, A.REMOVED},
        A.RESTRICTED: {A.ACTIVE, A.REMOVED},
        A.REJECTED: {A.REMOVED},
        A.REMOVED: (),
    },
    start=A.CHECKING,
)


class WithdrawalState(StrEnum):
    REQUESTED = "requested"
    DUE = "due"
    PAID = "paid"
    FAILED = "failed"
    REJECTED = "rejected"
    RETURNED = "returned"


W = WithdrawalState
PAYOUT = states.table(
    {
        W.REQUESTED: {W.DUE, W.REJECTED},
        W.DUE: {W.PAID, W.FAILED, W.REJECTED},
        W.PAID: {W.RETURNED},
        W.FAILED: (),
        W.REJECTED: (),
        W.RETURNED: (),
    },
    start=W.REQUESTED,
)
"""Due: agreed to, and asked of the provider until it says paid or failed; what failed went back to the balance. One that
the provider was never asked for may still be rejected. Returned: it had been paid, and the payee's bank sent it back."""


class HeldFor(StrEnum):
    """Why a withdrawal that has not ended is not paid meanwhile."""

    ACCOUNT = "account"
    """The account it goes to is not active."""
    DEBT = "debt"
    """Its payee owes the market."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Of a market's withdrawals: above `two_above_minor` two persons must agree. And how many days after receipt a defect
    may be claimed, also of what was settled long ago."""

    min_minor: int
    fee_permyriad: int
    two_above_minor: int
    claim_days: int = 180


CLAIM_DAYS_MAX = 3650
DEFAULT_RULES = Rules(100, 0, 5_000_000)


@dataclass(slots=True)
class PayoutAccount:
    id: AccountId
    kind: str
    payee_id: UUID
    provider: str
    mode: str
    holder: str
    number: str
    state: str

    @property
    def is_split(self) -> bool:
        return self.mode == SPLIT


@dataclass(slots=True)
class Wallet:
    """What a payee has, in minor units: what he may claim, and what he owes."""

    payable_minor: int
    debt_minor: int


@dataclass(slots=True)
class Withdrawal:
    id: WithdrawalId
    kind: str
    payee_id: UUID
    account_id: AccountId
    amount_minor: int
    fee_minor: int
    state: str
    requested_by: UUID
    approved_by: UUID | None
    is_two: bool
    """Whether two persons must agree, by the rules when it was asked for."""
    tries: int
    """How often the provider was asked."""


def masked(number: str) -> str:
    """Enough of an account's number to know it again."""
    return (
        "•" * max(len(number) - SHOWN_DIGITS, 0) + number[-SHOWN_DIGITS:]
        if len(number) > SHOWN_DIGITS
        else "•" * len(number)
    )


def why_not_account(holder: str, number: str, mode: str) -> Refusal | None:
    wrong = {
        "holder": not 0 < len(holder.strip()) <= HOLDER_MAX,
        "number": not 0 < len(number.strip()) <= NUMBER_MAX or not number.isprintable(),
        "mode": mode not in MODES,
    }
    field = next((name for name, bad in wrong.items() if bad), None)
    return AccountInvalid(field=field) if field else None


def why_not_rules(rules: Rules) -> Refusal | None:
    fits = 0 <= rules.fee_permyriad <= PERMYRIAD and rules.min_minor >= 1 and rules.two_above_minor >= 0
    fits = fits and 7 <= rules.claim_days <= CLAIM_DAYS_MAX
    return (
        None
        if fits and max(rules.min_minor, rules.two_above_minor) <= AMOUNT_MINOR_MAX
        else TermsInvalid(most=PERMYRIAD)
    )


def why_not_withdraw(account: PayoutAccount | None, wallet: Wallet, amount_minor: int, rules: Rules) -> Refusal | None:
    if account is None:
        return NotFound()
    if account.state != AccountState.ACTIVE:
        return AccountNotActive(state=account.state)
    if wallet.debt_minor:
        return InDebt(debt_minor=wallet.debt_minor)
    if amount_minor < rules.min_minor:
        return BelowMinimum(least_minor=rules.min_minor)
    return BalanceTooSmall(left_minor=wallet.payable_minor) if amount_minor > wallet.payable_minor else None


def needs_two(amount_minor: int, asked_minor: int, rules: Rules) -> bool:
    """Whether two persons must agree; asked_minor: what the same payee has asked for on this day before, and not got back.

    Counted together, since several withdrawals just below the limit are one above it.
    """
    return amount_minor + asked_minor > rules.two_above_minor


def why_not_approve(withdrawal: Withdrawal, account_state: str, debt_minor: int, person: UUID) -> Refusal | None:
    """Whoever asked does not agree to himself, and the same person does not agree twice. Nobody agrees to money for
    somebody who owes, or to an account that is not active."""
    if withdrawal.state != WithdrawalState.REQUESTED:
        return NotThisState(state=withdrawal.state)
    if person in (withdrawal.requested_by, withdrawal.approved_by):
        return SamePerson()
    if account_state != AccountState.ACTIVE:
        return AccountNotActive(state=account_state)
    return InDebt(debt_minor=debt_minor) if debt_minor else None


def why_not_reject(withdrawal: Withdrawal) -> Refusal | None:
    """Not once the provider was asked: it may have paid."""
    is_unasked = withdrawal.state == WithdrawalState.DUE and not withdrawal.tries
    is_open = withdrawal.state == WithdrawalState.REQUESTED or is_unasked
    return None if is_open else NotThisState(state=withdrawal.state)


def why_not_look_up(withdrawal: Withdrawal) -> Refusal | None:
    """Only of what the provider was asked for is there anything to hear."""
    is_unheard = withdrawal.state == WithdrawalState.DUE and withdrawal.tries > 0
    return None if is_unheard else NotThisState(state=withdrawal.state)


def held_for(state: str, account_state: str, debt_minor: int) -> HeldFor | None:
    """Why a withdrawal waits although nobody else has to agree; `store.CLAIM_WITHDRAWALS_SQL` holds it by the same."""
    if state not in (WithdrawalState.REQUESTED, WithdrawalState.DUE):
        return None
    if account_state != AccountState.ACTIVE:
        return HeldFor.ACCOUNT
    return HeldFor.DEBT if debt_minor else None

"""Payout accounts and withdrawals of every payee, for whoever pays them out.

Whoever agrees by a program is the person whose key it is: he counts once, whichever way he says it, and never for money that he
asked for himself. The whole number of an account is for the eyes of whoever checks it, so it stays with the office.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.people import parties
from tuan.people.accounts.model import PERSON
from tuan.people.parties.model import SHOP, SUPPLIER
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.api.acting import acted
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import Listing, Money, PageQuery, PayoutAccountId, PersonId, Reason, WithdrawalId
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.api.v1.settlement import AccountState, Holder, PayoutMode, WithdrawalState
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import settlement
from tuan.trade.settlement.model import ACCOUNT_ID, PAYOUT_ID, SPLIT, PayeeKind, masked
from tuan.trade.settlement.model import AccountState as After

PayeeId = Annotated[
    str,
    Meta(
        description="Whose money it is: a supplier or a shop.",
        pattern="^(sup|shop)_[0-9a-hjkmnp-tv-z]{26}$",
        examples=["sup_01kb3v6h2ne5x8q4r7t9w0y1z3"],
    ),
]


class AccountQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which state; without one all."""

    state: AccountState | None = None


class MarketAccount(Struct, frozen=True, kw_only=True):
    """An account of somebody who is paid out; of its number only the end is told."""

    account: PayoutAccountId
    payee: PayeeId
    name: Annotated[str, Meta(description="Of the payee.", examples=["果园合作社"])]
    holder: Holder
    number: Annotated[str, Meta(examples=["••••••••••••7890"])]
    provider: Annotated[str, Meta(examples=["sandbox"])]
    mode: PayoutMode
    state: AccountState
    made_at: datetime


class AccountMove(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Active: it is right, or open again. Restricted: nothing more can be asked for to it. Rejected: another one has to be named."""

    state: Literal["active", "restricted", "rejected"]
    reason: Reason


class WithdrawalQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which state; without one all."""

    state: WithdrawalState | None = None


class MarketWithdrawal(Struct, frozen=True, kw_only=True):
    """Money that somebody asks for. `persons`: how many have to agree; `agreed_by`: who has."""

    withdrawal: WithdrawalId
    payee: PayeeId
    name: Annotated[str, Meta(description="Of the payee.", examples=["果园合作社"])]
    account: PayoutAccountId
    holder: Holder
    number: Annotated[str, Meta(examples=["••••••••••••7890"])]
    state: WithdrawalState
    amount: Money
    fee: Money
    short: Annotated[
        Money, Meta(description="What of it could not be split and is back in the balance, with its part of the fee.")
    ]
    persons: Annotated[int, Meta(examples=[2])]
    asked_by: PersonId
    agreed_by: list[PersonId]
    requested_at: datetime
    ended_at: datetime | None
    tries: Annotated[int, Meta(examples=[0])]


class PayoutDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is paid, or is not."""

    reason: Reason


# ── accounts ──
@operation("GET", "/payout-accounts", scope="payouts.read")
async def list_market_accounts(visit: Visit, query: AccountQuery) -> Listing[MarketAccount]:
    """Accounts of all payees, the newest first."""
    wanted = Wanted(after=query.after, size=query.size)
    async with visit.reading() as work:
        found = await settlement.payout_accounts(work, wanted, states=[query.state] if query.state else [])
        names = await parties.payee_names(work, {row["payee_id"] for row in found.items})
    return Listing([_account(row, names) for row in found.items], found.next_key)


@operation("GET", "/payout-accounts/{account}", scope="payouts.read")
async def show_market_account(visit: Visit, account: PayoutAccountId) -> MarketAccount:
    """One of them."""
    async with visit.reading() as work:
        row = await settlement.access_account(work, read_id(ACCOUNT_ID, account))
        return _account(row, await parties.payee_names(work, [row["payee_id"]]))


def _account(row: Any, names: dict[UUID, str]) -> MarketAccount:
    return MarketAccount(
        account=ACCOUNT_ID.show(row["id"]), payee=_payee(row), name=names[row["payee_id"]], holder=row["holder"],
        number=masked(row["number"]), provider=row["provider"],
        mode="split" if row["mode"] == SPLIT else "transfer", state=row["state"], made_at=row["made_at"],
    )  # fmt: skip


def _payee(row: Any) -> str:
    return SUPPLIER.show(row["payee_id"]) if row["kind"] == PayeeKind.SUPPLIER else SHOP.show(row["payee_id"])


@operation("POST", "/payout-accounts/{account}/state", scope="payouts.write", status=204)
async def move_account(visit: Visit, account: PayoutAccountId, data: AccountMove, key: str) -> Refusal | None:
    """Check an account, restrict it, open it again or refuse it."""
    found, after = read_id(ACCOUNT_ID, account), After(data.state)

    async def act(work: Work) -> Refusal | None:
        return await settlement.move_account(work, found, after, reason=data.reason)

    return await acted(visit, "api.move_account", key, data.reason, f"{account} {after}", act)


# ── withdrawals ──
@operation("GET", "/withdrawals", scope="payouts.read")
async def list_market_withdrawals(visit: Visit, query: WithdrawalQuery) -> Listing[MarketWithdrawal]:
    """What payees ask for and what became of it, the newest first."""
    wanted = Wanted(after=query.after, size=query.size)
    async with visit.reading() as work:
        found = await settlement.withdrawals(work, wanted, states=[query.state] if query.state else [])
        names = await parties.payee_names(work, {row["payee_id"] for row in found.items})
    return Listing([_withdrawal(visit, row, row, names) for row in found.items], found.next_key)


@operation("GET", "/withdrawals/{withdrawal}", scope="payouts.read")
async def show_market_withdrawal(visit: Visit, withdrawal: WithdrawalId) -> MarketWithdrawal:
    """One of them, and who has agreed to it."""
    async with visit.reading() as work:
        row = await settlement.access_withdrawal(work, read_id(PAYOUT_ID, withdrawal))
        account = await settlement.access_account(work, row["account_id"])
        return _withdrawal(visit, row, account, await parties.payee_names(work, [row["payee_id"]]))


def _withdrawal(visit: Visit, row: Any, account: Any, names: dict[UUID, str]) -> MarketWithdrawal:
    agreed = [row[name] for name in ("approved_by", "seconded_by") if row[name] is not None]
    return MarketWithdrawal(
        withdrawal=PAYOUT_ID.show(row["id"]), payee=_payee(row), name=names[row["payee_id"]],
        account=ACCOUNT_ID.show(row["account_id"]), holder=account["holder"], number=masked(account["number"]),
        state=row["state"], amount=money(visit, row["amount_minor"]), fee=money(visit, row["fee_minor"]), short=money(visit, row["short_minor"]),
        persons=2 if row["is_two"] else 1, asked_by=PERSON.show(row["requested_by"]),
        agreed_by=[PERSON.show(person) for person in agreed], requested_at=row["requested_at"],
        ended_at=row["ended_at"], tries=row["tries"],
    )  # fmt: skip


@operation("POST", "/withdrawals/{withdrawal}/approval", scope="payouts.write", status=204)
async def approve_withdrawal(visit: Visit, withdrawal: WithdrawalId, data: PayoutDecision, key: str) -> Refusal | None:
    """Agree to it as the person whose key this is; the last one who has to sends the money on its way."""
    found = read_id(PAYOUT_ID, withdrawal)

    async def act(work: Work) -> Refusal | None:
        return await settlement.approve(work, found, visit.person, reason=data.reason)

    return await acted(visit, "api.approve_withdrawal", key, data.reason, withdrawal, act)


@operation("POST", "/withdrawals/{withdrawal}/rejection", scope="payouts.write", status=204)
async def reject_withdrawal(visit: Visit, withdrawal: WithdrawalId, data: PayoutDecision, key: str) -> Refusal | None:
    """Do not pay it: the money is back in the balance."""
    found = read_id(PAYOUT_ID, withdrawal)

    async def act(work: Work) -> Refusal | None:
        return await settlement.reject(work, found, reason=data.reason)

    return await acted(visit, "api.reject_withdrawal", key, data.reason, withdrawal, act)


@operation("POST", "/withdrawals/{withdrawal}/inquiry", scope="payouts.write", status=204)
async def look_up_withdrawal(visit: Visit, withdrawal: WithdrawalId, data: PayoutDecision, key: str) -> Refusal | None:
    """Have the provider asked now what became of it; only of one that it was asked for and nothing was heard of."""
    found = read_id(PAYOUT_ID, withdrawal)

    async def act(work: Work) -> Refusal | None:
        return await settlement.look_up(work, found, reason=data.reason)

    return await acted(visit, "api.look_up_withdrawal", key, data.reason, withdrawal, act)


HANDLERS = (
    list_market_accounts, show_market_account, move_account, list_market_withdrawals, show_market_withdrawal,
    approve_withdrawal, reject_withdrawal, look_up_withdrawal,
)  # fmt: skip

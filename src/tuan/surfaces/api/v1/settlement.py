"""A supplier's money: what he may claim and why, accounts, and asking for it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.people import parties
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import Listing, Money, OrderId, PageQuery, PayoutAccountId, WithdrawalId
from tuan.surfaces.backoffice.statements import lines_of, read_month
from tuan.surfaces.storefront.ways import read_way
from tuan.surfaces.web.once import remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import settlement
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.settlement.model import ACCOUNT_ID, HOLDER_MAX, NUMBER_MAX, PAYOUT_ID, SPLIT, Rules, masked

MonthName = Annotated[
    str, Meta(pattern=r"^2[01][0-9]{2}-(0[1-9]|1[0-2])$", description="By the market's calendar.", examples=["2026-11"])
]
Holder = Annotated[str, Meta(min_length=1, max_length=HOLDER_MAX, examples=["果园合作社"])]
ProviderName = Annotated[str, Meta(min_length=1, max_length=40, examples=["sandbox"])]
PayoutMode = Annotated[
    Literal["transfer", "split"],
    Meta(
        description="A transfer comes from the market's account; a split out of what buyers paid by this provider, to the payee's own account there."
    ),
]
AccountState = Literal["checking", "active", "restricted", "rejected", "removed"]
WithdrawalState = Literal["requested", "due", "paid", "failed", "rejected", "returned"]


class Balance(Struct, frozen=True, kw_only=True):
    """What a payee may claim, what is on its way to him, what he owes the market."""

    payable: Money
    withdrawing: Money
    debt: Money
    least: Annotated[Money, Meta(description="The smallest withdrawal.")]
    paid_directly: Annotated[
        bool,
        Meta(description="Buyers pay to the payee's own accounts with the providers: there is nothing to withdraw."),
    ]


class StatementQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which month; without one the month it is."""

    month: MonthName | None = None


class StatementLine(Struct, frozen=True, kw_only=True):
    """A line that its buyer kept, and where its money went: share = kept + borne − fee − cut − withheld. `returned`: goods of the
    order came back after they had been settled, `charged`: something else was charged; then only the share says something, and is
    below zero. `commission_back`: what a shop had been promised of those goods is the supplier's again. A charge has no order. The
    shares of a month sum up to what it brought."""

    kind: Literal["kept", "returned", "charged", "commission_back"]
    order: OrderId | None
    line: Annotated[int | None, Meta(examples=[1])]
    title: Annotated[str, Meta(examples=["赣南脐橙"])]
    options: Annotated[str, Meta(examples=["5 斤"])]
    units: Annotated[int, Meta(examples=[2])]
    kept: Money
    borne: Money
    fee: Money
    cut: Money
    withheld: Money
    share: Money
    paid_directly: Annotated[
        bool,
        Meta(
            description="The supplier's own account had the share, or gave back what came back: no claim on the market."
        ),
    ]
    settled_at: datetime


class NewPayoutAccount(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where money is to go, and how; somebody of the market checks it first. Without a provider it is the first that can."""

    holder: Holder
    number: Annotated[str, Meta(min_length=1, max_length=NUMBER_MAX, examples=["6222021234567890"])]
    provider: ProviderName | None = None
    mode: PayoutMode = "transfer"


class PayoutAccount(Struct, frozen=True, kw_only=True):
    """An account; of its number only the end is told. Money goes only to one that is `active`."""

    account: PayoutAccountId
    holder: Holder
    number: Annotated[str, Meta(examples=["••••••••••••7890"])]
    provider: ProviderName
    mode: PayoutMode
    state: AccountState


class NewWithdrawal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of the balance, to which of the supplier's own accounts."""

    account: PayoutAccountId
    amount_minor: Annotated[int, Meta(ge=1, le=AMOUNT_MINOR_MAX, examples=[10000])]


class Withdrawal(Struct, frozen=True, kw_only=True):
    """Money on its way out. `requested` waits for somebody's consent, `due` is being paid by the provider; `failed` and
    `rejected` are back in the balance, and so is `returned`, which had been paid and came back."""

    withdrawal: WithdrawalId
    account: PayoutAccountId
    state: WithdrawalState
    amount: Money
    fee: Annotated[
        Money,
        Meta(
            description="Kept of the amount by the market; the rest is paid out. Of what could not be split none is kept."
        ),
    ]
    short: Annotated[
        Money, Meta(description="What of it could not be split and is back in the balance, with its part of the fee.")
    ]
    requested_at: datetime
    ended_at: datetime | None
    returned_at: Annotated[datetime | None, Meta(description="When it came back, fee and all.")]
    held_for: Annotated[
        Literal["account", "debt"] | None,
        Meta(description="Why it is not paid meanwhile: its account is not active, or its payee owes the market."),
    ]


def _supplier(visit: Visit) -> UUID:
    assert visit.supplier is not None
    return visit.supplier


def _money(visit: Visit, minor: int) -> Money:
    return Money(minor, visit.market.currency)


@operation("GET", "/supplier/balance", scope="settlement.read")
async def show_balance(visit: Visit) -> Balance:
    """What the supplier may claim now, or that buyers pay him directly."""
    async with visit.reading() as work:
        found = await settlement.balance_of(work, _supplier(visit))
        rules, merchant = await settlement.rules(work), await parties.merchant(work)
    return balance_told(visit, found, rules, is_direct=merchant == visit.supplier)


def balance_told(visit: Visit, found: settlement.Balance, rules: Rules, *, is_direct: bool) -> Balance:
    """A payee's balance as a program is told of it."""
    return Balance(
        payable=_money(visit, found.payable_minor),
        withdrawing=_money(visit, found.withdrawing_minor),
        debt=_money(visit, found.debt_minor),
        least=_money(visit, rules.min_minor),
        paid_directly=is_direct,
    )


@operation("GET", "/supplier/statement", scope="settlement.read")
async def list_statement_lines(visit: Visit, query: StatementQuery) -> Listing[StatementLine]:
    """What was settled in a month and what came back of it later, the latest first."""
    supplier = _supplier(visit)
    async with visit.reading() as work:
        begins, ends = read_month(visit, work.now)
        found = await lines_of(work, supplier, begins, ends, after=query.after, size=query.size)
    return Listing([line_told(visit, row) for row in found.items], found.next_key)


def line_told(visit: Visit, row: Any) -> StatementLine:
    """A line of a statement as a program is told of it."""
    kept, borne, fee, cut, withheld, share = (
        _money(visit, row[f"{name}_minor"]) for name in ("kept", "borne", "fee", "cut", "withheld", "share")
    )
    return StatementLine(
        kind=row["kind"], order=ORDER_ID.show(row["order_id"]) if row["order_id"] else None,
        line=row["line_number"] if row["kind"] == "kept" else None, title=row["title"], options=row["options"],
        units=row["units"], kept=kept, borne=borne, fee=fee, cut=cut, withheld=withheld, share=share,
        paid_directly=row["is_direct"], settled_at=row["settled_at"],
    )  # fmt: skip


@operation("GET", "/supplier/accounts", scope="settlement.read")
async def list_payout_accounts(visit: Visit) -> Listing[PayoutAccount]:
    """The supplier's accounts, the oldest first."""
    async with visit.reading() as work:
        rows = await settlement.accounts_of(work, _supplier(visit))
    return Listing([account_told(row) for row in rows])


@operation("POST", "/supplier/accounts", scope="settlement.write", status=201)
async def add_payout_account(visit: Visit, data: NewPayoutAccount, key: str) -> PayoutAccount | Refusal:
    """Name an account to be paid out to; it is of use when somebody has checked it."""
    supplier, way = _supplier(visit), read_way(visit, data.provider or "", data.mode)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        made = await settlement.add_account(work, supplier, *way, data.holder, data.number)
        return made if isinstance(made, Refusal) else {"account": str(made)}

    said = f"{data.holder} {data.number} {way}"
    outcome = await remembered(visit, "api.add_payout_account", key, said, act)
    if isinstance(outcome, Refusal):
        return outcome
    async with visit.reading() as work:
        return account_told(await settlement.access_account(work, UUID(outcome["account"])))


def account_told(row: Any) -> PayoutAccount:
    """A payee's account as a program is told of it."""
    return PayoutAccount(
        account=ACCOUNT_ID.show(row["id"]), holder=row["holder"], number=masked(row["number"]), provider=row["provider"],
        mode="split" if row["mode"] == SPLIT else "transfer", state=row["state"],
    )  # fmt: skip


@operation("GET", "/supplier/withdrawals", scope="settlement.read")
async def list_withdrawals(visit: Visit, query: PageQuery) -> Listing[Withdrawal]:
    """The supplier's withdrawals, the newest first."""
    page = Wanted(after=query.after, size=query.size)
    async with visit.reading() as work:
        found = await settlement.withdrawals(work, page, payee=_supplier(visit))
    return Listing([withdrawal_told(visit, row) for row in found.items], found.next_key)


@operation("POST", "/supplier/withdrawals", scope="settlement.write", status=201)
async def ask_for_withdrawal(visit: Visit, data: NewWithdrawal, key: str) -> Withdrawal | Refusal:
    """Ask for money: it leaves the balance at once, and is paid when somebody of the market has agreed."""
    supplier, account = _supplier(visit), read_id(ACCOUNT_ID, data.account)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        made = await settlement.withdraw(work, supplier, account, data.amount_minor, visit.person)
        return made if isinstance(made, Refusal) else {"withdrawal": str(made)}

    said = f"{data.account} {data.amount_minor}"
    outcome = await remembered(visit, "api.ask_for_withdrawal", key, said, act)
    if isinstance(outcome, Refusal):
        return outcome
    async with visit.reading() as work:
        return withdrawal_told(visit, await settlement.access_withdrawal(work, UUID(outcome["withdrawal"]), supplier))


@operation("GET", "/supplier/withdrawals/{withdrawal}", scope="settlement.read")
async def show_withdrawal(visit: Visit, withdrawal: WithdrawalId) -> Withdrawal:
    """One withdrawal, and how it stands."""
    found = read_id(PAYOUT_ID, withdrawal)
    async with visit.reading() as work:
        return withdrawal_told(visit, await settlement.access_withdrawal(work, found, _supplier(visit)))


def withdrawal_told(visit: Visit, row: Any) -> Withdrawal:
    """A payee's withdrawal as a program is told of it."""
    return Withdrawal(
        withdrawal=PAYOUT_ID.show(row["id"]),
        account=ACCOUNT_ID.show(row["account_id"]),
        state=row["state"],
        amount=_money(visit, row["amount_minor"]),
        fee=_money(visit, row["fee_minor"]),
        short=_money(visit, row["short_minor"]),
        requested_at=row["requested_at"],
        ended_at=row["ended_at"],
        returned_at=row["returned_at"],
        held_for=row["held_for"],
    )


HANDLERS = (
    show_balance, list_statement_lines, list_payout_accounts, add_payout_account, list_withdrawals,
    ask_for_withdrawal, show_withdrawal,
)  # fmt: skip

"""What a shop earns: commissions and why, appealing, accounts, asking for money."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct, structs

from tuan.kit.refusals import Refusal
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import distribution
from tuan.play.distribution.model import APPEAL_LENGTHS, COMMISSION_ID
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, CommissionId, Listing, Money, OrderNumber, PageQuery
from tuan.surfaces.api.v1.settlement import (
    Balance,
    MonthName,
    NewPayoutAccount,
    NewWithdrawal,
    PayoutAccount,
    Withdrawal,
    account_told,
    balance_told,
    withdrawal_told,
)
from tuan.surfaces.backoffice.statements import read_month
from tuan.surfaces.desks.earnings.viewing import earned_of, today_of
from tuan.surfaces.storefront.ways import read_way
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import settlement
from tuan.trade.orders.model import number_of
from tuan.trade.settlement.model import ACCOUNT_ID, PayeeKind

CommissionState = Literal["pending", "held", "matured", "reversed", "void"]
HeldFor = Literal["same_address", "same_device", "same_account", "same_payer", "ring", "looked_at"]


class Earnings(Struct, frozen=True, kw_only=True):
    """What was promised today, as it stands now, and what the shop may claim."""

    balance: Balance
    pending: Money
    held: Money
    matured: Money
    lowered: Annotated[Money, Meta(description="What of it went back.")]
    lines: Annotated[int, Meta(examples=[3])]


class CommissionQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which month; without one the month it is."""

    month: MonthName | None = None


class Commission(Struct, frozen=True, kw_only=True):
    """What the shop is promised of one line that it recommended, and how it stands. `level` 2: a shop that it invited sold it."""

    commission: CommissionId
    order_number: OrderNumber
    line: Annotated[int, Meta(examples=[1])]
    level: Literal[1, 2]
    title: Annotated[str, Meta(examples=["赣南脐橙"])]
    state: CommissionState
    promised: Money
    left: Annotated[Money, Meta(description="Of what was promised, after all that went back.")]
    held_for: HeldFor | None
    answer: Annotated[str | None, Meta(description="What the market says of one that was held.")]
    promised_at: datetime
    yours_from: datetime | None


class DayCommission(Commission, frozen=True, kw_only=True):
    """One to which something happened today; `reasons`: why it stands so, in the caller's language."""

    reasons: Annotated[list[str], Meta(examples=[["买家退了货，少 ¥1.00。"]])]


class NewAppeal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it was a real sale."""

    words: Annotated[
        str, Meta(min_length=APPEAL_LENGTHS.start, max_length=APPEAL_LENGTHS.stop - 1, pattern=NO_NUL,
                  examples=["买家是我的同事，自己付的钱"])
    ]  # fmt: skip


def _shop(visit: Visit) -> UUID:
    assert visit.shop is not None
    return visit.shop.id


@operation("GET", "/shop/earnings", scope="shop.read")
async def show_earnings(visit: Visit) -> Earnings:
    """What the shop earned today, and what it may claim."""
    async with visit.reading() as work:
        today = await distribution.earnings(work, _shop(visit), *today_of(visit, work.now))
        found = await settlement.balance_of(work, _shop(visit), kind=PayeeKind.SHOP)
        rules = await settlement.rules(work)
    pending, held, matured, lowered = (
        Money(minor, visit.market.currency) for minor in (today.pending, today.held, today.matured, today.lowered)
    )
    return Earnings(
        balance=balance_told(visit, found, rules, is_direct=False), pending=pending, held=held, matured=matured, lowered=lowered,
        lines=today.lines,
    )  # fmt: skip


@operation("GET", "/shop/earnings/today", scope="shop.read")
async def list_day_commissions(visit: Visit, query: PageQuery) -> Listing[DayCommission]:
    """Each commission that was promised, became the shop's, was held or went back today, the newest first."""
    async with visit.reading() as work:
        begins, ends = today_of(visit, work.now)
        found = await distribution.day_of_shop(work, _shop(visit), begins, ends, after=query.after, size=query.size)
    rows = [
        DayCommission(
            **structs.asdict(_commission(visit, row)), reasons=earned_of(visit, row, row["lowerings"]).reasons
        )
        for row in found.items
    ]
    return Listing(rows, found.next_key)


@operation("GET", "/shop/commissions", scope="shop.read")
async def list_commissions(visit: Visit, query: CommissionQuery) -> Listing[Commission]:
    """What the shop was promised in a month, the latest first."""
    wanted = Wanted(after=query.after, size=query.size)
    async with visit.reading() as work:
        begins, ends = read_month(visit, work.now)
        found = await distribution.commissions(work, wanted, shop=_shop(visit), since=begins, until=ends)
    return Listing([_commission(visit, row) for row in found.items], found.next_key)


def _commission(visit: Visit, row: Any) -> Commission:
    return Commission(
        commission=COMMISSION_ID.show(row["id"]),
        order_number=number_of(row["order_id"]),
        line=row["line_number"],
        level=row["depth"],
        title=row["title"],
        state=row["state"],
        promised=Money(row["amount_minor"], visit.market.currency),
        left=Money(row["kept_minor"], visit.market.currency),
        held_for=row["held_for"],
        answer=row["answer"],
        promised_at=row["accrued_at"],
        yours_from=row["matures_at"],
    )


@operation("POST", "/shop/commissions/{commission}/appeal", scope="shop.write", status=204)
async def appeal_commission(visit: Visit, commission: CommissionId, data: NewAppeal, key: str) -> Refusal | None:
    """Say once why a commission that is held was a real sale."""
    found, shop = read_id(COMMISSION_ID, commission), _shop(visit)

    async def act(work: Work) -> Refusal | None:
        return await distribution.appeal(work, found, shop, visit.person, data.words)

    return await once(visit, "api.appeal", key, f"{commission} {data.words}", act)


@operation("GET", "/shop/accounts", scope="shop.read")
async def list_shop_accounts(visit: Visit) -> Listing[PayoutAccount]:
    """The shop's accounts, the oldest first."""
    async with visit.reading() as work:
        rows = await settlement.accounts_of(work, _shop(visit))
    return Listing([account_told(row) for row in rows])


@operation("POST", "/shop/accounts", scope="shop.write", status=201)
async def add_shop_account(visit: Visit, data: NewPayoutAccount, key: str) -> PayoutAccount | Refusal:
    """Name an account to be paid out to; it is of use when somebody has checked it."""
    shop, way = _shop(visit), read_way(visit, data.provider or "", data.mode)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        made = await settlement.add_account(work, shop, *way, data.holder, data.number, kind=PayeeKind.SHOP)
        return made if isinstance(made, Refusal) else {"account": str(made)}

    outcome = await remembered(visit, "api.add_shop_account", key, f"{data.holder} {data.number} {way}", act)
    if isinstance(outcome, Refusal):
        return outcome
    async with visit.reading() as work:
        return account_told(await settlement.access_account(work, UUID(outcome["account"])))


@operation("GET", "/shop/withdrawals", scope="shop.read")
async def list_shop_withdrawals(visit: Visit, query: PageQuery) -> Listing[Withdrawal]:
    """The shop's withdrawals, the newest first."""
    page = Wanted(after=query.after, size=query.size)
    async with visit.reading() as work:
        found = await settlement.withdrawals(work, page, payee=_shop(visit))
    return Listing([withdrawal_told(visit, row) for row in found.items], found.next_key)


@operation("POST", "/shop/withdrawals", scope="shop.write", status=201)
async def ask_for_shop_withdrawal(visit: Visit, data: NewWithdrawal, key: str) -> Withdrawal | Refusal:
    """Ask for money: it leaves the balance at once, and is paid when somebody of the market has agreed."""
    shop, account = _shop(visit), read_id(ACCOUNT_ID, data.account)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        made = await settlement.withdraw(work, shop, account, data.amount_minor, visit.person)
        return made if isinstance(made, Refusal) else {"withdrawal": str(made)}

    said = f"{data.account} {data.amount_minor}"
    outcome = await remembered(visit, "api.ask_for_shop_withdrawal", key, said, act)
    if isinstance(outcome, Refusal):
        return outcome
    async with visit.reading() as work:
        return withdrawal_told(visit, await settlement.access_withdrawal(work, UUID(outcome["withdrawal"]), shop))


HANDLERS = (
    show_earnings, list_day_commissions, list_commissions, appeal_commission, list_shop_accounts, add_shop_account, list_shop_withdrawals,
    ask_for_shop_withdrawal,
)  # fmt: skip

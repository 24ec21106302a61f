"""What the market takes of its suppliers' sales: their terms, charges and balances, the rules of withdrawals, days of settlement."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.people import parties
from tuan.people.parties.model import SUPPLIER
from tuan.platform.work import Work
from tuan.surfaces.api.acting import acted
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import AmountMinor, Listing, Money, Reason, SupplierId
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.api.v1.settlement import MonthName, StatementLine, StatementQuery, line_told
from tuan.surfaces.backoffice.statements import lines_of, read_month
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import settlement
from tuan.trade.settlement.model import Rules, Terms

Permyriad = Annotated[int, Meta(description="Of 10,000.", ge=0, le=10_000, examples=[200])]
Minor = Annotated[int, Meta(description="Minor units (fen, cents).", ge=0, le=AMOUNT_MINOR_MAX, examples=[5000000])]


class MonthQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which month; without one the month it is."""

    month: MonthName | None = None


class Payee(Struct, frozen=True, kw_only=True):
    """What a supplier may claim, what is on its way to him, what he owes the market."""

    supplier: SupplierId
    name: Annotated[str, Meta(examples=["果园合作社"])]
    payable: Money
    withdrawing: Money
    debt: Money


class TermsSince(Struct, frozen=True, kw_only=True):
    """Shares of 10,000 for orders placed from then on."""

    since: datetime
    fee_permyriad: Permyriad
    withheld_permyriad: Permyriad


class ChargeMade(Struct, frozen=True, kw_only=True):
    """What was charged and why; `debt`: what of it he could not pay at once."""

    amount: Money
    debt: Money
    reason: str
    at: datetime


class PayeesMoney(Struct, frozen=True, kw_only=True):
    """A supplier's balance; his terms now and before, the newest first; what he was charged in the month."""

    payee: Payee
    fee_permyriad: Permyriad
    withheld_permyriad: Permyriad
    terms: list[TermsSince]
    charges: list[ChargeMade]


class NewTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The market's fee and the tax that is withheld, as shares of 10,000."""

    fee_permyriad: Permyriad
    withheld_permyriad: Annotated[int, Meta(ge=0, le=10_000, examples=[0])] = 0
    reason: Reason


class NewCharge(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """He owes the market this much."""

    amount_minor: AmountMinor
    reason: Reason


class WithdrawalRules(Struct, frozen=True, kw_only=True):
    """The smallest withdrawal, what is kept of one, above what two persons have to agree; how long a defect may be claimed."""

    least_minor: Annotated[int, Meta(examples=[100])]
    fee_permyriad: Permyriad
    two_above_minor: Minor
    claim_days: Annotated[int, Meta(examples=[180])]


class NewWithdrawalRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same, for withdrawals that are asked for from now on."""

    least_minor: Annotated[int, Meta(ge=1, le=AMOUNT_MINOR_MAX, examples=[100])]
    fee_permyriad: Annotated[int, Meta(ge=0, le=10_000, examples=[0])]
    two_above_minor: Minor
    claim_days: Annotated[int, Meta(ge=7, le=3650, examples=[180])]
    reason: Reason


class Merchant(Struct, frozen=True, kw_only=True):
    """`direct`: the accounts of this supplier take the buyers' money, and he has his share at once; nobody else sells. `paid_out`:
    the market's accounts take it, and suppliers are paid out by transfer or split."""

    mode: Literal["paid_out", "direct"]
    supplier: SupplierId | None


class NewMerchant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose accounts take the buyers' money from now on; without a supplier the market's."""

    supplier: SupplierId | None = None
    reason: Reason


class SettlementDay(Struct, frozen=True, kw_only=True):
    """What was settled on a day of the market: what buyers kept, and where the money went."""

    day: date
    orders: Annotated[int, Meta(examples=[40])]
    lines: Annotated[int, Meta(examples=[55])]
    kept: Money
    fee: Money
    cut: Money
    withheld: Money
    share: Money


# ── suppliers ──
@operation("GET", "/payees", scope="fees.read")
async def list_payees(visit: Visit) -> Listing[Payee]:
    """Every supplier with his balance."""
    async with visit.reading() as work:
        found = await parties.suppliers(work)
        balances = await settlement.balances_of(work, [row["id"] for row in found])
    return Listing([_payee(visit, row["id"], row["name"], balances[row["id"]]) for row in found])


def _payee(visit: Visit, supplier: Any, name: str, balance: settlement.Balance) -> Payee:
    return Payee(
        supplier=SUPPLIER.show(supplier), name=name, payable=money(visit, balance.payable_minor),
        withdrawing=money(visit, balance.withdrawing_minor), debt=money(visit, balance.debt_minor),
    )  # fmt: skip


@operation("GET", "/payees/{supplier}", scope="fees.read")
async def show_payee(visit: Visit, supplier: SupplierId, query: MonthQuery) -> PayeesMoney:
    """One supplier's money, terms and charges."""
    found = read_id(SUPPLIER, supplier)
    async with visit.reading() as work:
        await parties.access_supplier(work, found)
        begins, ends = read_month(visit, work.now)
        card = (await parties.supplier_cards(work, [found]))[found]
        balance, terms = await settlement.balance_of(work, found), await settlement.terms_of(work, found)
        history = await settlement.terms_through_time(work, found)
        charges = await settlement.charges_of(work, found, begins, ends)
    return PayeesMoney(
        payee=_payee(visit, found, card["name"], balance),
        fee_permyriad=terms.fee_permyriad,
        withheld_permyriad=terms.withheld_permyriad,
        terms=[TermsSince(**row) for row in history],
        charges=[
            ChargeMade(amount=money(visit, row["amount_minor"]), debt=money(visit, row["debt_minor"]),
                       reason=row["reason"], at=row["at"])
            for row in charges
        ],
    )  # fmt: skip


@operation("GET", "/payees/{supplier}/statement", scope="fees.read")
async def list_payees_statement_lines(
    visit: Visit, supplier: SupplierId, query: StatementQuery
) -> Listing[StatementLine]:
    """What was settled for a supplier in a month, the latest first."""
    found = read_id(SUPPLIER, supplier)
    async with visit.reading() as work:
        await parties.access_supplier(work, found)
        begins, ends = read_month(visit, work.now)
        lines = await lines_of(work, found, begins, ends, after=query.after, size=query.size)
    return Listing([line_told(visit, row) for row in lines.items], lines.next_key)


@operation("POST", "/payees/{supplier}/terms", scope="fees.write", status=204)
async def set_payees_terms(visit: Visit, supplier: SupplierId, data: NewTerms, key: str) -> Refusal | None:
    """For orders of this supplier that are placed from now on."""
    found, terms = read_id(SUPPLIER, supplier), Terms(data.fee_permyriad, data.withheld_permyriad)

    async def act(work: Work) -> Refusal | None:
        await parties.access_supplier(work, found)
        return await settlement.set_terms(work, found, terms, reason=data.reason)

    return await acted(visit, "api.set_terms", key, data.reason, f"{supplier} {terms}", act)


@operation("POST", "/payees/{supplier}/charges", scope="fees.write", status=204)
async def charge_payee(visit: Visit, supplier: SupplierId, data: NewCharge, key: str) -> Refusal | None:
    """Taken from what he may claim; the rest is his debt, and what comes in repays it first."""
    found = read_id(SUPPLIER, supplier)

    async def act(work: Work) -> Refusal | None:
        await parties.access_supplier(work, found)
        return await settlement.charge(work, found, data.amount_minor, reason=data.reason)

    return await acted(visit, "api.charge", key, data.reason, f"{supplier} {data.amount_minor}", act)


# ── the market ──
@operation("GET", "/withdrawal-rules", scope="fees.read")
async def show_withdrawal_rules(visit: Visit) -> WithdrawalRules:
    """The rules of withdrawals asked for now."""
    async with visit.reading() as work:
        rules = await settlement.rules(work)
    return WithdrawalRules(
        least_minor=rules.min_minor, fee_permyriad=rules.fee_permyriad, two_above_minor=rules.two_above_minor,
        claim_days=rules.claim_days,
    )  # fmt: skip


@operation("PUT", "/withdrawal-rules", scope="fees.write", status=204)
async def set_withdrawal_rules(visit: Visit, data: NewWithdrawalRules, key: str) -> Refusal | None:
    """For withdrawals that are asked for from now on; those that wait keep their number of persons."""
    rules = Rules(data.least_minor, data.fee_permyriad, data.two_above_minor, data.claim_days)

    async def act(work: Work) -> Refusal | None:
        return await settlement.set_rules(work, rules, reason=data.reason)

    return await acted(visit, "api.set_rules", key, data.reason, str(rules), act)


@operation("GET", "/merchant", scope="fees.read")
async def show_merchant(visit: Visit) -> Merchant:
    """Whose accounts take the buyers' money."""
    async with visit.reading() as work:
        found = await parties.merchant(work)
    return Merchant(mode="direct" if found else "paid_out", supplier=SUPPLIER.show(found) if found else None)


@operation("PUT", "/merchant", scope="fees.write", status=204)
async def set_merchant(visit: Visit, data: NewMerchant, key: str) -> Refusal | None:
    """Only while every order is settled and every balance is paid out; with a supplier, only while nobody else has goods for sale."""
    found = read_id(SUPPLIER, data.supplier) if data.supplier else None

    async def act(work: Work) -> Refusal | None:
        if found:
            await parties.access_supplier(work, found)
        return await settlement.set_merchant(work, found, reason=data.reason)

    return await acted(visit, "api.set_merchant", key, data.reason, str(data.supplier), act)


@operation("GET", "/settlement-days", scope="fees.read")
async def list_settlement_days(visit: Visit, query: MonthQuery) -> Listing[SettlementDay]:
    """What was settled in a month, day by day, the newest first."""
    async with visit.reading() as work:
        begins, ends = read_month(visit, work.now)
        rows = await settlement.runs(work, begins, ends, str(visit.market.zone))
    return Listing([_day(visit, row) for row in rows])


def _day(visit: Visit, row: Any) -> SettlementDay:
    kept, fee, cut, withheld, share = (money(visit, row[name]) for name in ("kept", "fee", "cut", "withheld", "share"))
    return SettlementDay(day=row["day"], orders=row["orders"], lines=row["lines"], kept=kept, fee=fee, cut=cut,
                         withheld=withheld, share=share)  # fmt: skip


HANDLERS = (
    list_payees, show_payee, list_payees_statement_lines, set_payees_terms, charge_payee, show_withdrawal_rules,
    set_withdrawal_rules, show_merchant, set_merchant, list_settlement_days,
)  # fmt: skip

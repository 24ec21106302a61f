"""Suppliers and their money in the office: balance, statement of a month, terms, charges."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from tuan.kit.refusals import Refusal
from tuan.people import accounts as persons
from tuan.people import parties
from tuan.people import staff as members
from tuan.people.parties.model import SUPPLIER
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted, read_amount
from tuan.surfaces.backoffice.settlement import words
from tuan.surfaces.backoffice.settlement.context import Charge, Payee, PayeePage, PayeesPage, TermsSince
from tuan.surfaces.backoffice.settlement.words import PAYEES, PLACE, read_percent, written_percent
from tuan.surfaces.backoffice.statements import csv_of_month, lines_of, month_of, printed, read_month, share_of
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import settlement
from tuan.trade.settlement.model import Terms


class TermsForm(msgspec.Struct, frozen=True, kw_only=True):
    """Shares in percent."""

    key: str
    fee: str
    withheld: str
    reason: str


class ChargeForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    amount: str
    reason: str


@get(PAYEES, opt=staff("settlement.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        found = await parties.suppliers(work)
        balances = await settlement.balances_of(work, [row["id"] for row in found])
    page = PayeesPage(
        places=words.places(visit),
        payees=[
            Payee(
                name=row["name"],
                url=words.payee_url(row["id"]),
                payable=saying.money(visit, balances[row["id"]].payable_minor),
                withdrawing=saying.money(visit, balances[row["id"]].withdrawing_minor),
                debt=saying.money(visit, balances[row["id"]].debt_minor),
            )
            for row in found
        ],
    )
    return visit.page("backoffice/settlement/payees.html", page, place=PLACE.name)


@get("/office/settlement/payees/{supplier:str}", opt=staff("settlement.see"))
async def show_one(visit: NamedDependency[Visit], supplier: FromPath[str]) -> Response[Any]:
    found = read_id(SUPPLIER, supplier)
    url = words.payee_url(found)
    async with visit.reading() as work:
        await parties.access_supplier(work, found)
        begins, ends = read_month(visit, work.now)
        card = (await parties.supplier_cards(work, [found]))[found]
        balance, terms = await settlement.balance_of(work, found), await settlement.terms_of(work, found)
        sums = await settlement.statement_sums(work, found, begins, ends)
        lines = await lines_of(work, found, begins, ends, after=visit.query.get("page"))
        history = await settlement.terms_through_time(work, found)
        charges = await settlement.charges_of(work, found, begins, ends)
        acts = await audit.about(work, SUPPLIER.show(found))
        names = await persons.names(work, {act["actor_id"] for act in acts})
        now = work.now
    page = PayeePage(
        url=url,
        name=card["name"],
        payable=saying.money(visit, balance.payable_minor),
        withdrawing=saying.money(visit, balance.withdrawing_minor),
        debt=saying.money(visit, balance.debt_minor),
        month=month_of(visit, url, f"{url}/lines.csv", begins, sums, now),
        shares=[share_of(visit, row) for row in lines.items],
        next_url=visit.url_with(page=lines.next_key) if lines.next_key else None,
        fee=written_percent(terms.fee_permyriad),
        withheld=written_percent(terms.withheld_permyriad),
        terms=[_terms(row) for row in history],
        charges=[_charge(visit, row) for row in charges],
        may_rule=visit.may("settlement.rules"),
        keys=[visit.fresh_key() for _ in range(2)],
        acts=saying.acts(acts, names),
    )
    return visit.page("backoffice/settlement/payee.html", page, place=PLACE.name, blocks=("main",))


def _terms(row: Any) -> TermsSince:
    fee, withheld = written_percent(row["fee_permyriad"]), written_percent(row["withheld_permyriad"])
    return TermsSince(since=row["since"], fee=fee, withheld=withheld)


def _charge(visit: Visit, row: Any) -> Charge:
    return Charge(
        amount=saying.money(visit, row["amount_minor"]),
        debt=saying.money(visit, row["debt_minor"]),
        reason=row["reason"],
        at=row["at"],
    )


@get("/office/settlement/payees/{supplier:str}/lines.csv", opt=staff("settlement.see", "exports.make", fresh=True))
async def export(visit: NamedDependency[Visit], supplier: FromPath[str]) -> Stream:
    """The lines of a month; that they were taken is audited."""
    found = read_id(SUPPLIER, supplier)
    async with visit.writing() as work:
        await parties.access_supplier(work, found)
        read_month(visit, work.now)
        await members.record_export(work, "statement", f"{supplier} {visit.query.get('month', '')}".strip())
    return await csv_of_month(visit, found)


@get("/office/settlement/payees/{supplier:str}/print", opt=staff("settlement.see"))
async def print_month(visit: NamedDependency[Visit], supplier: FromPath[str]) -> Response[Any]:
    """The statement of a month, on paper."""
    found = read_id(SUPPLIER, supplier)
    async with visit.reading() as work:
        await parties.access_supplier(work, found)
    return await printed(visit, found, words.payee_url(found))


@post("/office/settlement/payees/{supplier:str}/terms", opt=staff("settlement.rules", fresh=True))
async def set_terms(visit: NamedDependency[Visit], supplier: FromPath[str]) -> Response[Any]:
    """For orders that are placed from now on."""
    found, form = read_id(SUPPLIER, supplier), await visit.form(TermsForm)
    terms = Terms(read_percent(form.fee, "fee"), read_percent(form.withheld, "withheld"))

    async def act(work: Work) -> Refusal | None:
        await parties.access_supplier(work, found)
        return await settlement.set_terms(work, found, terms, reason=form.reason.strip())

    subject = f"{supplier} {terms}"
    return await acted(visit, "office.set_terms", form.key, form.reason, subject, act, words.payee_url(found))


@post("/office/settlement/payees/{supplier:str}/charges", opt=staff("settlement.rules", fresh=True))
async def charge(visit: NamedDependency[Visit], supplier: FromPath[str]) -> Response[Any]:
    """He owes the market this much."""
    found, form = read_id(SUPPLIER, supplier), await visit.form(ChargeForm)
    minor = read_amount(visit, form.amount, "amount")

    async def act(work: Work) -> Refusal | None:
        await parties.access_supplier(work, found)
        return await settlement.charge(work, found, minor, reason=form.reason.strip())

    subject = f"{supplier} {minor}"
    return await acted(visit, "office.charge", form.key, form.reason, subject, act, words.payee_url(found))


HANDLERS = (show, show_one, export, print_month, set_terms, charge)

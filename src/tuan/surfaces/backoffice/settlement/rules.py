"""The rules of withdrawals, who takes the buyers' money, and what was settled day by day."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import Refusal
from tuan.people import accounts as persons
from tuan.people import parties
from tuan.people.parties.model import SUPPLIER
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted, read_amount, read_whole, written_amount
from tuan.surfaces.backoffice.settlement import words
from tuan.surfaces.backoffice.settlement.context import RulesPage, Run, RunsPage, Taker
from tuan.surfaces.backoffice.settlement.words import MERCHANT, PLACE, RULES, RUNS, read_percent, written_percent
from tuan.surfaces.backoffice.statements import moved, read_month
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import settlement
from tuan.trade.settlement.model import Rules


class RulesForm(msgspec.Struct, frozen=True, kw_only=True):
    """Amounts in the market's currency, the fee in percent."""

    key: str
    least: str
    fee: str
    two_above: str
    claim_days: str
    reason: str


class MerchantForm(msgspec.Struct, frozen=True, kw_only=True):
    """The supplier whose own accounts take the money; empty: the market's do."""

    key: str
    supplier: str
    reason: str


@get(RULES, opt=staff("settlement.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        rules = await settlement.rules(work)
        merchant, suppliers = await parties.merchant(work), await parties.suppliers(work)
        acts = await audit.about(work, "rules")
        names = await persons.names(work, {act["actor_id"] for act in acts})
    page = RulesPage(
        places=words.places(visit),
        least=written_amount(saying.money(visit, rules.min_minor)),
        fee=written_percent(rules.fee_permyriad),
        two_above=written_amount(saying.money(visit, rules.two_above_minor)),
        claim_days=rules.claim_days,
        currency=visit.market.currency,
        takers=[Taker(supplier="", name=visit.gettext("The market"), is_chosen=merchant is None)]
        + [
            Taker(supplier=SUPPLIER.show(row["id"]), name=row["name"], is_chosen=row["id"] == merchant)
            for row in suppliers
        ],
        may_rule=visit.may("settlement.rules"),
        key=visit.fresh_key(),
        taker_key=visit.fresh_key(),
        acts=saying.acts(acts, names),
    )
    return visit.page("backoffice/settlement/rules.html", page, place=PLACE.name)


@post(RULES, opt=staff("settlement.rules", fresh=True))
async def set_rules(visit: NamedDependency[Visit]) -> Response[Any]:
    """For withdrawals that are asked for from now on."""
    form = await visit.form(RulesForm)
    least, two_above = (
        read_amount(visit, text, name) for text, name in ((form.least, "least"), (form.two_above, "two_above"))
    )
    rules = Rules(least, read_percent(form.fee, "fee"), two_above, read_whole(form.claim_days, "claim_days"))

    async def act(work: Work) -> Refusal | None:
        return await settlement.set_rules(work, rules, reason=form.reason.strip())

    return await acted(visit, "office.set_rules", form.key, form.reason, str(rules), act, RULES)


@post(MERCHANT, opt=staff("settlement.rules", fresh=True))
async def set_merchant(visit: NamedDependency[Visit]) -> Response[Any]:
    """Nothing may be on its way then."""
    form = await visit.form(MerchantForm)
    supplier = read_id(SUPPLIER, form.supplier) if form.supplier else None

    async def act(work: Work) -> Refusal | None:
        if supplier:
            await parties.access_supplier(work, supplier)
        return await settlement.set_merchant(work, supplier, reason=form.reason.strip())

    return await acted(visit, "office.set_merchant", form.key, form.reason, form.supplier, act, RULES)


@get(RUNS, opt=staff("settlement.see"))
async def show_runs(visit: NamedDependency[Visit]) -> Response[Any]:
    """A month, day by day."""
    async with visit.reading() as work:
        begins, ends = read_month(visit, work.now)
        rows = await settlement.runs(work, begins, ends, str(visit.market.zone))
        now = work.now
    page = RunsPage(
        places=words.places(visit),
        month=f"{begins:%Y-%m}",
        earlier_url=f"{RUNS}?month={moved(begins, -1):%Y-%m}",
        later_url=f"{RUNS}?month={ends:%Y-%m}" if ends <= now else None,
        runs=[_run(visit, row) for row in rows],
    )
    return visit.page("backoffice/settlement/runs.html", page, place=PLACE.name)


def _run(visit: Visit, row: Any) -> Run:
    kept, fee, cut, withheld, share = (
        saying.money(visit, row[name]) for name in ("kept", "fee", "cut", "withheld", "share")
    )
    return Run(day=row["day"].isoformat(), orders=row["orders"], lines=row["lines"], kept=kept, fee=fee, cut=cut,
               withheld=withheld, share=share)  # fmt: skip


HANDLERS = (show, set_rules, set_merchant, show_runs)

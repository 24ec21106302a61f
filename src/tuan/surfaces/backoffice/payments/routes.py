"""Payments in the office: money that came, and notices that were put aside because they are not what was agreed."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from tuan.kit.money import Money
from tuan.kit.pages import Page
from tuan.kit.refusals import Refusal
from tuan.people import staff as members
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.payments.context import Aside, Choice, Difference, PaymentsPage, QuarantinePage
from tuan.surfaces.backoffice.settlement.words import withdrawal_url
from tuan.surfaces.backoffice.tables import Cell, Column, Filter, csv_of, table_page, wanted
from tuan.surfaces.storefront.showing import provider_name
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Place, Step
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders, payments, settlement
from tuan.trade.payments.model import ASIDE_ID, RESOLUTIONS, Agreed

PLACE = Place(name="payments", label="Payments", url="/office/payments", permission="payments.see", icon="copy")
COLUMNS = (
    Column("received", "Received", sort="newest"),
    Column("order", "Order"),
    Column("way", "Way"),
    Column("transaction", "Transaction"),
    Column("amount", "Amount", is_number=True),
    Column("applied", "Applied", is_number=True),
    Column("back", "Given back", is_number=True),
)
NO_FILTERS: Sequence[Filter] = ()


class ResolutionForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    resolution: str
    reason: str


@get("/office/payments", opt=staff("payments.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        rows = await _rows(work, wanted(visit, COLUMNS))
        views = await members.views(work, visit.person, PLACE.name)
    table = table_page(
        visit,
        PLACE,
        COLUMNS,
        NO_FILTERS,
        rows,
        _cells(visit),
        views,
        csv_path="/office/payments.csv",
        opens_beside=True,
    )
    page = PaymentsPage(table=table, places=places_of(visit))
    return visit.page("backoffice/payments/page.html", page, place=PLACE.name)


@get("/office/payments.csv", opt=staff("payments.see", "exports.make", fresh=True))
async def export(visit: NamedDependency[Visit]) -> Stream:
    return await csv_of(visit, "payments", COLUMNS, _rows, _cells(visit))


async def _rows(work: Work, page: Wanted) -> Page[Any]:
    """Captures, each with the first order that it paid."""
    found = await payments.captures(work, page)
    firsts = await orders.first_of_payables(work, {row["payable_id"] for row in found.items})
    return Page(
        [{**row, "order_id": firsts.get(row["payable_id"])} for row in found.items], found.next_key, found.count
    )


def _cells(visit: Visit) -> Any:
    def cells(row: Any) -> list[Cell]:
        applied, back = row["applied_minor"], row["refunded_minor"]
        return [
            Cell(at=row["received_at"]),
            saying.order_cell(visit, row["order_id"]),
            Cell(text=provider_name(visit, row["provider"])),
            Cell(text=row["transaction"]),
            Cell(amount=Money(row["amount_minor"], row["currency"])),
            Cell(amount=Money(applied, row["currency"])) if applied != row["amount_minor"] else Cell(is_number=True),
            Cell(amount=Money(back, row["currency"])) if back else Cell(is_number=True),
        ]

    return cells


def places_of(visit: Visit) -> list[saying.Chip]:
    """The pages of this place, the one that is shown chosen."""
    pages = {
        "/office/payments": visit.gettext("Money that came"),
        "/office/payments/quarantine": visit.gettext("Quarantine"),
        "/office/payments/reconciliation": visit.gettext("Reconciliation"),
    }
    return [saying.Chip(label=label, url=url, is_chosen=visit.path == url) for url, label in pages.items()]


# ── quarantine ──
@get("/office/payments/quarantine", opt=staff("payments.see"))
async def show_quarantine(visit: NamedDependency[Visit]) -> Response[Any]:
    is_open = visit.query.get("state") != "resolved"
    async with visit.reading() as work:
        found = await payments.quarantine(work, Wanted(after=visit.query.get("page")), is_open=is_open)
        payables = {row["payable_id"] for row in found.items if row["payable_id"]}
        firsts = await orders.first_of_payables(work, payables)
        outgoing = await _agreed_of(work, [row["notice"] for row in found.items])
    states = {"": visit.gettext("Open"), "resolved": visit.gettext("Settled")}
    now = "" if is_open else "resolved"
    ways = _resolutions(visit)
    page = QuarantinePage(
        asides=[_aside(visit, row, firsts, outgoing, ways) for row in found.items],
        places=places_of(visit),
        states=[
            saying.Chip(label=label, url=visit.url_with(state=value or None, page=None), is_chosen=value == now)
            for value, label in states.items()
        ],
        resolutions=[Choice(value=value, label=ways[value]) for value in RESOLUTIONS],
        can_resolve=visit.may("payments.resolve"),
        next_url=visit.url_with(page=found.next_key) if found.next_key else None,
    )
    return visit.page("backoffice/payments/quarantine.html", page, place=PLACE.name)


OUTGOING = ("refund", "transfer", "split")
"""What a notice of money that goes out names by our key."""


async def _agreed_of(work: Work, notices: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Agreed, UUID | None]]:
    """What had been agreed of the refunds, withdrawals and parts of withdrawals that these notices name, by our key as it stands
    in them, each with its withdrawal."""
    refunds, transfers, splits = ([UUID(said[name]) for said in notices if name in said] for name in OUTGOING)
    parts = await settlement.agreed_splits(work, splits)
    return {
        **{str(key): (one, None) for key, one in (await payments.agreed_refunds(work, refunds)).items()},
        **{str(key): (one, key) for key, one in (await settlement.agreed_transfers(work, transfers)).items()},
        **{str(key): (settlement.agreed_of(work, row), row["withdrawal_id"]) for key, row in parts.items()},
    }


def _resolutions(visit: Visit) -> dict[str, str]:
    return {
        "returned": visit.gettext("The money was given back at the provider"),
        "settled": visit.gettext("It was settled with the buyer"),
        "no_money": visit.gettext("No money ever came"),
    }


def _aside(
    visit: Visit,
    row: Any,
    firsts: Mapping[UUID, UUID],
    outgoing: Mapping[str, tuple[Agreed, UUID | None]],
    ways: Mapping[str, str],
) -> Aside:
    reasons = {
        "unknown_attempt": visit.gettext("It names no payment of ours"),
        "wrong_amount": visit.gettext("Another amount than agreed"),
        "wrong_currency": visit.gettext("Another currency than agreed"),
        "wrong_merchant": visit.gettext("Paid to another merchant or app"),
        "wrong_provider": visit.gettext("Told by another provider"),
        "reused_transaction": visit.gettext("A transaction that paid something else"),
    }
    order, said = firsts.get(row["payable_id"]), row["notice"]
    ours = next((said[name] for name in OUTGOING if name in said), "")
    agreed, withdrawal = outgoing.get(ours, (None, None))
    return Aside(
        id=ASIDE_ID.show(row["id"]),
        why=reasons.get(row["reason"], row["reason"]),
        provider=provider_name(visit, row["provider"]),
        transaction=row["transaction"],
        at=row["at"],
        order_url=saying.order_url(order) if order and visit.may("orders.see") else "",
        withdrawal_url=withdrawal_url(withdrawal) if withdrawal and visit.may("settlement.see") else "",
        fields=_outgoing(visit, said, agreed) if ours else _differences(visit, row),
        resolution=ways.get(row["resolution"] or "", ""),
        resolved_at=row["resolved_at"],
        key=visit.fresh_key(),
    )


def _differences(visit: Visit, row: Any) -> list[Difference]:
    """Field by field, what was said and what had been agreed; the notice is whatever was posted to us."""
    said, known = row["notice"], row["attempt_id"] is not None
    pairs = [
        (visit.gettext("Amount"), _amount(visit, said.get("amount_minor"), said.get("currency")),
         _amount(visit, row["amount_minor"], row["currency"])),
        (visit.gettext("Currency"), said.get("currency"), row["currency"]),
        (visit.gettext("Provider"), said.get("provider"), row["agreed_provider"]),
        (visit.gettext("Merchant"), said.get("merchant"), row["merchant"]),
        (visit.gettext("App"), said.get("app"), row["app"]),
        (visit.gettext("State"), said.get("state"), row["attempt_state"]),
    ]  # fmt: skip
    compared = len(pairs) - 1  # of the state there is nothing that was agreed
    return [
        Difference(
            name=name,
            said=str(one or ""),
            agreed=str(other or "") if known else "",
            differs=known and place < compared and one != other,
        )
        for place, (name, one, other) in enumerate(pairs)
    ]


def _outgoing(visit: Visit, said: Mapping[str, Any], agreed: Agreed | None) -> list[Difference]:
    """The same of a refund, a withdrawal or a part of one; a field that the provider left out differs from nothing."""
    what = visit.gettext("Refund") if "refund" in said else visit.gettext("Withdrawal")
    currency = said["currency"] or (agreed.currency if agreed else "")
    pairs = [
        (what, said["provider_ref"], ""),
        (visit.gettext("Amount"), _amount(visit, said["amount_minor"], currency),
         _amount(visit, agreed.amount_minor, agreed.currency) if agreed else ""),
        (visit.gettext("Currency"), said["currency"], agreed.currency if agreed else ""),
        (visit.gettext("Provider"), said["provider"], agreed.provider if agreed else ""),
    ]  # fmt: skip
    return [
        Difference(name=name, said=one, agreed=other, differs=bool(one and other and one != other))
        for name, one, other in pairs
    ]


def _amount(visit: Visit, minor: Any, currency: Any) -> str:
    if not isinstance(minor, int) or currency != visit.market.currency:
        return f"{minor or ''} {currency or ''}".strip()
    return visit.words.money_text(Money(minor, currency))


@post("/office/payments/quarantine/{aside:str}/resolution", opt=staff("payments.resolve"))
async def resolve(visit: NamedDependency[Visit], aside: FromPath[str]) -> Response[Any]:
    """How a person has settled it. It books nothing: such money is never "paid"."""
    found = read_id(ASIDE_ID, aside)
    form = await visit.form(ResolutionForm)
    back = Step(label=visit.gettext("Back to the quarantine"), url="/office/payments/quarantine")
    if refusal := saying.why_not(form.reason):
        return refuse(visit, refusal, back)

    async def act(work: Work) -> Refusal | None:
        return await payments.resolve_quarantine(work, found, form.resolution, reason=form.reason.strip())

    outcome = await once(visit, "office.resolve_quarantine", form.key, f"{aside} {form.resolution}", act)
    return visit.go_on(back.url) if outcome is None else refuse(visit, outcome, back)


HANDLERS = (show, export, show_quarantine, resolve)

"""Reconciliation in the office: the days, their sums, what differs, and how a difference ended."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from tuan.kit.money import Money
from tuan.kit.pages import Page
from tuan.kit.refusals import Refusal
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.payments.routes import PLACE as PAYMENTS
from tuan.surfaces.backoffice.payments.routes import places_of
from tuan.surfaces.backoffice.reconciliation.context import Choice, Day, ReconciliationPage, Ticket
from tuan.surfaces.backoffice.tables import Cell, Column, Tone, csv_of
from tuan.surfaces.storefront.showing import provider_name
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import reconciliation
from tuan.trade.reconciliation.model import RESOLUTIONS, TICKET_ID, Why

URL = "/office/payments/reconciliation"
DAYS_SHOWN = 31
COLUMNS = (
    Column("opened", "Opened", sort="newest"),
    Column("day", "Day"),
    Column("way", "Way"),
    Column("kind", "Kind"),
    Column("why", "Difference"),
    Column("about", "About"),
    Column("theirs", "Their statement", is_number=True),
    Column("ours", "Our books", is_number=True),
    Column("state", "State"),
)
STATES = {"": ("open",), "matched": ("matched",), "settled": ("settled",)}


class ResolutionForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    settled_by: str
    reason: str


@get(URL, opt=staff("payments.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    chosen = visit.query.get("state", "") if visit.query.get("state", "") in STATES else ""
    day, provider = visit.query.get("day", "")[:10], visit.query.get("provider", "")[:40]
    async with visit.reading() as work:
        days = await reconciliation.days(work, work.now.date() - timedelta(days=DAYS_SHOWN))
        found = await _tickets(visit, work, Wanted(after=visit.query.get("page")))
    ways, words = _resolutions(visit), _words(visit)
    states = {"": visit.gettext("Open"), "matched": visit.gettext("Matched"), "settled": visit.gettext("Settled")}
    page = ReconciliationPage(
        days=[_day(visit, row) for row in days],
        tickets=[_ticket(visit, row, words, ways) for row in found.items],
        places=places_of(visit),
        states=[
            saying.Chip(label=label, url=visit.url_with(state=value or None, page=None), is_chosen=value == chosen)
            for value, label in states.items()
        ],
        resolutions=[Choice(value=value, label=ways[value]) for value in RESOLUTIONS],
        can_settle=visit.may("payments.resolve"),
        chosen_day=" · ".join(filter(None, (day, provider_name(visit, provider) if provider else ""))),
        all_days_url=visit.url_with(day=None, provider=None, page=None),
        csv_url=visit.url_with(page=None).replace(URL, f"{URL}.csv", 1) if visit.may("exports.make") else "",
        next_url=visit.url_with(page=found.next_key) if found.next_key else None,
    )
    return visit.page("backoffice/reconciliation/page.html", page, place=PAYMENTS.name)


async def _tickets(visit: Visit, work: Work, page: Wanted) -> Page[Any]:
    """Those in the state, of the provider and of the day that the address names; what it misspells is not asked for."""
    states = STATES.get(visit.query.get("state", ""), STATES[""])
    provider = visit.query.get("provider") or None
    try:
        day = date.fromisoformat(visit.query.get("day", ""))
    except ValueError:
        return await reconciliation.tickets(work, page, states=states, provider=provider)
    return await reconciliation.tickets(work, page, states=states, provider=provider, day=day)


@get(f"{URL}.csv", opt=staff("payments.see", "exports.make", fresh=True))
async def export(visit: NamedDependency[Visit]) -> Stream:
    words, ways = _words(visit), _resolutions(visit)

    async def rows(work: Work, page: Wanted) -> Page[Any]:
        return await _tickets(visit, work, page)

    def cells(row: Any) -> Sequence[Cell]:
        ticket = _ticket(visit, row, words, ways)
        return [
            Cell(at=ticket.opened_at),
            Cell(text=ticket.day),
            Cell(text=ticket.provider),
            Cell(text=ticket.kind),
            Cell(text=ticket.why),
            Cell(text=ticket.about),
            Cell(amount=ticket.theirs, is_number=True),
            Cell(amount=ticket.ours, is_number=True),
            Cell(text=ticket.ended),
        ]

    return await csv_of(visit, "differences", COLUMNS, rows, cells)


def _day(visit: Visit, row: Any) -> Day:
    tone: Tone
    words, tone = (visit.gettext("Read"), "leaf") if row["state"] == "read" else (visit.gettext("Awaited"), "amber")
    if row["open"]:
        words, tone = visit.gettext("Open"), "ripe"
    currency = visit.market.currency
    return Day(
        day=f"{row['day']}",
        url=f"{URL}?provider={row['provider']}&day={row['day']}",
        provider=provider_name(visit, row["provider"]),
        lines=row["lines"],
        charged=Money(row["charged_minor"], currency),
        refunded=Money(row["refunded_minor"], currency),
        paid_out=Money(row["paid_out_minor"], currency),
        differences=row["differences"],
        state=words,
        tone=tone,
    )


def _words(visit: Visit) -> dict[str, str]:
    return {
        "charge": visit.gettext("Payment"),
        "refund": visit.gettext("Refund"),
        "transfer": visit.gettext("Pay-out"),
        "split": visit.gettext("Split"),
        "return": visit.gettext("Came back"),
        Why.NOT_HERE: visit.gettext("In their statement, not in our books"),
        Why.NOT_THERE: visit.gettext("In our books, in no statement"),
        Why.OTHER_AMOUNT: visit.gettext("Another amount"),
        Why.OTHER_CURRENCY: visit.gettext("Another currency"),
        Why.OTHER_PAYMENT: visit.gettext("Another payment than we know of it"),
    }


def _resolutions(visit: Visit) -> dict[str, str]:
    return {
        "corrected_there": visit.gettext("The provider put it right"),
        "corrected_here": visit.gettext("We put it right"),
        "accepted": visit.gettext("It stays, and is borne"),
    }


def _ticket(visit: Visit, row: Any, words: Mapping[str, str], ways: Mapping[str, str]) -> Ticket:
    ended = visit.gettext("Matched") if row["state"] == "matched" else ways.get(row["resolution"] or "", "")
    ours, theirs = (
        None if row[side] is None else Money(row[side], row["currency"]) for side in ("ours_minor", "theirs_minor")
    )
    return Ticket(
        id=TICKET_ID.show(row["id"]),
        why=words[row["why"]],
        kind=words[row["kind"]],
        provider=provider_name(visit, row["provider"]),
        day=f"{row['day']}",
        about=row["about"],
        ours=ours,
        theirs=theirs,
        opened_at=row["opened_at"],
        is_open=row["state"] == "open",
        ended=ended,
        closed_at=row["closed_at"],
        key=visit.fresh_key(),
    )


@post(f"{URL}/{{ticket:str}}/resolution", opt=staff("payments.resolve"))
async def resolve(visit: NamedDependency[Visit], ticket: FromPath[str]) -> Response[Any]:
    """How a person has settled a difference. It books nothing."""
    found = read_id(TICKET_ID, ticket)
    form = await visit.form(ResolutionForm)
    back = Step(label=visit.gettext("Back to the differences"), url=URL)
    if refusal := saying.why_not(form.reason):
        return refuse(visit, refusal, back)

    async def act(work: Work) -> Refusal | None:
        return await reconciliation.settle_ticket(work, found, form.settled_by, reason=form.reason.strip())

    outcome = await once(visit, "office.settle_ticket", form.key, f"{ticket} {form.settled_by}", act)
    return visit.go_on(back.url) if outcome is None else refuse(visit, outcome, back)


HANDLERS = (show, export, resolve)

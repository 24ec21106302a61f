"""After-sales of one order: asking with a preview of exactly what comes back, and following what was asked."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal, Refused
from tuan.platform.work import Work
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.cases import words
from tuan.surfaces.storefront.cases.context import AskLine, AskPage, Option
from tuan.surfaces.storefront.cases.filing import read_number, read_pictures
from tuan.surfaces.storefront.cases.viewing import case_page, case_url, promise
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN, TAKES_FILE
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX, read_amount, read_id, read_money
from tuan.surfaces.web.visits import Visit
from tuan.trade import aftersales, orders
from tuan.trade.aftersales import OpenCase
from tuan.trade.aftersales.model import REASONS, Ask, CaseState, Kind, Preview, Saying, Side
from tuan.trade.orders.model import LINES_MAX, ORDER_ID, UNITS_PER_LINE_MAX, OrderState

S = CaseState
BY_STATE = {
    OrderState.TO_SHIP: (Kind.CANCEL,),
    OrderState.SHIPPED: (Kind.REFUND_ONLY, Kind.RETURN, Kind.EXCHANGE, Kind.RESHIP),
    OrderState.RECEIVED: (Kind.REFUND_ONLY, Kind.RETURN, Kind.EXCHANGE, Kind.RESHIP),
    OrderState.COMPLETED: (Kind.REFUND_ONLY, Kind.RETURN, Kind.EXCHANGE, Kind.RESHIP),
}
BUYERS_ACTS: dict[str, tuple[str, ...]] = {
    S.ASKED: ("say", "withdraw"),
    S.REFUSED: ("dispute", "say", "withdraw"),
    S.TO_RETURN: ("send_back", "say", "withdraw"),
    S.RETURNING: ("say",),
    S.TO_SEND: ("say",),
    S.SENT: ("confirm", "dispute", "say"),
    S.ARBITRATION: ("say", "withdraw"),
}


class AskForm(msgspec.Struct, frozen=True, kw_only=True):
    """why: one of the reasons. items: `line:units` with spaces between. amount_minor: less money than the units are worth, in minor units."""

    key: str
    kind: str
    why: str
    items: str
    amount_minor: str = ""
    shown_minor: str = ""
    text: str = ""
    picture: str = ""
    picture2: str = ""
    picture3: str = ""


class LogForm(msgspec.Struct, frozen=True, kw_only=True):
    """answer: say, withdraw, send_back, confirm or dispute; a parcel where goods are sent back."""

    key: str
    answer: str
    text: str = ""
    carrier: str = ""
    tracking: str = ""
    picture: str = ""


@get("/orders/{order:str}/cases/new", opt=SIGNED_IN)
async def ask(visit: NamedDependency[Visit], order: FromPath[str]) -> Response[Any]:
    """Choose what and how many; with that, what would come back and the form that confirms it."""
    found = read_id(ORDER_ID, order)
    async with visit.reading() as work:
        row = await orders.access_order(work, found, visit.person)
        lines = (await orders.lines_of(work, [found]))[found]
        kinds = BY_STATE.get(row["state"], ())
        said = visit.query.get("kind", "")
        kind = next((one for one in kinds if one == said), kinds[0] if len(kinds) == 1 else None)
        asked = _read_ask(visit, kind, len(lines)) if kind else None
        seen = await aftersales.preview(work, found, visit.person, asked) if asked else None
    if not kinds:
        refusal = orders.NotNow(state=row["state"])
        return refuse(visit, refusal, Step(label=visit.gettext("See my order"), url=f"/orders/{order}"))
    page = _ask_page(visit, order, kinds, kind, asked, seen, lines)
    return visit.page("storefront/cases/new.html", page, place="teams")


def _read_ask(visit: Visit, kind: Kind, count: int) -> Ask | None:
    """What the fields of the address say; None before any units were chosen."""
    items = []
    for number in range(1, min(count, LINES_MAX) + 1):
        text = visit.query.get(f"units_{number}", "")
        if text.isascii() and text.isdigit() and 0 < int(text[:4]) <= UNITS_PER_LINE_MAX:
            items.append((number, int(text)))
    if not items:
        return None
    return Ask(kind, visit.query.get("why", "")[:40], tuple(items), _typed_amount(visit, visit.query.get("amount", "")))


def _typed_amount(visit: Visit, text: str) -> int | None:
    """Minor units of an amount as people write it; raises Refused(FieldInvalid)."""
    return read_money(text, visit.market.currency, "amount") if text.strip() else None


def _ask_page(
    visit: Visit, order: str, kinds: Sequence[Kind], kind: Kind | None, asked: Ask | None,
    seen: Preview | Refusal | None, lines: Sequence[Any],
) -> AskPage:  # fmt: skip
    names, notes, reasons = words.kinds(visit), words.notes_of_kinds(visit), words.reasons(visit)
    chosen = dict(asked.items) if asked else {}
    reason = visit.query.get("why", "")
    granted = seen if isinstance(seen, Preview) else None
    return AskPage(
        order_url=f"/orders/{order}",
        url=f"/orders/{order}/cases",
        kinds=[Option(value=k, label=names[k], note=notes[k], is_chosen=k is kind) for k in kinds],
        kind=kind or "",
        reasons=[Option(value=r, label=reasons[r], is_chosen=r == reason) for r in REASONS[kind]] if kind else [],
        reason=reason,
        lines=[
            AskLine(
                number=number,
                name=line["title"],
                option=line["options"],
                picture=showing.picture(visit, line["picture"], line["title"]),
                most=line["units"] - line["returned_units"],
                units=chosen.get(number, 0),
                note="" if line["no_reason_return"] else visit.gettext("Not taken back without a reason"),
            )
            for number, line in enumerate(lines, start=1)
        ],
        amount=visit.query.get("amount", ""),
        takes_amount=kind is Kind.REFUND_ONLY,
        refused=_refused(visit, seen) if isinstance(seen, Refusal) else "",
        promise=promise(visit, granted) if granted else None,
        items=" ".join(f"{number}:{units}" for number, units in chosen.items()),
        amount_minor="" if asked is None or asked.amount_minor is None else str(asked.amount_minor),
        key=visit.fresh_key(),
    )


def _refused(visit: Visit, refusal: Refusal) -> str:
    told = visit.words.told(refusal, visit.market.currency)
    return " ".join(line for line in (told.happened, told.advice) if line)


def _read_items(text: str) -> tuple[tuple[int, int], ...]:
    """`1:2 3:1` as pairs; raises Refused(FieldInvalid)."""
    pairs = [part.partition(":") for part in text.split()]
    fits = all(a.isascii() and a.isdigit() and b.isascii() and b.isdigit() and len(a + b) <= 6 for a, _, b in pairs)
    if not fits or not 0 < len(pairs) <= LINES_MAX:
        raise Refused(FieldInvalid(field="items"))
    return tuple((int(number), int(units)) for number, _, units in pairs)


@post("/orders/{order:str}/cases", opt=SIGNED_IN | TAKES_FILE, request_max_body_size=FILE_BODY_BYTES_MAX)
async def open_case(visit: NamedDependency[Visit], order: FromPath[str]) -> Response[Any]:
    """Ask, if what would come back is still what was shown. Pictures are made anew before anything else happens."""
    found = read_id(ORDER_ID, order)
    async with visit.reading() as work:
        await orders.access_order(work, found, visit.person)
    form = await visit.form(AskForm)
    kind = next((one for one in REASONS if one == form.kind), None)
    if kind is None:
        raise Refused(FieldInvalid(field="kind"))
    asked = Ask(kind, form.why, _read_items(form.items), read_amount(form.amount_minor))
    shown = read_amount(form.shown_minor)
    back = Step(label=visit.gettext("See my order"), url=f"/orders/{order}")
    async with read_pictures(visit, (form.picture, form.picture2, form.picture3)) as pictures:
        if isinstance(pictures.refused, Refusal):
            return refuse(visit, pictures.refused, back)

        async def act(work: Work) -> Refusal | dict[str, Any]:
            saying = Saying(form.text.strip(), tuple(pictures.names))
            case = await aftersales.open_case(work, OpenCase(visit.person, found, asked, shown, saying))
            if isinstance(case, Refusal):
                return case
            pictures.are_used = True
            return {"number": case.number}

        subject = f"{order} {form.kind} {form.why} {form.items} {form.amount_minor}"
        outcome = await remembered(visit, "web.open_case", form.key, subject, act)
    return (
        refuse(visit, outcome, back)
        if isinstance(outcome, Refusal)
        else visit.go_on(case_url(order, outcome["number"]))
    )


@get("/orders/{order:str}/cases/{number:str}", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit], order: FromPath[str], number: FromPath[str]) -> Response[Any]:
    found, of = read_id(ORDER_ID, order), read_number(number)
    async with visit.reading() as work:
        row = await aftersales.access_case(work, found, of, person=visit.person)
        url = f"/orders/{order}"
        acts = [act for act in BUYERS_ACTS.get(row["state"], ()) if act != "withdraw" or not row["back_tracking"]]
        page = await case_page(work, visit, row, acts=acts, urls=(case_url(order, number), url, url))
    return visit.page("storefront/cases/page.html", page, place="teams")


@post(
    "/orders/{order:str}/cases/{number:str}/log", opt=SIGNED_IN | TAKES_FILE, request_max_body_size=FILE_BODY_BYTES_MAX
)
async def answer(visit: NamedDependency[Visit], order: FromPath[str], number: FromPath[str]) -> Response[Any]:
    """A line in the log: a word, or an act of the buyer's."""
    found, of = read_id(ORDER_ID, order), read_number(number)
    async with visit.reading() as work:
        await aftersales.access_case(work, found, of, person=visit.person)
    form = await visit.form(LogForm)
    url = case_url(order, number)
    back = Step(label=visit.gettext("See the case"), url=url)
    async with read_pictures(visit, (form.picture,)) as pictures:
        if isinstance(pictures.refused, Refusal):
            return refuse(visit, pictures.refused, back)

        async def act(work: Work) -> Refusal | None:
            refusal = await _act(work, visit.person, found, of, form, Saying(form.text.strip(), tuple(pictures.names)))
            pictures.are_used = refusal is None
            return refusal

        subject = f"{order} {number} {form.answer} {form.text} {form.carrier} {form.tracking}"
        outcome = await once(visit, "web.answer_case", form.key, subject, act)
    return visit.go_on(url) if outcome is None else refuse(visit, outcome, back)


async def _act(work: Work, person: UUID, order: UUID, number: int, form: LogForm, saying: Saying) -> Refusal | None:
    if form.answer == "say":
        return await aftersales.say(work, order, number, Side.BUYER, person, saying)
    if form.answer == "withdraw":
        return await aftersales.withdraw(work, order, number, person, saying)
    if form.answer == "send_back":
        carrier, tracking = form.carrier.strip(), form.tracking.strip()
        return await aftersales.send_back(
            work, order, number, person, carrier=carrier, tracking=tracking, saying=saying
        )
    if form.answer == "confirm":
        return await aftersales.confirm(work, order, number, person)
    if form.answer == "dispute":
        return await aftersales.dispute(work, order, number, person, saying)
    return FieldInvalid(field="answer")


HANDLERS = (ask, open_case, show, answer)

"""Commissions in the office: all of them, those that are held, one of them; and the plans that pay them."""

from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from tuan.kit.pages import Page as Rows
from tuan.kit.refusals import Refusal, Refused
from tuan.people import accounts, parties
from tuan.people.parties.model import SHOP
from tuan.platform import audit
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import distribution
from tuan.play.distribution.model import COMMISSION, COMMISSION_ID, CommissionState
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted
from tuan.surfaces.backoffice.commissions import plans, words
from tuan.surfaces.backoffice.commissions.context import CommissionPage, ListPage
from tuan.surfaces.backoffice.commissions.words import COMMISSIONS, goods_of, states, whys
from tuan.surfaces.backoffice.tables import Cell, Column, Filter, csv_of, table_page, wanted
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

PLACE = Place(name="commissions", label="Commissions", url=COMMISSIONS, permission="commissions.see", icon="share")
COLUMNS = (
    Column("accrued", "Promised", sort="newest"),
    Column("shop", "Shop"),
    Column("goods", "Item"),
    Column("level", "Level", is_number=True),
    Column("amount", "Amount", is_number=True),
    Column("left", "Left", is_number=True),
    Column("state", "State"),
    Column("why", "Why"),
    Column("appealed", "Appealed"),
)
NO_FILTERS: tuple[Filter, ...] = ()
VERBS = {"released": distribution.release, "void": distribution.void}
TONES = {"matured": "leaf", "held": "amber", "pending": "ripe"}


class HoldForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


class DecisionForm(HoldForm, frozen=True, kw_only=True):
    """after: released or void."""

    after: str


@get(COMMISSIONS, opt=staff("commissions.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        rows = await _rows(visit, work, wanted(visit, COLUMNS))
    page = ListPage(
        table=table_page(visit, PLACE, COLUMNS, NO_FILTERS, rows, _cells(visit), csv_path=f"{COMMISSIONS}.csv"),
        places=words.places(visit),
        states=saying.chips(visit, "state", states(visit).items()),
    )
    return visit.page("backoffice/commissions/list.html", page, place=PLACE.name)


@get("/office/commissions.csv", opt=staff("commissions.see", "exports.make", fresh=True))
async def export(visit: NamedDependency[Visit]) -> Stream:
    return await csv_of(visit, "commissions", COLUMNS, partial(_rows, visit), _cells(visit))


async def _rows(visit: Visit, work: Work, page: Wanted) -> Any:
    """Commissions, each with its shop's name; of one shop or one state where the address says so."""
    state, shop = visit.query.get("state", ""), visit.query.get("shop", "")
    found = await distribution.commissions(
        work, page, shop=read_id(SHOP, shop) if shop else None, states=[state] if state in COMMISSION.moves else ()
    )
    names = await parties.payee_names(work, {row["shop_id"] for row in found.items})
    rows = [{**row, "shop": names[row["shop_id"]]} for row in found.items]
    return Rows(rows, found.next_key, found.count)


def _cells(visit: Visit) -> Any:
    said, reasons = states(visit), whys(visit)

    def cells(row: Any) -> list[Cell]:
        return [
            Cell(at=row["accrued_at"], url=words.commission_url(row["id"])),
            Cell(text=row["shop"]),
            Cell(text=goods_of(row)),
            Cell(text=str(row["depth"]), is_number=True),
            Cell(amount=saying.money(visit, row["amount_minor"])),
            Cell(amount=saying.money(visit, row["kept_minor"])),
            Cell(text=said[row["state"]], tone=TONES.get(row["state"], "stone")),  # type: ignore[arg-type]
            Cell(text=reasons.get(row["held_for"] or "", "")),
            Cell(at=row["appealed_at"]),
        ]

    return cells


@get(f"{COMMISSIONS}/{{commission:str}}", opt=staff("commissions.see"))
async def show(visit: NamedDependency[Visit], commission: FromPath[str]) -> Response[Any]:
    found = read_id(COMMISSION_ID, commission)
    async with visit.reading() as work:
        row = await distribution.access_commission(work, found)
        names = await parties.payee_names(work, [row["shop_id"]])
        plan = (await distribution.plan_names(work, [row["plan_id"]]))[row["plan_id"]]
        acts = await audit.about(work, COMMISSION_ID.show(found))
        people = await accounts.names(work, {act["actor_id"] for act in acts})
    may = visit.may("commissions.decide")
    page = CommissionPage(
        url=words.commission_url(found),
        shop=names[row["shop_id"]],
        order=saying.order_cell(visit, row["order_id"]).text,
        order_url=saying.order_url(row["order_id"]) if visit.may("orders.see") else "",
        goods=goods_of(row),
        plan=f"{plan} v{row['version']}",
        plan_url=words.plan_url(row["plan_id"]),
        level=row["depth"],
        amount=saying.money(visit, row["amount_minor"]),
        kept=saying.money(visit, row["kept_minor"]),
        words=states(visit)[row["state"]],
        tone=TONES.get(row["state"], "stone"),
        why=whys(visit).get(row["held_for"] or "", ""),
        appeal=row["appeal"] or "",
        appealed_at=row["appealed_at"],
        answer=row["answer"] or "",
        accrued_at=row["accrued_at"],
        matures_at=row["matures_at"],
        may_hold=may and row["state"] == CommissionState.PENDING,
        may_decide=may and row["state"] == CommissionState.HELD,
        keys=[visit.fresh_key() for _ in range(2)],
        acts=saying.acts(acts, people),
    )
    return visit.page("backoffice/commissions/page.html", page, place=PLACE.name)


@post(f"{COMMISSIONS}/{{commission:str}}/hold", opt=staff("commissions.decide", fresh=True))
async def hold(visit: NamedDependency[Visit], commission: FromPath[str]) -> Response[Any]:
    """Look at it before it is paid."""
    return await _decided(visit, commission, await visit.form(HoldForm), "office.hold_commission", distribution.hold)


@post(f"{COMMISSIONS}/{{commission:str}}/decision", opt=staff("commissions.decide", fresh=True))
async def decide(visit: NamedDependency[Visit], commission: FromPath[str]) -> Response[Any]:
    """It was a real sale, and goes on; or it was none, and nothing is paid."""
    form = await visit.form(DecisionForm)
    if form.after not in VERBS:
        raise Refused(FieldInvalid(field="after"))
    return await _decided(visit, commission, form, f"office.{form.after}_commission", VERBS[form.after])


async def _decided(visit: Visit, commission: str, form: HoldForm, name: str, verb: Any) -> Response[Any]:
    found = read_id(COMMISSION_ID, commission)

    async def act(work: Work) -> Refusal | None:
        refused: Refusal | None = await verb(work, found, reason=form.reason)
        return refused

    return await acted(visit, name, form.key, form.reason, commission, act, words.commission_url(found))


HANDLERS = (*plans.HANDLERS, show_all, export, show, hold, decide)

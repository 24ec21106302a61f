"""Stock: what lies in the house, what is promised, and why it is what it is."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog, supply
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.goods.supply.model import StockRow
from tuan.kit.pages import Page
from tuan.kit.refusals import Refusal
from tuan.people import accounts
from tuan.people import staff as members
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice.acting import acted, read_whole
from tuan.surfaces.backoffice.stock.context import SkuStockPage, StockPage
from tuan.surfaces.backoffice.tables import Cell, Column, Filter, Tone, chosen, csv_of, table_page, wanted
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

MOVES_PLACE = "movements"
PLACE = Place(name="stock", label="Stock", url="/office/stock", permission="stock.see", icon="truck")
COLUMNS = (
    Column("title", "Product", sort="title"),
    Column("options", "Option"),
    Column("on_hand", "On hand", sort="on_hand", is_number=True),
    Column("held", "Held for orders", is_number=True),
    Column("allotted", "Set aside", is_number=True),
    Column("free", "Free", sort="free", is_number=True),
)
FILTERS = (
    Filter("q", "Words of the title"),
    Filter("low", "Free units", (("0", "Sold out"), ("9", "Fewer than ten"))),
)
MOVES = (
    Column("at", "When", sort="at"),
    Column("kind", "Movement"),
    Column("units", "Units", is_number=True),
    Column("who", "Who"),
    Column("reason", "Reason"),
)
MOVE_FILTERS = (Filter("kinds", "Movement", (("house", "Made by staff"), ("orders", "Made by orders"))),)
KINDS = {
    "house": ("receive", "found", "write_off", "allot", "give_back"),
    "orders": ("hold", "settle", "release"),
}
TONES: dict[str, Tone] = {"receive": "leaf", "found": "leaf", "write_off": "ripe", "settle": "stone", "hold": "amber"}
SIGNS = {"receive": "+", "found": "+", "write_off": "−", "settle": "−"}


class UnitsForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    units: str


@get("/office/stock", opt=staff("stock.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    """Every SKU with its units."""
    async with visit.reading() as work:
        rows = await _rows(visit, work, wanted(visit, COLUMNS))
        views = await members.views(work, visit.person, PLACE.name)
    table = table_page(visit, PLACE, COLUMNS, FILTERS, rows, _cells, views,
                       csv_path="/office/stock/export", opens_beside=True)  # fmt: skip
    return visit.page("backoffice/stock/list.html", StockPage(table=table), place=PLACE.name)


@get("/office/stock/export", opt=staff("stock.see", "exports.make", fresh=True))
async def export(visit: NamedDependency[Visit]) -> Response[Any]:
    """The same rows as CSV."""

    async def fetch(work: Work, page: Wanted) -> Page[Any]:
        return await _rows(visit, work, page)

    return await csv_of(visit, "stock", COLUMNS, fetch, _cells)


async def _rows(visit: Visit, work: Work, page: Wanted) -> Page[Any]:
    said = chosen(visit, FILTERS)
    free_most = int(said["low"]) if "low" in said else None
    return await supply.stock(work, page, words=said.get("q", ""), free_most=free_most)


def _cells(row: Any) -> list[Cell]:
    return [
        Cell(text=row["title"], url=f"/office/stock/{SKU.show(row['sku_id'])}"),
        Cell(text=row["options"]),
        *(Cell(text=str(row[name]), is_number=True) for name in ("on_hand", "held", "allotted")),
        Cell(text=str(row["free"]), is_number=True, tone="ripe" if row["free"] <= 0 else None),
    ]


@get("/office/stock/{sku:str}", opt=staff("stock.see"))
async def show(visit: NamedDependency[Visit], sku: FromPath[str]) -> Response[Any]:
    """One SKU's units and its movements, the newest first."""
    found = read_id(SKU, sku)
    kinds = KINDS.get(chosen(visit, MOVE_FILTERS).get("kinds", ""), ())
    async with visit.reading() as work:
        product = await catalog.product_of(work, found)
        card = (await catalog.cards(work, [product]))[product]
        options = {
            one["id"]: one["options"] for one in (await catalog.skus_of(work, [product], with_retired=True))[product]
        }
        units = (await supply.stock_of(work, [found])).get(found) or StockRow(found, 0, 0, 0)
        rows = await supply.movements(work, wanted(visit, MOVES), found, kinds=kinds)
        names = await accounts.names(work, {row["actor_id"] for row in rows.items if row["actor_id"]})
        views = await members.views(work, visit.person, MOVES_PLACE)
    moves = Place(name=MOVES_PLACE, label="Movements", url=visit.path, permission=PLACE.permission)
    page = SkuStockPage(
        title=card["title"],
        options=options[found],
        product_url=f"/office/products/{PRODUCT.show(product)}" if visit.may("products.see") else "",
        url=f"/office/stock/{sku}",
        on_hand=units.on_hand,
        held=units.held,
        allotted=units.allotted,
        free=units.free,
        table=table_page(visit, moves, MOVES, MOVE_FILTERS, rows, lambda row: _moved(visit, row, names), views),
        may_adjust=visit.may("stock.adjust"),
        receive_key=visit.fresh_key(),
        count_key=visit.fresh_key(),
    )
    return visit.page("backoffice/stock/page.html", page, place=PLACE.name, blocks=("main",))


def _moved(visit: Visit, row: Any, names: dict[Any, str]) -> list[Cell]:
    kind = row["kind"]
    return [
        Cell(at=row["at"]),
        Cell(text=_kind_words(visit, kind), tone=TONES.get(kind, "stone")),
        Cell(text=f"{SIGNS.get(kind, '')}{row['units']}", is_number=True),
        Cell(text=names.get(row["actor_id"], "")),
        Cell(text=row["reason"] or ""),
    ]


def _kind_words(visit: Visit, kind: str) -> str:
    words = {
        "receive": visit.gettext("Goods received"),
        "found": visit.gettext("Found at a count"),
        "write_off": visit.gettext("Missing at a count"),
        "hold": visit.gettext("Held for an order"),
        "settle": visit.gettext("Sent"),
        "release": visit.gettext("Free again"),
        "allot": visit.gettext("Set aside for a campaign"),
        "give_back": visit.gettext("Back from a campaign"),
    }
    return words[kind]


@post("/office/stock/{sku:str}/receipts", opt=staff("stock.adjust"))
async def receive(visit: NamedDependency[Visit], sku: FromPath[str]) -> Response[Any]:
    """Goods have come into the house."""
    found, form = read_id(SKU, sku), await visit.form(UnitsForm)
    units = read_whole(form.units, "units")

    async def act(work: Work) -> Refusal | None:
        return await supply.receive(work, {found: units}, reason=form.reason)

    subject = f"{sku} {units}"
    return await acted(visit, "office.receive", form.key, form.reason, subject, act, f"/office/stock/{sku}")


@post("/office/stock/{sku:str}/counts", opt=staff("stock.adjust"))
async def count(visit: NamedDependency[Visit], sku: FromPath[str]) -> Response[Any]:
    """So many were counted: that is the stock from now on."""
    found, form = read_id(SKU, sku), await visit.form(UnitsForm)
    units = read_whole(form.units, "units")

    async def act(work: Work) -> Refusal | None:
        return await supply.correct(work, found, units, reason=form.reason)

    subject = f"{sku} {units}"
    return await acted(visit, "office.count", form.key, form.reason, subject, act, f"/office/stock/{sku}")


HANDLERS = (show_all, export, show, receive, count)

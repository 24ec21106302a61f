"""Goods that shops may not have: what is kept back and by whom, and keeping one back or letting shops have it again."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT
from tuan.kit.refusals import Refusal, Refused
from tuan.people import accounts, parties
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.play import shops
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted
from tuan.surfaces.backoffice.saying import Act, Chip
from tuan.surfaces.backoffice.shops import words
from tuan.surfaces.backoffice.tables import Cell, Column, TablePage, table_page, wanted
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

HERE = "/office/shops/pool"
PLACE = Place(name="pool", label="Kept back from shops", url=HERE, permission="shops.see")
COLUMNS = (
    Column("title", "Product"),
    Column("supplier", "Supplier"),
    Column("by", "Kept back by"),
    Column("since", "Since", sort="newest"),
)
TURNS = {"no": shops.withdraw_goods, "yes": shops.return_goods}


class PoolPage(msgspec.Struct, frozen=True, kw_only=True):
    """What no shop may have now."""

    table: TablePage
    places: list[Chip]


class PooledPage(msgspec.Struct, frozen=True, kw_only=True):
    """One product, and whether shops may have it. since: of what is kept back."""

    url: str
    title: str
    product_url: str
    by_supplier: bool
    by_market: bool
    since: datetime | None
    may_turn: bool
    log: list[Act]
    key: str


class TurnForm(msgspec.Struct, frozen=True, kw_only=True):
    """offered: whether shops may have it from now on, `yes` or `no`."""

    key: str
    reason: str
    offered: str


@get(HERE, opt=staff("shops.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        rows = await shops.search_withheld(work, wanted(visit, COLUMNS))
        cards = await parties.supplier_cards(work, {row["supplier_id"] for row in rows.items})

    def cells(row: Any) -> list[Cell]:
        return [
            Cell(text=row["title"], url=f"{HERE}/{PRODUCT.show(row['product_id'])}"),
            Cell(text=cards[row["supplier_id"]]["name"]),
            Cell(text=words.kept_back_by(visit, row)),
            Cell(at=row["since"]),
        ]

    page = PoolPage(table=table_page(visit, PLACE, COLUMNS, (), rows, cells), places=words.places(visit, "pool"))
    return visit.page("backoffice/shops/pool.html", page, place="shops")


@get(f"{HERE}/{{product:str}}", opt=staff("shops.see"))
async def show(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    found = read_id(PRODUCT, product)
    async with visit.reading() as work:
        row = await catalog.access_any_product(work, found)
        kept = (await shops.pool_of(work, [found])).get(found)
        log = [one for one in await audit.about(work, product) if one["action"].startswith("shops.")]
        names = await accounts.names(work, {one["actor_id"] for one in log})
    page = PooledPage(
        url=f"{HERE}/{product}",
        title=row["title"],
        product_url=f"/office/products/{product}" if visit.may("products.see") else "",
        by_supplier=kept is not None and kept["by_supplier"],
        by_market=kept is not None and kept["by_market"],
        since=kept["since"] if kept is not None else None,
        may_turn=visit.may("shops.admit"),
        log=saying.acts(log, names),
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/shops/pooled.html", page, place="shops")


@post(f"{HERE}/{{product:str}}", opt=staff("shops.admit"))
async def turn(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    """No shop has it from now on, and nothing that is bought of it pays one; or shops may have it again."""
    found, form = read_id(PRODUCT, product), await visit.form(TurnForm)
    verb = TURNS.get(form.offered)
    if verb is None:
        raise Refused(FieldInvalid(field="offered"))

    async def act(work: Work) -> Refusal | None:
        return await verb(work, found, reason=form.reason)

    subject = f"{product} {form.offered}"
    return await acted(visit, "office.turn_pool", form.key, form.reason, subject, act, f"{HERE}/{product}")


HANDLERS = (show_all, show, turn)

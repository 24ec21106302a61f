"""How well suppliers do: what is counted of each, and the score it gives."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from tuan.people.parties.model import SUPPLIER
from tuan.surfaces.backoffice.tables import Cell, Column, TablePage, table_page, wanted
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.visits import Visit
from tuan.trade import quality
from tuan.trade.quality.model import Counts, quality_of

URL = "/office/quality"
TABLE = Place(name="quality", label="Quality", url=URL, permission="suppliers.see", icon="star")
COLUMNS = (
    Column("supplier", "Supplier"),
    Column("score", "Score", is_number=True),
    Column("orders", "Orders", sort="orders", is_number=True),
    Column("late", "Sent late", sort="late", is_number=True),
    Column("faulty", "For a fault", sort="faulty", is_number=True),
    Column("cancelled", "Cancelled by him", sort="cancelled", is_number=True),
)


class QualitiesPage(msgspec.Struct, frozen=True, kw_only=True):
    table: TablePage


@get(URL, opt=staff("suppliers.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        rows = await quality.search(work, wanted(visit, COLUMNS))
    page = QualitiesPage(table=table_page(visit, TABLE, COLUMNS, (), rows, _cells))
    return visit.page("backoffice/quality/list.html", page, place="suppliers")


def _cells(row: Any) -> list[Cell]:
    found = quality_of(Counts(row["orders"], row["late"], row["faulty"], row["cancelled"]))
    counted = [Cell(text=str(row[name]), is_number=True) for name in ("orders", "late", "faulty", "cancelled")]
    score = Cell(text=str(found.score), is_number=True, tone="leaf" if found.has_badge else None)
    return [Cell(text=row["name"] or SUPPLIER.show(row["supplier_id"])), score, *counted]


HANDLERS = (show,)

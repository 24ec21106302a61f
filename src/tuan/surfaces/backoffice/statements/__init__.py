"""A payee's statement of a month: what the desk, the office and the printer show alike."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Response
from litestar.response import Stream

from tuan.kit.money import Money
from tuan.kit.pages import PAGE_SIZE, Page
from tuan.kit.refusals import Refused
from tuan.kit.time import Instant
from tuan.people import parties
from tuan.platform.lists import EXPORT_SIZE
from tuan.platform.work import Work
from tuan.play import distribution
from tuan.surfaces.backoffice.tables import Cell, plain
from tuan.surfaces.storefront.showing import amount
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.visits import Visit
from tuan.trade import settlement
from tuan.trade.orders.model import ORDER_ID, number_of

MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
YEARS = range(2000, 2200)
LINES_PRINTED_MAX = 500
COLUMNS = ("order", "line", "goods", "units", "kept", "borne", "fee", "cut", "withheld", "share", "settled_at", "kind",
           "paid_directly")  # fmt: skip


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A kept line and where its money went: share = kept + borne − fee − cut − withheld. Of what came back after that, and of what
    was charged, the share is below zero; a charge has no order. `commission_back`: what a shop had been promised of goods that came
    back is the supplier's again."""

    kind: Literal["kept", "returned", "charged", "commission_back"]
    order: str
    number: str
    goods: str
    kept: Money
    borne: Money
    fee: Money
    cut: Money
    withheld: Money
    share: Money
    direct: str
    """That the supplier's own account had it, or gave it back, in words; empty where it was a claim on the market."""
    settled_at: datetime


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """A statement in one line; `name` is the month as `2026-11`, `total` what its lines sum up to."""

    name: str
    begins: datetime
    lines: int
    kept: Money
    borne: Money
    fee: Money
    cut: Money
    withheld: Money
    share: Money
    returned: Money
    charged: Money
    back: Money
    total: Money
    paid: Money
    direct: Money
    """What of the share was with the supplier already."""
    earlier_url: str
    later_url: str | None
    csv_url: str
    print_url: str


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """A statement on paper; `unprinted` is how many lines only the CSV has."""

    supplier: str
    month: Month
    shares: list[Share]
    unprinted: int
    back_url: str
    at: datetime


def read_month(visit: Visit, now: Instant) -> tuple[datetime, datetime]:
    """The month that is asked for, or this one, by the market's calendar: its first moment, and the next one's.

    Raises Refused(FieldInvalid) for what is none.
    """
    text = visit.query.get("month") or f"{now.astimezone(visit.market.zone):%Y-%m}"
    found = MONTH.fullmatch(text)
    if found is None or int(found[1]) not in YEARS or not 1 <= int(found[2]) <= 12:
        raise Refused(FieldInvalid(field="month"))
    begins = datetime(int(found[1]), int(found[2]), 1, tzinfo=visit.market.zone)
    return begins, moved(begins, 1)


def moved(begins: datetime, months: int) -> datetime:
    """The first of a month so many months on."""
    count = begins.year * 12 + begins.month - 1 + months
    return begins.replace(year=count // 12, month=count % 12 + 1)


def month_of(visit: Visit, url: str, csv_url: str, begins: datetime, sums: settlement.Sums, now: Instant) -> Month:
    """The statement at this address, whose printable page is at `<url>/print`."""

    def of(months: int) -> str:
        return f"{url}?month={moved(begins, months):%Y-%m}"

    return Month(
        name=f"{begins:%Y-%m}", begins=begins, lines=sums.lines, kept=amount(visit, sums.kept),
        borne=amount(visit, sums.borne), fee=amount(visit, sums.fee), cut=amount(visit, sums.cut),
        withheld=amount(visit, sums.withheld), share=amount(visit, sums.share), returned=amount(visit, sums.returned),
        charged=amount(visit, sums.charged), back=amount(visit, sums.back), total=amount(visit, sums.total),
        paid=amount(visit, sums.paid), direct=amount(visit, sums.direct), earlier_url=of(-1), later_url=of(1) if moved(begins, 1) <= now else None,
        csv_url=f"{csv_url}?month={begins:%Y-%m}", print_url=f"{url}/print?month={begins:%Y-%m}",
    )  # fmt: skip


async def lines_of(
    work: Work, supplier: UUID, begins: datetime, ends: datetime, *, after: str | None = None, size: int = PAGE_SIZE
) -> Page[Any]:
    """Lines of a statement, those of commissions with the order that they had been promised of."""
    found = await settlement.statement_lines(work, supplier, begins, ends, after=after, size=size)
    back = [row["order_id"] for row in found.items if row["kind"] == "commission_back"]
    orders = await distribution.orders_behind(work, back) if back else {}
    rows = [
        {**row, "order_id": orders[row["order_id"]]} if row["kind"] == "commission_back" else row for row in found.items
    ]
    return Page(rows, found.next_key)


def _what(visit: Visit, row: Any) -> str:
    """What a line is for."""
    if row["kind"] == "returned":
        return visit.gettext("Came back after it was settled")
    if row["kind"] == "commission_back":
        return visit.gettext("Commission that came back with it")
    if row["kind"] == "charged":
        return visit.gettext("Charged by the market")
    return " ".join(filter(None, (row["title"], row["options"], f"× {row['units']}")))


def _directly(visit: Visit, row: Any) -> str:
    if not row["is_direct"]:
        return ""
    if row["kind"] == "returned":
        return visit.gettext("Refunded directly")
    return visit.gettext("Paid directly")


def share_of(visit: Visit, row: Any) -> Share:
    return Share(
        kind=row["kind"],
        order=ORDER_ID.show(row["order_id"]) if row["order_id"] else "",
        number=number_of(row["order_id"]) if row["order_id"] else "",
        goods=_what(visit, row),
        kept=amount(visit, row["kept_minor"]),
        borne=amount(visit, row["borne_minor"]),
        fee=amount(visit, row["fee_minor"]),
        cut=amount(visit, row["cut_minor"]),
        withheld=amount(visit, row["withheld_minor"]),
        share=amount(visit, row["share_minor"]),
        direct=_directly(visit, row),
        settled_at=row["settled_at"],
    )


async def printed(visit: Visit, supplier: UUID, url: str) -> Response[Any]:
    """A month of a supplier on paper, as long as paper is of use."""
    async with visit.reading() as work:
        begins, ends = read_month(visit, work.now)
        card = (await parties.supplier_cards(work, [supplier]))[supplier]
        sums = await settlement.statement_sums(work, supplier, begins, ends)
        found = await lines_of(work, supplier, begins, ends, size=LINES_PRINTED_MAX)
        now = work.now
    page = Printed(
        supplier=card["name"],
        month=month_of(visit, url, "", begins, sums, now),
        shares=[share_of(visit, row) for row in found.items],
        unprinted=sums.lines - len(found.items),
        back_url=f"{url}?month={begins:%Y-%m}",
        at=now,
    )
    return visit.page("backoffice/statements/print.html", page)


async def csv_of_month(visit: Visit, supplier: UUID) -> Stream:
    """The lines of a month, amounts in minor units, page by page, each in a transaction of its own; the column of shares sums up
    to the statement's total."""
    async with visit.reading() as work:
        begins, ends = read_month(visit, work.now)

    async def read(after: str | None) -> Any:
        async with visit.reading() as work:
            return await lines_of(work, supplier, begins, ends, after=after, size=EXPORT_SIZE)

    return csv_stream(f"{begins:%Y-%m}", COLUMNS, read, partial(_plain, visit))


def csv_stream(
    name: str, columns: Sequence[str], read: Callable[[str | None], Any], plain_of: Callable[[Any], list[Any]]
) -> Stream:
    """A file of this name, page by page: `read` gives the page after a key, `plain_of` the cells of a row."""

    async def lines() -> AsyncIterator[bytes]:
        yield "\ufeff".encode() + _csv([columns])
        after: str | None = None
        while True:
            # Whoever hangs up cancels this; the transaction of the page still comes to its end.
            found = await asyncio.shield(asyncio.create_task(read(after)))
            yield _csv([plain_of(row) for row in found.items])
            if (after := found.next_key) is None:
                return

    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Stream(lines(), media_type="text/csv", headers=headers)


def _plain(visit: Visit, row: Any) -> list[Any]:
    is_kept = row["kind"] == "kept"
    goods = plain(Cell(text=f"{row['title']} {row['options']}".strip() if is_kept else _what(visit, row)))
    order = ORDER_ID.show(row["order_id"]) if row["order_id"] else ""
    return [order, row["line_number"] if is_kept else "", goods, row["units"] if is_kept else "",
            *(row[f"{name}_minor"] for name in ("kept", "borne", "fee", "cut", "withheld", "share")),
            row["settled_at"].isoformat(), row["kind"], "yes" if row["is_direct"] else ""]  # fmt: skip


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()

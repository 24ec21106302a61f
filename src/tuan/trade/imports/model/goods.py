"""A shop's goods as a table: a row per SKU with its price and its stock. Pure: rows in, what would change and reasons out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from tuan.goods.catalog.model import OPTIONS_MAX, RETURN_EXCEPTIONS, SKU, TITLE_MAX
from tuan.goods.supply.model import UNITS_MAX
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.people.parties.model import SUPPLIER

GOODS_COLUMNS = ("sku", "title", "options", "category", "supplier", "price", "on_hand", "return_exception")
"""The last one says of new goods why they are not taken back without a reason, and may be left out."""
STOCK_COLUMNS = ("sku", "title", "options", "on_hand")
UNITS = re.compile(r"[0-9]{1,10}", re.ASCII)
PRICE = re.compile(r"[0-9]{1,14}(\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Good:
    """One SKU as it is; `promised` units are held or set aside and stay in the house."""

    sku: UUID
    product: UUID
    title: str
    options: str
    category: str
    supplier: UUID
    price_minor: int
    on_hand: int
    promised: int
    return_exception: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What one line does: a price and a stock, of a SKU that is there or of a new one (`good` is None)."""

    number: int
    good: Good | None
    title: str
    options: str
    category: str
    supplier: UUID
    price_minor: int
    on_hand: int
    return_exception: str = ""

    @property
    def is_nothing(self) -> bool:
        good = self.good
        return good is not None and (good.price_minor, good.on_hand) == (self.price_minor, self.on_hand)


@dataclass(frozen=True, slots=True)
class RefusedLine:
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Market:
    """What lines are judged by: its SKUs, the slugs of its categories, its suppliers, and digits behind the point of money."""

    goods: Sequence[Good]
    categories: frozenset[str]
    suppliers: frozenset[UUID]
    digits: int


def to_rows(market: Market) -> list[list[str]]:
    """The table that `judge` reads without changing anything."""
    rows = [
        [SKU.show(g.sku), g.title, g.options, g.category, SUPPLIER.show(g.supplier), _written(g.price_minor, market.digits),
         str(g.on_hand), g.return_exception]
        for g in market.goods
    ]  # fmt: skip
    return [list(GOODS_COLUMNS), *rows]


def are_columns(header: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether a first line names these columns; tables from before there were exceptions of returning lack that one."""
    named = tuple(cell.strip() for cell in header)
    return named == tuple(columns) or named == tuple(columns[:-1]) == GOODS_COLUMNS[:-1]


def judge(rows: Sequence[Sequence[str]], market: Market) -> list[Change | RefusedLine]:
    """What each line after the header does, or why it does nothing; see `judge_lines`."""
    return judge_lines(list(enumerate(rows[1:], start=2)), market)


def judge_lines(lines: Sequence[tuple[int, Sequence[str]]], market: Market) -> list[Change | RefusedLine]:
    """The same for lines that know their numbers; empty ones are passed over.

    A line without `sku` is the SKU of that supplier, title and options where there is one, else a new one.
    """
    by_sku = {good.sku: good for good in market.goods}
    by_name = {(good.supplier, good.title, good.options): good for good in market.goods}
    seen: set[object] = set()
    found: list[Change | RefusedLine] = []
    for number, row in lines:
        if not any(cell.strip() for cell in row):
            continue
        line = _judge_line(number, row, market, by_sku, by_name)
        if isinstance(line, Change):
            who = line.good.sku if line.good else (line.supplier, line.title, line.options)
            if who in seen:
                line = RefusedLine(number, "twice")
            seen.add(who)
        found.append(line)
    return found


def widened(lines: Sequence[tuple[int, Sequence[str]]], market: Market) -> list[tuple[int, Sequence[str]]]:
    """Lines of a table of stock (STOCK_COLUMNS) as lines of goods: what they do not say is as it is.

    Title and options may be left empty; where they are said they must be the SKU's, so that no line meets its neighbour.
    """
    by_sku = {good.sku: good for good in market.goods}
    return [(number, _widened(row, by_sku, market.digits)) for number, row in lines]


def _widened(row: Sequence[str], by_sku: Mapping[UUID, Good], digits: int) -> Sequence[str]:
    if not any(cell.strip() for cell in row):
        return ()
    sku, title, options, on_hand = (*row[: len(STOCK_COLUMNS)], *[""] * (len(STOCK_COLUMNS) - len(row)))
    id_ = SKU.parse(sku.strip())
    good = by_sku.get(id_) if id_ else None
    if good is None:
        return (sku.strip() or "?",)
    extra = row[len(STOCK_COLUMNS) :]
    return [sku, title.strip() or good.title, options.strip() or good.options, good.category,
            SUPPLIER.show(good.supplier), _written(good.price_minor, digits), on_hand, *extra]  # fmt: skip


def _judge_line(
    number: int,
    row: Sequence[str],
    market: Market,
    by_sku: Mapping[UUID, Good],
    by_name: Mapping[tuple[UUID, str, str], Good],
) -> Change | RefusedLine:
    if len(row) > len(GOODS_COLUMNS):
        return RefusedLine(number, "columns")
    sku, title, options, category, supplier, price, on_hand, exception = (
        cell.strip() for cell in [*row, *[""] * (len(GOODS_COLUMNS) - len(row))]
    )
    who, id_ = SUPPLIER.parse(supplier), SKU.parse(sku)
    price_minor, units = _minor(price, market.digits), int(on_hand) if UNITS.fullmatch(on_hand) else None
    good = by_sku.get(id_) if id_ else by_name.get((who, title, options)) if who and not sku else None
    is_other = good is not None and (
        (good.title.strip(), good.options.strip(), good.category, good.supplier) != (title, options, category, who)
        or exception not in ("", good.return_exception)
    )
    reasons = (
        ("sku", bool(sku) and good is None),
        ("title", not 0 < len(title) <= TITLE_MAX or "\0" in title),
        ("options", len(options) > OPTIONS_MAX or "\0" in options),
        ("category", category not in market.categories),
        ("supplier", who not in market.suppliers),
        ("return_exception", exception not in ("", *RETURN_EXCEPTIONS)),
        ("not_changed_here", is_other),
        ("price", price_minor is None or not 0 < price_minor <= AMOUNT_MINOR_MAX),
        ("on_hand", units is None or units > UNITS_MAX),
        ("promised", good is not None and units is not None and units < good.promised),
    )
    if why := next((reason for reason, is_wrong in reasons if is_wrong), None):
        return RefusedLine(number, why)
    assert who is not None and price_minor is not None and units is not None
    return Change(number, good, title, options, category, who, price_minor, units, exception)


def _minor(text: str, digits: int) -> int | None:
    if not PRICE.fullmatch(text):
        return None
    minor = Decimal(text).scaleb(digits)
    return int(minor) if minor == int(minor) else None


def _written(minor: int, digits: int) -> str:
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if digits else str(whole)

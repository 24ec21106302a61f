"""A shop's goods as a table: each cell that does not fit has its reason, what is written is read again, and nothing else changes."""

from dataclasses import replace
from typing import Any

import pytest

from tuan.goods.catalog.model import OPTIONS_MAX, RETURN_EXCEPTIONS, SKU, TITLE_MAX
from tuan.goods.supply.model import UNITS_MAX
from tuan.kit.ids import new_uuid
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.people.parties.model import SUPPLIER
from tuan.trade.imports.errors import FileUnfit, NothingToDo, NotWaiting
from tuan.trade.imports.model import (
    BYTES_MAX,
    GOODS_COLUMNS,
    STOCK_COLUMNS,
    Change,
    Counts,
    Good,
    JobState,
    Market,
    RefusedLine,
    are_columns,
    judge,
    judge_lines,
    to_rows,
    why_not_confirm,
    why_not_drop,
    why_not_take,
    widened,
)

SELLER = SUPPLIER.new()
FIRST = Good(SKU.new(), new_uuid(), "脐橙", "5 kg", "fruit", SELLER, 1990, 50, 3)
SECOND = replace(
    FIRST, sku=SKU.new(), options="10 kg", price_minor=5, promised=0, return_exception=RETURN_EXCEPTIONS[0]
)
HERE = Market((FIRST, SECOND), frozenset(("fruit", "tea")), frozenset((SELLER,)), 2)
ROW = [SKU.show(FIRST.sku), "脐橙", "5 kg", "fruit", SUPPLIER.show(SELLER), "19.90", "50", ""]
NEW = ["", "苹果", "1 kg", "tea", SUPPLIER.show(SELLER), "0.01", "7", RETURN_EXCEPTIONS[0]]


def one(row: list[str], market: Market = HERE) -> Change | RefusedLine:
    (found,) = judge([list(GOODS_COLUMNS), row], market)
    return found


def with_cell(row: list[str], column: str, cell: str) -> list[str]:
    return [cell if name == column else old for name, old in zip(GOODS_COLUMNS, row, strict=True)]


def test_what_is_written_changes_nothing_when_it_is_read() -> None:
    rows = to_rows(HERE)
    assert rows == [
        list(GOODS_COLUMNS),
        ROW,
        [SKU.show(SECOND.sku), "脐橙", "10 kg", "fruit", SUPPLIER.show(SELLER), "0.05", "50", RETURN_EXCEPTIONS[0]],
    ]
    for number, (good, change) in enumerate(zip(HERE.goods, judge(rows, HERE), strict=True), start=2):
        assert isinstance(change, Change) and change.is_nothing and (change.number, change.good) == (number, good)
    whole = replace(HERE, digits=0)
    assert [row[5] for row in to_rows(whole)[1:]] == ["1990", "5"]
    assert all(isinstance(c, Change) and c.is_nothing for c in judge(to_rows(whole), whole))


def test_two_skus_of_one_name_are_two_lines() -> None:
    twin = replace(FIRST, sku=SKU.new())
    here = replace(HERE, goods=(FIRST, twin))
    rows = [list(GOODS_COLUMNS), ROW, with_cell(ROW, "sku", SKU.show(twin.sku)), ROW]
    first, second, again = judge(rows, here)
    assert isinstance(first, Change) and isinstance(second, Change) and (first.good, second.good) == (FIRST, twin)
    assert again == RefusedLine(4, "twice")


def test_a_line_sets_price_and_stock_of_a_sku_or_names_a_new_one() -> None:
    changed = one(with_cell(with_cell(ROW, "price", " 20 "), "on_hand", "3"))
    assert changed == Change(2, FIRST, "脐橙", "5 kg", "fruit", SELLER, 2000, 3)
    assert isinstance(changed, Change) and not changed.is_nothing
    for column, cell in (("price", "19.91"), ("on_hand", "51")):
        change = one(with_cell(ROW, column, cell))
        assert isinstance(change, Change) and not change.is_nothing
    new = one(NEW)
    assert new == Change(2, None, "苹果", "1 kg", "tea", SELLER, 1, 7, RETURN_EXCEPTIONS[0])
    assert isinstance(new, Change) and not new.is_nothing
    assert one(with_cell(ROW, "sku", "")) == one(ROW), "supplier, title and options name it as well"
    assert one(ROW[:7]) == one(ROW), "tables from before there were exceptions lack the last column"


@pytest.mark.parametrize(
    ("row", "column", "cell", "reason"),
    [
        (ROW, "sku", "sku_nonsense", "sku"), (ROW, "sku", SKU.show(SKU.new()), "sku"), (NEW, "title", " ", "title"),
        (NEW, "title", "x" * (TITLE_MAX + 1), "title"), (NEW, "title", "a\0b", "title"),
        (NEW, "options", "x" * (OPTIONS_MAX + 1), "options"), (NEW, "options", "\0", "options"), (NEW, "category", "toys", "category"),
        (NEW, "supplier", SUPPLIER.show(SUPPLIER.new()), "supplier"), (NEW, "supplier", "me", "supplier"),
        (NEW, "return_exception", "because", "return_exception"), (ROW, "title", "橙", "not_changed_here"),
        (ROW, "options", "6 kg", "not_changed_here"), (ROW, "category", "tea", "not_changed_here"),
        (ROW, "return_exception", RETURN_EXCEPTIONS[0], "not_changed_here"), (ROW, "price", "", "price"), (ROW, "price", "0", "price"),
        (ROW, "price", "-1", "price"), (ROW, "price", "1.001", "price"), (ROW, "price", "1e2", "price"), (ROW, "price", "٣", "price"),
        (ROW, "price", f"{AMOUNT_MINOR_MAX // 100}.01", "price"), (ROW, "on_hand", "", "on_hand"), (ROW, "on_hand", "-1", "on_hand"),
        (ROW, "on_hand", "1.5", "on_hand"), (ROW, "on_hand", str(UNITS_MAX + 1), "on_hand"), (ROW, "on_hand", "2", "promised"),
    ],
)  # fmt: skip
def test_a_cell_that_does_not_fit_has_its_reason(row: list[str], column: str, cell: str, reason: str) -> None:
    assert one(with_cell(row, column, cell)) == RefusedLine(2, reason)


@pytest.mark.parametrize(
    ("row", "column", "cell"),
    [
        (NEW, "title", "x" * TITLE_MAX), (NEW, "options", "x" * OPTIONS_MAX), (NEW, "options", ""), (NEW, "on_hand", "0"),
        (NEW, "title", "x"), (NEW, "price", str(AMOUNT_MINOR_MAX // 100)), (NEW, "on_hand", str(UNITS_MAX)), (ROW, "on_hand", "3"),
        (ROW, "price", "19.900000"), (NEW, "return_exception", RETURN_EXCEPTIONS[-1]),
    ],
)  # fmt: skip
def test_a_cell_at_its_bound_fits(row: list[str], column: str, cell: str) -> None:
    assert isinstance(one(with_cell(row, column, cell)), Change)


def test_a_sku_of_another_supplier_is_not_changed() -> None:
    other = SUPPLIER.new()
    market = replace(HERE, suppliers=frozenset((SELLER, other)))
    assert one(with_cell(ROW, "supplier", SUPPLIER.show(other)), market) == RefusedLine(2, "not_changed_here")
    found = one(with_cell(with_cell(ROW, "supplier", SUPPLIER.show(other)), "sku", ""), market)
    assert isinstance(found, Change) and found.good is None, "of theirs there is none by that name"


def test_who_has_an_exception_keeps_it_and_may_leave_it_out() -> None:
    row = to_rows(HERE)[2]
    for cell in ("", RETURN_EXCEPTIONS[0]):
        assert isinstance(one(with_cell(row, "return_exception", cell)), Change)
    assert one(with_cell(row, "return_exception", RETURN_EXCEPTIONS[1])) == RefusedLine(2, "not_changed_here")


def test_lines_keep_their_numbers_and_nothing_is_said_twice() -> None:
    other = with_cell(NEW, "options", "2 kg")
    lines = [(5, ROW), (6, [" ", ""]), (7, []), (8, [*ROW, "x"]), (9, ROW), (10, NEW), (11, NEW), (12, other)]
    found = judge_lines(lines, HERE)
    assert [(x.number, x.reason if isinstance(x, RefusedLine) else "") for x in found] == [
        (5, ""), (8, "columns"), (9, "twice"), (10, ""), (11, "twice"), (12, ""),
    ]  # fmt: skip
    refused = judge_lines([(2, with_cell(ROW, "price", "0")), (3, ROW)], HERE)
    assert isinstance(refused[1], Change), "a line that was refused has said nothing"


def test_columns_are_named_in_their_order() -> None:
    assert are_columns(GOODS_COLUMNS, GOODS_COLUMNS) and are_columns([f" {c} " for c in GOODS_COLUMNS], GOODS_COLUMNS)
    assert are_columns(GOODS_COLUMNS[:-1], GOODS_COLUMNS) and are_columns(STOCK_COLUMNS, STOCK_COLUMNS)
    for header, columns in (
        (GOODS_COLUMNS[::-1], GOODS_COLUMNS), (STOCK_COLUMNS, GOODS_COLUMNS), (STOCK_COLUMNS[:-1], STOCK_COLUMNS), ((), GOODS_COLUMNS),
    ):  # fmt: skip
        assert not are_columns(header, columns)


# ── counts of stock ──
def stock(*row: str) -> Change | RefusedLine:
    (found,) = judge_lines(widened([(4, row)], HERE), HERE)
    return found


def test_a_count_changes_the_stock_of_a_sku_and_nothing_else() -> None:
    assert stock(f" {SKU.show(FIRST.sku)} ", "", "", "9") == replace(
        Change(4, FIRST, "脐橙", "5 kg", "fruit", SELLER, 1990, 9), number=4
    )
    assert stock(SKU.show(SECOND.sku), " 脐橙 ", " 10 kg ", "50") == Change(
        4, SECOND, "脐橙", "10 kg", "fruit", SELLER, 5, 50
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((SKU.show(FIRST.sku), "橙", "", "9"), "not_changed_here"), ((SKU.show(FIRST.sku), "", "6 kg", "9"), "not_changed_here"),
        ((SKU.show(FIRST.sku), "", "", "2"), "promised"), ((SKU.show(FIRST.sku),), "on_hand"),
        ((SKU.show(FIRST.sku), "", "", "9", "because"), "return_exception"), ((SKU.show(FIRST.sku), "", "", "9", "", "x"), "columns"),
        ((SKU.show(SKU.new()), "", "", "9"), "sku"), (("", "脐橙", "5 kg", "9"), "sku"), (("nonsense", "", "", "9"), "sku"),
    ],
)  # fmt: skip
def test_a_count_that_does_not_fit_has_its_reason(row: tuple[str, ...], reason: str) -> None:
    assert stock(*row) == RefusedLine(4, reason)


def test_an_empty_line_of_counts_is_passed_over() -> None:
    assert judge_lines(widened([(4, ("", " ")), (5, ())], HERE), HERE) == []


# ── the job ──
def test_a_file_has_something_in_it_and_no_more_than_eight_megabytes() -> None:
    assert why_not_take(b"x") is why_not_take(b"x" * BYTES_MAX) is None
    assert why_not_take(b"") == why_not_take(b"x" * (BYTES_MAX + 1)) == FileUnfit(most_mib=8)


@pytest.mark.parametrize("state", list(JobState))
def test_only_what_was_looked_at_is_brought_in_or_dropped(state: JobState) -> None:
    waits = state == JobState.CHECKED
    assert why_not_confirm(state, 1) == why_not_drop(state) == (None if waits else NotWaiting())
    assert why_not_confirm(state, 0) == (NothingToDo() if waits else NotWaiting())


def test_every_line_is_counted_once() -> None:
    counts: Any = Counts(1, 20, 300, 4000)
    assert counts.lines == 4321

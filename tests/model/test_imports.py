"""Reading a shop's invoices, and which sales its cancellations give back."""

import csv
import io
from collections import defaultdict
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuan.trade.imports.model import (
    INVOICE_COLUMNS,
    InvoiceLine,
    Invoices,
    NotThisFile,
    plan,
    read_invoice_rows,
    read_invoices,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
AT = "2011-01-01 10:00:00"
CELLS = st.one_of(
    st.text(max_size=8), st.sampled_from(["", "1", "-1", "0", "1.005", "1e5", "NaN", "=1+1", AT, "٣", "9" * 40])
)


def read(*rows: tuple[str, ...]) -> Invoices:
    out = io.StringIO(newline="")
    csv.writer(out).writerows((INVOICE_COLUMNS, *rows))
    out.seek(0)
    return read_invoices(out, NOW)


def line(
    invoice: str, units: int, price: str = "1.00", *, at: str = AT, who: str = "7.0", code: str = "a"
) -> tuple[str, ...]:
    return (invoice, code, "Thing", str(units), at, price, who, "Here")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("1", "a"), "columns"),
        (line("", 1), "name"),
        (line("1", 1, code="x" * 61), "name"),
        (line("1", 0), "quantity"),
        (line("1", -1), "quantity"),
        (line("C1", 1), "quantity"),
        (line("1", 1, "0"), "price"),
        (line("1", 1, "-2.50"), "price"),
        (line("1", 1, "1e3"), "price"),
        (line("1", 1, "NaN"), "price"),
        (line("1", 1, "0.001"), "finer_than_a_penny"),
        (line("1", 1, at="2011-02-30 10:00:00"), "date"),
        (line("1", 1, at="2027-01-01 10:00:00"), "date"),
        (line("1", 10**9, "1000000"), "amount"),
        (line("1", 1, who="\0"), "text"),
    ],
)
def test_a_line_is_left_out_with_its_reason(row: tuple[str, ...], reason: str) -> None:
    found = read(row)
    assert [one.reason for one in found.refused] == [reason]
    assert not found.sales and not found.cancellations


def test_a_line_is_read_cell_by_cell() -> None:
    (sold,) = read((" 536365 ", " 85123A ", " HEART ", "6", AT, "2.55", " 17850.0 ", "Here")).sales
    assert sold == InvoiceLine(2, "536365", "85123A", "HEART", 6, datetime(2011, 1, 1, 10, tzinfo=UTC), 255, "17850")
    assert sold.amount_minor == 1530
    (back,) = read(line("C1", -6, "0.01")).cancellations
    assert (back.invoice, back.units, back.price_minor, back.amount_minor) == ("C1", 6, 1, 6)
    found = read_invoice_rows([list(INVOICE_COLUMNS), list(line("1", 2, "7"))], NOW, digits=0)
    assert [(one.number, one.price_minor) for one in found.sales] == [(2, 7)]


@pytest.mark.parametrize(
    "row",
    [
        line("x" * 60, 1), line("1", 1, code="x" * 60), line("1", 1, who="9" * 60), line("1", 1, who=""), line("1", 10**9, "0.01"),
        line("1", 1, "0.01"), line("1", 1, at="2026-01-01 00:00:00"), line("1", 1, "100000000000"), line("1", 1, "1.000000"),
    ],
)  # fmt: skip
def test_a_line_at_its_bound_is_brought_in(row: tuple[str, ...]) -> None:
    assert len(read(row).sales) == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (line("x" * 61, 1), "name"), (line("1", 1, code=" "), "name"), (line("1", 1, who="9" * 61), "text"),
        (line("1", 10**9 + 1, "0.01"), "quantity"), (line("C1", -(10**9) - 1, "0.01"), "quantity"), (line("C1", 0), "quantity"),
        (("1", "a", "\0", "1", AT, "1", "7", "Here"), "text"), (("1", "a", "Thing", "1.0", AT, "1", "7", "Here"), "quantity"),
        (line("1", 1, at="2026-01-01 00:00:01"), "date"), (line("1", 2, "50000000000.01"), "amount"),
        (line("1", 1, "1.00"), ""), ((*line("1", 1), "more"), "columns"), (("1",), "columns"), ((), "columns"),
    ],
)  # fmt: skip
def test_a_line_beyond_its_bound_is_left_out_under_its_name(row: tuple[str, ...], reason: str) -> None:
    found = read_invoice_rows([list(INVOICE_COLUMNS), list(line("9", 1)), list(row)], NOW)
    assert [(one.number, one.reason) for one in found.refused] == ([(3, reason)] if reason else [])
    assert found.lines == 2
    if reason and len(row) > 1:
        assert [(one.invoice, one.code) for one in found.refused] == [(row[0][:60], row[1].strip()[:60])]
    elif reason:
        assert [(one.invoice, one.code) for one in found.refused] == [("", "")]


def test_an_invoice_has_one_customer() -> None:
    (other,) = read(line("1", 1), line("1", 1, who="8.0"), line("1", 1)).refused
    assert (other.number, other.invoice, other.code, other.reason) == (3, "1", "a", "another_customer")


def test_what_is_no_such_file_is_said_in_one_line() -> None:
    with pytest.raises(NotThisFile, match="must name the columns"):
        read_invoices(io.StringIO("a,b\n"), NOW)
    with pytest.raises(NotThisFile):
        read_invoices(io.StringIO(",".join(INVOICE_COLUMNS) + '\n"open'), NOW)
    with pytest.raises(NotThisFile):
        read_invoices(io.TextIOWrapper(io.BytesIO(b"\xff\xfe\x00"), "utf-8"), NOW)


@given(st.lists(st.lists(CELLS, min_size=6, max_size=9).map(tuple), max_size=6))
def test_every_line_is_brought_in_or_refused_whatever_it_says(rows: list[tuple[str, ...]]) -> None:
    found = read(*rows)
    assert found.lines == len(found.sales) + len(found.cancellations) + len(found.refused)


def test_the_newest_sale_at_the_same_price_comes_back_first() -> None:
    found = read(
        line("1", 5), line("2", 5, at="2011-01-02 10:00:00"), line("3", 5, "2.00", at="2011-01-03 10:00:00"),
        line("C4", -7, at="2011-01-04 10:00:00"),
    )  # fmt: skip
    planned = plan(found)
    first, second, third = planned.invoices
    assert (planned.refunds, planned.refunded_minor, planned.rests) == (1, 700, [])
    (later,) = found.cancellations
    assert (second.given_back[0].number, second.given_back[0].at, second.given_back[0].is_whole) == (1, later.at, True)
    assert second.total_minor == 500 and second.lines == [found.sales[1]]
    assert [(one.units, one.amount_minor) for one in second.given_back] == [(5, 500)]
    assert [(one.units, one.amount_minor) for one in first.given_back] == [(2, 200)]
    assert not third.given_back


@pytest.mark.parametrize(
    "cancelled",
    [
        line("C1", -1, at="2010-12-31 10:00:00"),
        line("C1", -1, who="8.0"),
        line("C1", -1, code="b"),
    ],
)
def test_only_an_earlier_sale_of_the_same_customer_and_code_comes_back(cancelled: tuple[str, ...]) -> None:
    planned = plan(read(line("1", 5), cancelled))
    assert (planned.refunds, planned.refunded_minor) == (0, 0)
    assert [rest.left_minor for rest in planned.rests] == [100]


def test_whom_nobody_knows_is_not_the_same_customer() -> None:
    assert plan(read(line("1", 5, who=""), line("C2", -5, who=""))).refunds == 0


def test_a_dearer_cancellation_gives_back_what_was_paid_and_a_cheaper_one_what_it_says() -> None:
    dear = plan(read(line("1", 2), line("C2", -2, "1.50")))
    assert [(b.amount_minor, b.is_whole) for b in dear.invoices[0].given_back] == [(200, True)]
    assert [(rest.line.invoice, rest.left_minor) for rest in dear.rests] == [("C2", 100)]
    cheap = plan(read(line("1", 2), line("C2", -2, "0.50")))
    assert [(b.amount_minor, b.is_whole) for b in cheap.invoices[0].given_back] == [(100, False)]
    assert cheap.refunds == 1


SALE = st.tuples(st.booleans(), st.integers(1, 6), st.sampled_from(["1.00", "2.00"]), st.integers(1, 28))


@given(st.lists(SALE, max_size=12))
def test_nothing_comes_back_twice_and_every_cancelled_penny_is_accounted_for(
    rows: list[tuple[bool, int, str, int]],
) -> None:
    found = read(
        *(
            line(f"C{n}" if is_back else str(n), -units if is_back else units, price, at=f"2011-01-{day:02} 10:00:00")
            for n, (is_back, units, price, day) in enumerate(rows)
        )
    )
    planned = plan(found)
    units: dict[tuple[int, int], int] = defaultdict(int)
    for place, invoice in enumerate(planned.invoices):
        for back in invoice.given_back:
            units[place, back.number] += back.units
            assert back.at >= invoice.lines[back.number - 1].at
            assert 0 < back.amount_minor <= back.units * invoice.lines[back.number - 1].price_minor
    assert all(planned.invoices[place].lines[number - 1].units >= taken for (place, number), taken in units.items())
    cancelled = sum(one.amount_minor for one in found.cancellations)
    assert planned.refunded_minor + sum(rest.left_minor for rest in planned.rests) == cancelled
    assert planned.refunds + len(planned.rests) == len(found.cancellations)

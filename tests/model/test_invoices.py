"""Invoices: whose number is none, and sums that stay exact whatever goes back."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tuan.kit.refusals import Refusal
from tuan.trade.invoices.errors import NothingToInvoice, NumberInvalid, TaxNumberWrong, TitleInvalid
from tuan.trade.invoices.model import (
    BOUGHT,
    KEPT_BY_LAW,
    LETTERS,
    PERMYRIAD,
    InvoiceLine,
    RedLine,
    Titled,
    check_letter,
    reds_of,
    why_not_ask,
    why_not_number,
    why_not_title,
    with_tax,
)
from tuan.trade.orders.model import OrderState

REAL = "91350100M000100Y43"
"""The example of GB 32100-2015, annex B."""
TODAY = date(2026, 3, 1)
firsts = st.text(LETTERS, min_size=17, max_size=17)


def test_the_example_of_the_standard_fits() -> None:
    assert check_letter(REAL[:-1]) == REAL[-1]
    assert why_not_title(Titled("company", "福建公司", REAL, "a@b.cn")) is None


@given(firsts, st.integers(0, 16), st.sampled_from(LETTERS))
def test_one_wrong_sign_is_seen(first: str, place: int, other: str) -> None:
    changed = first[:place] + other + first[place + 1 :]
    assert (check_letter(changed) == check_letter(first)) == (changed == first)


@given(firsts, st.integers(0, 15))
def test_two_signs_in_each_others_place_are_seen(first: str, place: int) -> None:
    changed = first[:place] + first[place + 1] + first[place] + first[place + 2 :]
    assert (check_letter(changed) == check_letter(first)) == (changed == first)


@pytest.mark.parametrize(
    ("titled", "refusal"),
    [
        (Titled("personal", "王小明", "", "a@b.cn"), None),
        (Titled("shop", "王小明", "", "a@b.cn"), TitleInvalid(field="kind")),
        (Titled("personal", " ", "", "a@b.cn"), TitleInvalid(field="title")),
        (Titled("personal", "王\x00", "", "a@b.cn"), TitleInvalid(field="title")),
        (Titled("personal", "x" * 101, "", "a@b.cn"), TitleInvalid(field="title")),
        (Titled("personal", "王小明", REAL, "a@b.cn"), TitleInvalid(field="tax_number")),
        (Titled("company", "公司", "", "a@b.cn"), TitleInvalid(field="tax_number")),
        (Titled("company", "公司", REAL.lower(), "a@b.cn"), TitleInvalid(field="tax_number")),
        (Titled("company", "公司", REAL[:-1] + "4", "a@b.cn"), TaxNumberWrong()),
        (Titled("personal", "王小明", "", "a@b"), TitleInvalid(field="email")),
        (Titled("personal", "王小明", "", "a b@c.cn"), TitleInvalid(field="email")),
        (Titled("personal", "王小明", "", "a@b." + "c" * 260), TitleInvalid(field="email")),
    ],
)
def test_whom_it_is_for_is_looked_at(titled: Titled, refusal: Refusal | None) -> None:
    assert why_not_title(titled) == refusal


@pytest.mark.parametrize("state", OrderState)
def test_what_was_bought_and_is_kept_has_an_invoice(state: OrderState) -> None:
    assert why_not_ask(state, 1) == (None if state in BOUGHT else NothingToInvoice())
    assert why_not_ask(state, 0) == NothingToInvoice()


@pytest.mark.parametrize(
    ("number", "day", "rate", "field"),
    [
        ("", TODAY, 0, "number"),
        ("1" * 41, TODAY, 0, "number"),
        ("1 2", TODAY, 0, "number"),
        ("号", TODAY, 0, "number"),
        ("1", TODAY + timedelta(days=1), 0, "issued_on"),
        ("1", TODAY - KEPT_BY_LAW - timedelta(days=1), 0, "issued_on"),
        ("1", TODAY, -1, "rate"),
        ("1", TODAY, 10_001, "rate"),
    ],
)
def test_a_number_a_day_and_a_rate_are_looked_at(number: str, day: date, rate: int, field: str) -> None:
    assert why_not_number(number, day, rate, TODAY) == NumberInvalid(field=field)
    assert why_not_number("24952000000012345678", TODAY, 1300, TODAY) is None


@pytest.mark.parametrize(
    ("number", "day", "rate"), [("1", TODAY, 0), ("1" * 40, TODAY - KEPT_BY_LAW, 10_000), ("A9", TODAY, 1)]
)
def test_a_number_a_day_and_a_rate_at_their_bounds_fit(number: str, day: date, rate: int) -> None:
    assert why_not_number(number, day, rate, TODAY) is None


@pytest.mark.parametrize(
    "titled",
    [
        Titled("personal", "王", "", "a@b.cn"), Titled("personal", "x" * 100, "", "a@b.cn"),
        Titled("personal", "王小明", "", "a@" + "b" * 249 + ".cn"), Titled("company", "x", REAL, "a@mail.b.cn"),
    ],
)  # fmt: skip
def test_whom_it_is_for_at_the_bounds_fits(titled: Titled) -> None:
    assert why_not_title(titled) is None


amounts = st.lists(st.tuples(st.integers(1, 10**7), st.sampled_from((0, 300, 600, 900, 1300))), min_size=1, max_size=8)


def lines_of(rows: list[tuple[int, int]]) -> list[InvoiceLine]:
    return with_tax([InvoiceLine(n, "脐橙", "", 1, amount, rate, 0) for n, (amount, rate) in enumerate(rows, start=1)])


@given(amounts)
@example([(10, 600), (195, 600)])
def test_the_tax_of_a_rate_is_the_tax_of_its_sum_and_no_line_is_more_than_a_cent_off(
    rows: list[tuple[int, int]],
) -> None:
    lines = lines_of(rows)
    for rate in {rate for _, rate in rows}:
        some = [line for line in lines if line.rate_permyriad == rate]
        assert sum(x.tax_minor for x in some) == sum(x.amount_minor for x in some) * rate // (PERMYRIAD + rate)
        for line in some:
            exact = line.amount_minor * rate // (PERMYRIAD + rate)
            assert exact - 1 <= line.tax_minor <= exact + 1 and 0 <= line.tax_minor <= line.amount_minor


@given(amounts, st.data())
def test_invoice_less_red_is_what_is_kept_in_any_number_of_steps_and_all_of_it_when_all_went_back(
    rows: list[tuple[int, int]], data: st.DataObject
) -> None:
    lines = lines_of(rows)
    kept = {line.line_number: line.amount_minor for line in lines}
    assert reds_of(lines, kept) == []
    red, tax = 0, 0
    for last in (False, False, False, True):
        kept = {number: 0 if last else data.draw(st.integers(0, left)) for number, left in kept.items()}
        parts = reds_of(lines, kept)
        assert all(x.amount_minor > 0 and 0 <= x.tax_minor <= x.amount_minor for x in parts)
        red, tax = red + sum(x.amount_minor for x in parts), tax + sum(x.tax_minor for x in parts)
        assert [x.amount_minor - x.red_minor for x in lines] == list(kept.values())
        assert reds_of(lines, kept) == [], "told twice is told once"
    assert (red, tax) == (sum(x.amount_minor for x in lines), sum(x.tax_minor for x in lines))


def test_what_became_red_is_told_by_its_line_and_counts_up() -> None:
    lines = [InvoiceLine(n, "脐橙", "", 1, 1000, 1300, 115) for n in (1, 2)]
    assert reds_of(lines, {1: 1000, 2: 400}) == [RedLine(2, 600, 69)]
    assert reds_of(lines, {1: 999, 2: 0}) == [RedLine(1, 1, 0), RedLine(2, 400, 46)]
    assert [(line.red_minor, line.red_tax_minor) for line in lines] == [(1, 0), (1000, 115)]

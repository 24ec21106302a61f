"""Prices and stock as a table: what is taken along comes in again unchanged, and what changes goes through the verbs."""

from collections.abc import Sequence

import pytest
from hypothesis import given as all_of
from hypothesis import settings
from hypothesis import strategies as st

from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods import catalog, supply
from tuan.goods.catalog.model import SKU
from tuan.goods.supply.errors import Promised
from tuan.kit.ids import new_uuid
from tuan.people.parties.model import SUPPLIER
from tuan.platform.sheets import read_sheet, write_csv, write_workbook
from tuan.trade.imports import bring_in, read_market
from tuan.trade.imports.model import Change, Good, Market, RefusedLine, judge, to_rows

SELLER = new_uuid()
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Z")), min_size=1, max_size=9)
GOODS = st.builds(Good, st.builds(new_uuid), st.builds(new_uuid), TEXT, st.one_of(st.just(""), TEXT), st.just("fruit"),
                  st.just(SELLER), st.integers(1, 10**13), st.integers(0, 10**9), st.just(0))  # fmt: skip


@settings(deadline=None)  # the first workbook loads its library
@all_of(st.lists(GOODS, max_size=5), st.sampled_from([0, 2, 3]), st.sampled_from([write_csv, write_workbook]))
def test_what_is_taken_along_comes_in_again_unchanged(goods: list[Good], digits: int, write: object) -> None:
    market = Market(goods, frozenset({"fruit"}), frozenset({SELLER}), digits)
    assert callable(write)
    lines = judge(read_sheet(write(to_rows(market))), market)
    assert len(lines) == len(goods)
    assert all(isinstance(line, Change) and line.is_nothing for line in lines)


ONE = Good(new_uuid(), new_uuid(), "Mango", "1 kg", "fruit", SELLER, 1990, 10, 3)
HERE = Market([ONE], frozenset({"fruit"}), frozenset({SELLER}), 2)
ROW = to_rows(HERE)[1]


@pytest.mark.parametrize(
    ("cell", "text", "reason"),
    [
        (0, "nonsense", "sku"),
        (0, SKU.show(new_uuid()), "sku"),
        (1, "", "title"),
        (1, "x" * 121, "title"),
        (1, "Melon", "not_changed_here"),
        (2, "x" * 61, "options"),
        (2, "2 kg", "not_changed_here"),
        (3, "nowhere", "category"),
        (4, SUPPLIER.show(new_uuid()), "supplier"),
        (5, "0", "price"),
        (5, "-1", "price"),
        (5, "19.905", "price"),
        (5, "=1+1", "price"),
        (5, "1e3", "price"),
        (5, "٣", "price"),
        (6, "-1", "on_hand"),
        (6, "1.5", "on_hand"),
        (6, "1000000001", "on_hand"),
        (6, "2", "promised"),
        (7, "perishable", "not_changed_here"),
        (7, "whatever", "return_exception"),
    ],
)
def test_a_line_is_left_out_with_its_reason(cell: int, text: str, reason: str) -> None:
    row = [*ROW[:cell], text, *ROW[cell + 1 :]]
    assert judge([[], row], HERE) == [RefusedLine(2, reason)]


def test_one_sku_is_said_once_and_empty_lines_say_nothing() -> None:
    assert judge([[], ROW, [], ROW, [*ROW, "more"]], HERE)[1:] == [RefusedLine(4, "twice"), RefusedLine(5, "columns")]


async def imported(place: Place, rows: Sequence[Sequence[str]]) -> tuple[list[Change], list[RefusedLine]]:
    async with place.work() as work:
        market = await read_market(work)
        lines = judge(rows, market)
        changes = [line for line in lines if isinstance(line, Change) and not line.is_nothing]
        products = {(good.supplier, good.title): good.product for good in market.goods}
        return changes, await bring_in(work, changes, products, reason="test")


async def table(place: Place) -> list[list[str]]:
    async with place.work() as work:
        return to_rows(await read_market(work))


async def test_prices_and_stock_become_what_the_table_says_and_new_goods_are_drafts(place: Place) -> None:
    of = await given.goods(place, units=10, price_minor=1990)
    header, row = await table(place)
    news = [["", "Melon", options, row[3], row[4], "5.00", "7"] for options in ("small", "large")]
    rows = [header, [*row[:5], "17.50", "8"], *news]
    changes, refused = await imported(place, rows)
    assert (len(changes), refused) == (3, [])
    async with place.work() as work:
        assert (await catalog.load_offers(work, [of.sku])).get(of.sku).price_minor == 1750
        assert (await supply.levels(work, [of.sku]))[of.sku]["on_hand"] == 8
        melons = [good for good in (await read_market(work)).goods if good.title == "Melon"]
        assert [(good.options, good.price_minor, good.on_hand) for good in melons] == [
            ("small", 500, 7),
            ("large", 500, 7),
        ]
        assert len({good.product for good in melons}) == 1
        assert (await catalog.access_any_product(work, melons[0].product))["state"] == "draft"
    assert await imported(place, rows) == ([], [])
    assert await place.breaches() == {}


async def test_units_that_were_promised_meanwhile_stay(place: Place) -> None:
    of = await given.goods(place, units=10)
    header, row = await table(place)
    async with place.work() as work:
        lines = judge([header, [*row[:6], "5"]], await read_market(work))
    await given.place_order(place, await given.buyer(place), of, 6)
    async with place.work() as work:
        changes = [line for line in lines if isinstance(line, Change)]
        assert await bring_in(work, changes, {}, reason="test") == [RefusedLine(2, Promised.code)]
        assert (await supply.levels(work, [of.sku]))[of.sku]["on_hand"] == 10

"""A supplier's statement tells what came back after it was settled as lines of its own, and its lines sum up to its total."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.given import commissions as sold
from tests.given import goods as given
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tuan.kit.time import Instant
from tuan.trade import settlement

A_MONTH, SECOND = timedelta(days=31), timedelta(seconds=1)


async def settled(place: Place, units: int) -> tuple[Goods, Buyer, UUID]:
    of, who = await given.goods(place, units=10, price_minor=1990), await sold.neighbour(place)
    order = await sold.buy(place, who, of, None, units)
    await sold.keep(place, of, who, order)
    return of, who, order


async def told(place: Place, of: Goods, size: int = 20) -> tuple[settlement.Sums, list[Any]]:
    """The sums of the last month, and all its lines, read so many at a time."""
    async with place.work() as work:
        until = work.now + SECOND
        since = until - A_MONTH
        sums = await settlement.statement_sums(work, of.supplier, since, until)
        return sums, await lines(work, of.supplier, since, until, size)


async def lines(work: Any, supplier: UUID, since: Instant, until: Instant, size: int) -> list[Any]:
    rows: list[Any] = []
    after: str | None = None
    while True:
        page = await settlement.statement_lines(work, supplier, since, until, after=after, size=size)
        assert len(page.items) <= size
        rows += page.items
        if (after := page.next_key) is None:
            return rows


async def test_what_came_back_after_it_was_settled_is_a_line_of_its_own(place: Place) -> None:
    of, who, order = await settled(place, 3)
    before, (only,) = await told(place, of)
    assert (before.returned, before.total, only["kind"]) == (0, 5851, "kept")
    await sold.give_back(place, of, who, order, 1)
    sums, (back, kept) = await told(place, of)
    assert (kept["kind"], kept["kept_minor"], kept["share_minor"]) == ("kept", 5970, 5851), (
        "what was settled stays told"
    )
    assert (back["kind"], back["order_id"], back["share_minor"], back["kept_minor"]) == ("returned", order, -1990, 0)
    assert (sums.lines, sums.share, sums.returned, sums.charged, sums.total) == (2, 5851, 1990, 0, 3861)
    assert await place.breaches() == {}


async def test_the_lines_sum_up_to_the_total_and_to_the_balance_to_the_cent(place: Place) -> None:
    of, who, order = await settled(place, 3)
    for _ in range(2):
        await sold.give_back(place, of, who, order, 1)
    assert await place.do(settlement.charge, of.supplier, 3000, reason="a fine") is None
    for size in (1, 2, 20):
        sums, rows = await told(place, of, size)
        assert sum(row["share_minor"] for row in rows) == sums.total == 5851 - 2 * 1990 - 3000
        assert [row["kind"] for row in rows] == ["charged", "returned", "returned", "kept"]
        assert len({(row["about"], row["line_number"]) for row in rows}) == sums.lines == 4
        times = [row["settled_at"] for row in rows]
        assert times == sorted(times, reverse=True)
    async with place.work() as work:
        balance = await settlement.balance_of(work, of.supplier)
    assert balance.payable_minor - balance.debt_minor == sums.total
    assert (rows[0]["order_id"], sums.charged, sums.returned) == (None, 3000, 3980)


async def test_a_line_belongs_to_the_month_in_which_it_came_back(place: Place) -> None:
    of, who, order = await settled(place, 2)
    await place.move_clock(timedelta(days=40))
    await sold.give_back(place, of, who, order, 1)
    sums, (back,) = await told(place, of)
    assert (back["kind"], sums.share, sums.total) == ("returned", 0, -1990)


async def test_another_supplier_reads_nothing_of_it(place: Place) -> None:
    of, who, order = await settled(place, 1)
    await sold.give_back(place, of, who, order, 1)
    other = await given.goods(place)
    sums, rows = await told(place, other)
    assert rows == [] and sums.total == sums.lines == 0

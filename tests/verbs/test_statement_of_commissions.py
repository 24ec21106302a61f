"""What a shop had been promised and gives back is a line of the supplier's statement, which sums up to his balance to the cent."""

from datetime import timedelta
from typing import Any

from tests.given import commissions as sold
from tests.given import goods as given
from tests.given.goods import Goods
from tests.given.houses import Place
from tuan.play import distribution
from tuan.trade import settlement

YEARS = timedelta(days=400)


async def stated(place: Place, of: Goods) -> tuple[list[Any], settlement.Sums, settlement.Balance]:
    """Every line, their sums, and the balance."""
    async with place.work() as work:
        since, until = work.now - YEARS, work.now + YEARS
        lines, after = [], None
        while True:  # page by page, so that the key of a page passes every kind of line
            page = await settlement.statement_lines(work, of.supplier, since, until, after=after, size=1)
            lines += page.items
            if (after := page.next_key) is None:
                break
        sums = await settlement.statement_sums(work, of.supplier, since, until)
        return lines, sums, await settlement.balance_of(work, of.supplier)


async def sold_by_a_shop(place: Place) -> tuple[Goods, Any, Any]:
    """Three pieces that a shop recommended, kept and settled, the shop's tenth of them matured."""
    await sold.plan(place)
    of, who = await given.goods(place, units=10, price_minor=1990), await sold.neighbour(place)
    shop = await sold.shop(place, of)
    order = await sold.buy(place, who, of, shop.code, 3)
    await sold.keep(place, of, who, order)
    await place.later(sold.HOLD)
    return of, who, order


async def test_what_comes_back_of_a_commission_is_a_line_and_the_lines_are_the_balance(place: Place) -> None:
    of, who, order = await sold_by_a_shop(place)
    lines, sums, before = await stated(place, of)
    assert [line["kind"] for line in lines] == ["kept"] and sums.back == 0
    await sold.give_back(place, of, who, order, 1)
    lines, sums, balance = await stated(place, of)
    kinds = sorted(line["kind"] for line in lines)
    assert kinds == ["commission_back", "kept", "returned"]
    (back,) = [line for line in lines if line["kind"] == "commission_back"]
    assert back["share_minor"] == sums.back > 0
    behind = await place.do(distribution.orders_behind, [back["order_id"]])
    assert list(behind.values()) == [order]
    total = sum(line["share_minor"] for line in lines)
    assert total == sums.total == balance.payable_minor - balance.debt_minor and len(lines) == sums.lines
    assert balance.payable_minor == before.payable_minor - 1990 + sums.back
    await place.quiet()
    assert await place.breaches() == {}


async def test_what_all_of_it_gives_back_leaves_nothing(place: Place) -> None:
    of, who, order = await sold_by_a_shop(place)
    for _ in range(3):
        await sold.give_back(place, of, who, order, 1)
    lines, sums, balance = await stated(place, of)
    assert sum(line["share_minor"] for line in lines) == sums.total == balance.payable_minor - balance.debt_minor
    assert await place.breaches() == {}

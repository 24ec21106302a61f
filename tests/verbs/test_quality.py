"""What is counted of a supplier: late, faulty and cancelled orders, and what is nobody's fault."""

from datetime import timedelta
from uuid import UUID

from tests.given import goods as given
from tests.given.aftersales import ask
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.platform.lists import Wanted
from tuan.trade import aftersales, orders, quality
from tuan.trade.aftersales.model import Kind
from tuan.trade.quality.model import Counts, Quality


async def bought(place: Place, of: given.Goods) -> tuple[given.Buyer, UUID]:
    who = await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    return who, placed.orders[0]


async def send(place: Place, of: given.Goods, order: UUID) -> None:
    assert await place.do(orders.ship, order, of.supplier, carrier="顺丰", tracking="SF1") is None


async def quality_of(place: Place, of: given.Goods) -> Quality:
    await place.do(quality.count)
    async with place.work() as work:
        return (await quality.of_suppliers(work, [of.supplier]))[of.supplier]


async def test_what_is_late_faulty_and_cancelled_is_counted_and_the_buyers_own_mind_is_not(place: Place) -> None:
    of = await given.goods(place)
    (_, prompt), (_, late), (who, broken), (wavering, given_up), (_, refused), (_, waits) = [
        await bought(place, of) for _ in range(6)
    ]
    await send(place, of, prompt)
    await send(place, of, broken)
    assert await place.do(aftersales.cancel, given_up, wavering.id, reason="changed_mind") is None
    assert await place.do(aftersales.refund_whole, refused, of.supplier, reason="没有货了") is None
    assert (await quality_of(place, of)).counts == Counts(orders=3, late=0, faulty=0, cancelled=1)
    granted(await ask(place, who, broken, Kind.REFUND_ONLY, "damaged"))
    assert await place.do(aftersales.agree, broken, 1, of.supplier) is None
    await place.move_clock(timedelta(hours=49))
    await send(place, of, late)
    found = await quality_of(place, of)
    assert found.counts == Counts(orders=5, late=2, faulty=1, cancelled=1)  # `waits` has not left, and is late by now
    assert found.parts[0].name == "faulty" and not found.has_badge
    assert await given.state_of(place, waits) == "to_ship"
    async with place.work() as work:
        (row,) = (await quality.search(work, Wanted("late"))).items
    assert (row["supplier_id"], row["name"], row["late"]) == (of.supplier, "果园", 2)
    await place.quiet()
    assert await place.breaches() == {}


async def test_a_fault_that_was_not_granted_is_none(place: Place) -> None:
    of = await given.goods(place)
    who, order = await bought(place, of)
    await send(place, of, order)
    granted(await ask(place, who, order, Kind.RETURN, "no_reason"))
    assert await place.do(aftersales.withdraw, order, 1, who.id) is None
    assert (await quality_of(place, of)).counts == Counts(orders=1)


async def test_after_ninety_days_nobody_remembers(place: Place) -> None:
    of = await given.goods(place)
    _, order = await bought(place, of)
    await place.move_clock(timedelta(hours=49))
    await send(place, of, order)
    assert (await quality_of(place, of)).counts == Counts(orders=1, late=1)
    await place.move_clock(timedelta(days=91))
    assert (await quality_of(place, of)).counts == Counts()


async def test_scores_are_listed_with_the_orders_they_are_of_and_by_them(place: Place) -> None:
    many, few = await given.goods(place), await given.goods(place)
    for of in (few, many, many):
        _, order = await bought(place, of)
        await send(place, of, order)
    await place.do(quality.count)
    async with place.work() as work:
        listed = [await quality.search(work, Wanted("orders", is_descending=down)) for down in (True, False)]
    found = [[(row["supplier_id"], row["orders"]) for row in page.items] for page in listed]
    assert found == [[(many.supplier, 2), (few.supplier, 1)], [(few.supplier, 1), (many.supplier, 2)]]

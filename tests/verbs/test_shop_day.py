"""A shop's day: what happened to its commissions today and why, whose birthday is near, what its customers bought who show it."""

from datetime import datetime, timedelta
from typing import Any

from tests.given import commissions as given
from tests.given import goods
from tests.given import shops as shopping
from tests.given.houses import Place
from tuan.kit.pages import encode_key
from tuan.kit.refusals import granted
from tuan.people import sharing
from tuan.people.sharing import MakeLink
from tuan.people.sharing.model import Target
from tuan.play import distribution, shops

DAY = timedelta(days=1)


async def today(place: Place, shop: Any) -> tuple[tuple[int, int, int, int], list[tuple[str, int, int]]]:
    """(pending, held, matured, lowered), and of each line its state, what is left, how often it was lowered."""
    async with place.work() as work:
        begins = work.now.replace(hour=0, minute=0, second=0, microsecond=0)
        sums = await distribution.day_sums(work, shop.id, begins, begins + DAY)
        rows = await distribution.day_of_shop(work, shop.id, begins, begins + DAY)
    lines = [(row["state"], row["kept_minor"], len(row["lowerings"])) for row in rows.items]
    return (sums.pending, sums.held, sums.matured, sums.lowered), lines


async def at_noon(place: Place) -> datetime:
    """Well inside a day, so that no test runs over its end."""
    async with place.work() as work:
        now = work.now
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    await place.later((noon if noon > now else noon + DAY) - now)
    return noon


async def test_a_day_tells_what_was_promised_held_taken_back_and_became_the_shops(place: Place) -> None:
    of = await goods.goods(place, price_minor=2000)
    await given.plan(place)
    shop, who = await given.shop(place, of), await given.neighbour(place)
    await at_noon(place)
    first = await given.buy(place, who, of, shop.code, units=2)
    await given.buy(place, who, of, shop.code)
    assert await today(place, shop) == ((600, 0, 0, 0), [("pending", 200, 0), ("pending", 400, 0)])
    await given.receive(place, of, who, first)
    await given.give_back(place, of, who, first, 1)
    assert await today(place, shop) == ((400, 0, 0, 200), [("pending", 200, 0), ("pending", 200, 1)])
    (row,) = await given.commissions(place, first)
    assert await place.do(distribution.hold, row["id"], reason="test") is None
    assert (await today(place, shop))[0] == (200, 200, 0, 200)
    await place.later(DAY)
    assert await today(place, shop) == ((0, 0, 0, 0), []), "a day without anything is empty"


async def test_what_becomes_the_shops_today_was_promised_on_another_day(place: Place) -> None:
    of = await goods.goods(place, price_minor=2000)
    await given.plan(place)
    shop, who = await given.shop(place, of), await given.neighbour(place)
    order = await given.buy(place, who, of, shop.code)
    await given.receive(place, of, who, order)
    for _ in range(60):
        await place.later(DAY)
        if (await given.commissions(place, order))[0]["state"] == "matured":
            break
    assert await today(place, shop) == ((0, 0, 200, 0), [("matured", 200, 0)])


async def test_a_day_is_read_page_by_page_and_only_by_its_shop(place: Place) -> None:
    of = await goods.goods(place)
    await given.plan(place)
    shop, other, who = await given.shop(place, of), await given.shop(place, of), await given.neighbour(place)
    await at_noon(place)
    for _ in range(3):
        await given.buy(place, who, of, shop.code)
    assert (await today(place, other))[1] == []
    async with place.work() as work:
        since, until = work.now - DAY / 2, work.now + DAY / 2
        first = await distribution.day_of_shop(work, shop.id, since, until, size=2)
        rest = await distribution.day_of_shop(work, shop.id, since, until, size=2, after=first.next_key)
    assert (len(first.items), len(rest.items), rest.next_key) == (2, 1, None)
    assert len({row["id"] for row in [*first.items, *rest.items]}) == 3


async def test_birthdays_are_found_by_day_and_only_of_who_shows_his(place: Place) -> None:
    shop, owner = await shopping.shop(place)
    other, keeper = await shopping.shop(place)
    _, second = await shopping.seen(place, shop, owner, "birthday", birthday="01-02")
    _, first = await shopping.seen(place, shop, owner, "name", "birthday", birthday="12-31")
    gone, _ = await shopping.seen(place, shop, owner, "birthday", birthday="12-31")
    await shopping.seen(place, shop, owner, "birthday", birthday="01-03")
    await shopping.seen(place, shop, owner, "name")
    await shopping.seen(place, other, keeper, "birthday", birthday="12-31")
    assert await place.do(shops.leave_shop, gone.id, language="en") is None
    days = ["12-31", "01-01", "01-02"]
    page = await place.do(shops.birthdays_of, shop, days, size=1)
    rest = await place.do(shops.birthdays_of, shop, days, size=1, after=page.next_key)
    found = [(row["id"], row["birthday"], bool(row["name"])) for row in [*page.items, *rest.items]]
    assert found == [(first, "12-31", True), (second, "01-02", False)] and rest.next_key is None
    far = encode_key((2**40, second))  # whoever writes a key of his own is at the end, and not at a mistake of ours
    assert (await place.do(shops.birthdays_of, shop, days, after=far)).items == []


async def test_orders_to_take_along_are_those_of_who_shows_them(place: Place) -> None:
    shop, owner = await shopping.shop(place)
    of = await shopping.picked(place, shop)
    open_one, known = await shopping.seen(place, shop, owner, "name", "orders")
    silent, _ = await shopping.seen(place, shop, owner, "name")
    code = granted(await place.do(sharing.make_link, MakeLink(owner.id, Target("product", of.product), "web")))
    for who in (open_one, silent):
        await given.buy(place, who, of, code)
    shown = (await place.do(shops.orders_of, shop, only_shown=True)).items
    assert [row["customer_id"] for row in shown] == [known]
    assert len((await place.do(shops.orders_of, shop)).items) == 2

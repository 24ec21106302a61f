"""Goods from abroad 海淘: the tax is within the price and frozen on the line, and the law bounds how much one person brings in."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given import sourcing as suppliers
from tests.given.houses import Place
from tests.given.identities import importer
from tuan.goods import catalog
from tuan.goods.catalog.errors import CustomsInvalid
from tuan.goods.catalog.model import Customs, tax_within
from tuan.kit.refusals import NotFound, granted
from tuan.play.groupbuy.errors import CampaignInvalid
from tuan.trade import aftersales, orders
from tuan.trade.orders.errors import ImportLimit
from tuan.trade.orders.model import PlaceOrder

TAX_SQL = "SELECT amount_minor, tax_minor, is_imported FROM orders.lines WHERE market_id = $1 AND order_id = $2"


async def line_of(place: Place, order: UUID) -> tuple[int, int, bool]:
    async with place.work() as work:
        return tuple((await work.fetch_one(TAX_SQL, order)).values())


async def test_the_tax_is_within_the_price_and_frozen_when_it_is_placed(place: Place) -> None:
    of, who = await suppliers.from_abroad(place, price_minor=10_910), await importer(place)
    placed = granted(await given.place_order(place, who, of, 2))
    assert await line_of(place, placed.orders[0]) == (21_820, 1820, True)
    assert await place.do(catalog.set_customs, of.supplier, of.sku, None, reason="test") is None
    again = granted(await given.place_order(place, who, of))
    assert await line_of(place, again.orders[0]) == (10_910, 0, False)
    assert (await line_of(place, placed.orders[0]))[1] == 1820
    await place.quiet()
    assert await place.breaches() == {}


async def test_five_thousand_at_once_and_not_a_fen_more(place: Place) -> None:
    of, who = await suppliers.from_abroad(place, price_minor=500_000), await importer(place)
    granted(await given.place_order(place, who, of))
    refused = await given.place_order(place, who, of, 2)
    assert refused == ImportLimit(once_minor=500_000, year_minor=2_600_000, left_minor=500_000)


async def test_twenty_six_thousand_a_year_less_what_went_back(place: Place) -> None:
    of, who = await suppliers.from_abroad(place, price_minor=500_000), await importer(place)
    placed = [granted(await given.place_order(place, who, of)) for _ in range(5)]
    refused = await given.place_order(place, who, of)
    assert refused == ImportLimit(once_minor=500_000, year_minor=2_600_000, left_minor=100_000)
    assert granted(await given.place_order(place, await importer(place), of))  # another one's year is his own
    await given.pay(place, who, placed[0])
    assert await place.do(aftersales.cancel, placed[0].orders[0], who.id, reason="changed_mind") is None
    assert granted(await given.place_order(place, who, of))
    await place.move_clock(timedelta(days=366))
    assert granted(await given.place_order(place, who, of))


async def test_two_of_one_batch_count_each_other(place: Place) -> None:
    of, who = await suppliers.from_abroad(place, price_minor=500_000), await importer(place)
    commands = [PlaceOrder(who.id, given.fresh_key(), ((of.sku, 1),), who.address, None) for _ in range(6)]
    outcomes = await place.do(orders.place_orders, commands)
    assert [isinstance(one, ImportLimit) for one in outcomes] == [False] * 5 + [True]


async def test_goods_that_are_here_are_bounded_by_nothing_of_this(place: Place) -> None:
    of, who = await given.goods(place, price_minor=500_001), await given.buyer(place)
    assert granted(await given.place_order(place, who, of, 9))


async def test_what_comes_from_abroad_is_bought_alone(place: Place) -> None:
    of = await suppliers.from_abroad(place)
    assert isinstance(await given.launch(place, of), CampaignInvalid)


async def test_a_stranger_says_nothing_of_it(place: Place) -> None:
    of, other = await given.goods(place), await given.goods(place)
    customs = Customs("040900", "NZ", 1, 0)
    assert await place.do(catalog.set_customs, other.supplier, of.sku, customs, reason="test") == NotFound()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Customs("04090", "NZ", 1, 0), "hs_code"),
        (Customs("04090a", "NZ", 1, 0), "hs_code"),
        (Customs("040900", "nz", 1, 0), "origin"),
        (Customs("040900", "NZL", 1, 0), "origin"),
        (Customs("040900", "NZ", 0, 0), "declared"),
        (Customs("040900", "NZ", 1, 10_001), "tax"),
        (Customs("040900", "NZ", 1, -1), "tax"),
    ],
)
def test_customs_name_the_field_that_does_not_fit(wrong: Customs, field: str) -> None:
    assert wrong.why_not_keep() == CustomsInvalid(field=field)


def test_a_tax_is_within_its_price() -> None:
    for permyriad in (None, 0, 1, 910, 10_000):
        for amount in (0, 1, 999, 10**13):
            tax = tax_within(amount, permyriad)
            assert tax >= 0 and tax * (10_000 + (permyriad or 0)) <= amount * (permyriad or 0)

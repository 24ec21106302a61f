"""Who buyers are to customs: kept sealed, shown masked, frozen with an order, read by who declares it, and forgotten."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.given import goods as given
from tests.given import sourcing as suppliers
from tests.given.counting import counting_pool
from tests.given.houses import Place
from tests.given.identities import LI, WANG, identify, importer
from tuan.goods import catalog
from tuan.goods.catalog.model import Customs
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refused, granted
from tuan.people import accounts, identities
from tuan.people.identities.errors import IdentityInvalid, IdentityMissing, IdentityUnreadable
from tuan.people.identities.model import Identity
from tuan.platform.lanes import Lanes
from tuan.trade import aftersales, orders
from tuan.trade.orders.errors import NotNow
from tuan.trade.orders.model import KEPT_BY_LAW, PlaceOrder

ROW_SQL = "SELECT * FROM identities.identities WHERE market_id = $1 AND person_id = $2"
SEALED_SQL = "SELECT sealed, forgotten_at FROM orders.declarations WHERE market_id = $1 AND order_id = $2"
ACTS_SQL = "SELECT action, reason, before, after FROM audit.entries WHERE market_id = $1 AND action = 'orders.read_declaration'"


async def row_of(place: Place, who: given.Buyer) -> dict[str, Any]:
    async with place.work() as work:
        return dict(await work.fetch_one(ROW_SQL, who.id) or {})


async def sealed_of(place: Place, order: UUID) -> Any:
    async with place.work() as work:
        return await work.fetch_one(SEALED_SQL, order)


async def read(place: Place, order: UUID, supplier: UUID) -> Any:
    return await place.do(orders.read_declaration, order, supplier, place.house.settings.secret)


async def bought(place: Place) -> tuple[given.Goods, given.Buyer, UUID]:
    """Goods from abroad, paid."""
    of, who = await suppliers.from_abroad(place), await importer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    return of, who, placed.orders[0]


def untold(text: str) -> None:
    """Neither name nor number, as letters or as bytes of either."""
    for said in (WANG.number, WANG.number[3:16], WANG.name):
        assert said not in text and said.encode().hex() not in text and repr(said.encode())[2:-1] not in text


async def test_it_is_kept_sealed_and_only_its_mask_is_shown(place: Place) -> None:
    who = await importer(place)
    row = await row_of(place, who)
    assert (row["shown_name"], row["shown_number"]) == ("王**", "110*************2X")
    untold(str(row))
    shown = await place.do(identities.identity_of, who.id)
    assert set(shown.keys()) == {"shown_name", "shown_number", "kept_at"}
    assert await place.do(identities.identity_of, (await given.buyer(place)).id) is None


async def test_the_same_again_changes_nothing_and_another_replaces_it(place: Place) -> None:
    who = await importer(place)
    first, before = await row_of(place, who), await place.snapshot()
    await identify(place, who, Identity(f" {WANG.name}", WANG.number.lower()))
    assert await place.snapshot() == before
    await identify(place, who, LI)
    second = await row_of(place, who)
    assert second["shown_number"] == LI.shown_number and second["digest"] != first["digest"]


async def test_what_was_removed_is_gone_and_is_removed_once(place: Place) -> None:
    who, other = await importer(place), await importer(place)
    assert await place.do(identities.remove_identity, who.id) is None
    assert await row_of(place, who) == {} and await row_of(place, other)
    assert await place.do(identities.remove_identity, who.id) == NotFound()


async def test_without_agreement_or_person_nothing_is_kept(place: Place) -> None:
    who, secret = await given.buyer(place), place.house.settings.secret
    refused = await place.do(identities.keep_identity, who.id, WANG, secret, agrees=False)
    assert refused == IdentityInvalid(field="agrees")
    assert await place.do(identities.keep_identity, new_uuid(), WANG, secret, agrees=True) == NotFound()
    assert await place.do(accounts.erase_person, who.id, reason="he asked") is None
    assert await place.do(identities.keep_identity, who.id, WANG, secret, agrees=True) == NotFound()


async def test_an_order_keeps_who_it_was_placed_for_whatever_is_said_later(place: Place) -> None:
    of, who, order = await bought(place)
    await identify(place, who, LI)
    assert await read(place, order, of.supplier) == WANG
    assert await place.do(identities.remove_identity, who.id) is None
    assert await read(place, order, of.supplier) == WANG
    assert await given.place_order(place, who, of) == IdentityMissing()
    assert await place.breaches() == {}


async def test_who_reads_it_is_written_down_and_what_he_read_is_not(place: Place) -> None:
    of, _, order = await bought(place)
    await read(place, order, of.supplier)
    async with place.work() as work:
        (entry,) = await work.fetch(ACTS_SQL)
    assert tuple(entry.values()) == ("orders.read_declaration", "customs", {}, {})
    untold(str(await place.snapshot()))


async def test_nobody_else_reads_it(place: Place) -> None:
    of, _, order = await bought(place)
    other = await suppliers.from_abroad(place)
    before = await place.snapshot()
    for one, supplier in ((order, other.supplier), (new_uuid(), of.supplier)):
        with pytest.raises(Refused, match="not_found"):
            await read(place, one, supplier)
    assert await place.snapshot() == before


async def test_what_is_not_paid_or_is_not_from_abroad_is_not_read(place: Place) -> None:
    of, who = await suppliers.from_abroad(place), await importer(place)
    unpaid = granted(await given.place_order(place, who, of)).orders[0]
    assert await read(place, unpaid, of.supplier) == NotNow(state="placed")
    here = await given.goods(place)
    placed = granted(await given.place_order(place, who, here))
    await given.pay(place, who, placed)
    with pytest.raises(Refused, match="not_found"):
        await read(place, placed.orders[0], here.supplier)


async def test_what_went_back_before_it_was_sent_is_not_read(place: Place) -> None:
    of, who, order = await bought(place)
    assert await place.do(aftersales.cancel, order, who.id, reason="changed_mind") is None
    assert await read(place, order, of.supplier) == NotNow(state="cancelled")


async def test_in_another_persons_order_an_envelope_does_not_open(place: Place) -> None:
    of, _, order = await bought(place)
    _, _, theirs = await bought(place)
    async with place.work() as work:
        await work.execute(
            "UPDATE orders.declarations SET sealed = (SELECT sealed FROM orders.declarations WHERE market_id = $1 "
            "AND order_id = $3) WHERE market_id = $1 AND order_id = $2",
            order,
            theirs,
        )
    assert await read(place, order, of.supplier) == IdentityUnreadable()


async def test_it_is_kept_for_as_long_as_the_law_asks_and_no_longer(place: Place) -> None:
    of, who, order = await bought(place)
    assert await place.do(orders.ship, order, of.supplier, carrier="SF", tracking="1") is None
    assert await place.do(orders.confirm_receipt, order, who.id) is None
    await place.later(timedelta(days=8))
    assert await place.do(accounts.erase_person, who.id, reason="he asked") is None
    assert await row_of(place, who) == {}
    assert await read(place, order, of.supplier) == WANG
    await place.later(KEPT_BY_LAW - timedelta(days=2))
    assert await read(place, order, of.supplier) == WANG
    await place.later(timedelta(days=3))
    assert await read(place, order, of.supplier) == IdentityUnreadable()
    assert (await sealed_of(place, order))["sealed"] is None
    assert await place.breaches() == {}


async def test_what_was_never_sent_is_forgotten_with_its_buyer(place: Place) -> None:
    _, who, order = await bought(place)
    _, other, theirs = await bought(place)
    for buyer, one in ((who, order), (other, theirs)):
        assert await place.do(aftersales.cancel, one, buyer.id, reason="changed_mind") is None
    await place.quiet()
    assert await place.do(accounts.erase_person, who.id, reason="he asked") is None
    assert (await sealed_of(place, order))["sealed"] is None
    assert (await sealed_of(place, theirs))["sealed"] is not None
    assert await place.breaches() == {}


async def test_a_copy_of_ones_data_has_the_mask_only(place: Place) -> None:
    _, who, _ = await bought(place)
    told = granted(await place.do(accounts.export_person, who.id, reason="he asked"))
    text = msgspec.json.encode(told, enc_hook=str).decode()
    assert told["identities"]["shown_number"] == WANG.shown_number
    untold(text)


async def test_goods_that_are_here_cost_no_statement_more_and_those_from_abroad_one(place: Place) -> None:
    """Against the same order of the same goods, before anybody said that they are from abroad."""
    of, who = await given.goods(place), await importer(place)

    async def statements(pool: Any, lanes: Lanes) -> int:
        command = PlaceOrder(who.id, given.fresh_key(), ((of.sku, 1),), who.address, None)
        pool.texts.clear()
        granted(await lanes.submit(orders.place_orders, place.market, command))
        assert any("identities." in text for text in pool.texts) == is_abroad
        return len(pool.statements())

    async with counting_pool(place.house.settings.app_url) as pool:
        lanes = Lanes(pool, pool)  # type: ignore[arg-type]
        is_abroad = False
        await statements(pool, lanes)
        here = await statements(pool, lanes)
        customs = Customs("0409000000", "NZ", 1000, 910)
        assert await place.do(catalog.set_customs, of.supplier, of.sku, customs, reason="test") is None
        is_abroad = True
        assert await statements(pool, lanes) == here + 3, "his lock, what he brought in, who he is"

"""Parcels: announced to a carrier, handed over or fetched, followed by letters that come late, twice, in any order or never."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.given import goods as given
from tests.given import notices
from tests.given import shipping as parcels
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refusal, Refused, granted
from tuan.platform.gateways.carrier import Scan, ScanStatus, Tracked
from tuan.platform.gateways.sandbox_carrier.way import Habit
from tuan.trade import aftersales, orders, shipping
from tuan.trade.shipping.sweeps import claim_labels

WAY = ["delivered", "out_for_delivery", "in_transit", "picked_up"]


def tell(place: Place) -> list[int]:
    """From now on the carrier's letters come straight to the verb; the statuses that he was answered."""
    answered: list[int] = []
    carrier = parcels.carrier_of(place)

    async def receive(request: httpx.Request) -> httpx.Response:
        async with place.work() as work:
            told = carrier.read_notice(place.market, dict(request.headers), request.content, work.now)
            if not isinstance(told, Refusal):
                await shipping.hear(work, [told])
        answered.append(told.status if isinstance(told, Refusal) else 204)
        return httpx.Response(answered[-1])

    carrier.transport = httpx.MockTransport(receive)
    return answered


@pytest.fixture
def habits(place: Place) -> Any:
    carrier = parcels.carrier_of(place)

    def have(*some: Habit) -> None:
        carrier.habits[place.market] = frozenset(some)

    yield have
    carrier.habits.clear()
    carrier.transport = None


async def pass_hours(place: Place, *hours: int) -> None:
    for some in hours:
        await place.later(timedelta(hours=some))


async def test_a_label_is_asked_for_and_the_parcel_handed_over(place: Place) -> None:
    of, order, parcel = await parcels.announced(place)
    row = await parcels.parcel_of(place, order)
    assert (row["label"], row["status"]) == ("made", "waiting")
    assert await given.state_of(place, order) == "to_ship"
    stranger = await given.goods(place)
    assert await place.do(shipping.hand_over, parcel, stranger.supplier) == NotFound()
    _, fresh = await parcels.to_ship(place)
    assert await place.do(shipping.announce, fresh, stranger.supplier, parcels.CARRIER) == NotFound()
    assert await place.do(shipping.hand_over, parcel, of.supplier) is None
    assert await given.state_of(place, order) == "shipped"
    async with place.work() as work:
        sent = await orders.access_any_order(work, order)
    assert (sent["carrier"], sent["tracking"]) == ("沙盒快递", row["tracking"])
    await place.quiet()
    assert (await parcels.parcel_of(place, order))["id"] == parcel
    assert await place.breaches() == {}


async def test_a_carrier_who_fetches_it_sends_the_order_and_nobody_but_the_buyer_receives_it(
    place: Place, habits: Any
) -> None:
    tell(place)
    habits()
    _, order, parcel = await parcels.announced(place, "http://tuan.test/hooks/carriers/sandbox")
    await pass_hours(place, 3)
    assert await given.state_of(place, order) == "shipped"
    async with place.work() as work:
        assert (await orders.access_any_order(work, order))["carrier"] == "沙盒快递"
    assert await parcels.scans_of(place, parcel) == ["picked_up"]
    await pass_hours(place, 30)
    assert await parcels.scans_of(place, parcel) == WAY
    assert (await parcels.parcel_of(place, order))["status"] == "delivered"
    assert await given.state_of(place, order) == "shipped"
    await place.later(timedelta(days=15))
    assert await given.state_of(place, order) == "received"
    assert await place.breaches() == {}


@pytest.mark.parametrize(
    "some",
    [
        (Habit.DELAY,),
        (Habit.DUPLICATE,),
        (Habit.REORDER,),
        (Habit.WRONG_SIGNATURE,),
        (Habit.DUPLICATE, Habit.REORDER, Habit.DELAY),
        (Habit.LOSS,),
    ],
    ids=lambda some: "+".join(some),
)
async def test_however_letters_come_the_parcel_is_where_it_is(place: Place, habits: Any, some: Sequence[Habit]) -> None:
    answered = tell(place)
    habits(*some)
    _, order, parcel = await parcels.announced(place, "http://tuan.test/hooks/carriers/sandbox")
    await pass_hours(place, 4, 8, 8, 8, 8, 8)
    assert await parcels.scans_of(place, parcel) == WAY
    assert (await parcels.parcel_of(place, order))["status"] == "delivered"
    assert (401 in answered) == (Habit.WRONG_SIGNATURE in some)
    assert bool(answered) == (Habit.LOSS not in some)
    assert await place.breaches() == {}


async def test_an_answer_that_is_lost_is_asked_for_again_under_the_same_number(place: Place, habits: Any) -> None:
    habits(Habit.UNKNOWN)
    _, order, _ = await parcels.announced(place)
    assert (await parcels.parcel_of(place, order))["label"] == "due"
    await place.later(timedelta(minutes=1))
    await place.later(timedelta(minutes=5))
    row = await parcels.parcel_of(place, order)
    assert row["label"] == "made"
    async with place.work() as work:
        count = await work.fetch_value("SELECT count(*) FROM sandbox_carrier.waybills WHERE market_id = $1")
    assert count == 1


async def test_a_carrier_who_will_not_is_told_of_and_another_may_be_asked(place: Place, habits: Any) -> None:
    habits(Habit.REFUSES)
    of, order, _ = await parcels.announced(place)
    assert await parcels.parcel_of(place, order) is None
    async with place.work() as work:
        assert (await shipping.refused_of(work, [order]))[order]["why"] == "no such address"
    habits()
    granted(await place.do(shipping.announce, order, of.supplier, parcels.CARRIER))
    await place.quiet()
    assert (await parcels.parcel_of(place, order))["label"] == "made"


async def test_a_number_written_by_hand_is_followed_where_its_carrier_can_be_asked(place: Place) -> None:
    _, order, _ = await parcels.announced(place)
    number = (await parcels.parcel_of(place, order))["tracking"]
    other, written = await parcels.to_ship(place)
    assert await place.do(orders.ship, written, other.supplier, carrier="Sandbox express", tracking="TD9") is None
    sf, by_sf = await parcels.to_ship(place)
    assert await place.do(orders.ship, by_sf, sf.supplier, carrier="顺丰", tracking=number) is None
    await place.quiet()
    rows = [await parcels.parcel_of(place, one) for one in (written, by_sf)]
    assert [(row["carrier"], row["label"]) for row in rows] == [("sandbox_express", "written"), ("sf", "written")]
    asked = await notices.rows(
        place, "SELECT carrier FROM shipping.parcels WHERE market_id = $1 AND next_attempt_at IS NOT NULL"
    )
    assert "sf" not in [row["carrier"] for row in asked], "nobody is there to ask"
    await pass_hours(place, 7)
    assert await parcels.scans_of(place, rows[1]["id"]) == []  # another carrier's number means nothing to this one
    assert await place.breaches() == {}


async def test_what_is_said_of_a_strange_number_is_left_alone(place: Place) -> None:
    async with place.work() as work:
        scan = Scan("1", ScanStatus.DELIVERED, work.now, "", "")
        assert await shipping.hear(work, [Tracked(parcels.CARRIER, "TD000000000000", [scan])]) == 0


async def test_a_parcel_of_an_order_that_was_given_back_sends_nothing(place: Place, habits: Any) -> None:
    habits()
    of, order, parcel = await parcels.announced(place)
    assert await place.do(aftersales.refund_whole, order, of.supplier, reason="test") is None
    await pass_hours(place, 9, 9)
    assert await given.state_of(place, order) == "cancelled"
    assert "picked_up" in await parcels.scans_of(place, parcel)
    await place.quiet()
    assert await place.breaches() == {}


async def test_a_supplier_reads_his_own_parcels_the_newest_first(place: Place) -> None:
    of, order, parcel = await parcels.announced(place)
    stranger = await given.goods(place)
    row = await place.do(shipping.access_parcel, parcel, of.supplier)
    assert (row["id"], row["order_id"]) == (parcel, order)
    for supplier, wanted in ((stranger.supplier, parcel), (of.supplier, new_uuid())):
        with pytest.raises(Refused, match=NotFound.code):
            await place.do(shipping.access_parcel, wanted, supplier)
    page = await place.do(shipping.of_supplier, of.supplier)
    assert [(row["id"], row["order_id"], row["status"]) for row in page.items] == [(parcel, order, "waiting")]
    assert (await place.do(shipping.of_supplier, stranger.supplier)).items == []
    _, newer = await parcels.made(place, of)
    first = await place.do(shipping.of_supplier, of.supplier, size=1)
    rest = await place.do(shipping.of_supplier, of.supplier, size=1, after=first.next_key)
    assert [row["id"] for page in (first, rest) for row in page.items] == [newer, parcel] and rest.next_key is None


async def test_the_carrier_is_told_where_each_parcel_goes(place: Place) -> None:
    of, order = await parcels.to_ship(place)
    parcel = granted(await place.do(shipping.announce, order, of.supplier, parcels.CARRIER, notify_url="http://here"))
    (told,) = await place.do(claim_labels)
    assert (told.market, told.parcel, told.carrier) == (place.market, parcel, parcels.CARRIER)
    home = given.HOME
    assert (told.recipient, told.phone, told.region, told.street) == (
        home.recipient, home.phone, home.region, home.street
    )  # fmt: skip
    assert told.notify_url == "http://here"

"""What every carrier's gateway has to do, held to the one that there is: the contract of `gateways.carrier`."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.given import shipping as parcels
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.platform.gateways.carrier import Announcement, CarrierGateway, Scan, ScanStatus, Tracked, Waybill
from tuan.platform.gateways.errors import NoticeOld, NoticeUnreadable, SignatureWrong
from tuan.platform.gateways.sandbox import signing
from tuan.platform.gateways.sandbox_carrier import letters
from tuan.trade.shipping.model import CARRIERS


@pytest.fixture(params=["sandbox"])
def gateway(place: Place, request: pytest.FixtureRequest) -> CarrierGateway:
    return place.house.carriers[request.param]


def announcement(place: Place, gateway: CarrierGateway) -> Announcement:
    code = next(iter(gateway.carriers))
    return Announcement(place.market, new_uuid(), code, "王小明", "13800138000", "浙江省 杭州市 西湖区", "文三路 1 号")


def test_a_carrier_that_is_reached_is_one_that_we_know(gateway: CarrierGateway) -> None:
    assert all(CARRIERS[code].gateway == gateway.name for code in gateway.carriers)


async def test_announcing_again_gives_the_same_number(place: Place, gateway: CarrierGateway) -> None:
    one, other = announcement(place, gateway), announcement(place, gateway)
    (first,) = await gateway.announce([one])
    again = {a.parcel: a for a in await gateway.announce([other, one])}
    assert again[one.parcel] == first and first.tracking
    assert again[other.parcel].tracking != first.tracking


async def test_what_was_never_announced_is_not_known(place: Place, gateway: CarrierGateway) -> None:
    code = next(iter(gateway.carriers))
    (told,) = await gateway.track([Waybill(place.market, new_uuid(), code, "TD1")])
    assert not told.is_known and not told.scans


async def test_scans_are_told_once_they_have_happened_and_always_alike(place: Place, gateway: CarrierGateway) -> None:
    one = announcement(place, gateway)
    (made,) = await gateway.announce([one])
    waybill = Waybill(place.market, one.parcel, one.carrier, made.tracking)
    (fresh,) = await gateway.track([waybill])
    assert fresh.is_known and not fresh.scans
    await place.move_clock(timedelta(days=3))
    (told,), (again,) = await gateway.track([waybill]), await gateway.track([waybill])
    assert told == again and told.scans[-1].status == ScanStatus.DELIVERED
    assert len({scan.number for scan in told.scans}) == len(told.scans)
    async with place.work() as work:
        assert all(scan.at <= work.now for scan in told.scans)


# ── its letters ──
def letter(place: Place, key: bytes, at: Any, body: bytes) -> Mapping[str, str]:
    return signing.signed(key, "msg_1", at, body)


async def test_a_letter_is_believed_if_the_carrier_wrote_it_now(place: Place) -> None:
    carrier = parcels.carrier_of(place)
    async with place.work() as work:
        now = work.now
    scan = Scan("TD1-delivered", ScanStatus.DELIVERED, now, "收货地", "快件已签收")
    body, key = letters.write(parcels.CARRIER, "TD1", scan).encode(), carrier.key_of(place.market)
    headers = letter(place, key, now, body)
    assert carrier.read_notice(place.market, headers, body, now) == Tracked(parcels.CARRIER, "TD1", [scan])
    refused: list[tuple[Refusal, Any]] = [
        (SignatureWrong(), carrier.read_notice(place.market + 1, headers, body, now)),
        (SignatureWrong(), carrier.read_notice(place.market, headers, body.replace(b"TD1", b"TD2"), now)),
        (SignatureWrong(), carrier.read_notice(place.market, letter(place, b"another", now, body), body, now)),
        (SignatureWrong(), carrier.read_notice(place.market, {}, body, now)),
        (NoticeOld(), carrier.read_notice(place.market, headers, body, now + timedelta(minutes=6))),
    ]
    assert [told for _, told in refused] == [wanted for wanted, _ in refused]


@pytest.mark.parametrize("body", [b"", b"[" * 50_000, b"{}", b'{"type":"x"}', b"\xff", b'{"type":"parcel.lost"}'])
async def test_a_letter_that_says_nothing_is_unreadable(place: Place, body: bytes) -> None:
    carrier = parcels.carrier_of(place)
    async with place.work() as work:
        headers = letter(place, carrier.key_of(place.market), work.now, body)
        assert carrier.read_notice(place.market, headers, body, work.now) == NoticeUnreadable()

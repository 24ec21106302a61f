"""Notices as the sandbox provider posts them to the hook, and as somebody else might; written here without its own code."""

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from tests.given import goods as given
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.platform import sweeps
from tuan.platform.gateways.payment import Charge, Notice
from tuan.platform.gateways.sandbox import Fault
from tuan.trade.orders.model import Placed

COURIER = "platform.gateways.sandbox.courier"


def body_of(notice: Notice, **other: Any) -> bytes:
    """The JSON of a notice; `other` replaces members of its data."""
    data = {
        "attempt": str(notice.attempt),
        "state": notice.state,
        "transaction": notice.transaction,
        "merchant": notice.merchant,
        "app": notice.app,
        "amount_minor": notice.amount_minor,
        "currency": notice.currency,
        "paid_at": notice.paid_at.isoformat() if notice.paid_at else None,
    }
    envelope = {"type": f"charge.{notice.state}", "timestamp": "2026-11-22T00:00:00+00:00", "data": data | other}
    return json.dumps(envelope).encode()


async def signed(
    place: Place, body: bytes, *, id: str = "msg_1", age: timedelta = timedelta(0), key: bytes | None = None
) -> dict[str, str]:
    """The headers of a notice that was signed so long ago, by default with the market's own key."""
    async with place.work() as work:
        timestamp = str(int((work.now - age).timestamp()))
    return {"webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature(
        key or place.house.sandbox.key_of(place.market), id, timestamp, body)}  # fmt: skip


def signature(key: bytes, id: str, timestamp: str, body: bytes) -> str:
    content = b".".join((id.encode(), timestamp.encode(), body))
    return "v1," + b64encode(hmac.new(key, content, sha256).digest()).decode()


async def started(
    place: Place, url: str = "", *, faults: set[Fault] | None = None, **more: Any
) -> tuple[Goods, Buyer, Placed, Charge]:
    """An order bought alone whose payment has begun at the sandbox, with an address for its notices."""
    of, who = await given.goods(place, **more), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    charge = await begun(place, await given.start_paying(place, who, placed), url, faults=faults)
    return of, who, placed, charge


async def begun(place: Place, attempt: UUID, url: str, *, faults: set[Fault] | None = None) -> Charge:
    """The provider hears of an attempt, and where to post."""
    known = await given.charge_of(place, attempt)
    charge = Charge(known.market, attempt, known.amount_minor, known.currency, url)
    await place.house.sandbox.start([charge])
    if faults:
        await place.house.sandbox.misbehave([charge], faults)
    return charge


async def post(place: Place) -> int:
    """One round of the courier; how many letters he took along."""
    return await place.relay.call_out(sweeps.intents[COURIER], place.market)


async def rows(place: Place, sql: str, *args: Any) -> list[Mapping[str, Any]]:
    async with place.work() as work:
        found: list[Mapping[str, Any]] = await work.fetch(sql, *args)
    return found


async def deliveries(place: Place) -> list[Mapping[str, Any]]:
    """What the sandbox owes or has delivered in this market, in the order in which it was first due."""
    return await rows(
        place,
        "SELECT said, copy, url, tries, due_at, delivered_at, answer FROM sandbox.deliveries WHERE market_id = $1 "
        "ORDER BY notice_id, copy",
    )


async def set_aside(place: Place) -> list[str]:
    """Reasons of the notices in quarantine."""
    found = await rows(place, "SELECT reason FROM payments.quarantine WHERE market_id = $1 ORDER BY id")
    return [row["reason"] for row in found]


async def attempt_states(place: Place) -> list[str]:
    found = await rows(place, "SELECT state FROM payments.attempts WHERE market_id = $1 ORDER BY id")
    return [row["state"] for row in found]

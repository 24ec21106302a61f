"""The verbs of shipping. Carriers are asked by the sweeps, outside any transaction; here is what comes of it."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.platform import audit
from tuan.platform.gateways.carrier import Announced, Tracked
from tuan.platform.work import Work, trace
from tuan.trade import orders
from tuan.trade.orders.model import OrderState
from tuan.trade.shipping import facts, model, store
from tuan.trade.shipping.errors import AlreadyAnnounced, CarrierUnknown, LabelMissing, NotToShip
from tuan.trade.shipping.model import ASKED_EVERY, CARRIERS, PARCEL_ID, LabelState, ParcelId, Status


async def announce(
    work: Work, order: UUID, supplier: UUID, carrier: str, *, notify_url: str = "", reason: str = "announced"
) -> ParcelId | Refusal:
    """Have a carrier give a number for the parcel of an order; he is asked at once, by the worker. Audited.

    The order is sent when the supplier hands the parcel over, or when the carrier says that he has fetched it.
    """
    found = CARRIERS.get(carrier)
    if found is None or not found.gateway:
        return CarrierUnknown(carrier=carrier[:40])
    book = await orders.load_alone(work, [order])
    row = book.get(order)
    if row is None or row.supplier_id != supplier:
        return NotFound()
    if row.state != OrderState.TO_SHIP:
        return NotToShip(state=row.state)
    parcel = PARCEL_ID.new()
    made = await work.execute(
        store.ANNOUNCE_SQL, parcel, order, supplier, found.code, work.now, notify_url, trace.get()
    )  # fmt: skip
    if not made:
        return AlreadyAnnounced()
    await audit.record(work, "shipping.announce", PARCEL_ID.show(parcel), reason=reason, before={},
                       after={"carrier": found.code})  # fmt: skip
    return parcel


async def hand_over(work: Work, parcel: UUID, supplier: UUID, *, reason: str = "handed over") -> Refusal | None:
    """The carrier has it now: its order is sent. Audited by orders."""
    row = (await store.lock_parcels(work, [parcel])).get(parcel)
    if row is None or row["supplier_id"] != supplier:
        return NotFound()
    if row["label"] != LabelState.MADE:
        return LabelMissing()
    name = CARRIERS[row["carrier"]].names[0]
    return await orders.ship(work, row["order_id"], supplier, carrier=name, tracking=row["tracking"], reason=reason)


async def apply_labels(work: Work, answers: Sequence[Announced]) -> None:
    """What carriers answered; a parcel that the answers leave out is announced again with the same key."""
    if answers:
        await work.execute(
            store.LABELLED_SQL, [a.parcel for a in answers], [a.tracking for a in answers], [a.why[:200] for a in answers],
            work.now + ASKED_EVERY,
        )  # fmt: skip


async def follow_shipped(work: Work, some: Collection[UUID]) -> None:
    """Orders that were sent with a number written by hand have a parcel too; where its carrier can be asked, he is."""
    rows = await work.fetch(store.SHIPPED_SQL, list(some))
    written = []
    for row in rows:
        carrier = model.carrier_of(row["carrier"])
        ask_at = work.now if carrier and carrier.gateway else None
        name = carrier.code if carrier else row["carrier"]
        written.append(
            store.WrittenParcel(PARCEL_ID.new(), row["id"], row["supplier_id"], name, row["tracking"], row["shipped_at"], ask_at)
        )  # fmt: skip
    await store.add_written(work, written)


async def hear(work: Work, told: Sequence[Tracked]) -> int:
    """What carriers said of parcels, by letter or by answer: at least once, in any order. How many parcels it was about.

    A number that is none of ours is left alone. The first that shows somebody has fetched a parcel sends its order.
    """
    numbered = await work.fetch(store.NUMBERED_SQL, sorted({one.tracking for one in told}))
    parcel_of = {(row["carrier"], row["tracking"]): row["id"] for row in numbered}
    wanted = {found for one in told if (found := parcel_of.get((one.carrier, one.tracking))) and one.scans}
    if not wanted:
        return 0
    locked = await store.lock_parcels(work, wanted)
    await store.add_scans(work, [
        store.ScanRow(parcel, scan.number, scan.status, scan.at, scan.place, scan.words, work.now)
        for one in told
        if (parcel := parcel_of.get((one.carrier, one.tracking)))
        for scan in one.scans
    ])  # fmt: skip
    said: dict[UUID, list[tuple[Instant, str]]] = {}
    for row in await work.fetch(store.SCANS_SQL, list(wanted)):
        said.setdefault(row["parcel_id"], []).append((row["at"], row["status"]))
    fetched: dict[UUID, tuple[str, str]] = {}
    for parcel, scans in sorted(said.items()):
        row = locked[parcel]
        await _move(work, row, scans)
        if row["label"] == LabelState.MADE:
            fetched[row["order_id"]] = (CARRIERS[row["carrier"]].names[0], row["tracking"])
    if fetched:  # those that were handed over, or given back meanwhile, stay as they are
        await orders.ship_fetched(work, fetched, reason="fetched by the carrier")
    return len(wanted)


async def _move(work: Work, row: Any, scans: Collection[tuple[Instant, str]]) -> None:
    """Where the parcel is by all that was said of it."""
    found = model.status_of(scans)
    if found is None or found == (row["status"], row["status_at"]):
        return
    status, at = found
    ask_at = model.next_ask(status, row["made_at"], work.now)
    await work.write(store.SAVE_STATUS, [store.StatusRow(row["id"], status, at, ask_at)])
    if status == Status.DELIVERED:
        work.tell(facts.ParcelDelivered(order=row["order_id"]))

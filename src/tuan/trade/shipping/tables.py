"""Parcels of orders, and what their carriers said of them."""

from tuan.people.parties.tables import suppliers
from tuan.platform.gateways.carrier import ScanStatus
from tuan.platform.schema import (
    INSTANT,
    INT,
    TEXT,
    UUID,
    check,
    column,
    index,
    market_table,
    one_of,
    references,
    unique,
)
from tuan.trade.orders.tables import orders
from tuan.trade.shipping.model import STATUSES, LabelState

parcels = market_table(
    "shipping",
    "parcels",
    column("id", UUID),
    column("order_id", UUID),
    column("supplier_id", UUID),
    column("carrier", TEXT),
    column("tracking", TEXT, default="''"),
    column("label", TEXT),
    column("status", TEXT, default="'waiting'"),
    column("status_at", INSTANT, null=True),
    column("made_at", INSTANT),
    column("notify_url", TEXT, default="''"),
    column("why", TEXT, default="''"),
    column("next_attempt_at", INSTANT, null=True),
    column("tries", INT, default="0"),
    column("trace", TEXT, default="''"),
    one_of("label", tuple(LabelState)),
    one_of("status", STATUSES),
    check("numbered", "(tracking <> '') = (label IN ('written', 'made'))"),
    check("moved_has_time", "(status = 'waiting') = (status_at IS NULL)"),
    check("failed_rests", "label <> 'failed' OR next_attempt_at IS NULL"),
    unique("order_id", where="label <> 'failed'", name="parcels_order_once"),
    index("parcels_tracking_idx", "tracking", where="tracking <> ''"),
    index("parcels_order_idx", "order_id"),
    index("parcels_supplier_idx", "supplier_id", "id"),
    index("parcels_due_idx", "next_attempt_at", where="next_attempt_at IS NOT NULL"),
    references(orders, "order_id"),
    references(suppliers, "supplier_id"),
    key=("id",),
    relay=("market_id, label, next_attempt_at", "next_attempt_at IS NOT NULL"),
)

scans = market_table(
    "shipping",
    "scans",
    column("parcel_id", UUID),
    column("number", TEXT),
    column("status", TEXT),
    column("at", INSTANT),
    column("place", TEXT),
    column("words", TEXT),
    column("heard_at", INSTANT),
    one_of("status", tuple(ScanStatus)),
    references(parcels, "parcel_id"),
    key=("parcel_id", "number"),
    append_only=True,
)

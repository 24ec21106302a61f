"""Orders of one supplier each, their lines and where each discount came from; every amount is frozen at placement."""

from tuan.goods.catalog.model import FULFILMENTS
from tuan.goods.catalog.tables import skus
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.people.accounts.tables import persons
from tuan.people.parties.tables import shops, suppliers
from tuan.people.sharing.model import HOWS
from tuan.people.sharing.tables import links
from tuan.platform.schema import (
    BIGINT,
    BOOL,
    BYTES,
    INSTANT,
    INT,
    JSONB,
    TEXT,
    UUID,
    by_time,
    check,
    column,
    index,
    market_table,
    one_of,
    references,
)
from tuan.trade.orders.model import CHANNELS, ORDER, RELEASES
from tuan.trade.payments.tables import payables
from tuan.value.promotions.model import BEARERS

orders = market_table(
    "orders",
    "orders",
    column("id", UUID),
    column("payable_id", UUID),
    column("person_id", UUID),
    column("supplier_id", UUID),
    column("state", TEXT),
    column("release", TEXT),
    column("fulfilment", TEXT),
    column("address", JSONB, null=True),
    column("currency", TEXT),
    column("total_minor", BIGINT),
    column("refunded_minor", BIGINT, default="0"),
    column("placed_at", INSTANT),
    column("pay_by", INSTANT),
    column("paid_at", INSTANT, null=True),
    column("released_at", INSTANT, null=True),
    column("shipped_at", INSTANT, null=True),
    column("received_at", INSTANT, null=True),
    column("ended_at", INSTANT, null=True),
    column("end_reason", TEXT, null=True),
    column("carrier", TEXT, null=True),
    column("tracking", TEXT, null=True),
    column("holds_stock", BOOL),
    column("has_coupons", BOOL, default="false"),
    column("points", BIGINT, default="0"),
    column("remark", TEXT, default="''"),
    column("version", INT, default="0"),
    column("later_minor", BIGINT, default="0"),
    column("balance_id", UUID, null=True),
    column("declares", BOOL, default="false"),
    one_of("state", tuple(ORDER.moves)),
    one_of("release", RELEASES),
    one_of("fulfilment", FULFILMENTS),
    check("total_in_bounds", f"total_minor BETWEEN 0 AND {AMOUNT_MINOR_MAX}"),
    check("refunded_within_total", "refunded_minor BETWEEN 0 AND total_minor"),
    check("later_has_balance", "later_minor >= 0 AND (later_minor = 0 OR balance_id IS NOT NULL)"),
    check("shipped_needs_address", "fulfilment <> 'shipped' OR address IS NOT NULL"),
    index("orders_person_idx", "person_id", "id"),
    index("orders_state_idx", "state", "id"),
    index("orders_supplier_idx", "supplier_id", "id"),
    by_time("orders_placed_idx", "placed_at"),
    index("orders_payable_idx", "payable_id"),
    index("orders_balance_idx", "balance_id", where="balance_id IS NOT NULL"),
    index("orders_unpaid_idx", "pay_by", where="state = 'placed'"),
    index("orders_to_ship_idx", "supplier_id", "id", where="state = 'to_ship'"),
    index("orders_shipped_idx", "shipped_at", where="state = 'shipped'"),
    index("orders_received_idx", "received_at", where="state = 'received'"),
    references(payables, "payable_id"),
    references(payables, "balance_id", to=("id",)),
    references(persons, "person_id"),
    references(suppliers, "supplier_id"),
    key=("id",),
    relay=("market_id, state, pay_by, shipped_at, received_at", "state IN ('placed', 'shipped', 'received')"),
)

lines = market_table(
    "orders",
    "lines",
    column("order_id", UUID),
    column("number", INT),
    column("sku_id", UUID),
    column("title", TEXT),
    column("options", TEXT),
    column("picture", TEXT),
    column("units", BIGINT),
    column("list_price_minor", BIGINT),
    column("discount_minor", BIGINT),
    column("freight_minor", BIGINT),
    column("tax_minor", BIGINT),
    column("amount_minor", BIGINT),
    column("refunded_minor", BIGINT, default="0"),
    column("hold_id", UUID),
    column("allotment_id", UUID, null=True),
    column("returned_units", BIGINT, default="0"),
    column("refunded_freight_minor", BIGINT, default="0"),
    column("lowered_minor", BIGINT, default="0"),
    column("no_reason_return", BOOL, default="true"),
    column("is_imported", BOOL, default="false"),
    column("later_minor", BIGINT, default="0"),
    check("units_positive", "units > 0"),
    check("returned_within_units", "returned_units BETWEEN 0 AND units"),
    check(
        "refunded_by_part",
        "refunded_freight_minor BETWEEN 0 AND freight_minor "
        "AND refunded_minor - refunded_freight_minor BETWEEN 0 AND amount_minor - freight_minor "
        "AND (returned_units < units OR refunded_minor - refunded_freight_minor = amount_minor - freight_minor)",
    ),
    check(
        "amount_adds_up",
        "amount_minor + later_minor = list_price_minor * units - discount_minor + freight_minor AND tax_minor >= 0 AND later_minor >= 0 "
        "AND freight_minor >= 0 AND discount_minor BETWEEN 0 AND list_price_minor * units",
    ),
    check("refunded_within_amount", "refunded_minor BETWEEN 0 AND amount_minor"),
    check("lowered_is_given_back", "lowered_minor BETWEEN 0 AND refunded_minor - refunded_freight_minor"),
    references(orders, "order_id"),
    references(skus, "sku_id"),
    key=("order_id", "number"),
)

declarations = market_table(
    "orders",
    "declarations",
    column("order_id", UUID),
    column("sealed", BYTES, null=True),
    column("made_at", INSTANT),
    column("forgotten_at", INSTANT, null=True),
    check("sealed_or_forgotten", "(sealed IS NULL) = (forgotten_at IS NOT NULL)"),
    references(orders, "order_id"),
    key=("order_id",),
)
"""For whom an order with goods from abroad is declared to customs: the buyer's identity as it was, sealed (`people/identities`)."""

deals = market_table(
    "orders",
    "deals",
    column("sku_id", UUID),
    column("day", INSTANT),
    column("least_minor", BIGINT),
    references(skus, "sku_id"),
    key=("sku_id", "day"),
)

allocations = market_table(
    "orders",
    "allocations",
    column("order_id", UUID),
    column("line_number", INT),
    column("reason", TEXT),
    column("bearer", TEXT),
    column("amount_minor", BIGINT),
    column("source_id", UUID, null=True),
    one_of("bearer", BEARERS),
    check("amount_positive", "amount_minor > 0"),
    references(lines, "order_id", "line_number", to=("order_id", "number")),
    key=("order_id", "line_number", "reason"),
    append_only=True,
)

attributions = market_table(
    "orders",
    "attributions",
    column("order_id", UUID),
    column("line_number", INT),
    column("shop_id", UUID, null=True),
    column("code", TEXT, null=True),
    column("how", TEXT),
    column("channel", TEXT, null=True),
    one_of("how", HOWS),
    one_of("channel", CHANNELS),
    check("shop_or_link", "(how = 'visit') = (shop_id IS NULL) AND (how = 'binding' OR code IS NOT NULL)"),
    index("attributions_shop_idx", "shop_id", "order_id", where="shop_id IS NOT NULL"),
    index("attributions_code_idx", "code", where="code IS NOT NULL"),
    references(lines, "order_id", "line_number", to=("order_id", "number")),
    references(shops, "shop_id"),
    references(links, "code", to=("code",)),
    key=("order_id", "line_number"),
    append_only=True,
)
"""Who recommended a line, decided when it was placed; nobody may change it, and where nobody did there is no row.

channel: where its buyer was; NULL of what was placed before that was asked."""

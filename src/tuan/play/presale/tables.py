"""Presales, what their goods cost, and the terms that each order placed in one has from then on."""

from tuan.goods.catalog.tables import products, skus
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.people.accounts.tables import persons
from tuan.platform.schema import (
    BIGINT,
    BOOL,
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
from tuan.play.presale.model import KINDS, OFFER
from tuan.trade.orders.tables import orders

offers = market_table(
    "presale",
    "offers",
    column("id", UUID),
    column("product_id", UUID),
    column("state", TEXT),
    column("kind", TEXT),
    column("starts_at", INSTANT),
    column("ends_at", INSTANT),
    column("balance_from", INSTANT),
    column("balance_until", INSTANT),
    column("ships_by", INSTANT),
    column("units_per_order_max", INT),
    one_of("state", tuple(OFFER.moves)),
    one_of("kind", KINDS),
    check("windows_in_order", "starts_at < ends_at AND ends_at <= balance_from AND balance_from < balance_until"),
    check("units_positive", "units_per_order_max > 0"),
    unique("product_id", where="state = 'running'", name="offers_one_running"),
    references(products, "product_id"),
    key=("id",),
)

prices = market_table(
    "presale",
    "prices",
    column("offer_id", UUID),
    column("sku_id", UUID),
    column("price_minor", BIGINT),
    column("deposit_minor", BIGINT),
    check("price_in_bounds", f"price_minor BETWEEN 2 AND {AMOUNT_MINOR_MAX}"),
    check("deposit_is_a_part", "deposit_minor BETWEEN 1 AND price_minor - 1"),
    references(offers, "offer_id"),
    references(skus, "sku_id"),
    key=("offer_id", "sku_id"),
    append_only=True,
)

bookings = market_table(
    "presale",
    "bookings",
    column("order_id", UUID),
    column("offer_id", UUID),
    column("person_id", UUID),
    column("kind", TEXT),
    column("deposit_minor", BIGINT),
    column("balance_minor", BIGINT),
    column("kept_minor", BIGINT),
    column("balance_from", INSTANT),
    column("balance_until", INSTANT),
    column("ships_by", INSTANT),
    column("is_open", BOOL),
    column("owed_minor", BIGINT, default="0"),
    column("owed_at", INSTANT, null=True),
    column("owed_done_at", INSTANT, null=True),
    column("owed_reference", TEXT, null=True),
    one_of("kind", KINDS),
    check("parts_positive", "deposit_minor > 0 AND balance_minor > 0"),
    check("kept_within_deposit", "kept_minor BETWEEN 0 AND deposit_minor"),
    check("kept_within_a_fifth", "kept_minor * 5 <= deposit_minor + balance_minor"),
    check("prepayment_comes_back", "kind = 'earnest' OR kept_minor = 0"),
    check("owed_has_time", "(owed_minor > 0) = (owed_at IS NOT NULL) AND owed_minor BETWEEN 0 AND kept_minor"),
    check("done_has_reference", "(owed_done_at IS NULL) = (owed_reference IS NULL)"),
    index("bookings_due_idx", "balance_until", where="is_open"),
    index("bookings_offer_idx", "offer_id", "order_id"),
    index("bookings_owed_idx", "owed_at", where="owed_minor > 0 AND owed_done_at IS NULL"),
    references(offers, "offer_id"),
    references(orders, "order_id"),
    references(persons, "person_id"),
    key=("order_id",),
    relay=("market_id, is_open, balance_until", "is_open"),
)

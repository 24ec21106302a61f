"""Stock that is on hand, what of it is held, a movement row for each change, and why somebody of the house made it."""

from tuan.goods.catalog.tables import skus
from tuan.platform.schema import (
    BIGINT,
    BOOL,
    INSTANT,
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

MOVEMENT_KINDS = ("receive", "found", "write_off", "hold", "settle", "release", "allot", "give_back")

stock = market_table(
    "supply",
    "stock",
    column("sku_id", UUID),
    column("on_hand", BIGINT),
    column("held", BIGINT, default="0"),
    column("allotted", BIGINT, default="0"),
    check("never_oversold", "held >= 0 AND allotted >= 0 AND on_hand >= held + allotted"),
    references(skus, "sku_id"),
    key=("sku_id",),
    fill_percent=20,
)

allotments = market_table(
    "supply",
    "allotments",
    column("id", UUID),
    column("sku_id", UUID),
    column("units", BIGINT),
    column("held", BIGINT, default="0"),
    column("open", BOOL, default="true"),
    check("never_oversold", "held >= 0 AND units >= held"),
    references(stock, "sku_id", to=("sku_id",)),
    key=("id",),
)

movements = market_table(
    "supply",
    "movements",
    column("id", UUID),
    column("sku_id", UUID),
    column("allotment_id", UUID, null=True),
    column("hold_id", UUID, null=True),
    column("kind", TEXT),
    column("units", BIGINT),
    column("at", INSTANT),
    check("units_positive", "units > 0"),
    check("hold_named", "(kind IN ('hold', 'settle', 'release')) = (hold_id IS NOT NULL)"),
    check("allotment_named", "kind NOT IN ('allot', 'give_back') OR allotment_id IS NOT NULL"),
    one_of("kind", MOVEMENT_KINDS),
    unique("hold_id", where="kind = 'hold'", name="movements_held_once"),
    unique("hold_id", where="kind IN ('settle', 'release')", name="movements_ended_once"),
    index("movements_sku_idx", "sku_id", "at"),
    references(skus, "sku_id"),
    key=("id",),
    append_only=True,
)

reasons = market_table(
    "supply",
    "reasons",
    column("movement_id", UUID),
    column("actor_id", UUID),
    column("reason", TEXT),
    references(movements, "movement_id"),
    key=("movement_id",),
    append_only=True,
)

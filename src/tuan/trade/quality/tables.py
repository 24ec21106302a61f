"""What is counted of each supplier; the score is worked out of it whenever it is shown."""

from tuan.people.parties.tables import suppliers
from tuan.platform.schema import BIGINT, INSTANT, UUID, check, column, market_table, references

counts = market_table(
    "quality",
    "counts",
    column("supplier_id", UUID),
    column("orders", BIGINT),
    column("late", BIGINT),
    column("faulty", BIGINT),
    column("cancelled", BIGINT),
    column("counted_at", INSTANT),
    check(
        "cases_within_orders",
        "orders >= 0 AND late BETWEEN 0 AND orders AND faulty BETWEEN 0 AND orders AND cancelled BETWEEN 0 AND orders",
    ),
    references(suppliers, "supplier_id"),
    key=("supplier_id",),
)

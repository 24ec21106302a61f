"""Who checked in on which day, and the market's ladder of rewards."""

from tuan.people.accounts.tables import persons
from tuan.platform.schema import BIGINT, DATE, INSTANT, INT, JSONB, UUID, check, column, market_table, references

ladders = market_table(
    "loyalty",
    "ladders",
    column("id", UUID),
    column("rewards", JSONB),
    column("set_at", INSTANT),
    key=("id",),
    append_only=True,
)

check_ins = market_table(
    "loyalty",
    "check_ins",
    column("id", UUID),
    column("person_id", UUID),
    column("day", DATE),
    column("streak", INT),
    column("points", BIGINT),
    column("at", INSTANT),
    check("counted", "streak >= 1 AND points >= 0"),
    references(persons, "person_id"),
    key=("person_id", "day"),
)

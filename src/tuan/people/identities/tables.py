"""Who persons are to customs: sealed, with as much in the clear as its owner needs to know it by."""

from tuan.people.accounts.tables import persons
from tuan.platform.schema import BYTES, INSTANT, TEXT, UUID, check, column, market_table, references

identities = market_table(
    "identities",
    "identities",
    column("person_id", UUID),
    column("sealed", BYTES),
    column("digest", BYTES),
    column("shown_name", TEXT),
    column("shown_number", TEXT),
    column("kept_at", INSTANT),
    check("masked", "shown_number ~ '^[0-9]{3}[*]{13}[0-9][0-9X]$' AND shown_name ~ '^.[*]{2}$'"),
    references(persons, "person_id"),
    key=("person_id",),
)

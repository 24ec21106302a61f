"""Links and their visits, who follows whom, and whose customer somebody is."""

from tuan.people.accounts.tables import persons
from tuan.people.parties.tables import shops
from tuan.people.sharing.model import CHANNELS, CODE_LETTERS, KINDS, PAGE, BindRule, Why
from tuan.platform.schema import (
    BIGINT,
    BOOL,
    BYTES,
    DATE,
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

links = market_table(
    "sharing",
    "links",
    column("code", TEXT),
    column("kind", TEXT),
    column("object_id", UUID),
    column("sharer_id", UUID, null=True),
    column("shop_id", UUID, null=True),
    column("channel", TEXT),
    column("campaign", TEXT, default="''"),
    column("made_at", INSTANT),
    column("expires_at", INSTANT, null=True),
    column("revoked_at", INSTANT, null=True),
    column("is_forgotten", BOOL, default="false"),
    one_of("kind", KINDS),
    one_of("channel", (*CHANNELS, PAGE)),
    check("code_long", f"length(code) = {CODE_LETTERS}"),
    check("forgotten_is_nobodys", "NOT is_forgotten OR sharer_id IS NULL"),
    unique(
        "sharer_id", "kind", "object_id", "channel", "campaign",
        where="revoked_at IS NULL AND expires_at IS NULL AND sharer_id IS NOT NULL", name="links_once_idx",
    ),
    unique(
        "sharer_id", "kind", "object_id", "channel", "campaign", "expires_at",
        where="revoked_at IS NULL AND expires_at IS NOT NULL AND sharer_id IS NOT NULL", name="links_ending_once_idx",
    ),
    index("links_sharer_idx", "sharer_id", "made_at"),
    index("links_made_idx", "made_at", "code"),
    index("links_markets_own_idx", "made_at", "code", where="sharer_id IS NULL"),
    references(persons, "sharer_id"),
    references(shops, "shop_id"),
    key=("code",),
)  # fmt: skip
"""The market's own have no sharer and never had one; of who was forgotten it is kept that there was somebody."""

visits = market_table(
    "sharing",
    "visits",
    column("code", TEXT),
    column("day", DATE),
    column("visits", BIGINT),
    column("visitors", BIGINT),
    column("bots", BIGINT),
    check("visitors_within_visits", "visits >= visitors AND visitors >= 0 AND bots >= 0"),
    references(links, "code", to=("code",)),
    key=("code", "day"),
)

visitors = market_table(
    "sharing",
    "visitors",
    column("day", DATE),
    column("code", TEXT),
    column("visitor", BYTES),
    key=("day", "code", "visitor"),
)
"""Who has been counted on a day, by a hash that means nothing on the next; forgotten when the day is over."""

rules = market_table(
    "sharing",
    "rules",
    column("rule", TEXT),
    column("valid_days", INT, null=True),
    column("protected_days", INT),
    column("set_at", INSTANT),
    one_of("rule", tuple(BindRule)),
    check("days_positive", "protected_days >= 0 AND (valid_days IS NULL OR valid_days > 0)"),
    key=(),
)

bindings = market_table(
    "sharing",
    "bindings",
    column("person_id", UUID),
    column("shop_id", UUID),
    column("since", INSTANT),
    column("protected_until", INSTANT),
    column("until", INSTANT, null=True),
    index("bindings_shop_idx", "shop_id", "since"),
    index("bindings_until_idx", "until", where="until IS NOT NULL"),
    references(persons, "person_id"),
    references(shops, "shop_id"),
    key=("person_id",),
)

changes = market_table(
    "sharing",
    "changes",
    column("id", UUID),
    column("person_id", UUID),
    column("from_shop_id", UUID, null=True),
    column("to_shop_id", UUID, null=True),
    column("why", TEXT),
    column("code", TEXT, null=True),
    column("at", INSTANT),
    one_of("why", tuple(Why)),
    check("moves_somewhere", "from_shop_id IS DISTINCT FROM to_shop_id"),
    check("comes_by_a_link", "(to_shop_id IS NOT NULL) = (code IS NOT NULL)"),
    index("changes_person_idx", "person_id", "id"),
    index("changes_from_idx", "from_shop_id", "id", where="from_shop_id IS NOT NULL"),
    index("changes_to_idx", "to_shop_id", "id", where="to_shop_id IS NOT NULL"),
    references(persons, "person_id"),
    references(shops, "from_shop_id"),
    references(shops, "to_shop_id"),
    references(links, "code", to=("code",)),
    key=("id",),
    append_only=True,
)
"""Every move of a customer, for the shop that he left and the one that he came to. Who comes, comes by a link; who goes, goes by himself
or by his time."""

follows = market_table(
    "sharing",
    "follows",
    column("person_id", UUID),
    column("shop_id", UUID),
    column("since", INSTANT),
    index("follows_shop_idx", "shop_id", "since"),
    references(persons, "person_id"),
    references(shops, "shop_id"),
    key=("person_id", "shop_id"),
)

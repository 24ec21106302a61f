"""How shops are opened, what they show, what their coupons may cost, and what they see of their customers."""

from tuan.goods.catalog.tables import products
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.people.accounts.tables import persons
from tuan.people.parties.tables import shops
from tuan.people.training.tables import courses
from tuan.platform.schema import (
    BIGINT,
    BOOL,
    DATE,
    INSTANT,
    INT,
    JSONB,
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
from tuan.play.shops.model import APPLICATION, Opening
from tuan.value.promotions.tables import templates

terms = market_table(
    "shops",
    "terms",
    column("opening", TEXT),
    column("member_days", INT),
    column("set_at", INSTANT),
    column("course_id", UUID, null=True),
    one_of("opening", tuple(Opening)),
    check("days_positive", "member_days >= 0"),
    references(courses, "course_id"),
    key=(),
)

applications = market_table(
    "shops",
    "applications",
    column("id", UUID),
    column("person_id", UUID),
    column("inviter_id", UUID, null=True),
    column("name", TEXT),
    column("words", TEXT),
    column("state", TEXT),
    column("asked_at", INSTANT),
    column("decided_at", INSTANT, null=True),
    column("why", TEXT, default="''"),
    column("shop_id", UUID, null=True),
    one_of("state", tuple(APPLICATION.moves)),
    check("opened_is_a_shop", "(state = 'opened') = (shop_id IS NOT NULL)"),
    check("decided_has_time", "(state = 'waiting') = (decided_at IS NULL)"),
    unique("person_id", where="state IN ('waiting', 'opened')", name="applications_one_idx"),
    index("applications_waiting_idx", "asked_at", where="state = 'waiting'"),
    references(persons, "person_id"),
    references(shops, "inviter_id"),
    references(shops, "shop_id"),
    key=("id",),
)
"""Of one person, one that waits or has become his shop."""

pages = market_table(
    "shops",
    "pages",
    column("shop_id", UUID),
    column("words", TEXT, default="''"),
    column("cover", TEXT, default="''"),
    column("budget_minor", BIGINT, default="0"),
    column("held_minor", BIGINT, default="0"),
    column("opened_at", INSTANT),
    check("held_within_budget", f"held_minor BETWEEN 0 AND budget_minor AND budget_minor <= {AMOUNT_MINOR_MAX}"),
    references(shops, "shop_id"),
    key=("shop_id",),
)

withheld = market_table(
    "shops",
    "withheld",
    column("product_id", UUID),
    column("since", INSTANT),
    column("by_supplier", BOOL, default="true"),
    column("by_market", BOOL, default="false"),
    check("by_somebody", "by_supplier OR by_market"),
    references(products, "product_id"),
    key=("product_id",),
)
"""Goods that their supplier or the market keeps back from shops; all others on the shelf are for them."""

picks = market_table(
    "shops",
    "picks",
    column("shop_id", UUID),
    column("product_id", UUID),
    column("position", INT),
    column("words", TEXT, default="''"),
    column("since", INSTANT),
    index("picks_product_idx", "product_id"),
    references(shops, "shop_id"),
    references(products, "product_id"),
    key=("shop_id", "product_id"),
)

day_picks = market_table(
    "shops",
    "day_picks",
    column("shop_id", UUID),
    column("day", DATE),
    column("product_id", UUID),
    column("position", INT),
    references(shops, "shop_id"),
    references(products, "product_id"),
    key=("shop_id", "day", "product_id"),
)

materials = market_table(
    "shops",
    "materials",
    column("id", UUID),
    column("shop_id", UUID, null=True),
    column("product_id", UUID, null=True),
    column("words", TEXT),
    column("pictures", JSONB),
    column("made_at", INSTANT),
    column("removed_at", INSTANT, null=True),
    index("materials_shop_idx", "shop_id", "id", where="removed_at IS NULL"),
    references(shops, "shop_id"),
    references(products, "product_id"),
    key=("id",),
)
"""Texts and pictures to forward: a shop's own, or without one the market's for every shop."""

coupons = market_table(
    "shops",
    "coupons",
    column("template_id", UUID),
    column("shop_id", UUID),
    column("code", TEXT),
    column("off_minor", BIGINT),
    column("total", BIGINT),
    column("held_minor", BIGINT),
    column("made_at", INSTANT),
    column("ended_at", INSTANT, null=True),
    check("held_within_worst", "held_minor BETWEEN 0 AND off_minor * total"),
    check("running_holds_all", "ended_at IS NOT NULL OR held_minor = off_minor * total"),
    index("coupons_shop_idx", "shop_id", "template_id"),
    references(shops, "shop_id"),
    references(templates, "template_id"),
    key=("template_id",),
)

consents = market_table(
    "shops",
    "consents",
    column("id", UUID),
    column("person_id", UUID),
    column("shop_id", UUID),
    column("shows", JSONB),
    column("birthday", TEXT, default="''"),
    column("given_at", INSTANT),
    column("ended_at", INSTANT, null=True),
    unique("person_id", "shop_id", where="ended_at IS NULL", name="consents_one_idx"),
    index("consents_shop_idx", "shop_id", where="ended_at IS NULL"),
    index("consents_birthday_idx", "shop_id", "birthday", "id", where="ended_at IS NULL AND birthday <> ''"),
    references(persons, "person_id"),
    references(shops, "shop_id"),
    key=("id",),
)
"""What a buyer let a shop see, from when until when; what is changed is ended and given anew."""

customers = market_table(
    "shops",
    "customers",
    column("shop_id", UUID),
    column("person_id", UUID),
    column("tags", JSONB),
    column("note", TEXT, default="''"),
    column("changed_at", INSTANT),
    index("customers_person_idx", "person_id"),
    references(persons, "person_id"),
    references(shops, "shop_id"),
    key=("shop_id", "person_id"),
)
"""What a shopkeeper has written about a customer who lets himself be seen; gone when he does so no more."""

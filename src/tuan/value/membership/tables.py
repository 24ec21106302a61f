"""Members of organisations, the grades of their benefits, and what each month gave."""

from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.people.accounts.tables import persons
from tuan.people.parties.tables import organisations
from tuan.platform.schema import (
    BIGINT,
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
from tuan.value.membership.model import MEMBER, VIAS

members = market_table(
    "membership",
    "members",
    column("organisation_id", UUID),
    column("person_id", UUID),
    column("state", TEXT),
    column("via", TEXT),
    column("since", INSTANT),
    column("granted_month", DATE, null=True),
    one_of("state", tuple(MEMBER.moves)),
    one_of("via", VIAS),
    index("members_person_idx", "person_id"),
    index("members_active_idx", "organisation_id", "granted_month", where="state = 'active'"),
    references(organisations, "organisation_id"),
    references(persons, "person_id"),
    key=("organisation_id", "person_id"),
    relay=("market_id, state", "state = 'active'"),
)

codes = market_table(
    "membership",
    "codes",
    column("organisation_id", UUID),
    column("code", TEXT),
    column("made_at", INSTANT),
    unique("code"),
    references(organisations, "organisation_id"),
    key=("organisation_id",),
)
"""By which members join; a new one takes the old one's place."""

waiting = market_table(
    "membership",
    "waiting",
    column("organisation_id", UUID),
    column("phone", TEXT),
    column("since", INSTANT),
    index("waiting_phone_idx", "phone"),
    index("waiting_since_idx", "since"),
    references(organisations, "organisation_id"),
    key=("organisation_id", "phone"),
)
"""Numbers of lists that are nobody's here yet: whoever comes by one of them finds the invitation."""

grades = market_table(
    "membership",
    "grades",
    column("organisation_id", UUID),
    column("least_members", INT),
    column("off_minor", BIGINT),
    column("off_permyriad", INT),
    column("cap_minor", BIGINT, null=True),
    column("threshold_minor", BIGINT),
    check("asks_for_somebody", "least_members > 0 AND threshold_minor >= 0"),
    check("one_kind_of_discount", f"off_minor BETWEEN 0 AND {AMOUNT_MINOR_MAX} AND off_permyriad BETWEEN 0 AND 10000 "
          "AND (off_minor > 0) <> (off_permyriad > 0)"),
    references(organisations, "organisation_id"),
    key=("organisation_id", "least_members"),
)  # fmt: skip

months = market_table(
    "membership",
    "months",
    column("organisation_id", UUID),
    column("month", DATE),
    column("members", INT),
    column("least_members", INT, null=True),
    column("template_id", UUID, null=True),
    column("counted_at", INSTANT),
    check("a_grade_has_its_coupon", "(least_members IS NULL) = (template_id IS NULL)"),
    check("reached", "least_members <= members"),
    index("months_template_idx", "template_id", where="template_id IS NOT NULL"),
    references(organisations, "organisation_id"),
    key=("organisation_id", "month"),
    append_only=True,
)

"""Plans in versions, what shops are promised of the lines that they recommended, and what of that went back."""

from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.people.accounts.tables import persons
from tuan.people.compliance.model import CHANNELS as PROFILED
from tuan.people.compliance.model import PROFILES
from tuan.people.parties.tables import shops
from tuan.platform.schema import (
    BIGINT,
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
from tuan.play.distribution.model import CHANNELS, COMMISSION, SCOPES, VERSION, WHYS
from tuan.trade.orders.tables import attributions

DEEPEST_IN = " ".join(f"WHEN channel = '{channel}' THEN {PROFILED[channel].levels}" for channel in CHANNELS)
"""How deep the owner of a channel lets a sale be paid."""

plans = market_table(
    "distribution",
    "plans",
    column("id", UUID),
    column("name", TEXT),
    column("made_at", INSTANT),
    key=("id",),
)

versions = market_table(
    "distribution",
    "versions",
    column("plan_id", UUID),
    column("number", INT),
    column("state", TEXT),
    column("profile", TEXT, null=True),
    column("line_most_bp", INT),
    column("budget_minor", BIGINT, null=True),
    column("promised_minor", BIGINT, default="0"),
    column("hold_days", INT),
    column("made_at", INSTANT),
    column("since", INSTANT, null=True),
    column("until", INSTANT, null=True),
    column("told_at", INSTANT, null=True),
    column("notice_days", INT, null=True),
    column("end_told_at", INSTANT, null=True),
    column("end_notice_days", INT, null=True),
    one_of("state", tuple(VERSION.moves)),
    one_of("profile", tuple(PROFILES)),
    check("line_most_is_a_part", "line_most_bp BETWEEN 1 AND 10000"),
    check(
        "budget_holds",
        f"budget_minor IS NULL OR budget_minor BETWEEN 1 AND {AMOUNT_MINOR_MAX} AND promised_minor <= budget_minor",
    ),
    check("promised_not_negative", "promised_minor >= 0 AND hold_days >= 0"),
    check(
        "on_has_time",
        "(state = 'on') = (since IS NOT NULL AND until IS NULL) AND (since IS NULL OR profile IS NOT NULL)",
    ),
    check(
        "told_with_notice",
        "num_nonnulls(told_at, notice_days) IN (0, 2) AND num_nonnulls(end_told_at, end_notice_days) IN (0, 2)",
    ),
    check("told_before", "notice_days >= 0 AND since >= told_at + notice_days * interval '24 hours'"),
    check("end_told_before", "end_notice_days >= 0 AND until >= end_told_at + end_notice_days * interval '24 hours'"),
    unique("plan_id", where="state = 'on'", name="versions_one_on"),
    references(plans, "plan_id"),
    key=("plan_id", "number"),
)
"""When those whom it binds were told that it begins or ends, and how many days before it had to be; NULL of what the release before
switched. What is off stands until its time, what is on stands from its time on."""

rates = market_table(
    "distribution",
    "rates",
    column("plan_id", UUID),
    column("number", INT),
    column("place", INT),
    column("scope", TEXT),
    column("object_id", UUID, null=True),
    column("depth", INT),
    column("rate_bp", INT),
    column("fixed_minor", BIGINT),
    column("channels", JSONB, null=True),
    one_of("scope", SCOPES),
    check("depth_is_one_or_two", "depth IN (1, 2)"),
    check("market_has_no_object", "(scope = 'market') = (object_id IS NULL)"),
    check("rate_is_a_part", "rate_bp BETWEEN 0 AND 10000"),
    check("rate_or_fixed", f"fixed_minor BETWEEN 0 AND {AMOUNT_MINOR_MAX} AND (rate_bp > 0) <> (fixed_minor > 0)"),
    references(versions, "plan_id", "number", to=("plan_id", "number")),
    key=("plan_id", "number", "place"),
    append_only=True,
)
"""channels: NULL of rates that were written before they named theirs; they hold wherever the owner of the channel lets them."""

commissions = market_table(
    "distribution",
    "commissions",
    column("id", UUID),
    column("order_id", UUID),
    column("line_number", INT),
    column("depth", INT),
    column("shop_id", UUID),
    column("plan_id", UUID),
    column("version", INT),
    column("rate_bp", INT),
    column("fixed_minor", BIGINT),
    column("goods_minor", BIGINT),
    column("amount_minor", BIGINT),
    column("kept_minor", BIGINT),
    column("landed_minor", BIGINT, null=True),
    column("state", TEXT),
    column("held_for", TEXT, null=True),
    column("accrued_at", INSTANT),
    column("matures_at", INSTANT, null=True),
    column("ended_at", INSTANT, null=True),
    column("appeal", TEXT, null=True),
    column("appealed_at", INSTANT, null=True),
    column("appealed_by", UUID, null=True),
    column("answer", TEXT, null=True),
    column("channel", TEXT, null=True),
    one_of("channel", CHANNELS),
    check("channel_lets_it", f"depth <= CASE {DEEPEST_IN} ELSE 2 END"),
    one_of("state", tuple(COMMISSION.moves)),
    one_of("held_for", WHYS),
    check("depth_is_one_or_two", "depth IN (1, 2)"),
    check("within_goods", "amount_minor BETWEEN 1 AND goods_minor AND kept_minor BETWEEN 0 AND amount_minor"),
    check("landed_within_amount", "landed_minor BETWEEN 0 AND amount_minor"),
    check("held_for_something", "state NOT IN ('held', 'void') OR held_for IS NOT NULL"),
    check("matured_has_landed", "state <> 'matured' OR landed_minor IS NOT NULL"),
    check("void_and_reversed_keep_nothing", "state NOT IN ('void', 'reversed') OR kept_minor = 0"),
    check("ended_has_time", "(state IN ('matured', 'reversed', 'void')) = (ended_at IS NOT NULL)"),
    check("appeal_is_whole", "num_nonnulls(appeal, appealed_at, appealed_by) IN (0, 3)"),
    unique("order_id", "line_number", "depth"),
    index("commissions_shop_idx", "shop_id", "id"),
    index("commissions_accrued_idx", "shop_id", "accrued_at"),
    index("commissions_ended_idx", "shop_id", "ended_at", where="ended_at IS NOT NULL"),
    index("commissions_held_idx", "id", where="state = 'held'"),
    index("commissions_due_idx", "matures_at", where="state = 'pending' AND matures_at IS NOT NULL"),
    references(attributions, "order_id", "line_number", to=("order_id", "line_number")),
    references(shops, "shop_id"),
    references(versions, "plan_id", "version", to=("plan_id", "number")),
    references(persons, "appealed_by"),
    key=("id",),
    relay=("market_id, state, matures_at", "state = 'pending' AND matures_at IS NOT NULL"),
)

withheld = market_table(
    "distribution",
    "withheld",
    column("id", UUID),
    column("order_id", UUID),
    column("line_number", INT),
    column("depth", INT),
    column("shop_id", UUID),
    column("plan_id", UUID),
    column("version", INT),
    column("channel", TEXT),
    column("article", TEXT),
    column("at", INSTANT),
    one_of("channel", CHANNELS),
    check("depth_is_one_or_two", "depth IN (1, 2)"),
    unique("order_id", "line_number", "depth"),
    index("withheld_shop_idx", "shop_id", "id"),
    references(attributions, "order_id", "line_number", to=("order_id", "line_number")),
    references(shops, "shop_id"),
    references(versions, "plan_id", "version", to=("plan_id", "number")),
    key=("id",),
    append_only=True,
)
"""What is paid nothing because of a channel that was asked, frozen with its reason."""

lowerings = market_table(
    "distribution",
    "lowerings",
    column("id", UUID),
    column("commission_id", UUID),
    column("amount_minor", BIGINT),
    column("debt_minor", BIGINT),
    column("why", TEXT),
    column("at", INSTANT),
    one_of("why", ("refund", "void")),
    check("debt_within_amount", "amount_minor > 0 AND debt_minor BETWEEN 0 AND amount_minor"),
    index("lowerings_commission_idx", "commission_id", "at"),
    index("lowerings_at_idx", "at"),
    references(commissions, "commission_id"),
    key=("id",),
    append_only=True,
)

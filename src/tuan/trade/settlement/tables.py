"""What kept lines were shared out to, what is promised of them and what holds them; accounts and withdrawals."""

from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.people.accounts.tables import persons
from tuan.people.parties.tables import shops, suppliers
from tuan.platform.schema import (
    BIGINT,
    BOOL,
    INSTANT,
    INT,
    TEXT,
    UUID,
    by_time,
    check,
    column,
    index,
    market_table,
    one_of,
    references,
    unique,
)
from tuan.trade.orders.tables import lines
from tuan.trade.payments.tables import captures
from tuan.trade.settlement.model import ACCOUNT, MODES, PART, PAYOUT

claims = market_table(
    "settlement",
    "claims",
    column("order_id", UUID),
    column("line_number", INT),
    column("supplier_id", UUID),
    column("kept_minor", BIGINT),
    column("borne_minor", BIGINT),
    column("fee_minor", BIGINT),
    column("cut_minor", BIGINT),
    column("withheld_minor", BIGINT),
    column("share_minor", BIGINT),
    column("settled_at", INSTANT),
    column("is_direct", BOOL, default="false"),
    check("shares_add_up", "share_minor + withheld_minor + cut_minor + fee_minor = kept_minor + borne_minor"),
    check("nobody_pays", "least(kept_minor, borne_minor, fee_minor, cut_minor, withheld_minor, share_minor) >= 0"),
    index("claims_supplier_idx", "supplier_id", "settled_at"),
    references(lines, "order_id", "line_number", to=("order_id", "number")),
    key=("order_id", "line_number"),
    append_only=True,
)

cuts = market_table(
    "settlement",
    "cuts",
    column("id", UUID),
    column("order_id", UUID),
    column("line_number", INT),
    column("kind", TEXT),
    column("code", TEXT),
    column("amount_minor", BIGINT),
    check("amount_in_bounds", f"amount_minor BETWEEN 1 AND {AMOUNT_MINOR_MAX}"),
    unique("order_id", "line_number", "kind", "code"),
    index("cuts_code_idx", "code", "order_id"),
    references(lines, "order_id", "line_number", to=("order_id", "number")),
    key=("id",),
    append_only=True,
)

holds = market_table(
    "settlement",
    "holds",
    column("order_id", UUID),
    column("line_number", INT),
    column("case_id", UUID),
    index("holds_case_idx", "case_id"),
    references(lines, "order_id", "line_number", to=("order_id", "number")),
    key=("order_id", "line_number", "case_id"),
)

terms = market_table(
    "settlement",
    "terms",
    column("supplier_id", UUID),
    column("since", INSTANT),
    column("fee_permyriad", INT),
    column("withheld_permyriad", INT),
    check("shares_of_all", "fee_permyriad BETWEEN 0 AND 10000 AND withheld_permyriad BETWEEN 0 AND 10000"),
    references(suppliers, "supplier_id"),
    key=("supplier_id", "since"),
    append_only=True,
)

rules = market_table(
    "settlement",
    "rules",
    column("min_minor", BIGINT),
    column("fee_permyriad", INT),
    column("two_above_minor", BIGINT),
    column("claim_days", INT, default="180"),
    check("min_positive", "min_minor > 0 AND two_above_minor >= 0 AND fee_permyriad BETWEEN 0 AND 10000"),
    key=(),
)

accounts = market_table(
    "settlement",
    "accounts",
    column("id", UUID),
    column("supplier_id", UUID, null=True),
    column("shop_id", UUID, null=True),
    column("provider", TEXT),
    column("mode", TEXT),
    column("holder", TEXT),
    column("number", TEXT),
    column("state", TEXT),
    column("made_at", INSTANT),
    one_of("mode", MODES),
    one_of("state", tuple(ACCOUNT.moves)),
    check("one_payee", "num_nonnulls(supplier_id, shop_id) = 1"),
    index("accounts_supplier_idx", "supplier_id", "id"),
    index("accounts_shop_idx", "shop_id", "id", where="shop_id IS NOT NULL"),
    index("accounts_number_idx", "number"),
    index("accounts_checking_idx", "id", where="state = 'checking'"),
    references(suppliers, "supplier_id"),
    references(shops, "shop_id"),
    key=("id",),
)

withdrawals = market_table(
    "settlement",
    "withdrawals",
    column("id", UUID),
    column("supplier_id", UUID, null=True),
    column("shop_id", UUID, null=True),
    column("account_id", UUID),
    column("amount_minor", BIGINT),
    column("fee_minor", BIGINT),
    column("state", TEXT),
    column("is_two", BOOL),
    column("requested_by", UUID),
    column("approved_by", UUID, null=True),
    column("seconded_by", UUID, null=True),
    column("requested_at", INSTANT),
    column("ended_at", INSTANT, null=True),
    column("returned_at", INSTANT, null=True),
    column("end_reason", TEXT, null=True),
    column("tries", INT, default="0"),
    column("next_attempt_at", INSTANT, null=True),
    column("provider_ref", TEXT, null=True),
    column("trace", TEXT),
    column("short_minor", BIGINT, default="0"),
    check("short_within_amount", "short_minor BETWEEN 0 AND amount_minor - fee_minor"),
    check(
        "fee_within_amount", f"amount_minor BETWEEN 1 AND {AMOUNT_MINOR_MAX} AND fee_minor BETWEEN 0 AND amount_minor"
    ),
    one_of("state", tuple(PAYOUT.moves)),
    check("due_has_time", "(state = 'due') = (next_attempt_at IS NOT NULL)"),
    check("ended_has_time", "(state IN ('paid', 'failed', 'rejected', 'returned')) = (ended_at IS NOT NULL)"),
    check("returned_has_time", "(state = 'returned') = (returned_at IS NOT NULL)"),
    check(
        "agreed_by_others",
        "approved_by <> requested_by AND seconded_by <> requested_by AND seconded_by <> approved_by "
        "AND (state NOT IN ('due', 'paid', 'failed', 'returned') OR approved_by IS NOT NULL AND (NOT is_two OR seconded_by IS NOT NULL))",
    ),
    check("one_payee", "num_nonnulls(supplier_id, shop_id) = 1"),
    index("withdrawals_supplier_idx", "supplier_id", "id"),
    index("withdrawals_shop_idx", "shop_id", "id", where="shop_id IS NOT NULL"),
    index("withdrawals_state_idx", "state", "id"),
    index("withdrawals_due_idx", "next_attempt_at", where="state = 'due'"),
    references(accounts, "account_id"),
    references(persons, "requested_by"),
    key=("id",),
    relay=("market_id, state, next_attempt_at", "state = 'due'"),
)

splits = market_table(
    "settlement",
    "splits",
    column("id", UUID),
    column("withdrawal_id", UUID),
    column("order_id", UUID),
    column("capture_id", UUID),
    column("transaction", TEXT),
    column("amount_minor", BIGINT),
    column("state", TEXT),
    column("provider_ref", TEXT, null=True),
    column("ended_at", INSTANT, null=True),
    check("amount_in_bounds", f"amount_minor BETWEEN 1 AND {AMOUNT_MINOR_MAX}"),
    one_of("state", tuple(PART.moves)),
    check("ended_has_time", "(state = 'held') = (ended_at IS NULL)"),
    unique("withdrawal_id", "order_id", "capture_id"),
    index("splits_order_idx", "order_id"),
    index("splits_capture_idx", "capture_id"),
    by_time("splits_ended_idx", "ended_at"),
    references(withdrawals, "withdrawal_id"),
    references(captures, "capture_id"),
    key=("id",),
)

charges = market_table(
    "settlement",
    "charges",
    column("id", UUID),
    column("supplier_id", UUID),
    column("amount_minor", BIGINT),
    column("debt_minor", BIGINT),
    column("reason", TEXT),
    column("at", INSTANT),
    check(
        "debt_within_amount", f"amount_minor BETWEEN 1 AND {AMOUNT_MINOR_MAX} AND debt_minor BETWEEN 0 AND amount_minor"
    ),
    index("charges_supplier_idx", "supplier_id", "at"),
    references(suppliers, "supplier_id"),
    key=("id",),
    append_only=True,
)

recalls = market_table(
    "settlement",
    "recalls",
    column("case_id", UUID),
    column("order_id", UUID),
    column("supplier_id", UUID),
    column("amount_minor", BIGINT),
    column("debt_minor", BIGINT),
    column("borne_minor", BIGINT, default="0"),
    column("at", INSTANT),
    check(
        "debt_within_both",
        f"amount_minor BETWEEN 0 AND {AMOUNT_MINOR_MAX} AND borne_minor BETWEEN 0 AND {AMOUNT_MINOR_MAX} "
        "AND amount_minor + borne_minor > 0 AND debt_minor BETWEEN 0 AND amount_minor + borne_minor",
    ),
    index("recalls_order_idx", "order_id"),
    references(suppliers, "supplier_id"),
    key=("case_id",),
    append_only=True,
)

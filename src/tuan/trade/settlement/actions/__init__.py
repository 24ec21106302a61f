"""The verbs of settlement."""

from tuan.trade.settlement.actions.directing import set_merchant
from tuan.trade.settlement.actions.ending import (
    apply_payout_answers,
    apply_split_answers,
    apply_transfer_answers,
    hasten_withdrawals,
)
from tuan.trade.settlement.actions.paying import (
    add_account,
    approve,
    charge,
    charge_for_buyer,
    look_up,
    move_account,
    recall,
    reject,
    set_rules,
    set_terms,
    show_number,
    withdraw,
)
from tuan.trade.settlement.actions.sharing import (
    free_lines,
    hold_lines,
    kept_lines,
    lines_to_promise,
    promise_cuts,
    repay,
    settle_due,
    share_out,
)

__all__ = [
    "add_account",
    "apply_payout_answers",
    "apply_split_answers",
    "apply_transfer_answers",
    "approve",
    "charge",
    "charge_for_buyer",
    "free_lines",
    "hasten_withdrawals",
    "hold_lines",
    "kept_lines",
    "lines_to_promise",
    "look_up",
    "move_account",
    "promise_cuts",
    "recall",
    "reject",
    "repay",
    "set_merchant",
    "set_rules",
    "set_terms",
    "settle_due",
    "share_out",
    "show_number",
    "withdraw",
]

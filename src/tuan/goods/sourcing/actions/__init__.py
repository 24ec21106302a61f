"""The verbs of sourcing."""

from tuan.goods.sourcing.actions.checking import decide_application, decide_licence, take_up, take_up_licence
from tuan.goods.sourcing.actions.onboarding import apply, expire_due, forget, send_licence, warn_due, withdraw
from tuan.goods.sourcing.actions.proposing import (
    decide_proposal,
    propose,
    propose_product,
    reprice,
    why_not_add,
    why_not_reprice,
    withdraw_proposal,
)

__all__ = [
    "apply",
    "decide_application",
    "decide_licence",
    "decide_proposal",
    "expire_due",
    "forget",
    "propose",
    "propose_product",
    "reprice",
    "send_licence",
    "take_up",
    "take_up_licence",
    "warn_due",
    "why_not_add",
    "why_not_reprice",
    "withdraw",
    "withdraw_proposal",
]

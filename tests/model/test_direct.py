"""What a market's merchant is brought is with him already, order by order; and what may be asked about once more."""

import pytest

from tuan.kit.ids import new_uuid
from tuan.trade.settlement.errors import NotThisState
from tuan.trade.settlement.model import ACCOUNT_ID, PAYOUT_ID, PayeeKind, Withdrawal, why_not_look_up
from tuan.trade.settlement.model.shares import BY_HAND, SHARE, pay_directly, shares_of
from tuan.value.ledger.model import PREPAYMENT, Postings, provider_clearing, supplier_payable

MERCHANT, OTHER = new_uuid(), new_uuid()
PAYABLE = supplier_payable(MERCHANT)


def direct(postings: Postings) -> list[tuple[str, str, int, object]]:
    return [(t.from_code, t.to_code, t.amount, t.about) for t in postings.transfers if t.kind == "direct"]


def test_each_orders_share_is_with_him_by_the_provider_that_took_it_and_the_rest_by_hand() -> None:
    first, second, theirs = new_uuid(), new_uuid(), new_uuid()
    postings = Postings()
    postings.post(SHARE, PREPAYMENT, PAYABLE, "CNY", 700, first)
    postings.post(SHARE, PREPAYMENT, PAYABLE, "CNY", 300, second)
    postings.post(SHARE, PREPAYMENT, supplier_payable(OTHER), "CNY", 90, theirs)
    postings.post("commission_back", "shop:1:payable", PAYABLE, "CNY", 11, new_uuid())
    assert shares_of(MERCHANT, postings) == {first: 700, second: 300} and shares_of(OTHER, postings) == {theirs: 90}
    pay_directly(MERCHANT, "CNY", postings, {first: "wechat"})
    *orders, (*rest, about) = direct(postings)
    assert orders == [
        (PAYABLE, provider_clearing("wechat"), 700, first), (PAYABLE, provider_clearing(BY_HAND), 300, second),
    ]  # fmt: skip
    assert rest == [PAYABLE, provider_clearing(BY_HAND), 11] and about not in (None, first, second)
    assert postings.deltas()[PAYABLE, "CNY"] == 0 and postings.deltas()[supplier_payable(OTHER), "CNY"] == 90


@pytest.mark.parametrize(
    ("repaid", "parts"), [(0, [700, 1]), (1, [700]), (2, [699]), (699, [2]), (700, [1]), (701, [])]
)
def test_a_debt_is_repaid_before_and_nobody_is_brought_less_than_nothing(repaid: int, parts: list[int]) -> None:
    postings = Postings()
    for minor in (700, 1):
        postings.post(SHARE, PREPAYMENT, PAYABLE, "CNY", minor, new_uuid())
    if repaid:
        postings.post("debt_repaid", PAYABLE, f"supplier:{MERCHANT}:debt", "CNY", repaid, new_uuid())
    pay_directly(MERCHANT, "CNY", postings, {})
    assert [minor for _, _, minor, _ in direct(postings)] == parts
    assert postings.deltas().get((PAYABLE, "CNY"), 0) == 0


def test_a_batch_that_brings_him_nothing_pays_nothing() -> None:
    postings = Postings()
    pay_directly(MERCHANT, "CNY", postings, {})
    postings.post("recall", PAYABLE, PREPAYMENT, "CNY", 5, new_uuid())
    pay_directly(MERCHANT, "CNY", postings, {})
    assert direct(postings) == []


@pytest.mark.parametrize(
    ("state", "tries", "may"), [("due", 1, True), ("due", 0, False), ("requested", 1, False), ("paid", 2, False)]
)
def test_only_what_the_provider_was_asked_for_is_asked_about(state: str, tries: int, may: bool) -> None:
    who = new_uuid()
    one = Withdrawal(
        PAYOUT_ID.new(), PayeeKind.SUPPLIER, who, ACCOUNT_ID.new(), 9000, 0, state, who, None, False, tries
    )
    assert why_not_look_up(one) == (None if may else NotThisState(state=state))

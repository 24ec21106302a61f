"""Postings: whatever is booked, each asset sums to zero."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuan.kit.ids import new_uuid
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.value.ledger.model import PREPAYMENT, REFUNDS_PAYABLE, Postings, may_overdraw, provider_clearing

codes = st.sampled_from([PREPAYMENT, REFUNDS_PAYABLE, provider_clearing("sandbox"), "platform:income"])
posts = st.tuples(codes, codes, st.sampled_from(["CNY", "EUR", "points"]), st.integers(1, AMOUNT_MINOR_MAX))


@given(st.lists(posts.filter(lambda p: p[0] != p[1]), max_size=20))
def test_balances_of_each_asset_sum_to_zero(booked: list[tuple[str, str, str, int]]) -> None:
    postings = Postings()
    for source, target, asset, amount in booked:
        postings.post("test", source, target, asset, amount, new_uuid())
    deltas = postings.deltas()
    for asset in {a for _, a in deltas}:
        assert sum(delta for (_, a), delta in deltas.items() if a == asset) == 0
    moved = sum(amount for _, target, asset, amount in booked if (target, asset) == (PREPAYMENT, "CNY"))
    left = sum(amount for source, _, asset, amount in booked if (source, asset) == (PREPAYMENT, "CNY"))
    assert deltas.get((PREPAYMENT, "CNY"), 0) == moved - left


@pytest.mark.parametrize("amount", [0, -1, AMOUNT_MINOR_MAX + 1])
def test_an_amount_out_of_bounds_is_not_booked(amount: int) -> None:
    with pytest.raises(AssertionError):
        Postings().post("test", PREPAYMENT, REFUNDS_PAYABLE, "CNY", amount, new_uuid())


def test_nothing_is_booked_from_an_account_to_itself() -> None:
    with pytest.raises(AssertionError):
        Postings().post("test", PREPAYMENT, PREPAYMENT, "CNY", 1, new_uuid())


def test_only_a_provider_may_go_below_zero() -> None:
    assert may_overdraw(provider_clearing("wechat"))
    assert not any(
        may_overdraw(code) for code in (PREPAYMENT, REFUNDS_PAYABLE, "platform:income", "supplier:x:payable")
    )

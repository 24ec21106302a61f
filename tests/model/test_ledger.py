"""Postings: whatever is booked, each asset sums to zero."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuan.kit.ids import new_uuid
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.value.ledger import model
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


def test_a_transfer_says_what_moved_from_where_to_where_and_why() -> None:
    postings, about, again = Postings(), new_uuid(), new_uuid()
    postings.post("captured", provider_clearing("sandbox"), PREPAYMENT, "CNY", AMOUNT_MINOR_MAX, about)
    postings.post("captured", provider_clearing("sandbox"), PREPAYMENT, "EUR", 1, again)
    first, second = postings.transfers
    assert (first.kind, first.from_code, first.to_code) == (
        "captured",
        "provider:sandbox:clearing",
        "buyers:prepayment",
    )
    assert (first.asset, first.amount, first.about) == ("CNY", AMOUNT_MINOR_MAX, about)
    assert (second.asset, second.amount, second.about) == ("EUR", 1, again)
    assert isinstance(first.id, UUID) and first.id != second.id
    assert postings.deltas() == {
        ("provider:sandbox:clearing", "CNY"): -AMOUNT_MINOR_MAX,
        ("buyers:prepayment", "CNY"): AMOUNT_MINOR_MAX,
        ("provider:sandbox:clearing", "EUR"): -1,
        ("buyers:prepayment", "EUR"): 1,
    }


def test_accounts_are_named_as_they_stand_in_the_books() -> None:
    """Written out, since a name that changes would leave its balance behind."""
    who = UUID(int=7)
    assert model.supplier_payable(who) == f"supplier:{who}:payable"
    assert model.supplier_withdrawing(who) == f"supplier:{who}:withdrawing"
    assert model.supplier_debt(who) == f"supplier:{who}:debt"
    assert (model.shop_pending(who), model.shop_payable(who)) == (f"shop:{who}:pending", f"shop:{who}:payable")
    assert model.shop_debt(who) == f"shop:{who}:debt"
    assert model.bearer_discounts("market") == "market:discounts"
    assert model.points_of(who) == f"person:{who}:points"
    assert model.pending_points_of(who) == f"person:{who}:points:pending"
    overdrawn = [model.supplier_debt(who), "market:discounts", model.POINTS_ISSUED, model.POINTS_DEBT]
    assert all(may_overdraw(code) for code in overdrawn)
    kept = [model.supplier_withdrawing(who), model.points_of(who), model.pending_points_of(who), model.TAX_WITHHELD]
    assert not any(may_overdraw(code) for code in kept)


def test_only_a_provider_may_go_below_zero() -> None:
    assert may_overdraw(provider_clearing("wechat"))
    assert not any(
        may_overdraw(code) for code in (PREPAYMENT, REFUNDS_PAYABLE, "platform:income", "supplier:x:payable")
    )

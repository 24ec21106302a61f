"""What a provider states beside what is booked: every way in which they can differ has its name, and nothing else does."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuan.kit.ids import new_uuid
from tuan.trade.reconciliation.model import (
    STATEMENT,
    TICKET,
    Difference,
    Kind,
    Moved,
    Why,
    by_name,
    compare,
    why_different,
)

KEY, OTHER = new_uuid(), new_uuid()
CHARGE = Moved("charge", KEY, "t1", 1000, "CNY")
REFUND = Moved("refund", KEY, "t1", 300, "CNY")
TRANSFER = Moved("transfer", KEY, "n1", 500, "CNY")


@pytest.mark.parametrize(
    ("theirs", "ours", "why"),
    [
        (None, None, None),
        (CHARGE, CHARGE, None),
        (REFUND, REFUND, None),
        (CHARGE, None, Why.NOT_HERE),
        (None, CHARGE, Why.NOT_THERE),
        (CHARGE, replace(CHARGE, amount_minor=999), Why.OTHER_AMOUNT),
        (replace(CHARGE, amount_minor=999), CHARGE, Why.OTHER_AMOUNT),
        (CHARGE, replace(CHARGE, currency="EUR"), Why.OTHER_CURRENCY),
        (replace(CHARGE, amount_minor=1, currency="EUR"), CHARGE, Why.OTHER_CURRENCY),
        (CHARGE, replace(CHARGE, key=OTHER), Why.OTHER_PAYMENT),
        (replace(CHARGE, key=None, currency="EUR"), CHARGE, Why.OTHER_PAYMENT),
        (REFUND, replace(REFUND, transaction="t2"), Why.OTHER_PAYMENT),
        (replace(REFUND, transaction="t2", amount_minor=1), REFUND, Why.OTHER_PAYMENT),
        (REFUND, replace(REFUND, amount_minor=299), Why.OTHER_AMOUNT),
        # A pay-out has the provider's own number, and a charge is known by it: neither is compared.
        (TRANSFER, replace(TRANSFER, transaction="ours"), None),
        (TRANSFER, replace(TRANSFER, amount_minor=501), Why.OTHER_AMOUNT),
        (CHARGE, replace(CHARGE, transaction="t2"), None),
        (REFUND, replace(REFUND, key=OTHER), None),
    ],
)
def test_each_way_to_differ_has_its_name(theirs: Moved | None, ours: Moved | None, why: Why | None) -> None:
    assert why_different(theirs, ours) == why


def test_a_payment_is_known_by_the_providers_number_and_what_goes_out_by_our_key() -> None:
    assert CHARGE.about == "t1"
    assert REFUND.about == TRANSFER.about == KEY.hex
    assert replace(TRANSFER, key=None).about == "n1", "a statement may name none of ours"


def test_what_is_stated_twice_counts_together_and_the_last_line_says_the_rest() -> None:
    again = replace(REFUND, amount_minor=200, transaction="t2")
    assert by_name([REFUND, CHARGE, again]) == {
        ("refund", KEY.hex): replace(again, amount_minor=500),
        ("charge", "t1"): CHARGE,
    }
    assert by_name([]) == {}


def test_differences_stand_in_the_order_of_their_names_with_both_sides() -> None:
    lost = Moved("charge", None, "t9", 70, "EUR")
    theirs = by_name([lost, CHARGE, REFUND])
    ours = by_name([replace(CHARGE, amount_minor=900), TRANSFER, REFUND])
    assert compare({*theirs, *ours}, theirs, ours) == [
        Difference("charge", "t1", Why.OTHER_AMOUNT, 900, 1000, "CNY", KEY),
        Difference("charge", "t9", Why.NOT_HERE, None, 70, "EUR", None),
        Difference("transfer", KEY.hex, Why.NOT_THERE, 500, None, "CNY", KEY),
    ]


def test_where_both_sides_have_it_the_statement_says_what_it_is() -> None:
    stated, booked = replace(CHARGE, currency="EUR", key=OTHER), CHARGE
    (one,) = compare([("charge", "t1")], by_name([stated]), by_name([booked]))
    assert (one.why, one.currency, one.key) == (Why.OTHER_PAYMENT, "EUR", OTHER)


def test_only_what_is_asked_about_is_compared() -> None:
    assert compare([], by_name([CHARGE]), {}) == []
    assert compare([("charge", "t2")], by_name([CHARGE]), {}) == [], "neither side has it"


KINDS: list[Kind] = ["charge", "refund", "transfer"]
KEYS = [UUID(int=number) for number in range(1, 4)]
moves = st.builds(
    Moved, st.sampled_from(KINDS), st.sampled_from([None, *KEYS]), st.sampled_from(["t1", "t2"]), st.integers(1, 9),
    st.sampled_from(["CNY", "EUR"]),
)  # fmt: skip


@given(st.lists(moves), st.lists(moves))
def test_books_agree_with_themselves_and_what_one_side_lacks_is_always_found(
    one: list[Moved], two: list[Moved]
) -> None:
    theirs, ours = by_name(one), by_name(two)
    assert compare(theirs.keys(), theirs, theirs) == []
    assert sum(moved.amount_minor for moved in theirs.values()) == sum(moved.amount_minor for moved in one)
    found = {(d.kind, d.about): d for d in compare({*theirs, *ours}, theirs, ours)}
    assert {name for name, d in found.items() if d.why == Why.NOT_HERE} == theirs.keys() - ours.keys()
    assert {name for name, d in found.items() if d.why == Why.NOT_THERE} == ours.keys() - theirs.keys()
    # The same seen from the other side: theirs and ours change places, and so do the sums.
    turned = {(d.kind, d.about): d for d in compare({*theirs, *ours}, ours, theirs)}
    assert {name: (d.theirs_minor, d.ours_minor) for name, d in turned.items()} == {
        name: (d.ours_minor, d.theirs_minor) for name, d in found.items()
    }


def test_a_ticket_opens_again_when_the_difference_comes_back_and_not_once_somebody_settled_it() -> None:
    assert TICKET.allows("matched", "open") and not TICKET.allows("settled", "open")
    assert TICKET.ends() == {"settled"} and STATEMENT.ends() == set()

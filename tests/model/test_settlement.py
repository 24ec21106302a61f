"""Sharing out: every cent of a kept line goes to somebody, and nobody pays in."""

from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.given.models import NOON
from tuan.kit.ids import new_uuid
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound
from tuan.trade.settlement.errors import (
    AccountInvalid,
    AccountNotActive,
    BalanceTooSmall,
    BelowMinimum,
    CutTooLarge,
    InDebt,
    NotThisState,
    SamePerson,
    TermsInvalid,
)
from tuan.trade.settlement.model import (
    ACCOUNT_ID,
    PAYOUT_ID,
    AccountState,
    Claim,
    Cut,
    HeldFor,
    KeptLine,
    PayeeKind,
    PayoutAccount,
    Rules,
    Terms,
    Wallet,
    Withdrawal,
    held_for,
    kept_of,
    masked,
    needs_two,
    recall_borne,
    settle,
    why_not_account,
    why_not_approve,
    why_not_cut,
    why_not_reject,
    why_not_rules,
    why_not_terms,
    why_not_withdraw,
)
from tuan.value.ledger.model import PLATFORM_INCOME, PREPAYMENT, TAX_WITHHELD, Postings, supplier_payable

SUPPLIER = new_uuid()
shares = st.integers(0, 10_000)


@st.composite
def kept_lines(draw: st.DrawFn) -> tuple[list[KeptLine], Terms]:
    """The lines of one order with all that can be on them, and terms that leave room for their cuts."""
    order, terms, lines = new_uuid(), Terms(draw(shares), draw(shares)), []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        amount = draw(st.integers(0, 10**6))
        freight = draw(st.integers(0, amount))
        refunded = draw(st.integers(0, amount))
        borne = [(bearer, draw(st.integers(0, 10**5))) for bearer in draw(st.sets(st.sampled_from(("market", "shop"))))]
        left = amount - freight - (amount - freight) * terms.fee_permyriad // 10_000
        cuts = []
        for kind in draw(st.sets(st.sampled_from(("commission_1", "commission_2", "leader_fee")))):
            if left:
                cuts.append(Cut(new_uuid(), kind, f"shop:{kind}:payable", draw(st.integers(1, left))))
                left -= cuts[-1].amount_minor
        of_freight = draw(st.integers(max(0, refunded - (amount - freight)), min(freight, refunded)))
        lines.append(KeptLine(order, number, amount, freight, refunded, borne, cuts, refunded_freight_minor=of_freight))
    return lines, terms


@given(kept_lines())
def test_every_cent_of_a_kept_line_goes_to_somebody_and_nobody_pays_in(made: tuple[list[KeptLine], Terms]) -> None:
    lines, terms = made
    postings = Postings()
    claims = settle(SUPPLIER, lines, terms, "CNY", postings, NOON)
    assert [claim.line_number for claim in claims] == [line.number for line in lines]
    for claim, line in zip(claims, lines, strict=True):
        parts = (claim.share_minor, claim.fee_minor, claim.cut_minor, claim.withheld_minor)
        assert min(parts) >= 0, claim
        assert sum(parts) == claim.kept_minor + claim.borne_minor
        assert claim.kept_minor == line.amount_minor - line.refunded_minor
    deltas = postings.deltas()
    assert sum(deltas.values()) == 0
    # All that buyers had paid in for what they kept has left; what others bear went through and out again.
    assert deltas.get((PREPAYMENT, "CNY"), 0) == -sum(claim.kept_minor for claim in claims)
    assert deltas.get((supplier_payable(SUPPLIER), "CNY"), 0) == sum(claim.share_minor for claim in claims)
    assert deltas.get((PLATFORM_INCOME, "CNY"), 0) == sum(claim.fee_minor for claim in claims)
    assert deltas.get((TAX_WITHHELD, "CNY"), 0) == sum(claim.withheld_minor for claim in claims)
    others = sum(
        amount for (code, _), amount in deltas.items() if code.startswith("shop:") and code.endswith("payable")
    )
    assert others == sum(claim.cut_minor for claim in claims)


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.data())
def test_a_part_is_whole_at_the_beginning_nothing_at_the_end_and_never_grows(
    whole: int, of: int, data: st.DataObject
) -> None:
    earlier = data.draw(st.integers(0, of))
    later = data.draw(st.integers(earlier, of))
    assert kept_of(whole, of, 0) == whole and kept_of(whole, of, of) == 0
    assert whole >= kept_of(whole, of, earlier) >= kept_of(whole, of, later) >= 0


def line(**more: object) -> KeptLine:
    return KeptLine(
        **{"order_id": new_uuid(), "number": 1, "amount_minor": 1000, "freight_minor": 0, "refunded_minor": 0} | more
    )  # type: ignore[arg-type]


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.data())
def test_a_price_that_fell_leaves_a_discount_whole_and_lowers_what_was_promised(
    minor: int, amount: int, data: st.DataObject
) -> None:
    """Nothing else went back: who bears a discount owes all of it; a promise is for the money that stayed."""
    lowered = data.draw(st.integers(0, amount - 1))
    fell = line(amount_minor=amount, refunded_minor=lowered, lowered_minor=lowered, units=3)
    assert fell.borne_of(minor) == minor
    assert fell.kept(minor) == minor * (amount - lowered) // amount
    whole_back = line(amount_minor=amount, refunded_minor=amount, lowered_minor=lowered, units=3, returned_units=3)
    assert whole_back.borne_of(minor) == whole_back.kept(minor) == 0


@given(st.integers(0, 10**6), st.integers(1, 99), st.data())
def test_what_others_paid_for_whole_is_counted_by_its_units(minor: int, units: int, data: st.DataObject) -> None:
    back = data.draw(st.integers(0, units))
    paid_by_others = line(amount_minor=0, units=units, returned_units=back)
    assert paid_by_others.borne_of(minor) == paid_by_others.kept(minor) == minor * (units - back) // units


def test_a_line_paid_with_money_is_counted_by_its_money_not_its_units() -> None:
    one = line(amount_minor=1, refunded_minor=0, units=4, returned_units=3)
    assert one.borne_of(100) == one.kept(100) == 100
    fell_by_half = line(amount_minor=1000, refunded_minor=750, lowered_minor=500, units=2, returned_units=1)
    assert (fell_by_half.borne_of(90), fell_by_half.kept(90)) == (45, 22)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(0, 10**6))
def test_sending_that_is_kept_keeps_no_discount_alive(minor: int, goods: int, freight: int) -> None:
    """All the goods came back: nobody owes anything of a discount, whatever was paid for sending."""
    one = line(amount_minor=goods + freight, freight_minor=freight, refunded_minor=goods, returned_units=1)
    assert one.borne_of(minor) == one.kept(minor) == 0


@given(st.data())
def test_what_others_bore_is_recalled_to_the_cent_in_any_number_of_parts(data: st.DataObject) -> None:
    """Of two lines that the same ones bear a part of, with whatever goes back of the sending."""
    borne = [("market", data.draw(st.integers(0, 10**6))), ("organisation", data.draw(st.integers(0, 10**6)))]
    lines, back = {}, Counter[str]()
    for number in (1, 2):
        goods, freight, units = (data.draw(st.integers(low, most)) for low, most in ((0, 10**6), (0, 10**4), (1, 9)))
        lines[number] = line(amount_minor=goods + freight, freight_minor=freight, units=units, borne=borne)
    for is_last in [*[False] * data.draw(st.integers(0, 3)), True]:
        parts = []
        for number, left in lines.items():
            units_left = left.units - left.returned_units
            count = units_left if is_last else data.draw(st.integers(0, units_left))
            money = (left.goods_minor - left.goods_back_minor) * count // max(units_left, 1)
            sent = data.draw(st.integers(0, left.freight_minor - left.refunded_freight_minor))
            parts.append((number, count, money, sent))
        back.update(recall_borne(lines, parts))
    assert back == Counter({bearer: 2 * minor for bearer, minor in borne if minor})


def test_a_supplier_gets_what_was_kept_less_fee_and_tax() -> None:
    (claim,) = settle(SUPPLIER, [line(refunded_minor=333)], Terms(200, 1000), "CNY", Postings(), NOON)
    assert (claim.kept_minor, claim.fee_minor, claim.withheld_minor, claim.share_minor) == (667, 13, 65, 589)


def test_a_claim_says_whose_and_what_it_is_and_each_transfer_what_it_is_for() -> None:
    lines = [
        line(
            borne=[("market", 100), ("shop", 1)], cuts=[Cut(new_uuid(), "commission_1", "shop:1:payable", 50)], number=4
        )
    ]
    postings = Postings()
    (claim,) = settle(SUPPLIER, lines, Terms(200, 1000), "CNY", postings, NOON)
    order = lines[0].order_id
    assert claim == Claim(order, 4, SUPPLIER, 1000, 101, 22, 50, 102, 927, NOON)
    cut = lines[0].cuts[0].id
    assert [(t.kind, t.from_code, t.to_code, t.asset, t.amount, t.about) for t in postings.transfers] == [
        ("borne_by_market", "market:discounts", PREPAYMENT, "CNY", 100, order),
        ("borne_by_shop", "shop:discounts", PREPAYMENT, "CNY", 1, order),
        ("commission_1", PREPAYMENT, "shop:1:payable", "CNY", 50, cut),
        ("supplier_share", PREPAYMENT, supplier_payable(SUPPLIER), "CNY", 927, order),
        ("platform_fee", PREPAYMENT, PLATFORM_INCOME, "CNY", 22, order),
        ("tax_withheld", PREPAYMENT, TAX_WITHHELD, "CNY", 102, order),
    ]


def test_lines_of_an_order_are_booked_together_and_what_went_back_is_not_booked() -> None:
    order = new_uuid()
    cut = Cut(new_uuid(), "commission_1", "shop:1:payable", 50)
    lines = [
        line(order_id=order, borne=[("market", 100)], freight_minor=300, refunded_minor=333, refunded_freight_minor=99),
        line(order_id=order, borne=[("market", 50)], number=2),
        line(order_id=order, refunded_minor=1000, borne=[("shop", 9)], cuts=[cut], number=3),
    ]
    postings = Postings()
    claims = settle(SUPPLIER, lines, Terms(1000, 0), "CNY", postings, NOON)
    # Of the freight a third went back along: 300 - 99 = 201, so the fee is of 667 - 201 + 66.
    assert [(c.kept_minor, c.borne_minor, c.fee_minor, c.share_minor) for c in claims] == [
        (667, 66, 53, 680), (1000, 50, 105, 945), (0, 0, 0, 0),
    ]  # fmt: skip
    assert all(isinstance(c.fee_minor, int) for c in claims)
    assert [(t.kind, t.amount) for t in postings.transfers] == [
        ("borne_by_market", 116), ("supplier_share", 1625), ("platform_fee", 158),
    ]  # fmt: skip


def test_a_part_of_the_largest_amount_is_a_whole_number() -> None:
    """No float on the way: 53 bits are not enough for such a product."""
    biggest = line(amount_minor=AMOUNT_MINOR_MAX, freight_minor=AMOUNT_MINOR_MAX - 1, refunded_minor=1)
    (claim,) = settle(SUPPLIER, [biggest], Terms(10_000, 0), "CNY", Postings(), NOON)
    assert claim.fee_minor == 0 and claim.share_minor == AMOUNT_MINOR_MAX - 1
    assert why_not_cut(line(amount_minor=AMOUNT_MINOR_MAX), Terms(0, 0), [cut_of(AMOUNT_MINOR_MAX)]) is None
    refusal = why_not_cut(line(amount_minor=AMOUNT_MINOR_MAX + 1), Terms(0, 0), [cut_of(AMOUNT_MINOR_MAX + 1)])
    assert refusal == CutTooLarge(most_minor=AMOUNT_MINOR_MAX + 1)


def cut_of(amount_minor: int) -> Cut:
    return Cut(new_uuid(), "commission_1", "shop:1:payable", amount_minor)


def test_a_discount_that_the_market_bears_is_paid_to_the_supplier_by_the_market() -> None:
    postings = Postings()
    (claim,) = settle(SUPPLIER, [line(borne=[("market", 100)])], Terms(0, 0), "CNY", postings, NOON)
    assert claim.share_minor == 1100
    assert postings.deltas()["market:discounts", "CNY"] == -100


def test_the_fee_is_of_the_goods_and_not_of_the_freight() -> None:
    (claim,) = settle(SUPPLIER, [line(freight_minor=500)], Terms(1000, 0), "CNY", Postings(), NOON)
    assert claim.fee_minor == 50


@given(st.integers(1, 10**6), st.integers(0, 10**4), st.data())
def test_freight_promises_nothing(goods: int, freight: int, data: st.DataObject) -> None:
    """A cut is of the goods: it goes with their last cent, and stays whole when only the freight went back."""
    minor, back = data.draw(st.integers(1, goods)), data.draw(st.integers(0, goods))
    one = line(amount_minor=goods + freight, freight_minor=freight, refunded_minor=back)
    assert one.kept(minor) == minor * (goods - back) // goods
    only_freight = line(
        amount_minor=goods + freight, freight_minor=freight, refunded_minor=freight, refunded_freight_minor=freight
    )
    assert only_freight.kept(minor) == minor


def test_no_more_is_promised_than_the_fee_leaves() -> None:
    terms, cut = Terms(200, 0), cut_of
    assert why_not_cut(line(), terms, [cut(980)]) is None
    assert why_not_cut(line(), terms, [cut(981)]) == CutTooLarge(most_minor=980)
    assert why_not_cut(line(cuts=[cut(900)]), terms, [cut(81)]) == CutTooLarge(most_minor=980)
    assert why_not_cut(line(freight_minor=1000), terms, [cut(1)]) == CutTooLarge(most_minor=0)


@pytest.mark.parametrize("terms", [Terms(-1, 0), Terms(10_001, 0), Terms(0, -1), Terms(0, 10_001)])
def test_no_share_is_below_nothing_or_above_all(terms: Terms) -> None:
    refusal = why_not_terms(terms)
    assert refusal is not None and refusal.data == {"most": 10_000}


def test_all_and_nothing_are_shares() -> None:
    assert why_not_terms(Terms(0, 0)) is why_not_terms(Terms(10_000, 10_000)) is None


RULES = Rules(100, 50, 5000)


def account(state: str = "active") -> PayoutAccount:
    return PayoutAccount(
        ACCOUNT_ID.new(), PayeeKind.SUPPLIER, SUPPLIER, "sandbox", "transfer", "果园", "6222021234567890", state
    )


@pytest.mark.parametrize(
    ("to", "wallet", "amount", "refusal"),
    [
        (account(), Wallet(1000, 0), 1000, None),
        (account(), Wallet(100, 0), 100, None),
        (None, Wallet(1000, 0), 1000, NotFound()),
        (account("checking"), Wallet(1000, 0), 100, AccountNotActive(state="checking")),
        (account("restricted"), Wallet(1000, 0), 100, AccountNotActive(state="restricted")),
        (account(), Wallet(1000, 1), 100, InDebt(debt_minor=1)),
        (account(), Wallet(1000, 0), 99, BelowMinimum(least_minor=100)),
        (account(), Wallet(1000, 0), -100, BelowMinimum(least_minor=100)),
        (account(), Wallet(1000, 0), 1001, BalanceTooSmall(left_minor=1000)),
    ],
)
def test_money_goes_out_only_from_what_is_there_to_an_account_that_was_checked(
    to: PayoutAccount | None, wallet: Wallet, amount: int, refusal: object
) -> None:
    assert why_not_withdraw(to, wallet, amount, RULES) == refusal


def withdrawal(asked: UUID, approved: UUID | None = None, state: str = "requested") -> Withdrawal:
    return Withdrawal(
        PAYOUT_ID.new(), PayeeKind.SUPPLIER, SUPPLIER, ACCOUNT_ID.new(), 9000, 0, state, asked, approved, True, 0
    )


def test_nobody_agrees_to_his_own_withdrawal_or_twice() -> None:
    asker, first, second = new_uuid(), new_uuid(), new_uuid()
    fine = (AccountState.ACTIVE, 0)
    assert why_not_approve(withdrawal(asker), *fine, first) is None
    assert why_not_approve(withdrawal(asker), *fine, asker) == SamePerson()
    assert why_not_approve(withdrawal(asker, first), *fine, first) == SamePerson()
    assert why_not_approve(withdrawal(asker, first), *fine, second) is None
    assert why_not_approve(withdrawal(asker, state="due"), *fine, first) == NotThisState(state="due")


def test_nobody_agrees_to_money_for_somebody_who_owes_or_to_an_account_that_is_not_active() -> None:
    asker, first = new_uuid(), new_uuid()
    assert why_not_approve(withdrawal(asker), AccountState.ACTIVE, 1, first) == InDebt(debt_minor=1)
    for state in set(AccountState) - {AccountState.ACTIVE}:
        assert why_not_approve(withdrawal(asker), state, 0, first) == AccountNotActive(state=state)
        assert held_for("due", state, 1) == held_for("requested", state, 0) == HeldFor.ACCOUNT
    assert held_for("due", AccountState.ACTIVE, 1) == HeldFor.DEBT
    assert held_for("due", AccountState.ACTIVE, 0) is held_for("paid", AccountState.REMOVED, 1) is None


def test_what_the_provider_was_never_asked_for_may_be_rejected() -> None:
    asker = new_uuid()
    due = withdrawal(asker, new_uuid(), "due")
    assert why_not_reject(withdrawal(asker)) is why_not_reject(due) is None
    assert why_not_reject(replace(due, tries=1)) == NotThisState(state="due")
    assert why_not_reject(withdrawal(asker, state="paid")) == NotThisState(state="paid")


@pytest.mark.parametrize(
    ("asked", "before", "two"), [(500, 0, False), (501, 0, True), (250, 250, False), (1, 500, True)]
)
def test_what_was_asked_for_on_the_same_day_counts_for_the_limit(asked: int, before: int, two: bool) -> None:
    assert needs_two(asked, before, Rules(100, 0, 500)) is two


@pytest.mark.parametrize(
    ("holder", "number", "mode", "field"),
    [
        ("果园", "6222", "transfer", None), ("x" * 80, "x" * 64, "split", None), ("李", "6", "split", None), (" ", "6222", "direct", "holder"),
        ("x" * 81, "6222", "transfer", "holder"), ("果园", " ", "direct", "number"), ("果园", "x" * 65, "direct", "number"),
        ("果园", "62\n22", "transfer", "number"), ("果园", "6222", "wallet", "mode"),
    ],
)  # fmt: skip
def test_an_account_says_whose_it_is(holder: str, number: str, mode: str, field: str | None) -> None:
    assert why_not_account(holder, number, mode) == (AccountInvalid(field=field) if field else None)


@pytest.mark.parametrize(
    ("number", "shown"), [("6222021234", "••••••1234"), ("12345", "•2345"), ("1234", "••••"), ("", "")]
)
def test_of_a_number_only_its_end_is_shown(number: str, shown: str) -> None:
    assert masked(number) == shown


@pytest.mark.parametrize(
    ("rules", "fits"),
    [
        (Rules(1, 0, 0), True), (Rules(AMOUNT_MINOR_MAX, 10_000, AMOUNT_MINOR_MAX), True), (Rules(0, 0, 0), False),
        (Rules(1, -1, 0), False), (Rules(1, 10_001, 0), False), (Rules(1, 0, -1), False),
        (Rules(AMOUNT_MINOR_MAX + 1, 0, 0), False), (Rules(1, 0, AMOUNT_MINOR_MAX + 1), False),
        (Rules(1, 0, 0, claim_days=7), True), (Rules(1, 0, 0, claim_days=6), False),
        (Rules(1, 0, 0, claim_days=3650), True), (Rules(1, 0, 0, claim_days=3651), False),
    ],
)  # fmt: skip
def test_rules_of_withdrawals_stay_within_bounds(rules: Rules, fits: bool) -> None:
    assert why_not_rules(rules) == (None if fits else TermsInvalid(most=10_000))

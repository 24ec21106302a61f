"""A coupon given on: by its owner, once, to whoever has the link first, within what that person may have."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given.models import NOON, coupons_of
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refusal
from tuan.value.promotions.errors import (
    CouponOver,
    CouponSpent,
    GiftGone,
    NewcomersOnly,
    NotGiftable,
    TakenEnough,
    TakenToday,
)
from tuan.value.promotions.model import CouponState
from tuan.value.promotions.model.gifts import GIFT, Gift, Gifts, GiftState, TakeGift, why_not_give

DAY = timedelta(days=1)
CODE = "abc"


class Given:
    """One coupon that its owner offers by a link, and what is known of who takes it."""

    def __init__(self, **template: Any) -> None:
        self.coupons = coupons_of(1)
        (self.row,) = self.coupons.rows.values()
        (kind,) = self.coupons.templates.values()
        self.kind = replace(kind, **{"giftable": True, "per_person": 2} | template)
        self.coupons.templates = {kind.id: self.kind}
        self.row.state = CouponState.OFFERED
        self.giver, self.taker = self.row.person_id, new_uuid()
        self.gift = Gift(GIFT.new(), self.row.id, kind.id, self.giver, CODE, GiftState.OPEN, NOON)

    def gifts(self, *, had: tuple[int, int] | None = None, old: tuple[UUID, ...] = (), now: Any = NOON) -> Gifts:
        counts = {} if had is None else {(self.kind.id, self.taker): had}
        return Gifts([self.gift], self.coupons, {self.kind.id: self.kind}, counts, old, now)

    def take(self, gifts: Gifts, *, who: UUID | None = None, code: str = CODE) -> Any:
        return gifts.take(TakeGift(who or self.taker, "k", code))


def test_whoever_has_the_link_has_the_coupon_and_it_counts_as_his() -> None:
    one = Given(per_day=2)
    gifts = one.gifts(had=(1, 1))
    assert one.take(gifts) == one.row.id
    assert (one.row.state, one.row.person_id, one.row.number) == (CouponState.FREE, one.taker, 2)
    assert gifts.counts == {(one.kind.id, one.taker): (2, 2)} and gifts.changed == [one.gift]
    assert (one.gift.state, one.gift.before) == (GiftState.TAKEN, GiftState.OPEN)
    assert (one.gift.taker_id, one.gift.ended_at) == (one.taker, NOON)
    assert one.take(gifts, who=new_uuid()) == GiftGone()


def test_the_first_of_its_kind_is_number_one_and_is_had_where_one_is_allowed() -> None:
    one = Given(per_person=1, per_day=1)
    gifts = one.gifts()
    assert one.take(gifts) == one.row.id
    assert one.row.number == 1 and gifts.counts == {(one.kind.id, one.taker): (1, 1)}


def test_a_link_that_is_none_and_ones_own_lead_nowhere() -> None:
    one = Given()
    gifts = one.gifts()
    assert one.take(gifts, code="abd") == NotFound() and one.take(gifts, who=one.giver) == NotFound()
    assert gifts.changed == [] and one.row.person_id == one.giver


@pytest.mark.parametrize(
    ("template", "known", "refusal"),
    [
        ({}, {"had": (2, 0)}, TakenEnough(most=2)),
        ({"per_day": 1}, {"had": (1, 1)}, TakenToday(most=1)),
        ({}, {"now": NOON + 9 * DAY}, CouponOver()),
        ({}, {"now": NOON - timedelta(microseconds=1)}, CouponOver()),
    ],
)
def test_what_one_may_not_have_is_not_taken_as_a_gift(
    template: dict[str, Any], known: dict[str, Any], refusal: Refusal
) -> None:
    one = Given(**template)
    gifts = one.gifts(**known)
    assert one.take(gifts) == refusal
    assert gifts.changed == [] and (one.row.state, one.row.person_id) == (CouponState.OFFERED, one.giver)


def test_a_coupon_for_newcomers_is_no_gift_for_an_old_customer() -> None:
    one = Given(newcomers=True)
    assert one.take(one.gifts(old=(one.taker,))) == NewcomersOnly()
    assert one.take(one.gifts(old=(one.giver,))) == one.row.id


@pytest.mark.parametrize("gift", [GiftState.TAKEN, GiftState.WITHDRAWN])
def test_a_gift_that_ended_is_gone(gift: GiftState) -> None:
    one = Given()
    one.gift.state = gift
    assert one.take(one.gifts()) == GiftGone()
    with pytest.raises(AssertionError, match="no move"):
        one.gifts().end(one.gift, GiftState.TAKEN)


def test_a_coupon_that_is_offered_no_more_is_gone() -> None:
    one = Given()
    one.row.state = CouponState.FREE
    assert one.take(one.gifts()) == GiftGone()


def test_what_is_withdrawn_ends_now() -> None:
    one = Given()
    gifts = one.gifts(now=NOON + DAY)
    gifts.end(one.gift, GiftState.WITHDRAWN)
    assert (one.gift.state, one.gift.before, one.gift.ended_at) == (GiftState.WITHDRAWN, GiftState.OPEN, NOON + DAY)
    assert gifts.changed == [one.gift] and one.gift.taker_id is None


def test_a_coupon_is_given_on_by_its_owner_once() -> None:
    one = Given()
    one.row.state = CouponState.FREE
    ended = replace(one.gift, state=GiftState.WITHDRAWN)
    taken = replace(one.gift, state=GiftState.TAKEN)
    assert why_not_give(one.coupons, one.row.id, one.giver, [], NOON) is None
    assert why_not_give(one.coupons, one.row.id, one.giver, [ended], NOON) is None
    assert why_not_give(one.coupons, one.row.id, one.giver, [ended, taken], NOON) == NotGiftable()
    assert why_not_give(one.coupons, one.row.id, one.taker, [], NOON) is not None
    assert why_not_give(one.coupons, one.row.id, one.giver, [], NOON + 9 * DAY) == CouponOver()
    one.row.state = CouponState.USED
    assert why_not_give(one.coupons, one.row.id, one.giver, [], NOON) == CouponSpent()


def test_a_kind_that_may_not_be_given_stays() -> None:
    one = Given(giftable=False)
    one.row.state = CouponState.FREE
    assert why_not_give(one.coupons, one.row.id, one.giver, [], NOON) == NotGiftable()

"""Coupons: which terms may be launched, who may take one, and what becomes of it until it is used or free again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given.models import NOON
from tuan.kit.holds import HoldEndedTwice
from tuan.kit.ids import new_uuid
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal
from tuan.people.compliance.model import CHANNELS, Channel, Trigger
from tuan.value.promotions.errors import (
    CouponLocked,
    CouponOver,
    CouponSpent,
    FriendsTooLate,
    HelpedAlready,
    NewcomersOnly,
    NotInChannel,
    NotOffered,
    TakenAll,
    TakenEnough,
    TakenToday,
    TemplateInvalid,
)
from tuan.value.promotions.model import (
    COUPON,
    TEMPLATE,
    Coupon,
    CouponHold,
    Coupons,
    CouponState,
    CouponTerms,
    NewTemplate,
    Scope,
    TakeCoupon,
    Taking,
    Template,
    TemplateState,
    Way,
)
from tuan.value.promotions.model.coupons import SCOPE_MAX, why_not_launch_template
from tuan.value.promotions.model.taking import Help, decode_taken

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
WHO, FRIEND, CHECKOUT = new_uuid(), new_uuid(), new_uuid()
C = CouponState

# ── terms ──
NEW = NewTemplate("立减", NOON, NOON + DAY, off_minor=100, valid_seconds=86_400)
SHARE = replace(NEW, off_minor=0, off_permyriad=500)
CODED = replace(NEW, way=Way.CODE, code="SPRING")
FRIENDLY = replace(NEW, way=Way.FRIENDS, friends=1)
IDS = tuple(new_uuid() for _ in range(SCOPE_MAX + 1))


@pytest.mark.parametrize(
    "new",
    [
        NEW, SHARE, CODED, FRIENDLY, replace(NEW, name="x"), replace(NEW, name="x" * 60), replace(NEW, off_minor=1),
        replace(NEW, off_minor=AMOUNT_MINOR_MAX), replace(SHARE, off_permyriad=1), replace(SHARE, off_permyriad=10_000),
        replace(SHARE, cap_minor=1), replace(SHARE, cap_minor=AMOUNT_MINOR_MAX), replace(NEW, threshold_minor=AMOUNT_MINOR_MAX),
        replace(NEW, starts_at=NOON + DAY - SECOND), replace(NEW, starts_at=NOON - DAY, ends_at=NOON + SECOND),
        replace(NEW, valid_seconds=None, valid_until=NEW.ends_at), replace(NEW, valid_seconds=1),
        replace(NEW, valid_seconds=366 * 86_400), replace(CODED, code="x" * 32), replace(FRIENDLY, friends=20),
        replace(NEW, way=Way.GRANTED), replace(NEW, total=1), replace(NEW, total=100_000_000), replace(NEW, per_person=100),
        replace(FRIENDLY, friends_new=True), replace(FRIENDLY, gather_seconds=1), replace(FRIENDLY, gather_seconds=366 * 86_400),
        replace(NEW, per_day=1), replace(NEW, per_day=100), replace(NEW, include=IDS[1:], exclude=IDS[1:]),
        replace(NEW, bearer="shop"), replace(NEW, bearer="market"), replace(NEW, supplier=IDS[0]),
    ],
)  # fmt: skip
def test_terms_within_their_bounds_are_launched(new: NewTemplate) -> None:
    assert why_not_launch_template(new, NOON) is None


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (replace(NEW, name="  "), "name"), (replace(NEW, name="x" * 61), "name"), (replace(NEW, off_minor=-1), "off_minor"),
        (replace(NEW, off_minor=AMOUNT_MINOR_MAX + 1), "off_minor"), (replace(NEW, off_minor=0), "off_minor"),
        (replace(NEW, off_permyriad=1), "off_minor"), (replace(SHARE, off_permyriad=10_001), "off_permyriad"),
        (replace(SHARE, off_permyriad=-1), "off_permyriad"), (replace(SHARE, cap_minor=0), "cap_minor"),
        (replace(SHARE, cap_minor=AMOUNT_MINOR_MAX + 1), "cap_minor"), (replace(NEW, cap_minor=5), "cap_minor"),
        (replace(NEW, threshold_minor=-1), "threshold_minor"), (replace(NEW, threshold_minor=AMOUNT_MINOR_MAX + 1), "threshold_minor"),
        (replace(NEW, starts_at=NEW.ends_at), "ends_at"), (replace(NEW, starts_at=NOON - DAY, ends_at=NOON), "ends_at"),
        (replace(NEW, valid_seconds=None), "valid_until"), (replace(NEW, valid_until=NEW.ends_at), "valid_until"),
        (replace(NEW, valid_seconds=None, valid_until=NEW.ends_at - SECOND), "valid_until"),
        (replace(NEW, valid_seconds=0), "valid_until"), (replace(NEW, valid_seconds=366 * 86_400 + 1), "valid_until"),
        (replace(NEW, way="post"), "way"), (replace(NEW, code="SPRING"), "code"), (replace(CODED, code=None), "code"),
        (replace(CODED, code=""), "code"), (replace(CODED, code="x" * 33), "code"), (replace(NEW, friends=1), "friends"),
        (replace(FRIENDLY, friends=0), "friends"), (replace(FRIENDLY, friends=21), "friends"), (replace(NEW, total=0), "total"),
        (replace(NEW, total=100_000_001), "total"), (replace(NEW, per_person=0), "per_person"),
        (replace(NEW, per_person=101), "per_person"), (replace(NEW, per_day=0), "per_day"), (replace(NEW, per_day=101), "per_day"),
        (replace(NEW, friends_new=True), "friends_new"), (replace(NEW, gather_seconds=1), "gather_seconds"),
        (replace(FRIENDLY, gather_seconds=0), "gather_seconds"), (replace(FRIENDLY, gather_seconds=366 * 86_400 + 1), "gather_seconds"),
        (replace(NEW, include=IDS), "include"), (replace(NEW, exclude=IDS), "include"), (replace(NEW, bearer="friend"), "bearer"),
        (replace(NEW, bearer="market", supplier=IDS[0]), "bearer"),
    ],
)  # fmt: skip
def test_terms_out_of_their_bounds_say_which(new: NewTemplate, field: str) -> None:
    assert why_not_launch_template(new, NOON) == TemplateInvalid(field=field)


def template(**more: Any) -> Template:
    made = Template(TEMPLATE.new(), "立减", None, "market", 100, 0, None, 0, (), (), True, Way.CENTRE, False, 0, NOON - DAY,
                    NOON + DAY, None, 3600, None, 0, 9, None, TemplateState.RUNNING)  # fmt: skip
    return replace(made, **more)


def test_a_quote_gets_the_terms_and_their_scope_and_never_whose_it_is() -> None:
    named, left_out, seller = new_uuid(), new_uuid(), new_uuid()
    one = template(supplier_id=seller, bearer="supplier", off_minor=0, off_permyriad=500, cap_minor=70, threshold_minor=9,
                   covers=[str(named)], leaves_out=[str(left_out)], stacks=False)  # fmt: skip
    row = coupon(one)
    scope = Scope(frozenset((named,)), frozenset((left_out,)), seller)
    assert Coupons([row], {one.id: one}).terms(row.id) == CouponTerms(row.id, 0, 500, 70, 9, scope, "supplier", False)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({}, None), ({"starts_at": NOON}, None), ({"starts_at": NOON + SECOND}, NotOffered()), ({"ends_at": NOON}, NotOffered()),
        ({"state": TemplateState.ENDED}, NotOffered()), ({"total": 5, "taken": 4}, None), ({"total": 5, "taken": 5}, TakenAll()),
    ],
)  # fmt: skip
def test_it_is_offered_for_its_time_and_while_there_are_some(more: dict[str, Any], refusal: Refusal | None) -> None:
    assert template(**more).why_not_offer(NOON) == refusal


# ── taking ──
def taking(*templates: Template, **more: Any) -> Taking:
    words: dict[str, Any] = {
        "codes": {},
        "counts": {},
        "starters": Coupons([]),
        "old_customers": (),
        "now": NOON,
    } | more
    return Taking(templates, **words)


def take(**more: Any) -> TakeCoupon:
    return TakeCoupon(WHO, new_uuid().hex, **more)


def test_what_is_taken_is_free_and_counted_and_lasts_as_long_as_it_says() -> None:
    one = template()
    hand = taking(one, counts={(one.id, WHO): (2, 1)})
    got = hand.take(take(template=one.id))
    assert isinstance(got, Coupon) and hand.new == [got] and isinstance(got.id, UUID)
    assert (got.template_id, got.person_id, got.state, got.number) == (one.id, WHO, C.FREE, 3)
    assert (got.taken_at, got.valid_from, got.valid_until) == (NOON, NOON, NOON + timedelta(hours=1))
    assert (got.friends_missing, got.about, one.taken) == (0, None, 1)
    assert hand.counts == {(one.id, WHO): (3, 2)} and hand.touched == {one.id: one}
    until = template(valid_until=NOON + 9 * DAY, valid_seconds=None)
    assert taking(until).give(until, FRIEND, 0).valid_until == NOON + 9 * DAY


def test_the_first_one_has_the_first_number() -> None:
    one = template()
    hand = taking(one)
    assert [hand.give(one, WHO, 0).number for _ in range(2)] == [1, 2]
    assert hand.counts == {(one.id, WHO): (2, 2)} and one.taken == 2


@pytest.mark.parametrize(
    ("more", "counts", "refusal"),
    [
        ({"ends_at": NOON}, (0, 0), NotOffered()),
        ({"per_person": 2}, (1, 1), None), ({"per_person": 2}, (2, 0), TakenEnough(most=2)),
        ({"per_day": 2}, (5, 1), None), ({"per_day": 2}, (5, 2), TakenToday(most=2)),
        ({"way": Way.GRANTED}, (0, 0), NotFound()), ({"way": Way.CODE}, (0, 0), NotFound()),
    ],
)  # fmt: skip
def test_one_takes_as_many_as_one_may(more: dict[str, Any], counts: tuple[int, int], refusal: Refusal | None) -> None:
    one = template(**more)
    hand = taking(one, counts={(one.id, WHO): counts})
    got = hand.take(take(template=one.id))
    assert isinstance(got, Coupon) if refusal is None else got == refusal
    assert len(hand.new) == one.taken == (refusal is None)


def test_who_has_none_yet_takes_his_first() -> None:
    one = template(per_person=1, per_day=1)
    hand = taking(one)
    assert isinstance(hand.take(take(template=one.id)), Coupon)
    assert hand.take(take(template=one.id)) == TakenEnough(most=1)


def test_for_newcomers_means_nobody_who_has_bought_before() -> None:
    one, other = template(newcomers=True), template()
    assert taking(one, old_customers=[WHO]).take(take(template=one.id)) == NewcomersOnly()
    assert isinstance(taking(one, old_customers=[FRIEND]).take(take(template=one.id)), Coupon)
    assert isinstance(taking(other, old_customers=[WHO]).take(take(template=other.id)), Coupon)


def test_a_code_finds_its_coupon_and_only_a_code_does() -> None:
    coded, open_one = template(way=Way.CODE), template()
    hand = taking(coded, open_one, codes={"SPRING": coded.id, "GONE": TEMPLATE.new()})
    got = hand.take(take(code="SPRING"))
    assert isinstance(got, Coupon) and got.template_id == coded.id
    for wrong in (take(code="AUTUMN"), take(code="GONE"), take(template=coded.id), take(template=new_uuid()), take()):
        assert hand.take(wrong) == NotFound()
    assert hand.take(take(code="AUTUMN", template=open_one.id)) == NotFound(), "a wrong code is no wish for another"


def test_the_house_gives_whatever_the_way_but_within_the_limits() -> None:
    for way in Way:
        one = template(way=way, friends=2)
        got = taking(one).grant(one.id, WHO)
        assert isinstance(got, Coupon) and (got.state, got.friends_missing, got.person_id) == (C.FREE, 0, WHO)
    one = template(per_person=1)
    assert taking(one).grant(TEMPLATE.new(), WHO) == NotFound()
    assert taking(one, counts={(one.id, WHO): (1, 0)}).grant(one.id, WHO) == TakenEnough(most=1)


def test_the_first_waits_for_friends_and_the_last_of_them_opens_his() -> None:
    one = template(way=Way.FRIENDS, friends=2)
    mine = taking(one).take(TakeCoupon(FRIEND, "k", one.id))
    assert isinstance(mine, Coupon) and (mine.state, mine.friends_missing) == (C.LOCKED, 2)
    for left, state in ((1, C.LOCKED), (0, C.FREE), (0, C.FREE)):
        starters = Coupons([mine], {one.id: one})
        got = taking(one, starters=starters).take(take(template=one.id, starter=mine.id))
        assert isinstance(got, Coupon) and got.state == C.FREE, "who comes later gets his all the same"
        assert (mine.friends_missing, mine.state) == (left, state)
    assert starters.changed == {}


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("way", [Way.FRIENDS, Way.CENTRE])
def test_what_friends_open_is_taken_only_where_the_owner_of_the_place_lets_it(channel: Channel, way: Way) -> None:
    """Of the first and of a friend alike; what waits for nobody is taken everywhere."""
    one = template(way=way, friends=2 if way == Way.FRIENDS else 0)
    article = CHANNELS[channel].refused.get(Trigger.RECRUIT, "") if way == Way.FRIENDS else ""
    assert bool(article) == (way == Way.FRIENDS and channel in (Channel.WECHAT_H5, Channel.WECHAT_MP))
    told = NotInChannel(channel=channel, rule="pay_for_shares", article=article)
    hand = taking(one)
    mine = hand.take(TakeCoupon(FRIEND, "k", one.id, channel=channel))
    assert mine == told if article else isinstance(mine, Coupon)
    assert (one.taken, len(hand.new)) == ((0, 0) if article else (1, 1))
    if way == Way.FRIENDS:
        first = taking(one).take(TakeCoupon(FRIEND, "k", one.id))
        assert isinstance(first, Coupon)
        second = taking(one, starters=Coupons([first], {one.id: one}))
        got = second.take(take(template=one.id, starter=first.id, channel=channel))
        assert got == told if article else isinstance(got, Coupon)
        assert first.friends_missing == (2 if article else 1)


def test_friends_have_a_time_help_once_and_may_have_to_be_new() -> None:
    one = template(way=Way.FRIENDS, friends=2, gather_seconds=60, friends_new=True)
    mine = taking(one).take(TakeCoupon(FRIEND, "k", one.id))
    assert isinstance(mine, Coupon) and mine.open_until == NOON + timedelta(seconds=60)
    free = taking(one).grant(one.id, FRIEND)
    assert isinstance(free, Coupon) and free.open_until is None, "what waits for nobody has no such time"

    def help_with(**more: Any) -> Any:
        hand = taking(one, starters=Coupons([mine], {one.id: one}), **more)
        return hand.take(take(template=one.id, starter=mine.id)), hand

    assert help_with(now=NOON + timedelta(seconds=60))[0] == FriendsTooLate()
    assert help_with(helped=[(mine.id, WHO)])[0] == HelpedAlready()
    assert help_with(old_customers=[WHO])[0] == NewcomersOnly()
    got, hand = help_with(now=NOON + timedelta(seconds=59), helped=[(mine.id, FRIEND)])
    assert isinstance(got, Coupon) and mine.friends_missing == 1
    assert hand.helps == [Help(mine.id, WHO, NOON + timedelta(seconds=59))] and (mine.id, WHO) in hand.helped
    assert hand.take(take(template=one.id, starter=mine.id)) == HelpedAlready()
    mine.state = C.FREE
    assert isinstance(help_with(now=NOON + timedelta(seconds=99))[0], Coupon), "it is open already"


def test_a_gift_waits_for_whoever_has_its_link_and_is_his_from_then_on() -> None:
    row = coupon(template())
    some = Coupons([row])
    some.offer(row.id)
    assert (row.state, row.before, some.changed) == (C.OFFERED, C.FREE, {row.id: row})
    assert some.why_not_hold(row.id) == CouponSpent()
    some.withdraw(row.id)
    assert (row.state, row.person_id) == (C.FREE, WHO)
    some.offer(row.id)
    some.hand_over(row.id, FRIEND, 3)
    assert (row.state, row.person_id, row.number) == (C.FREE, FRIEND, 3)


def test_nobody_helps_himself_or_a_coupon_of_another_kind() -> None:
    one, other = template(way=Way.FRIENDS, friends=1), template(way=Way.FRIENDS, friends=1)
    mine, theirs = coupon(one, state=C.LOCKED), coupon(other, person=FRIEND, state=C.LOCKED)
    hand = taking(one, starters=Coupons([mine, theirs]))
    for wrong in (mine.id, theirs.id, new_uuid()):
        assert hand.take(take(template=one.id, starter=wrong)) == NotFound()
    assert hand.new == [] and one.taken == 0


def test_what_was_taken_is_remembered_by_its_id() -> None:
    one = COUPON.new()
    assert decode_taken(str(one)) == one


# ── using ──
def coupon(of: Template, *, person: UUID = WHO, state: CouponState = C.FREE, **more: Any) -> Coupon:
    made = Coupon(COUPON.new(), of.id, person, state, NOON - DAY, NOON - DAY, NOON + DAY)
    return replace(made, **more)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({}, None), ({"person_id": FRIEND}, NotFound()), ({"state": C.LOCKED, "friends_missing": 3}, CouponLocked(friends=3)),
        ({"valid_from": NOON}, None), ({"valid_from": NOON + SECOND}, CouponOver()), ({"valid_until": NOON}, CouponOver()),
        ({"state": C.HELD, "about": CHECKOUT}, CouponSpent()), ({"state": C.USED}, CouponSpent()),
        ({"state": C.LOCKED, "friends_missing": 1, "valid_until": NOON}, CouponLocked(friends=1)),
    ],
)  # fmt: skip
def test_it_is_used_by_its_owner_in_its_time_once(more: dict[str, Any], refusal: Refusal | None) -> None:
    one = template()
    row = replace(coupon(one), **more)
    assert Coupons([row], {one.id: one}).why_not_use(row.id, WHO, NOON) == refusal


def test_a_newcomers_coupon_is_not_used_by_who_has_bought_meanwhile() -> None:
    one, plain = template(newcomers=True), template()
    row, other = coupon(one), coupon(plain)
    some = Coupons([row, other], {one.id: one, plain.id: plain})
    assert some.why_not_use(row.id, WHO, NOON, {WHO}) == NewcomersOnly()
    assert (
        some.why_not_use(row.id, WHO, NOON, {FRIEND}) is None and some.why_not_use(other.id, WHO, NOON, {WHO}) is None
    )
    assert some.why_not_use(new_uuid(), WHO, NOON) == some.why_not_hold(new_uuid()) == NotFound()
    assert Coupons.spent() == CouponSpent()


def test_a_checkout_holds_it_and_its_payment_uses_it() -> None:
    row = coupon(template())
    some = Coupons([row])
    hold = some.hold(row.id, CHECKOUT, 2)
    assert hold == CouponHold(row.id, CHECKOUT)
    assert (row.state, row.about, row.lines, row.lines_back, row.before) == (C.HELD, CHECKOUT, 2, 0, C.FREE)
    assert some.changed == {row.id: row}
    assert some.why_not_hold(row.id) == CouponSpent() == some.why_not_hold(row.id, new_uuid())
    assert some.why_not_hold(row.id, CHECKOUT) is None, "a late payment of several orders comes once for each"
    with pytest.raises(AssertionError):
        some.hold(row.id, CHECKOUT, 1)
    with pytest.raises(HoldEndedTwice, match=f"{row.id} held"):
        some.settle(CouponHold(row.id, new_uuid()))
    some.settle(hold)
    assert (row.state, row.about, row.before) == (C.USED, CHECKOUT, C.FREE), "as it stood when it was loaded"
    for again in (some.settle, some.release):
        with pytest.raises(HoldEndedTwice):
            again(hold)


def test_a_checkout_that_ended_unpaid_lets_it_go() -> None:
    row = coupon(template())
    some = Coupons([row])
    some.release(some.hold(row.id, CHECKOUT, 2))
    assert (row.state, row.about, row.lines, row.lines_back) == (C.FREE, None, 0, 0)


def test_with_the_last_of_its_lines_it_is_free_again() -> None:
    row = coupon(template(), state=C.USED, about=CHECKOUT, lines=3)
    some, hold = Coupons([row]), CouponHold(row.id, CHECKOUT)
    assert not some.give_back(hold) and (row.lines_back, row.state, row.before) == (1, C.USED, C.USED)
    assert some.changed == {row.id: row}
    for wrong, lines in ((hold, 3), (CouponHold(row.id, new_uuid()), 1)):
        with pytest.raises(HoldEndedTwice, match=f"{row.id} used"):
            some.give_back(wrong, lines)
    assert some.give_back(hold, 2)
    assert (row.state, row.about, row.lines, row.lines_back) == (C.FREE, None, 0, 0)
    with pytest.raises(HoldEndedTwice):
        some.give_back(hold)


def test_a_coupon_is_free_once_the_last_friend_took_his() -> None:
    row = coupon(template(), state=C.LOCKED, friends_missing=2)
    some = Coupons([row])
    some.help_open(row.id)
    assert (row.state, row.friends_missing, row.before, some.changed) == (C.LOCKED, 1, C.LOCKED, {row.id: row})
    some.help_open(row.id)
    assert (row.state, row.friends_missing) == (C.FREE, 0)
    some.help_open(row.id)
    assert (row.state, row.friends_missing) == (C.FREE, 0)

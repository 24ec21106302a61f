"""Organisations bring members who agree, a month's grade gives each a benefit once, and the organisation bears it."""

from datetime import timedelta

from tests.given import commissions as paid
from tests.given import goods as given
from tests.given import organisations as bank
from tests.given import promotions as promo
from tests.given.houses import Place
from tuan.kit.refusals import NotFound, granted
from tuan.people import accounts, compliance, parties
from tuan.people.compliance import TextChanged
from tuan.people.compliance.model import ORGANISATION_MEMBER
from tuan.play import loyalty
from tuan.value import ledger, membership, promotions
from tuan.value.ledger.model import bearer_discounts, organisation_bearer
from tuan.value.membership import Counts, NotMember
from tuan.value.membership.actions import LISTS_PER_DAY_MAX
from tuan.value.membership.model import Grade, Looked, RefusedLine, WhyNot


async def counts(place: Place, of: object) -> Counts:
    async with place.work() as work:
        return (await membership.counts(work, [of])).get(of, Counts())  # type: ignore[list-item, call-overload, no-any-return]


async def worth(place: Place, who: given.Buyer) -> list[int]:
    """What his coupons take off, in minor units."""
    async with place.work() as work:
        return [row["off_minor"] for row in await promotions.wallet(work, who.id)]


# ── members ──
async def test_who_joins_by_the_code_agrees_to_be_counted_and_leaves_when_he_likes(place: Place) -> None:
    of, _ = await bank.organisation(place)
    who, code = await given.buyer(place), await bank.code(place, of)
    assert await bank.join(place, who, "guessed") == NotFound()
    assert await bank.join(place, who, code, version="older") == TextChanged()
    assert await bank.join(place, who, code) == of and await counts(place, of) == Counts(0, 1, 0)
    async with place.work() as work:
        assert await compliance.has_consent(work, [who.id], ORGANISATION_MEMBER, of) == {who.id}
    assert await place.do(membership.leave, who.id, of, language="en", place="api") is None
    assert await place.do(membership.leave, who.id, of, language="en") == NotMember()
    async with place.work() as work:
        assert await compliance.has_consent(work, [who.id], ORGANISATION_MEMBER, of) == set()
        assert [row["place"] for row in await compliance.consents_of(work, who.id)] == ["web", "api"]
    assert await counts(place, of) == Counts(0, 0, 1)
    assert await bank.join(place, who, code) == of and await place.breaches() == {}


async def test_a_code_that_was_renewed_opens_nothing_more(place: Place) -> None:
    of, _ = await bank.organisation(place)
    older, newer = await bank.code(place, of), await bank.code(place, of)
    who = await given.buyer(place)
    assert (
        older != newer and await bank.join(place, who, older) == NotFound() and await bank.join(place, who, newer) == of
    )


async def test_who_is_invited_is_counted_when_he_agrees_and_nobody_else_can(place: Place) -> None:
    of, _ = await bank.organisation(place)
    invited, stranger = await given.buyers(place, 2)
    number = await bank.number_of(place, invited)
    assert granted(await bank.invite(place, of, number)) == Looked((number,), ())
    again = granted(await bank.invite(place, of, number))
    assert again == Looked((), (RefusedLine(1, WhyNot.ALREADY_INVITED),)) and again.known() == 1
    assert await counts(place, of) == Counts(1, 0, 0)
    assert await place.do(membership.accept, stranger.id, of, **bank.SHOWN) == NotFound()
    assert await place.do(membership.accept, invited.id, of, **bank.SHOWN) is None
    assert await counts(place, of) == Counts(0, 1, 0)


async def test_a_forgotten_person_has_left_and_who_speaks_for_an_organisation_is_not_forgotten(place: Place) -> None:
    of, owner = await bank.organisation(place)
    who = await bank.member(place, of)
    assert [
        row["organisation_id"]
        for row in granted(await place.do(accounts.export_person, who.id, reason="asked"))["membership"]
    ] == [of]
    assert await place.do(accounts.erase_person, who.id, reason="he asked") is None
    assert await counts(place, of) == Counts(0, 0, 1) and await place.breaches() == {}
    refused = await place.do(accounts.erase_person, owner.id, reason="he asked")
    assert refused is not None and refused.code == "parties.still_owns"


# ── lists ──
async def test_each_line_of_a_list_is_judged_by_itself_and_looking_keeps_nothing(place: Place) -> None:
    of, _ = await bank.organisation(place)
    member, gone, invited, new = (
        await bank.member(place, of),
        await bank.member(place, of),
        *await given.buyers(place, 2),
    )
    assert await place.do(membership.leave, gone.id, of, language="en") is None
    here = [await bank.number_of(place, who) for who in (member, gone, invited, new)]
    granted(await bank.invite(place, of, here[2], "13012345678"))
    said = [*here, "", "nobody", here[3], "130 1234 5678", "13012345679", "+8613012345679"]
    before = await place.snapshot()
    async with place.work() as work:
        looked, _ = await membership.look_at_list(work, of, dict(enumerate(said, start=1)))
    assert await place.snapshot() == before
    assert looked.new == (here[3], "+8613012345679") and looked.known() == 4
    assert [(one.number, one.why_not) for one in looked.refused] == [
        (1, WhyNot.ALREADY_MEMBER),
        (2, WhyNot.HAS_LEFT),
        (3, WhyNot.ALREADY_INVITED),
        (5, WhyNot.NO_NUMBER),
        (6, WhyNot.NOT_A_PHONE),
        (7, WhyNot.NAMED_BEFORE),
        (8, WhyNot.ALREADY_INVITED),
        (10, WhyNot.NAMED_BEFORE),
    ]
    assert granted(await bank.invite(place, of, *said)) == looked
    assert await counts(place, of) == Counts(4, 1, 1)
    told = {one.why_not for one in looked.as_told().refused}
    assert told == {WhyNot.KNOWN, WhyNot.NO_NUMBER, WhyNot.NOT_A_PHONE, WhyNot.NAMED_BEFORE}
    assert looked.as_told().known() == 4


async def test_who_comes_by_a_number_that_waits_finds_the_invitation_and_decides(place: Place) -> None:
    of, _ = await bank.organisation(place)
    granted(await bank.invite(place, of, "13012345678", "13012345679", "13012345680"))
    async with place.work() as work:
        yes, no, code = [
            await accounts.admit(work, f"+861301234{end}", name="", locale="en") for end in (5678, 5679, 5680)
        ]
        for who in (yes, no):
            found = await membership.memberships_of(work, who)
            assert [(row["organisation_id"], row["state"]) for row in found] == [(of, "invited")]
    assert await counts(place, of) == Counts(3, 0, 0)
    assert await place.do(membership.accept, yes, of, **bank.SHOWN) is None
    assert await place.do(membership.leave, no, of, language="en") is None
    assert await place.do(membership.join, code, await bank.code(place, of), **bank.SHOWN) == of
    assert await counts(place, of) == Counts(0, 2, 1)
    looked = granted(await bank.invite(place, of, "13012345679"))
    assert [one.why_not for one in looked.refused] == [WhyNot.HAS_LEFT] and await place.breaches() == {}


async def test_a_number_that_waits_is_forgotten_with_its_owner_or_after_ninety_days(place: Place) -> None:
    of, _ = await bank.organisation(place)
    granted(await bank.invite(place, of, "13012345678", "13012345679"))
    async with place.work() as work:
        who = await accounts.admit(work, "+8613012345678", name="", locale="en")
    assert await place.do(accounts.erase_person, who, reason="he asked") is None
    assert await counts(place, of) == Counts(1, 0, 0)
    await place.later(timedelta(days=89))
    assert await counts(place, of) == Counts(1, 0, 0)
    await place.later(timedelta(days=2))
    assert await counts(place, of) == Counts() and await place.breaches() == {}


async def test_an_organisation_brings_so_many_lists_on_a_day(place: Place) -> None:
    of, _ = await bank.organisation(place)
    for _ in range(LISTS_PER_DAY_MAX):
        granted(await bank.invite(place, of, "nobody"))
    before = await place.snapshot()
    assert (await bank.invite(place, of, "13012345678")).code == "platform.too_often"
    assert await place.snapshot() == before


# ── benefits ──
async def test_a_month_gives_each_member_once_what_the_grade_of_its_members_is(place: Place) -> None:
    of, _ = await bank.organisation(place, *bank.GRADES)
    people = [await bank.member(place, of) for _ in range(3)]
    await place.quiet()
    assert [await worth(place, who) for who in people] == [[500]] * 3
    late = await bank.member(place, of)
    for _ in range(2):
        await place.quiet()
    assert await worth(place, late) == [500] and await worth(place, people[0]) == [500]
    assert await place.do(membership.leave, late.id, of, language="en") is None
    assert await place.do(membership.leave, people[0].id, of, language="en") is None
    assert await place.do(membership.leave, people[1].id, of, language="en") is None
    await place.later(timedelta(days=32))
    async with place.work() as work:
        months = await loyalty.benefit_months(work, of)
    assert [(one.members, one.least_members) for one in months] == [(1, 1), (3, 3)]


async def test_too_few_members_get_nothing_and_a_month_is_counted_once(place: Place) -> None:
    of, _ = await bank.organisation(place, Grade(2, off_minor=100))
    who = await bank.member(place, of)
    await place.quiet()
    await bank.member(place, of)
    await place.quiet()
    assert await worth(place, who) == []
    async with place.work() as work:
        (month,) = await loyalty.benefit_months(work, of)
    assert (month.members, month.least_members) == (1, None)


async def test_the_organisation_bears_what_was_kept_and_sees_how_much_and_never_who(place: Place) -> None:
    goods = await given.goods(place, price_minor=2000)
    of, _ = await bank.organisation(place, Grade(1, off_minor=500))
    who = await paid.neighbour(place)
    await bank.member(place, of, who)
    await place.quiet()
    async with place.work() as work:
        (coupon,) = await promotions.wallet(work, who.id)
    placed = granted(await promo.buy(place, who, goods, [coupon["id"]], 2))
    await given.pay(place, who, placed)
    (order,) = placed.orders
    await paid.receive(place, goods, who, order)
    await paid.give_back(place, goods, who, order, 1)
    await place.later(timedelta(days=9))
    async with place.work() as work:
        months = await loyalty.benefit_months(work, of)
        borne = await work.fetch_value(
            "SELECT sum(amount)::bigint FROM ledger.transfers WHERE market_id = $1 AND kind = 'borne_by_organisation:' || $2::uuid",
            of,
        )
        stands = await ledger.balances_of(work, [bearer_discounts(organisation_bearer(of))], "CNY")
    assert [(one.used, one.borne_minor) for one in months if one.used] == [(1, 250)]
    assert borne == 250 and list(stands.values()) == [-250] and await place.breaches() == {}


async def test_an_organisation_is_found_by_who_speaks_for_it(place: Place) -> None:
    of, owner = await bank.organisation(place)
    async with place.work() as work:
        assert await parties.organisation_of(work, owner.id) == of
        assert (await parties.access_organisation(work, of))["name"] == "江南银行"
        assert [row["id"] for row in await parties.organisations(work)] == [of]


async def test_two_organisations_bear_apart(place: Place) -> None:
    """One order with a coupon of each: what each bore stands on its own account, to the cent."""
    goods, who = await given.goods(place, price_minor=2000), await paid.neighbour(place)
    two = [(await bank.organisation(place, Grade(1, off_minor=off)))[0] for off in (301, 199)]
    for of in two:
        await bank.member(place, of, who)
    await place.quiet()
    async with place.work() as work:
        coupons = [row["id"] for row in await promotions.wallet(work, who.id)]
    for coupon in coupons:
        placed = granted(await promo.buy(place, who, goods, [coupon]))
        await given.pay(place, who, placed)
        await paid.receive(place, goods, who, placed.orders[0])
    await place.later(timedelta(days=9))
    async with place.work() as work:
        found = await ledger.balances_of(work, [bearer_discounts(organisation_bearer(of)) for of in two], "CNY")
    assert found == {f"organisation:{two[0]}:discounts": -301, f"organisation:{two[1]}:discounts": -199}
    assert await place.breaches() == {}


# ── who is active ──
async def active(place: Place, of: object) -> int:
    return int(await place.do(loyalty.active_members, of))


async def test_active_is_who_joined_checked_in_or_bought_since_the_month_before_began(place: Place) -> None:
    of, _ = await bank.organisation(place)
    buyer, comer, silent = [await bank.member(place, of) for _ in range(3)]
    await bank.member(place, of, gone := await given.buyer(place))
    assert await place.do(membership.leave, gone.id, of, language="en") is None
    assert await active(place, of) == 3, "who joins has done something"
    await place.move_clock(timedelta(days=62))
    assert await active(place, of) == 0, "having agreed once is no activity"
    goods = await given.goods(place)
    placed = granted(await given.place_order(place, buyer, goods))
    assert await active(place, of) == 0, "an order that is not paid is none"
    await given.pay(place, buyer, placed)
    assert await active(place, of) == 1
    assert await place.do(loyalty.set_ladder, [1], reason="test") is None
    granted(await place.do(loyalty.check_in, comer.id))
    assert await active(place, of) == 2
    await given.pay(place, gone, granted(await given.place_order(place, gone, goods)))
    assert await active(place, of) == 2, "who has left is not counted"
    assert (await counts(place, of)).active == 3 and silent.id
    await place.move_clock(timedelta(days=62))
    assert await active(place, of) == 0


async def test_the_grade_of_a_month_goes_by_active_members(place: Place) -> None:
    of, _ = await bank.organisation(place, *bank.GRADES)
    members = [await bank.member(place, of) for _ in range(3)]
    await place.move_clock(timedelta(days=62))
    await given.pay(place, members[0], granted(await given.place_order(place, members[0], await given.goods(place))))
    await place.quiet()
    (month,) = await place.do(loyalty.benefit_months, of)
    assert (month.members, month.least_members) == (1, 1), "three have agreed, one was active"
    assert [await worth(place, who) for who in members] == [[100], [100], [100]], "all who have agreed are given it"

"""Links that open objects, visits that are counted honestly, and customers whom only a rule and themselves move."""

import inspect
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given import houses
from tests.given import sharing as share
from tests.given import shops as shopping
from tests.given.houses import Place
from tuan.kit.refusals import NotFound, Refused, granted
from tuan.people import accounts, parties, sharing
from tuan.people.sharing import LinkInvalid, MakeLink, NobodysCustomer, Seen
from tuan.people.sharing.model import LINK_DAYS_MAX, PAGE, BindRule, BindTerms, Code, Target
from tuan.platform import audit
from tuan.play import shops


async def counted(place: Place, code: str) -> tuple[int, int, int]:
    sql = "SELECT sum(visits)::int, sum(visitors)::int, sum(bots)::int FROM sharing.visits WHERE market_id = $1 AND code = $2"
    async with place.work() as work:
        row = await work.fetch_one(sql, code)
        assert row is not None
        return row[0], row[1], row[2]


# ── links ──
async def test_a_link_is_made_once_and_opens_its_object_for_its_shop(place: Place) -> None:
    of, (at, owner) = await given.goods(place), await share.shop(place)
    code = await share.link(place, owner, of)
    assert await share.link(place, owner, of) == code
    assert (
        len(
            {
                code,
                await share.link(place, owner, of, channel="poster"),
                await share.link(place, owner, of, campaign="a"),
            }
        )
        == 3
    )
    found = await share.opened(place, code)
    assert found is not None and (found.target, found.shop_id) == (Target("product", of.product), at)
    friend = await given.buyer(place)
    theirs = await share.opened(place, await share.link(place, friend, of))
    assert theirs is not None and (theirs.sharer_id, theirs.shop_id) == (friend.id, None)


async def test_what_was_shared_before_the_shop_opened_is_for_it_from_then_on(place: Place) -> None:
    of, more, owner, who = await given.goods(place), await given.goods(place), *await given.buyers(place, 2)
    async with place.work() as work:
        soon, late = work.now + timedelta(hours=1), work.now + timedelta(days=9)
    kept, short = await share.link(place, owner, of), await share.link(place, owner, of, expires_at=late)
    over, stopped = await share.link(place, owner, of, expires_at=soon), await share.link(place, owner, more)
    assert await place.do(sharing.revoke_link, stopped, owner.id) is None
    await place.move_clock(timedelta(hours=2))
    application = await shopping.waiting(place, owner)
    async with place.work() as work:
        at = granted(await shops.approve(work, application, reason="test"))
        woken = {topic for topic in work.topics if topic.startswith(sharing.TOPIC)}
    assert woken == {sharing.TOPIC + kept, sharing.TOPIC + short}, "every process forgets what it knew of them"
    found = await share.opened(place, kept)
    assert found is not None and found.shop_id == at and await share.come(place, who, found) == at
    assert await share.link(place, owner, of) == kept
    async with place.work() as work:
        for code, shop in ((short, at), (over, None), (stopped, None)):
            assert (await sharing.access_link(work, code))[0]["shop_id"] == shop
    await place.quiet()
    assert await place.breaches() == {}


async def test_shops_that_were_there_before_get_the_link_of_their_page_and_their_links(place: Place) -> None:
    of, owner = await given.goods(place), await given.buyer(place)
    code = await share.link(place, owner, of)
    at = await place.do(parties.admit_shop, "小店", owner.id, reason="test")
    assert list(await place.breaches()) == [
        "I87: whoever has a shop shares for it, be it what he shared before it opened"
    ]
    for _ in range(2):
        await place.later(timedelta(minutes=11))
        found = await share.opened(place, code)
        assert found is not None and found.shop_id == at
        async with place.work() as work:
            page = await work.fetch("SELECT code FROM sharing.links WHERE market_id = $1 AND channel = 'page'")
            assert [row["code"] for row in page] == [await shops.code_of(work, at)]
    assert await place.breaches() == {}


async def test_the_link_of_a_page_binds_nobody_and_nobody_shares_it(place: Place) -> None:
    (at, owner), who = await shopping.shop(place), await given.buyer(place)
    async with place.work() as work:
        code = await shops.code_of(work, at)
        assert code is not None
        with pytest.raises(Refused):
            await sharing.access_own_links(work, code, owner.id)
    found = await share.opened(place, code)
    assert found is not None and found.shop_id == at and await share.come(place, who, found) is None
    new = MakeLink(owner.id, Target("shop", at), PAGE)
    assert await place.do(sharing.make_link, new) == LinkInvalid(field="channel")


async def test_what_is_gone_and_what_never_was_open_alike(place: Place) -> None:
    of, (_, owner), stranger = await given.goods(place), await share.shop(place), await given.buyer(place)
    elsewhere = Place(place.house, place.relay, *await houses.make_market(place.house))
    async with place.work() as work:
        end = work.now + timedelta(hours=1)
    code, short = await share.link(place, owner, of), await share.link(place, owner, of, expires_at=end)
    assert await share.opened(elsewhere, code) is None and await share.opened(place, "0" * 10) is None
    await place.move_clock(timedelta(hours=1))
    assert await share.opened(place, short) is None and await share.opened(place, code) is not None
    assert await place.do(sharing.revoke_link, code, stranger.id) == NotFound()
    assert await place.do(sharing.revoke_link, code, owner.id) is None
    assert await share.opened(place, code) is None
    assert await share.link(place, owner, of) != code, "a link that was taken back is not given out again"


async def test_the_market_stops_a_link_and_says_why(place: Place) -> None:
    _, found = await share.shops_link(place)
    assert await place.do(sharing.revoke_any_link, found.code, reason="spam") is None
    assert await share.opened(place, found.code) is None
    assert await place.do(sharing.revoke_any_link, found.code, reason="spam") == NotFound()
    async with place.work() as work:
        await audit.seal(work)
        said = await work.fetch_value(
            "SELECT reason FROM audit.entries WHERE market_id = $1 AND action = 'sharing.revoke_link'"
        )
    assert said == "spam"


@pytest.mark.parametrize(
    ("field", "more"),
    [("channel", {"channel": "fax"}), ("campaign", {"campaign": "x" * 41}), ("kind", {"kind": "url"})],
)
async def test_a_link_says_what_is_wrong_with_it(place: Place, field: str, more: dict[str, Any]) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    new = MakeLink(
        owner.id, Target(more.get("kind", "product"), of.product), more.get("channel", "web"), more.get("campaign", "")
    )
    assert await place.do(sharing.make_link, new) == LinkInvalid(field=field)


# ── visits ──
async def test_a_visitor_counts_once_a_day_and_a_program_apart(place: Place) -> None:
    _, found = await share.shops_link(place)
    one, other = b"1" * 32, b"2" * 32
    seen = [
        Seen(found.code, one, False),
        Seen(found.code, one, False),
        Seen(found.code, b"", True),
        Seen(Code("0" * 10), one, False),
    ]
    await place.do(sharing.count_visits, seen)
    await place.do(sharing.count_visits, [Seen(found.code, one, False), Seen(found.code, other, False)])
    assert await counted(place, found.code) == (4, 2, 1)
    await place.later(timedelta(days=1))
    await place.do(sharing.count_visits, [Seen(found.code, one, False)])
    assert await counted(place, found.code) == (5, 3, 1)
    await place.quiet()
    async with place.work() as work:
        kept = await work.fetch_value(
            "SELECT count(*) FROM sharing.visitors WHERE market_id = $1 AND day < $2",
            work.now.date() - timedelta(days=1),
        )
    assert kept == 0


# ── whose customer ──
async def test_the_first_link_binds_and_a_rivals_changes_nothing_within_the_protection(place: Place) -> None:
    (at, mine), (rival, theirs), who = (
        await share.shops_link(place),
        await share.shops_link(place),
        await given.buyer(place),
    )
    await share.rule(place, BindTerms(BindRule.LATEST, 365, 30))
    assert await share.come(place, who, mine) == at
    await place.later(timedelta(days=29))
    assert await share.come(place, who, theirs) == at
    await place.later(timedelta(days=1))
    assert await share.come(place, who, theirs) == rival
    async with place.work() as work:
        moves = [(r["from_shop_id"], r["to_shop_id"], r["why"]) for r in await sharing.changes_of_person(work, who.id)]
        left, gained = [(await sharing.changes_of_shop(work, one)).items for one in (at, rival)]
        assert [row["person_id"] for row in (await sharing.customers_of(work, rival)).items] == [who.id]
        assert (await sharing.customers_of(work, at)).items == []
    assert moves == [(None, at, "link"), (at, rival, "link")]
    assert len(left) == 2 and len(gained) == 1, "both shops see the move"
    assert await place.breaches() == {}


async def test_registration_binds_who_joins_by_the_visit_and_nobody_else(place: Place) -> None:
    (at, mine), early = await share.shops_link(place), await given.buyer(place)
    await share.rule(place, BindTerms(BindRule.REGISTRATION, None, 0))
    await place.move_clock(timedelta(hours=2))
    assert await share.come(place, early, mine) is None
    async with place.work() as work:
        late = await accounts.admit(work, "+8613700000001", name="新", locale="zh-CN")
    await place.do(sharing.come_through, late, mine)
    async with place.work() as work:
        assert (await sharing.bindings_of(work, [late]))[late].shop_id == at


async def test_the_buyer_leaves_when_he_likes_and_the_shop_sees_it(place: Place) -> None:
    (at, mine), who = await share.shops_link(place), await given.buyer(place)
    await share.come(place, who, mine)
    assert await place.do(sharing.leave_shop, who.id) is None
    assert await share.customer_of(place, who) is None
    async with place.work() as work:
        assert [row["why"] for row in (await sharing.changes_of_shop(work, at)).items] == ["left", "link"]
    assert await place.breaches() == {}


async def test_nobody_is_a_customer_of_his_own_shop(place: Place) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    found = await share.opened(place, await share.link(place, owner, of))
    assert found is not None and await share.come(place, owner, found) is None


async def test_a_binding_ends_with_its_time(place: Place) -> None:
    (at, mine), (rival, theirs), who = (
        await share.shops_link(place),
        await share.shops_link(place),
        await given.buyer(place),
    )
    await share.rule(place, BindTerms(BindRule.FIRST, 10, 10))
    assert await share.come(place, who, mine) == at
    await place.later(timedelta(days=10))
    assert await share.customer_of(place, who) is None
    assert await story(place, at) == [("expired", None), ("link", at)], "its shop sees it before anybody else comes"
    assert await share.come(place, who, theirs) == rival
    assert await story(place, at) == [("expired", None), ("link", at)] and await story(place, rival) == [
        ("link", rival)
    ]
    assert await place.breaches() == {}


async def story(place: Place, shop: UUID) -> list[tuple[str, UUID | None]]:
    """Why customers came and went, and where to, the latest first."""
    async with place.work() as work:
        return [(row["why"], row["to_shop_id"]) for row in (await sharing.changes_of_shop(work, shop)).items]


async def test_what_ran_out_a_moment_ago_is_told_by_whatever_comes_next(place: Place) -> None:
    """No sweep has been by: the next link, or being forgotten, finds that his time is over."""
    (at, mine), (rival, theirs) = await share.shops_link(place), await share.shops_link(place)
    mover, gone, loyal = await given.buyers(place, 3)
    await share.rule(place, BindTerms(BindRule.FIRST, 10, 10))
    async with place.work() as work:
        ends = work.now + timedelta(days=10)
    for who in (mover, gone, loyal):
        assert await share.come(place, who, mine) == at
    await place.move_clock(timedelta(days=11))
    before = await place.snapshot()
    assert await place.do(sharing.leave_shop, loyal.id) == NobodysCustomer()
    assert await place.snapshot() == before
    assert await share.come(place, mover, theirs) == rival and await share.come(place, loyal, mine) == at
    granted(await place.do(accounts.erase_person, gone.id, reason="he asked"))
    async with place.work() as work:
        said = {who.id: await sharing.changes_of_person(work, who.id) for who in (mover, gone, loyal)}
    assert (
        [row["why"] for row in said[mover.id]] == ["link", "expired", "link"] == [row["why"] for row in said[loyal.id]]
    )
    assert [row["why"] for row in said[gone.id]] == ["link", "expired"]
    assert all(abs(rows[1]["at"] - ends) < timedelta(minutes=1) for rows in said.values()), "it says when it was over"
    await place.quiet()
    assert await place.breaches() == {}


async def test_every_change_is_read_page_by_page(place: Place) -> None:
    (at, mine), people = await share.shops_link(place), await given.buyers(place, 3)
    for who in people:
        await share.come(place, who, mine)
    async with place.work() as work:
        first = await sharing.changes_of_shop(work, at, size=2)
        rest = await sharing.changes_of_shop(work, at, after=first.next_key, size=2)
    assert [row["person_id"] for row in (*first.items, *rest.items)] == [who.id for who in reversed(people)]
    assert rest.next_key is None


def test_no_verb_lets_anybody_but_the_buyer_move_a_binding() -> None:
    """Of all that sharing offers, these two write bindings, and neither takes a shop or a reason of somebody's."""
    writers = {
        name
        for name in sharing.__all__
        if inspect.iscoroutinefunction(verb := getattr(sharing, name))
        and ("KEEP_BINDINGS" in inspect.getsource(verb) or "_end_binding" in inspect.getsource(verb))
    }
    assert writers == {"come_through", "leave_shop"}
    assert set(inspect.signature(sharing.come_through).parameters) == {"work", "person", "link"}
    assert set(inspect.signature(sharing.leave_shop).parameters) == {"work", "person"}


# ── following, being forgotten ──
async def test_to_follow_makes_nobody_a_customer(place: Place) -> None:
    (at, _), who = await share.shops_link(place), await given.buyer(place)
    for _ in range(2):
        await place.do(sharing.follow_shop, who.id, at)
    async with place.work() as work:
        assert [row["shop_id"] for row in await sharing.follows_of(work, who.id)] == [at]
    assert await share.customer_of(place, who) is None
    await place.do(sharing.unfollow_shop, who.id, at)
    async with place.work() as work:
        assert await sharing.follows_of(work, who.id) == []


async def test_who_is_erased_is_nobodys_customer_and_his_links_open_nothing(place: Place) -> None:
    of, (at, mine), who = await given.goods(place), await share.shops_link(place), await given.buyer(place)
    code = await share.link(place, who, of)
    await share.come(place, who, mine)
    await place.do(sharing.follow_shop, who.id, at)
    granted(await place.do(accounts.erase_person, who.id, reason="he asked"))
    assert await share.opened(place, code) is None and await share.customer_of(place, who) is None
    async with place.work() as work:
        own, _ = await sharing.search_links(work, markets_own=True)
        peoples, _ = await sharing.search_links(work, markets_own=False)
        assert code not in {row["code"] for row in own.items} and code in {row["code"] for row in peoples.items}
        assert await sharing.links_of(work, who.id) == [] == await sharing.follows_of(work, who.id)
    assert await place.breaches() == {}


async def test_links_for_so_many_days_end_together_and_are_the_same_all_day(place: Place) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    target, ways = Target("product", of.product), ("web", "poster")
    stays = granted(await place.do(sharing.make_links, who.id, target, ways))
    short = granted(await place.do(sharing.make_links, who.id, target, ways, days=7))
    assert granted(await place.do(sharing.make_links, who.id, target, ways, days=7)) == short
    assert not set(stays.values()) & set(short.values())
    own = await place.do(sharing.access_own_links, short["poster"], who.id)
    assert own.codes == short and own.expires_at is not None
    assert (await place.do(sharing.access_own_links, stays["web"], who.id)).codes == stays, "each sheet has its own"
    async with place.work() as work:
        assert timedelta(days=6) < own.expires_at - work.now <= timedelta(days=7)
        before = await work.fetch_value("SELECT count(*) FROM sharing.links WHERE market_id = $1")
    for days in (0, LINK_DAYS_MAX + 1):
        refused = await place.do(sharing.make_links, who.id, target, ways, days=days)
        assert refused == LinkInvalid(field="days")
    async with place.work() as work:
        late = MakeLink(who.id, target, "web", "", work.now + timedelta(days=LINK_DAYS_MAX + 1))
        assert await sharing.make_link(work, late) == LinkInvalid(field="expires_at")
        assert await work.fetch_value("SELECT count(*) FROM sharing.links WHERE market_id = $1") == before
    stranger = await given.buyer(place)
    with pytest.raises(Refused):
        await place.do(sharing.revoke_links, short["web"], stranger.id)
    assert await place.do(sharing.revoke_links, short["web"], who.id) is None
    assert [await share.opened(place, code) for code in short.values()] == [None, None]
    assert await share.opened(place, stays["web"]) is not None
    again = granted(await place.do(sharing.make_links, who.id, target, ways, days=1))
    await place.move_clock(timedelta(days=1))
    with pytest.raises(Refused):
        await place.do(sharing.access_own_links, again["web"], who.id)

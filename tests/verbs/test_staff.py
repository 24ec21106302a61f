"""Staff: who gets in, who may what, and that nothing is given away on the way."""

from datetime import timedelta

import pytest

from tests.given import goods as given
from tests.given import office
from tests.given.houses import Place
from tests.given.staff_refusals import by
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refused, granted
from tuan.people import accounts, staff
from tuan.people.accounts.model import PERSON
from tuan.people.staff.errors import BeyondYours, CodeWrong, SignInWrong
from tuan.people.staff.model import PERMISSIONS, TRIES_MAX, Member
from tuan.platform import audit
from tuan.platform.limits import TooOften

ELSE = "192.0.2.8"


async def member(place: Place, token: str) -> Member | None:
    async with place.work() as work:
        found = await staff.member_of(work, token)
    return found[0] if found else None


async def come_in(place: Place, phone: str, password: str, code: str, *, client: str = office.HERE) -> object:
    return await place.do(staff.sign_in, phone, password, code, place.house.settings.secret, client=client)


async def test_an_owner_may_everything_and_a_role_what_it_names(place: Place) -> None:
    owner, packer = await office.clerk(place), await office.clerk(place, "orders")
    first, second = [await member(place, await office.signed_in(place, who)) for who in (owner, packer)]
    assert first is not None and second is not None
    assert first.permissions == PERMISSIONS and first.is_confirmed
    assert "orders.ship" in second.permissions and "refunds.give" not in second.permissions


@pytest.mark.parametrize("wrong", ["phone", "password", "code", "blocked", "no member"])
async def test_whatever_is_wrong_answers_alike_and_is_counted(place: Place, wrong: str) -> None:
    await office.clerk(place)
    who = await office.clerk(place)
    code = await who.code(place)
    said = {"phone": who.phone, "password": who.password, "code": code}
    if wrong == "blocked":
        granted(await place.do(staff.block_member, who.person, reason="test"))
    elif wrong == "no member":
        buyer = await given.buyer(place)
        async with place.work() as work:
            sql = "SELECT phone FROM accounts.persons WHERE market_id = $1 AND id = $2"
            said["phone"] = await work.fetch_value(sql, buyer.id)
    else:
        said[wrong] = {"phone": "+8613700000000", "password": "x", "code": "abcdef"}[wrong]
    assert await come_in(place, **said) == SignInWrong()
    async with place.work() as work:
        rows = await work.fetch("SELECT bucket, count FROM platform.limits WHERE market_id = $1")
    counted = {row["bucket"]: row["count"] for row in rows}
    assert counted == {f"office sign-in {said['phone']}": 1, f"office sign-in from {office.HERE}": 1}


async def test_after_five_wrong_tries_the_right_one_is_not_looked_at(place: Place) -> None:
    who = await office.clerk(place)
    await office.begin_quarter(place)
    for _ in range(TRIES_MAX):
        assert await come_in(place, who.phone, "x", "000000", client=ELSE) == SignInWrong()
    code = await who.code(place)
    for client in (ELSE, office.HERE):
        assert isinstance(await come_in(place, who.phone, who.password, code, client=client), TooOften)
    other = await office.clerk(place)
    assert isinstance(await come_in(place, other.phone, other.password, "x", client=ELSE), TooOften), "its network"
    await office.begin_quarter(place)
    assert isinstance(await office.signed_in(place, who), str)


async def test_right_tries_are_not_counted(place: Place) -> None:
    who = await office.clerk(place)
    for _ in range(TRIES_MAX + 1):
        assert isinstance(await office.signed_in(place, who), str)


async def test_a_code_works_once(place: Place) -> None:
    who = await office.clerk(place)
    code = await who.code(place)
    token = granted(await come_in(place, who.phone, who.password, code))
    assert await come_in(place, who.phone, who.password, code) == SignInWrong()
    secret = place.house.settings.secret
    assert isinstance(token, str)
    assert await place.do(staff.confirm, token, who.person, code, secret) == CodeWrong()
    assert await place.do(staff.confirm, token, who.person, await who.code(place), secret) is None


async def test_a_session_ends_by_time_by_idleness_by_signing_out_and_with_a_block(place: Place) -> None:
    await office.clerk(place)
    who = await office.clerk(place)
    token = await office.signed_in(place, who)
    assert (found := await member(place, token)) is not None and found.is_confirmed
    await place.move_clock(timedelta(minutes=6))
    assert (found := await member(place, token)) is not None and not found.is_confirmed
    await place.do(staff.be_seen, token)
    await place.move_clock(timedelta(minutes=29))
    assert await member(place, token) is not None
    await place.move_clock(timedelta(minutes=2))
    assert await member(place, token) is None, "idle for more than half an hour"
    token = await office.signed_in(place, who)
    for _ in range(25):
        await place.move_clock(timedelta(minutes=29))
        await place.do(staff.be_seen, token)
    assert await member(place, token) is None, "older than twelve hours"
    token = await office.signed_in(place, who)
    await place.do(staff.sign_out, token)
    assert await member(place, token) is None
    token = await office.signed_in(place, who)
    granted(await place.do(staff.block_member, who.person, reason="test"))
    assert await member(place, token) is None
    granted(await place.do(staff.unblock_member, who.person, reason="test"))
    assert await member(place, token) is None, "what ended stays ended"
    await place.quiet()
    assert await place.breaches() == {}


async def test_who_is_blocked_as_a_person_is_out_of_the_office_too(place: Place) -> None:
    who = await office.clerk(place)
    token = await office.signed_in(place, who)
    assert await place.do(accounts.block, who.person, reason="test") is None
    assert await member(place, token) is None
    with pytest.raises(Refused, match=SignInWrong.code):
        await office.signed_in(place, who)
    assert await place.do(accounts.unblock, who.person, reason="test") is None
    assert await member(place, token) is not None


async def test_a_first_password_has_to_be_changed_and_other_sessions_end_with_it(place: Place) -> None:
    who = await office.clerk(place)
    secret = place.house.settings.secret
    told = granted(await place.do(staff.renew_member, who.person, secret, reason="lost", issuer="Test"))
    who.password, who.key = told.password, told.key
    assert "Test" in told.uri and told.key in told.uri
    first, second = [await office.signed_in(place, who) for _ in range(2)]
    assert (found := await member(place, first)) is not None and found.has_first_password
    granted(await place.do(staff.set_password, first, who.person, "a sentence of mine", "a sentence of mine"))
    assert (found := await member(place, first)) is not None and not found.has_first_password
    assert await member(place, second) is None
    async with place.work() as work:
        assert (await audit.about(work, PERSON.show(who.person)))[0]["action"] == "staff.set_password"


async def test_nobody_gives_takes_or_blocks_beyond_himself(place: Place) -> None:
    owner = await office.clerk(place)
    granted(await place.do(staff.set_role, "hiring", ["staff.see", "staff.edit"], reason="test"))
    who, other = await office.clerk(place, "hiring"), await office.clerk(place, "hiring")
    before = await place.snapshot()
    for verb, args in (
        (staff.give_role, (other.person, "orders")),
        (staff.take_role, (owner.person, "owner")),
        (staff.block_member, (owner.person,)),
        (staff.set_role, ("hiring", ["staff.see", "staff.edit", "refunds.give"])),
        (staff.set_role, ("orders", ["staff.see"])),
    ):
        assert isinstance(await by(place, who, verb, *args, reason="test"), BeyondYours)
    for verb, args in (
        (staff.give_role, (other.person, "nothing")),
        (staff.give_role, (new_uuid(), "hiring")),
        (staff.take_role, (other.person, "orders")),
        (staff.block_member, (new_uuid(),)),
    ):
        assert await by(place, who, verb, *args, reason="test") == NotFound()
    assert await place.snapshot() == before
    assert await by(place, who, staff.block_member, other.person, reason="test") is None


async def test_roles_change_at_once_and_stand_in_the_audit(place: Place) -> None:
    owner = await office.clerk(place)
    who = await office.clerk(place, "orders")
    token = await office.signed_in(place, who)
    for _ in range(2):
        granted(await by(place, owner, staff.give_role, who.person, "care", reason="holiday"))
    assert (found := await member(place, token)) is not None and "refunds.give" in found.permissions
    granted(await by(place, owner, staff.take_role, who.person, "care", reason="back again"))
    assert (found := await member(place, token)) is not None and "refunds.give" not in found.permissions
    async with place.work() as work:
        sql = "SELECT actor_id, action, reason, before, after FROM audit.entries WHERE market_id = $1 ORDER BY id"
        entries = [row for row in await work.fetch(sql) if row["action"] in ("staff.give_role", "staff.take_role")]
    assert [(row["actor_id"], row["reason"], row["before"], row["after"]) for row in entries] == [
        (owner.person, "holiday", {"roles": ["orders"]}, {"roles": ["care", "orders"]}),
        (owner.person, "back again", {"roles": ["care", "orders"]}, {"roles": ["orders"]}),
    ]


async def test_neither_password_nor_key_is_in_the_database(place: Place) -> None:
    who = await office.clerk(place)
    token = await office.signed_in(place, who)
    kept = repr(await place.snapshot())
    assert who.password not in kept and who.key not in kept and token not in kept and "$argon2id$" in kept


async def test_views_are_kept_by_name(place: Place) -> None:
    who, other = await office.clerk(place), await office.clerk(place)
    for query in ("filter=a", "filter=b"):
        granted(await place.do(staff.keep_view, who.person, "orders", " late ", query))
    assert [tuple(row) for row in await place.do(staff.views, who.person, "orders")] == [("late", "filter=b")]
    assert await place.do(staff.views, other.person, "orders") == []
    await place.do(staff.drop_view, who.person, "orders", "late")
    assert await place.do(staff.views, who.person, "orders") == []

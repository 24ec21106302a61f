"""Codes that open one thing in one browser, addresses that are changed, the usual one, names and numbers."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given.houses import Place
from tests.given.refusals import PHONE, SECRET
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refused, granted
from tuan.people import accounts
from tuan.people.accounts.errors import AddressInvalid, CodeWrong, NameInvalid, PhoneTaken
from tuan.people.accounts.model import CODE_LIFE, NAME_LENGTH_MAX, Address, CodePurpose
from tuan.surfaces.web import sessions

ASKED = {"client": "192.0.2.1", "request": b"this browser"}
ELSEWHERE = {"client": "192.0.2.2", "request": b"another browser"}
OTHER = Address("李雷", "13800138001", "上海市 黄浦区", "南京路 2 号")


async def sign_in(place: Place, code: str, **where: Any) -> Any:
    return await place.do(accounts.sign_in, PHONE, code, SECRET, locale="en", **where)


async def code_for(place: Place, purpose: CodePurpose = CodePurpose.SIGN_IN) -> str:
    return granted(await place.do(accounts.make_code, PHONE, SECRET, purpose=purpose, **ASKED))


async def addresses(place: Place, who: given.Buyer) -> list[Any]:
    async with place.work() as work:
        return await accounts.addresses_of(work, who.id)


# ── codes ──
async def test_a_code_opens_only_the_browser_that_asked(place: Place) -> None:
    """Who sees the code over a shoulder, or is told it, cannot use it elsewhere; nor does he use up its tries."""
    code = await code_for(place)
    for _ in range(10):
        assert await sign_in(place, code, **ELSEWHERE) == CodeWrong()
    granted(await sign_in(place, code, **ASKED))


async def test_a_code_opens_only_what_it_was_asked_for(place: Place) -> None:
    who = await given.buyer(place)
    code = await code_for(place)
    assert await place.do(accounts.change_phone, who.id, PHONE, code, SECRET, **ASKED) == CodeWrong()
    granted(await sign_in(place, code, **ASKED))
    await place.move_clock(timedelta(seconds=31))
    code = await code_for(place, CodePurpose.NEW_PHONE)
    assert await sign_in(place, code, **ASKED) == CodeWrong()


async def test_of_a_thousand_wrong_codes_five_are_compared(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    def compare(one: bytes, other: bytes) -> bool:
        nonlocal compared
        compared += 1
        return one == other

    monkeypatch.setattr("tuan.people.accounts.actions.hmac.compare_digest", compare)
    await code_for(place)
    for number in range(1000):
        client = f"192.0.2.{number // 5 % 250}"
        assert await sign_in(place, "x", client=client, request=ASKED["request"]) == CodeWrong()
    assert compared == 5


async def test_a_code_lives_at_most_ten_minutes(place: Place) -> None:
    assert timedelta() < CODE_LIFE <= timedelta(minutes=10)
    code = await code_for(place)
    await place.move_clock(CODE_LIFE)
    assert await sign_in(place, code, **ASKED) == CodeWrong()


# ── name and number ──
async def test_a_new_number_signs_in_the_same_person(place: Place) -> None:
    who = await given.buyer(place)
    code = await code_for(place, CodePurpose.NEW_PHONE)
    assert await place.do(accounts.change_phone, who.id, PHONE, code, SECRET, **ASKED) is None
    await place.move_clock(timedelta(seconds=31))
    assert await sign_in(place, await code_for(place), **ASKED) == who.id


async def test_a_number_of_somebody_else_is_not_taken_over(place: Place) -> None:
    who = await given.buyer(place)
    owner = await place.do(accounts.admit, PHONE, name="", locale="en")
    code = await code_for(place, CodePurpose.NEW_PHONE)
    assert await place.do(accounts.change_phone, who.id, PHONE, code, SECRET, **ASKED) == PhoneTaken()
    async with place.work() as work:
        assert (await accounts.access_person(work, owner))["phone"] == PHONE
        assert (await accounts.access_person(work, who.id))["phone"] != PHONE


async def test_a_name_is_kept_without_its_spaces(place: Place) -> None:
    who = await given.buyer(place)
    assert await place.do(accounts.rename, who.id, "  小雨 ") is None
    async with place.work() as work:
        assert (await accounts.access_person(work, who.id))["name"] == "小雨"
    too_long = await place.do(accounts.rename, who.id, "雨" * (NAME_LENGTH_MAX + 1))
    assert too_long == NameInvalid(longest=NAME_LENGTH_MAX)


# ── addresses ──
async def test_a_changed_address_is_the_same_one(place: Place) -> None:
    who = await given.buyer(place)
    assert await place.do(accounts.change_address, who.id, who.address, OTHER) == who.address
    (row,) = await addresses(place, who)
    assert (row["id"], row["street"], row["region"]) == (who.address, OTHER.street, OTHER.region)
    assert isinstance(
        await place.do(accounts.change_address, who.id, who.address, Address("", "1", "2", "3")), AddressInvalid
    )


async def test_an_address_changed_into_another_leaves_one(place: Place) -> None:
    who = await given.buyer(place)
    other = granted(await place.do(accounts.add_address, who.id, OTHER))
    assert await place.do(accounts.change_address, who.id, who.address, OTHER) == who.address
    assert other not in [row["id"] for row in await addresses(place, who)]
    assert [row["street"] for row in await addresses(place, who)] == [OTHER.street]


async def test_the_usual_address_stands_first_and_goes_back_when_it_is_removed(place: Place) -> None:
    who = await given.buyer(place)
    other = granted(await place.do(accounts.add_address, who.id, OTHER))
    assert [row["id"] for row in await addresses(place, who)] == [other, who.address], "the newest, as none was chosen"
    for chosen in (who.address, other):
        assert await place.do(accounts.prefer_address, who.id, chosen) is None
        assert (await addresses(place, who))[0]["id"] == chosen
        await place.move_clock(timedelta(seconds=1))
    assert await place.do(accounts.remove_address, who.id, other) is None
    (left,) = await addresses(place, who)
    assert left["id"] == who.address and left["preferred_at"]


async def test_somebody_elses_address_is_not_found(place: Place) -> None:
    who, other = await given.buyers(place, 2)
    before = await place.snapshot()
    for address in (other.address, new_uuid()):
        assert await place.do(accounts.change_address, who.id, address, OTHER) == NotFound()
        assert await place.do(accounts.prefer_address, who.id, address) == NotFound()
        assert await place.do(accounts.remove_address, who.id, address) == NotFound()
        with pytest.raises(Refused) as refused:
            await place.do(accounts.access_address, address, who.id)
        assert refused.value.refusal == NotFound()
    assert await place.snapshot() == before


# ── sessions ──
async def begin(place: Place, person: UUID) -> str:
    return await place.do(sessions.begin, person, "en", device="Firefox · Linux")


async def known(place: Place, *tokens: str) -> list[bool]:
    async with place.work() as work:
        return [one is not None for one in await sessions.read(work.fetch, tokens)]


async def test_a_person_sees_and_ends_his_own_sessions_only(place: Place) -> None:
    who, other = await given.buyers(place, 2)
    here, there, foreign = await begin(place, who.id), await begin(place, who.id), await begin(place, other.id)
    async with place.work() as work:
        seen = await sessions.of_person(work, who.id, here)
        (strange,) = await sessions.of_person(work, other.id, foreign)
    assert sorted(one.is_this for one in seen) == [False, True]
    assert {one.device for one in seen} == {"Firefox · Linux"}
    await place.do(sessions.end_one, who.id, strange.id)
    await place.do(sessions.end_one, who.id, next(one.id for one in seen if not one.is_this))
    assert await known(place, here, there, foreign) == [True, False, True]


async def test_signing_out_everywhere_leaves_one_new_session(place: Place) -> None:
    who, other = await given.buyers(place, 2)
    here, there, foreign = await begin(place, who.id), await begin(place, who.id), await begin(place, other.id)
    fresh = await place.do(sessions.begin_alone, who.id, "en")
    assert await known(place, here, there, foreign, fresh) == [False, False, True, True]


async def test_who_is_blocked_while_he_comes_in_is_signed_out_too(place: Place) -> None:
    code = await code_for(place)
    person = await place.do(accounts.admit, PHONE, name="", locale="en")
    async with place.work() as coming:
        granted(await accounts.sign_in(coming, PHONE, code, SECRET, locale="en", **ASKED))
        blocking = asyncio.create_task(place.do(accounts.block, person, reason="test"))
        await asyncio.sleep(0.1)
        token = await sessions.begin(coming, person, "en")
    assert await blocking is None
    assert await place.house.lanes.read(sessions.read, place.market, token) is None

"""Every refusal of the modules, each provoked once, and each having changed nothing.

A scenario prepares a market and answers with the act that is to be refused; the table says with what.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.given import (  # noqa: F401  their scenarios join the table
    aftersales_refusals,
    cart_refusals,
    developer_refusals,
    distribution_refusals,
    guard_refusals,
    importing,
    invoice_refusals,
    leagues_refusals,
    organisation_refusals,
    planning,
    points_refusals,
    presale_refusals,
    promotion_refusals,
    reconciliation_refusals,
    settlement_refusals,
    sharing_refusals,
    shops_refusals,
    sourcing_refusals,
    staff_refusals,
    team_refusals,
    training_refusals,
)
from tests.given import goods as given
from tests.given import refusals as scenarios
from tests.given.houses import Place
from tests.given.office_refusals import TABLE
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal, granted
from tuan.people import accounts
from tuan.people.accounts.errors import CodeTooSoon, CodeWrong, PhoneTaken
from tuan.people.accounts.model import (
    CODES_PER_CLIENT_AND_HOUR_MAX,
    CODES_PER_HOUR_MAX,
    WRONG_CODES_PER_CLIENT_AND_HOUR_MAX,
)
from tuan.people.staff.errors import CodeWrong as StaffCodeWrong
from tuan.people.staff.errors import SignInWrong
from tuan.platform import limits
from tuan.platform.lanes import ServerBusy
from tuan.platform.limits import TooOften
from tuan.play import groupbuy
from tuan.play.groupbuy.errors import CampaignInvalid
from tuan.play.shops.errors import GoodsEarly
from tuan.trade import aftersales, orders

HERE, ELSE = "192.0.2.1", "192.0.2.2"
PHONE, SECRET = scenarios.PHONE, scenarios.SECRET

ELSEWHERE = {
    CodeWrong: "a wrong try is counted, so it changes a row: test_a_wrong_code_is_counted",
    SignInWrong: "a wrong try is counted, so it changes a row: test_staff.py",
    StaffCodeWrong: "a wrong code is counted, so it changes a row: test_staff.py",
    PhoneTaken: "the code that shows it is used up: test_accounts.py",
    GoodsEarly: "somebody must have won, and a season takes a quarter: test_shop_benefits.py",
    ServerBusy: "a lane's, not a verb's: test_lanes.py",
}


@pytest.mark.parametrize("refusal", TABLE, ids=lambda kind: kind.code)
async def test_a_refusal_changes_nothing(place: Place, refusal: type[Refusal]) -> None:
    act = await TABLE[refusal](place)
    before = await place.snapshot()
    outcome = await act()
    assert type(outcome) is refusal, outcome
    assert await place.snapshot() == before
    assert await place.breaches() == {}


def test_every_refusal_of_the_modules_is_provoked_somewhere() -> None:
    floors = (
        "tuan.kit",
        "tuan.platform",
        "tuan.people",
        "tuan.goods",
        "tuan.value",
        "tuan.trade",
        "tuan.play",
        "tuan.voice",
    )
    named = {kind for kind in Refusal.named.values() if kind.__module__.startswith(floors)}
    assert named == TABLE.keys() | ELSEWHERE.keys()
    assert not TABLE.keys() & ELSEWHERE.keys()


async def test_a_wrong_code_is_counted_and_the_sixth_try_is_refused_though_right(place: Place) -> None:
    secret, phone = b"s" * 32, "+8613800138000"
    code = granted(await place.do(accounts.make_code, phone, secret, client=HERE, request=b"browser"))
    for _ in range(5):
        assert (
            await place.do(accounts.sign_in, phone, "x", secret, locale="en", client=HERE, request=b"browser")
            == CodeWrong()
        )
    assert (
        await place.do(accounts.sign_in, phone, code, secret, locale="en", client=HERE, request=b"browser")
        == CodeWrong()
    )


async def test_a_code_works_once(place: Place) -> None:
    secret, phone = b"s" * 32, "+8613800138000"
    code = granted(await place.do(accounts.make_code, phone, secret, client=HERE, request=b"browser"))
    person = granted(
        await place.do(accounts.sign_in, phone, code, secret, locale="en", client=HERE, request=b"browser")
    )
    assert (
        await place.do(accounts.sign_in, phone, code, secret, locale="en", client=HERE, request=b"browser")
        == CodeWrong()
    )
    await place.move_clock(timedelta(seconds=31))
    code = granted(await place.do(accounts.make_code, phone, secret, client=HERE, request=b"browser"))
    assert (
        granted(await place.do(accounts.sign_in, phone, code, secret, locale="en", client=HERE, request=b"browser"))
        == person
    )
    code = await place.do(accounts.make_code, phone, secret, client=HERE, request=b"browser")
    await place.move_clock(timedelta(minutes=6))
    assert (
        await place.do(accounts.sign_in, phone, code, secret, locale="en", client=HERE, request=b"browser")
        == CodeWrong()
    )


async def test_a_code_is_sent_once_in_half_a_minute(place: Place) -> None:
    secret, phone = b"s" * 32, "+8613800138000"
    granted(await place.do(accounts.make_code, phone, secret, client=HERE, request=b"browser"))
    assert isinstance(await place.do(accounts.make_code, phone, secret, client=HERE, request=b"browser"), CodeTooSoon)
    await place.move_clock(timedelta(seconds=31))
    granted(await place.do(accounts.make_code, phone, secret, client=HERE, request=b"browser"))


async def test_a_limit_counts_within_its_window_only(place: Place) -> None:
    async def count() -> Any:
        return await place.do(limits.take, "test", most=2, window_seconds=60)

    await begin_window(place, 60)
    assert [await count(), await count()] == [None] * 2
    await place.do(limits.give_back, "test", window_seconds=60)
    assert await count() is None
    for refusal in (await count(), await count()):
        assert isinstance(refusal, TooOften) and 50 <= refusal.data["retry_after_seconds"] <= 60
    await place.move_clock(timedelta(seconds=30))
    refusal = await count()
    assert isinstance(refusal, TooOften) and 20 <= refusal.data["retry_after_seconds"] <= 30
    await place.move_clock(timedelta(seconds=refusal.data["retry_after_seconds"]))
    assert [await count(), await count()] == [None] * 2


async def begin_window(place: Place, seconds: int) -> None:
    """Go to the beginning of the next window of this length."""
    async with place.work() as work:
        now = work.now.timestamp()
    await place.move_clock(timedelta(seconds=seconds - now % seconds))


async def test_asking_in_vain_keeps_nobody_from_signing_in(place: Place) -> None:
    granted(await place.do(accounts.make_code, PHONE, SECRET, client=ELSE, request=b"browser"))
    for _ in range(2 * CODES_PER_HOUR_MAX):
        assert isinstance(
            await place.do(accounts.make_code, PHONE, SECRET, client=ELSE, request=b"browser"), CodeTooSoon
        )
    await place.move_clock(timedelta(seconds=31))
    code = granted(await place.do(accounts.make_code, PHONE, SECRET, client=HERE, request=b"browser"))
    granted(await place.do(accounts.sign_in, PHONE, code, SECRET, locale="en", client=HERE, request=b"browser"))


async def test_one_address_gets_so_many_codes_sent_in_an_hour_and_another_one_still_gets_its_own(place: Place) -> None:
    await begin_window(place, 3600)
    for number in range(CODES_PER_CLIENT_AND_HOUR_MAX):
        granted(await place.do(accounts.make_code, f"+86139{number:08d}", SECRET, client=ELSE, request=b"browser"))
    assert isinstance(await place.do(accounts.make_code, PHONE, SECRET, client=ELSE, request=b"browser"), TooOften)
    granted(await place.do(accounts.make_code, PHONE, SECRET, client=HERE, request=b"browser"))


async def test_whoever_was_wrong_too_often_uses_up_no_more_codes(place: Place) -> None:
    await begin_window(place, 3600)
    for _ in range(WRONG_CODES_PER_CLIENT_AND_HOUR_MAX):
        assert (
            await place.do(accounts.sign_in, PHONE, "x", SECRET, locale="en", client=ELSE, request=b"browser")
            == CodeWrong()
        )
    code = granted(await place.do(accounts.make_code, PHONE, SECRET, client=HERE, request=b"browser"))
    before = await place.snapshot()
    for tried in ("x", code) * 3:
        assert isinstance(
            await place.do(accounts.sign_in, PHONE, tried, SECRET, locale="en", client=ELSE, request=b"browser"),
            TooOften,
        )
    assert await place.snapshot() == before
    granted(await place.do(accounts.sign_in, PHONE, code, SECRET, locale="en", client=HERE, request=b"browser"))


ACTS: dict[str, Callable[[Place, Any, Any], Awaitable[Any]]] = {
    "cancel_unpaid": lambda place, order, who: place.do(orders.cancel_unpaid, order, who, reason="test"),
    "confirm_receipt": lambda place, order, who: place.do(orders.confirm_receipt, order, who),
    "ship": lambda place, order, who: place.do(orders.ship, order, who, carrier="SF", tracking="1"),
    "cancel": lambda place, order, who: place.do(aftersales.cancel, order, who, reason="test"),
    "refund_whole": lambda place, order, who: place.do(aftersales.refund_whole, order, who, reason="test"),
    "leave_team": lambda place, order, who: place.do(groupbuy.leave_team, order, who),
}


@pytest.mark.parametrize("act", ACTS)
async def test_what_is_somebody_elses_is_answered_like_what_is_not_there(place: Place, act: str) -> None:
    of = await given.campaign(place, await given.goods(place))
    owner, stranger = await given.buyers(place, 2)
    team = await given.paid_team(place, owner, of)
    target = team.team if act == "leave_team" else team.order
    before = await place.snapshot()
    assert await ACTS[act](place, target, stranger.id) == NotFound()
    assert await ACTS[act](place, stranger.id, owner.id) == NotFound()
    assert await place.snapshot() == before


@pytest.mark.parametrize(
    ("field", "terms"),
    [
        ("prices", {"price_minor": 0}),
        ("prices", {"price_minor": AMOUNT_MINOR_MAX + 1}),
        ("size", {"size": 1}),
        ("size", {"size": 1001}),
        ("team_seconds", {"team_seconds": 0}),
        ("pay_seconds", {"pay_seconds": 3601}),
        ("units_per_order_max", {"units_per_order_max": 0}),
        ("units_per_person_max", {"units_per_person_max": 0}),
        ("audience", {"audience": "friends"}),
        ("late_policy", {"late_policy": "keep"}),
        ("promise_min", {"size": 3, "promise_min": 3}),
    ],
)
async def test_a_campaign_names_the_field_that_does_not_fit(place: Place, field: str, terms: dict[str, Any]) -> None:
    outcome = await given.launch(place, await given.goods(place), **terms)
    assert outcome == CampaignInvalid(field=field)

"""Every refusal of the modules, each provoked once, and each having changed nothing.

A scenario prepares a market and answers with the act that is to be refused; the table says with what.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.given import goods as given
from tests.given import refusals as scenarios
from tests.given.houses import Place
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal, granted
from tuan.people import accounts
from tuan.people.accounts.errors import CodeTooSoon, CodeWrong
from tuan.platform import limits
from tuan.platform.lanes import ServerBusy
from tuan.platform.limits import TooOften
from tuan.play import groupbuy
from tuan.play.groupbuy.errors import CampaignInvalid
from tuan.trade import aftersales, orders

ELSEWHERE = {
    CodeWrong: "a wrong try is counted, so it changes a row: test_a_wrong_code_is_counted",
    CodeTooSoon: "asking is counted, so it changes a row: test_a_code_is_sent_once_in_half_a_minute",
    TooOften: "counting is its effect: test_the_eleventh_code_of_an_hour_is_refused",
    ServerBusy: "a lane's, not a verb's: test_lanes.py",
}


@pytest.mark.parametrize("refusal", scenarios.TABLE, ids=lambda kind: kind.code)
async def test_a_refusal_changes_nothing(place: Place, refusal: type[Refusal]) -> None:
    act = await scenarios.TABLE[refusal](place)
    before = await place.snapshot()
    outcome = await act()
    assert type(outcome) is refusal, outcome
    assert await place.snapshot() == before
    assert await place.breaches() == {}


def test_every_refusal_of_the_modules_is_provoked_somewhere() -> None:
    floors = ("tuan.kit", "tuan.platform", "tuan.people", "tuan.goods", "tuan.value", "tuan.trade", "tuan.play")
    named = {kind for kind in Refusal.named.values() if kind.__module__.startswith(floors)}
    assert named == scenarios.TABLE.keys() | ELSEWHERE.keys()
    assert not scenarios.TABLE.keys() & ELSEWHERE.keys()


async def test_a_wrong_code_is_counted_and_the_sixth_try_is_refused_though_right(place: Place) -> None:
    secret, phone = b"s" * 32, "+8613800138000"
    code = granted(await place.do(accounts.make_code, phone, secret))
    for _ in range(5):
        assert await place.do(accounts.sign_in, phone, "x", secret, locale="en") == CodeWrong()
    assert await place.do(accounts.sign_in, phone, code, secret, locale="en") == CodeWrong()


async def test_a_code_works_once(place: Place) -> None:
    secret, phone = b"s" * 32, "+8613800138000"
    code = granted(await place.do(accounts.make_code, phone, secret))
    person = granted(await place.do(accounts.sign_in, phone, code, secret, locale="en"))
    assert await place.do(accounts.sign_in, phone, code, secret, locale="en") == CodeWrong()
    await place.move_clock(timedelta(seconds=31))
    code = granted(await place.do(accounts.make_code, phone, secret))
    assert granted(await place.do(accounts.sign_in, phone, code, secret, locale="en")) == person
    code = await place.do(accounts.make_code, phone, secret)
    await place.move_clock(timedelta(minutes=6))
    assert await place.do(accounts.sign_in, phone, code, secret, locale="en") == CodeWrong()


async def test_a_code_is_sent_once_in_half_a_minute(place: Place) -> None:
    secret, phone = b"s" * 32, "+8613800138000"
    granted(await place.do(accounts.make_code, phone, secret))
    assert isinstance(await place.do(accounts.make_code, phone, secret), CodeTooSoon)
    await place.move_clock(timedelta(seconds=31))
    granted(await place.do(accounts.make_code, phone, secret))


async def test_a_limit_counts_within_its_window_only(place: Place) -> None:
    async def count() -> Any:
        return await place.do(limits.count, "test", most=2, window_seconds=60)

    assert [await count() for _ in range(3)] == [None, None, TooOften(retry_after_seconds=60)]
    await place.move_clock(timedelta(seconds=61))
    assert await count() is None


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

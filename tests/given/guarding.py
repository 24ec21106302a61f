"""Signatures, consents and measures for tests."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.given import goods as given
from tests.given.goods import Buyer
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.kit.time import day_of
from tuan.people import compliance
from tuan.people.compliance.model import (
    CONSENTS,
    REPORT,
    SHOP_CUSTOMER,
    SIGN_OFF,
    AskSignOff,
    Chain,
    Pay,
    Plan,
    Reward,
    Rule,
    Trigger,
    fingerprint_of,
)

SECOND = Plan(
    (Reward(Trigger.KEPT_PURCHASE, 1, rate_bp=1000), Reward(Trigger.KEPT_PURCHASE, 2, rate_bp=200)), hold_days=15
)
"""A plan that needs a signature for its second level."""
QUIET = Pay(1000, 900, 0)
SOMEBODY = UUID(int=1)
PAPER = "ab" * 32


async def do_as(place: Place, who: UUID, verb: Any, *args: Any, **more: Any) -> Any:
    async with place.work(who) as work:
        return await verb(work, *args, **more)


async def to_sign(place: Place, plan: Plan = SECOND, **other: Any) -> AskSignOff:
    """What is asked of the first person; `other` replaces parts of it."""
    async with place.work() as work:
        now = work.now
    said = {
        "rule": Rule.LEVEL_NOT_SIGNED, "fingerprint": fingerprint_of(plan), "document": "合规意见书 2026-07",
        "document_hash": PAPER, "role": "法务", "from_at": now, "until": now + timedelta(days=90),
    }  # fmt: skip
    return AskSignOff(**{**said, **other})


async def asked(place: Place, who: Buyer | None = None, **other: Any) -> Any:
    first = who or await given.buyer(place)
    new = await to_sign(place, **other)
    return granted(await do_as(place, first.id, compliance.ask_sign_off, new, reason="test"))


async def signed(place: Place, **other: Any) -> Any:
    """A sign-off that counts now."""
    sign_off, second = await asked(place, **other), await given.buyer(place)
    assert await do_as(place, second.id, compliance.give_sign_off, sign_off, "总经理", reason="test") is None
    return sign_off


async def agree(place: Place, who: Buyer, about: UUID, purpose: str = SHOP_CUSTOMER, **other: Any) -> Any:
    said = {"version": CONSENTS[purpose].version, "language": "zh-CN", **other}
    return await place.do(compliance.give_consent, who.id, purpose, about, **said)


async def agrees(place: Place, who: Buyer, about: UUID, purpose: str = SHOP_CUSTOMER) -> bool:
    async with place.work() as work:
        return who.id in await compliance.has_consent(work, [who.id], purpose, about)


async def today(place: Place) -> date:
    async with place.work() as work:
        return day_of(work.now, work.market.time_zone)


async def measured(place: Place, found: Collection[Chain] = (), pay: Pay = QUIET) -> date:
    """Today, measured."""
    day = await today(place)
    await place.do(compliance.record_chains, day, found)
    await place.do(compliance.record_pay, day, pay, unlawful_plans=0)
    return day


async def reported(place: Place) -> str:
    """The public id of a report of today."""
    day, secret = await today(place), place.house.settings.secret
    return REPORT.show(
        granted(await place.do(compliance.make_report, secret, day, day, {}, market="团", reason="test"))
    )


def public(sign_off: UUID) -> str:
    return SIGN_OFF.show(sign_off)


def public_report(report: UUID) -> str:
    return REPORT.show(report)

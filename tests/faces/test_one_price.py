"""Same tier, same price, whoever asks: Hypothesis asks the public quote for persons, languages and devices that it chooses."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import given as all_of
from hypothesis import strategies as st

from tests.faces.conftest import Programs
from tests.given import carts, office
from tests.given import goods as given
from tests.given import promotions as promo
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tuan.goods.catalog.model import SKU
from tuan.kit.refusals import granted
from tuan.people.accounts.model import ADDRESS
from tuan.trade import aftersales
from tuan.value import promotions
from tuan.value.promotions.model import FreightRule

LANGUAGES = ("zh-CN", "en", "es")
DEVICES = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0",
    "Mozilla/5.0 (Linux; Android 9; Redmi 6A) AppleWebKit/537.36 Chrome/70.0 Mobile",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15",
    "curl/8.0",
)
TIERS = ("gold", "none")


class Asks(NamedTuple):
    """How each of a tier asks for the same: his language and his device."""

    tier: str
    units: int
    sku: int
    mode: str
    with_address: bool
    manners: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Fair:
    """A market with prices of every kind, and in each tier somebody new, somebody who bought, and one who gave it back."""

    place: Place
    programs: Programs
    loop: asyncio.AbstractEventLoop
    of: Goods
    people: dict[str, list[Buyer]]
    keys: dict[UUID, Any] = field(default_factory=dict)

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(doing)

    async def quoted(self, who: Buyer, asks: Asks, manner: tuple[str, str]) -> Any:
        program = await self.program(who, manner)
        sku = SKU.show((self.of.sku, *self.of.extra)[asks.sku])
        more = {"address": ADDRESS.show(who.address)} if asks.with_address else {}
        return await program.show_quote(sku=sku, units=asks.units, mode=asks.mode, **more)

    async def program(self, who: Buyer, manner: tuple[str, str]) -> Any:
        program = self.keys.get(who.id) or await self.programs(who.id)
        self.keys[who.id] = program
        program.language, program.headers = manner[0], {"user-agent": manner[1]}
        return program


@pytest.fixture
async def fair(place: Place, programs: Programs) -> Fair:
    await office.clerk(place)
    of = await given.campaign(place, await given.goods(place, skus=2), size=2)
    granted(await carts.freight(place, of, FreightRule(first_minor=600, free_above_minor=6000), is_usual=True))
    gold = granted(await place.do(promotions.make_tier, "Gold", reason="test"))
    assert await place.do(promotions.set_tier_price, gold, of.sku, 1500, reason="test") is None
    granted(await promo.rule(place, "limited", prices={of.extra[0]: 1700}))
    granted(await promo.rule(place, "reward", steps=((3000, 200),)))
    people = {tier: await given.buyers(place, 3) for tier in TIERS}
    for _, old, sorry in people.values():
        for who in (old, old, sorry):
            placed = granted(await given.place_order(place, who, of, 3))
            await given.pay(place, who, placed)
        assert await place.do(aftersales.cancel, placed.orders[0], sorry.id, reason="test") is None
    await place.later(timedelta(hours=1))
    for who in people["gold"]:
        assert await place.do(promotions.put_in_tier, who.id, gold, reason="test") is None
    return Fair(place, programs, asyncio.get_running_loop(), of, people)


manners = st.tuples(st.sampled_from(LANGUAGES), st.sampled_from(DEVICES))
asked = st.builds(
    Asks, st.sampled_from(TIERS), st.integers(1, 5), st.integers(0, 1), st.sampled_from(("alone", "open")), st.booleans(),
    st.tuples(manners, manners, manners),
)  # fmt: skip


async def compared(fair: Fair, asks: Asks) -> int:
    """The one total that all of this tier are told, with one explanation."""
    told = [await fair.quoted(who, asks, how) for who, how in zip(fair.people[asks.tier], asks.manners, strict=True)]
    assert told[1:] == told[:-1], told
    total: int = told[0].total.amount_minor
    assert all(
        sum(step.amount.amount_minor for step in line.steps) == line.amount.amount_minor for line in told[0].lines
    )
    return total


def test_whoever_asks_is_told_the_same_price_for_the_same_reasons(fair: Fair) -> None:
    totals: dict[Asks, int] = {}

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @all_of(asked)
    def asks(one: Asks) -> None:
        assume(one.mode == "alone" or not one.sku)  # the team price is for the first
        total = fair.run(compared(fair, one))
        assert totals.setdefault(one._replace(manners=()), total) == total

    asks()
    assert len(set(totals.values())) > 3, "there are prices to be different"


async def pay_as_told(fair: Fair, tier: str) -> list[int]:
    """What each of this tier owes who placed at the price that the first of them was told."""
    asks = Asks(tier, 2, 0, "alone", True, ((LANGUAGES[0], DEVICES[0]),) * 3)
    total, owed = await compared(fair, asks), []
    for who, how in zip(fair.people[tier], zip(LANGUAGES, DEVICES, strict=False), strict=True):
        program = await fair.program(who, how)
        line = {"sku": SKU.show(fair.of.sku), "units": 2}
        placed = await program.place_order(lines=[line], address=ADDRESS.show(who.address), quoted_minor=total)
        owed.append((await program.show_order(placed.orders[0])).total.amount_minor)
    return owed


def test_whoever_places_pays_what_the_others_of_his_tier_were_told(fair: Fair) -> None:
    gold, none = fair.run(pay_as_told(fair, "gold")), fair.run(pay_as_told(fair, "none"))
    assert (gold, none) == ([3400] * 3, [4380] * 3)
    assert fair.run(fair.place.breaches()) == {}

"""No sequence of public verbs pays for bringing people in, for a fee, for one's own purchase, or three levels deep.

Verbs are drawn at random, lawful and not: shops that invite shops, links, customers that come and go, purchases of everybody by
everybody's link in every channel, goods that come back, plans of all kinds, holds and decisions. Whatever came of it, every cent that a
shop has is a part of goods that somebody else bought by its recommendation, or by that of a shop that it invited, and no owner of
the place where its link was for, or of the one where its buyer was, forbids that it is paid.
"""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.given import commissions as given
from tests.given import goods, guarding, settling
from tests.given import sharing as share
from tests.given.houses import Place
from tuan.kit.refusals import Refusal
from tuan.people import parties, sharing
from tuan.people.compliance.model import CHANNELS as PROFILED
from tuan.people.compliance.model import Channel
from tuan.people.sharing.model import CHANNELS as LINKED
from tuan.people.sharing.model import BindRule, BindTerms
from tuan.play import distribution, loyalty, shops
from tuan.play.distribution.model import CHANNEL_OF, CHANNELS, Rate, Scope, Terms
from tuan.play.shops.model import Apply
from tuan.trade import aftersales

STEPS = 40
TWO_LEVELS = Terms(
    (Rate(Scope.MARKET, None, 1, 1000), Rate(Scope.MARKET, None, 2, 200, channels=frozenset({Channel.WEB})))
)
PAID_SQL = (
    "SELECT t.kind, t.to_code, t.amount, t.about FROM ledger.transfers t WHERE t.market_id = $1 AND t.to_code LIKE 'shop:%' "
    "AND t.from_code NOT LIKE 'shop:%'"
)
COMMISSIONS_SQL = (
    "SELECT c.id, c.depth, c.shop_id, c.amount_minor, o.person_id AS buyer, s.owner_id AS owner, a.shop_id AS seller, w.inviter_id, "
    "l.amount_minor - l.freight_minor AS goods, o.paid_at, n.channel AS linked, a.channel AS bought_in, c.channel, v.channels "
    "FROM distribution.commissions c "
    "JOIN orders.orders o ON o.market_id = c.market_id AND o.id = c.order_id "
    "JOIN orders.lines l ON l.market_id = c.market_id AND l.order_id = c.order_id AND l.number = c.line_number "
    "JOIN parties.shops s ON s.market_id = c.market_id AND s.id = c.shop_id "
    "LEFT JOIN orders.attributions a ON a.market_id = c.market_id AND a.order_id = c.order_id AND a.line_number = c.line_number "
    "LEFT JOIN parties.shops w ON w.market_id = a.market_id AND w.id = a.shop_id "
    "LEFT JOIN sharing.links n ON n.market_id = a.market_id AND n.code = a.code "
    "LEFT JOIN distribution.rates v ON v.market_id = c.market_id AND v.plan_id = c.plan_id AND v.number = c.version AND v.depth = c.depth "
    "WHERE c.market_id = $1"
)


@dataclass
class Market:
    """What a run knows of: people, shops and what was bought."""

    place: Place
    dice: random.Random
    of: goods.Goods
    people: list[goods.Buyer] = field(default_factory=list)
    shops: list[given.Shop] = field(default_factory=list)
    bought: list[tuple[goods.Buyer, UUID]] = field(default_factory=list)
    plans: list[UUID] = field(default_factory=list)

    async def joins(self) -> None:
        self.people.append(await given.neighbour(self.place))

    async def opens(self) -> None:
        """A shop, mostly invited by another one; three in a row and more come about by themselves."""
        owner = self.dice.choice(self.people)
        if any(one.owner is owner for one in self.shops):
            await self.place.do(
                shops.apply_for_shop, Apply(owner.id, "再开一家", inviter=self.dice.choice(self.shops).id)
            )
            return
        inviter = self.dice.choice(self.shops).id if self.shops and self.dice.random() < 0.8 else None
        await self.admits(owner, inviter, self.dice.choice(LINKED))

    async def admits(self, owner: goods.Buyer, inviter: UUID | None, linked: str) -> None:
        made = await self.place.do(parties.admit_shop, "小店", owner.id, inviter=inviter, reason="test")
        self.shops.append(given.Shop(made, owner, await share.link(self.place, owner, self.of, channel=linked)))

    async def comes(self) -> None:
        who, to = self.dice.choice(self.people), self.dice.choice(self.shops)
        link = await share.opened(self.place, to.code)
        assert link is not None
        await share.come(self.place, who, link)
        await self.place.do(sharing.follow_shop, who.id, to.id)

    async def goes(self) -> None:
        await self.place.do(sharing.leave_shop, self.dice.choice(self.people).id)

    async def buys(self) -> None:
        who, code = self.dice.choice(self.people), self.dice.choice([None, *(one.code for one in self.shops)])
        units, channel = self.dice.randint(1, 3), self.dice.choice(CHANNELS)
        self.bought.append((who, await given.buy(self.place, who, self.of, code, units, channel=channel)))

    async def keeps(self) -> None:
        who, order = self.dice.choice(self.bought)
        if await goods.state_of(self.place, order) == "to_ship":
            await given.receive(self.place, self.of, who, order)
            if self.dice.random() < 0.5:
                await self.place.later(settling.KEPT)

    async def brings_back(self) -> None:
        who, order = self.dice.choice(self.bought)
        asked = await given.ask(self.place, who, order, given.Kind.REFUND_ONLY, "damaged", (1, 1))
        if not isinstance(asked, Refusal):
            await self.place.do(aftersales.agree, order, asked.number, self.of.supplier)
        elif self.dice.random() < 0.5:
            await self.place.do(aftersales.refund_whole, order, self.of.supplier, reason="test")
        await self.place.quiet()

    async def plans_to_pay(self) -> None:
        """A plan that may be, or one that may not."""
        rates = [
            Rate(Scope.MARKET, None, self.dice.choice((1, 2, 3)), self.dice.choice((100, 1000, 2900, 5000)),
                 channels=frozenset(self.dice.sample(CHANNELS, self.dice.randint(1, 3))))
            for _ in range(self.dice.randint(1, 2))
        ]  # fmt: skip
        terms = Terms(tuple(rates), hold_days=self.dice.choice((0, 8)))
        made = await self.place.do(distribution.draft_plan, "方案", terms, reason="test")
        if isinstance(made, Refusal):
            return
        if self.dice.random() < 0.5:
            async with self.place.work() as work:
                prints = list((await distribution.to_sign(work, terms)).values())
            for one in prints:
                await guarding.signed(self.place, fingerprint=one)
        if await self.place.do(distribution.switch_on, made, 1, reason="test") is None:
            self.plans.append(made)

    async def looks(self) -> None:
        async with self.place.work() as work:
            found = (await distribution.commissions(work)).items
        if not found:
            return
        verb = self.dice.choice((distribution.hold, distribution.release, distribution.void))
        await self.place.do(verb, self.dice.choice(found)["id"], reason="test")

    async def checks_in(self) -> None:
        await self.place.do(loyalty.check_in, self.dice.choice(self.people).id)

    async def waits(self) -> None:
        await self.place.later(timedelta(days=self.dice.randint(1, 9)))


async def begun(place: Place, seed: int) -> Market:
    market = Market(place, random.Random(seed), await goods.goods(place, units=500, price_minor=1990))
    await share.rule(place, BindTerms(BindRule.LATEST, None, 0))
    for _ in range(6):
        await market.joins()
    async with place.work() as work:
        (fingerprint,) = (await distribution.to_sign(work, TWO_LEVELS)).values()
    await guarding.signed(place, fingerprint=fingerprint)
    market.plans.append(await given.plan(place, TWO_LEVELS))
    above, below, *_, who = market.people
    await market.admits(above, None, "web")
    await market.admits(below, market.shops[0].id, "web")
    for channel in CHANNELS:
        order = await given.buy(place, who, market.of, market.shops[1].code, channel=channel)
        market.bought.append((who, order))
    return market


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(1, 20))])
async def test_no_sequence_of_verbs_pays_for_anything_but_goods_that_others_bought(place: Place, seed: int) -> None:
    market = await begun(place, seed)
    acts: list[Any] = [market.joins, market.opens, market.comes, market.goes, market.keeps, market.keeps, market.brings_back,
                       market.plans_to_pay, market.looks, market.checks_in, market.waits, *[market.buys] * 4]  # fmt: skip
    for _ in range(STEPS):
        await market.dice.choice(acts)()
    await place.later(timedelta(days=20))
    async with place.work() as work:
        paid, made = await work.fetch(PAID_SQL), {row["id"]: row for row in await work.fetch(COMMISSIONS_SQL)}
        not_paid = (await distribution.withheld(work, shop=market.shops[0].id)).items
    assert {one["depth"] for one in made.values()} == {1, 2} and not_paid, "this seed proves nothing"
    for row in paid:
        assert row["kind"] in ("commission_1", "commission_2"), row
        of = made[row["about"]]
        assert row["to_code"] == f"shop:{of['shop_id']}:pending" and row["amount"] <= of["amount_minor"]
    for one in made.values():
        assert one["depth"] in (1, 2) and one["buyer"] != one["owner"] and one["paid_at"] is not None
        assert one["shop_id"] == (one["seller"] if one["depth"] == 1 else one["inviter_id"])
        assert 0 < one["amount_minor"] * 10 <= one["goods"] * 3
        of_link, of_buyer = CHANNEL_OF[one["linked"] or "web"], Channel(one["bought_in"])
        assert one["depth"] <= min(PROFILED[of_link].levels, PROFILED[of_buyer].levels)
        assert of_link in one["channels"] and (of_buyer == Channel.WEB or of_buyer in one["channels"])
    assert await place.breaches() == {}


async def test_a_third_level_cannot_be_written_nor_an_attribution_changed(place: Place) -> None:
    of = await goods.goods(place)
    plan = await given.plan(place)
    shop = await given.shop(place, of)
    await given.buy(place, await given.neighbour(place), of, shop.code)
    for sql, error in (
        ("INSERT INTO distribution.rates (market_id, plan_id, number, place, scope, depth, rate_bp, fixed_minor) "
         "VALUES ($1, $2, 1, 9, 'market', 3, 100, 0)", asyncpg.CheckViolationError),
        ("UPDATE distribution.commissions SET depth = 3 WHERE market_id = $1 AND plan_id = $2", asyncpg.CheckViolationError),
        ("UPDATE orders.attributions SET shop_id = $2 WHERE market_id = $1", asyncpg.InsufficientPrivilegeError),
        ("DELETE FROM orders.attributions WHERE market_id = $1 AND shop_id <> $2", asyncpg.InsufficientPrivilegeError),
    ):  # fmt: skip
        with pytest.raises(error):
            async with place.work() as work:
                await work.execute(sql, plan)


async def test_a_fee_is_no_line_and_a_shop_that_only_invites_earns_nothing(place: Place) -> None:
    of = await goods.goods(place)
    await given.plan(place)
    top = await given.shop(place, of)
    for _ in range(3):
        owner = await given.neighbour(place)
        await place.do(parties.admit_shop, "新店", owner.id, inviter=top.id, reason="test")
        link = await share.opened(place, top.code)
        assert link is not None
        await share.come(place, owner, link)
    await place.later(timedelta(days=40))
    assert await given.balance(place, top) == (0, 0, 0)
    async with place.work() as work:
        assert await work.fetch(COMMISSIONS_SQL) == []

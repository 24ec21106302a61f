"""The real side of the money machine: a market of `terms`, made and driven by public verbs, and what its books say."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.given import goods as given
from tests.given import houses, settling
from tests.given.goods import Buyer
from tests.given.houses import Place
from tests.given.identities import identify
from tests.stories import terms
from tuan.goods import catalog, supply
from tuan.goods.catalog.model import Customs, Freight, FreightRule, NewFreight, Parcel
from tuan.kit.refusals import granted
from tuan.kit.time import Instant, day_of
from tuan.main import House
from tuan.people import accounts, parties
from tuan.people.accounts.model import Address
from tuan.platform.gateways.sandbox.provider import NOBODY
from tuan.platform.relay import Relay
from tuan.platform.work import Work
from tuan.play import groupbuy, loyalty, presale
from tuan.play.presale.model import NewOffer, Price
from tuan.trade import invoices, settlement
from tuan.trade.invoices.model import Titled
from tuan.trade.settlement.model import AccountState, Rules
from tuan.trade.settlement.model import Terms as Rates
from tuan.trade.settlement.sweeps import WITHDRAWALS
from tuan.value import points, promotions
from tuan.value.points.model import Terms
from tuan.value.promotions.model import NewRule, NewTemplate

T = TypeVar("T")

FOREVER = timedelta(days=3650)
INVOICED = Titled("personal", "收件人", "", "buyer@example.com")
SAID_SQL = """
SELECT 'money' AS kind, code AS name, balance::text AS said FROM ledger.accounts WHERE market_id = $1 AND balance <> 0
UNION ALL SELECT 'stock', sku_id::text, concat_ws(' ', on_hand, held, allotted) FROM supply.stock WHERE market_id = $1
UNION ALL SELECT 'order', id::text, state || ' ' || refunded_minor FROM orders.orders WHERE market_id = $1
UNION ALL SELECT 'case', order_id || '/' || number, state FROM aftersales.cases WHERE market_id = $1 AND number > 0
UNION ALL SELECT 'coupon', id || ' ' || person_id, state FROM promotions.coupons WHERE market_id = $1
UNION ALL SELECT 'cart', person_id || ' ' || sku_id, units::text FROM carts.lines WHERE market_id = $1
UNION ALL SELECT 'cart', person_id || ' ' || bundle_id, sets::text FROM carts.sets WHERE market_id = $1
UNION ALL SELECT 'tax', order_id::text, sum(tax_minor)::text FROM orders.lines WHERE market_id = $1 AND tax_minor > 0 GROUP BY 2
UNION ALL SELECT 'owes', person_id::text, debt::text FROM points.wallets WHERE market_id = $1 AND debt > 0
UNION ALL SELECT 'invoice', i.order_id::text, concat_ws(' ', i.amount_minor, i.tax_minor, sum(l.red_minor),
  sum(l.red_tax_minor)) FROM invoices.invoices i JOIN invoices.lines l ON l.market_id = $1 AND l.invoice_id = i.id
  WHERE i.market_id = $1 GROUP BY i.order_id, i.amount_minor, i.tax_minor
UNION ALL SELECT 'payout', id::text, state FROM settlement.withdrawals WHERE market_id = $1
UNION ALL SELECT 'paid', p.person_id::text, sum(c.amount_minor)::text FROM payments.captures c JOIN payments.payables p
  ON p.market_id = $1 AND p.id = c.payable_id WHERE c.market_id = $1 GROUP BY 2
UNION ALL SELECT 'given back', p.person_id::text, sum(r.amount_minor)::text FROM payments.refunds r
  JOIN payments.captures c ON c.market_id = $1 AND c.id = r.capture_id
  JOIN payments.payables p ON p.market_id = $1 AND p.id = c.payable_id WHERE r.market_id = $1 GROUP BY 2
UNION ALL SELECT 'lots', person_id || coalesce(' ' || floor(extract(epoch FROM expires_at - $2) / $3)::int, ''),
  sum(remaining - held)::text FROM points.lots WHERE market_id = $1 AND remaining > held
  GROUP BY person_id, floor(extract(epoch FROM expires_at - $2) / $3)
"""
CODES = {
    "provider:sandbox:clearing": "clearing", "buyers:prepayment": "prepayment", "buyers:refunds_payable": "refunds",
    "platform:income": "income", "platform:tax_withheld": "tax", "market:discounts": "discounts", "organisation:discounts": "organisations", "points:issued": "issued",
    "points:debt": "owed", "buyers:compensation": "compensation", "provider:by_hand:clearing": "by hand",
}  # fmt: skip


@dataclass(slots=True)
class Side:
    """Where machines play: a house, the loop that its connections belong to, and how many acts were done there."""

    house: House
    relay: Relay
    loop: asyncio.AbstractEventLoop
    acts: int = 0

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(doing)


@dataclass(slots=True)
class Market:
    """One market; ids by the names that `terms` gives things. names: the other way, and whatever the machine adds."""

    place: Place
    began: Instant
    buyers: list[Buyer]
    staff: list[UUID]
    sellers: dict[str, UUID] = field(default_factory=dict)
    skus: dict[str, UUID] = field(default_factory=dict)
    templates: dict[str, UUID] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)
    products: dict[str, UUID] = field(default_factory=dict)
    campaigns: dict[str, Any] = field(default_factory=dict)
    addresses: dict[tuple[int, str], UUID] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    tier: Any = None

    async def said(self) -> dict[tuple[str, str], str]:
        """What the tables say, by kind and name."""
        async with self.place.work() as work:
            rows = await work.fetch(SAID_SQL, self.began, terms.STEPS[0])
        return {(row["kind"], self._name(row["name"])): row["said"] for row in rows}

    def _name(self, code: str) -> str:
        """`supplier:<id>:payable` is `payable A`, `person:<id>:points:pending` is `pending 0`, and `<id> 12` is `0 12`."""
        if code in CODES:
            return CODES[code]
        if code.startswith(("supplier:", "person:")):
            _, one, *what = code.split(":")
            return f"{what[-1]} {self.names[one]}"
        return " ".join(self.names.get(one, one) for one in code.split())

    async def launch_presale(self, sku: str, old: Any) -> Any:
        """In the place of an old one, whose time is over."""
        price, deposit, earnest = terms.PRESALES[sku]
        async with self.place.work() as work:
            if old is not None:
                assert await presale.end_offer(work, old, reason="test") is None
            until = {
                "ends_at": terms.BOOK_SECONDS, "balance_from": terms.BALANCE_FROM, "balance_until": terms.BALANCE_UNTIL,
                "ships_by": 2 * terms.BALANCE_UNTIL,
            }  # fmt: skip
            times = {name: work.now + timedelta(seconds=seconds) for name, seconds in until.items()}
            prices = {self.skus[sku]: Price(price, deposit)}
            kind = "earnest" if earnest else "prepayment"
            new = NewOffer(self.products[sku], kind, prices, work.now, **times)
            return granted(await presale.launch_offer(work, new, reason="test"))

    async def launch_deal(self, work: Work, name: str) -> Any:
        deal = terms.DEALS[name]
        sku = self.skus[deal.sku]
        new = NewRule(name, name, work.now, work.now + timedelta(seconds=deal.lasts), self.sellers.get(deal.seller or ""),
                      prices={} if deal.parts else {sku: deal.price}, allotments={sku: deal.units} if deal.units else {},
                      set_units={self.skus[one]: units for one, units in deal.parts},
                      set_minor=deal.price if deal.parts else None)  # fmt: skip
        return await promotions.launch_rule(work, replace(new, per_order=deal.most or new.per_order), reason="test")

    async def ask_invoice(self, work: Work, order: UUID, person: UUID) -> Any:
        return await invoices.ask_invoice(work, order, person, INVOICED)

    async def issue_invoice(self, work: Work, invoice: UUID, seller: UUID) -> Any:
        today = day_of(work.now, work.market.time_zone)
        return await invoices.issue(work, invoice, seller, invoice.hex, today, terms.INVOICE_RATE)

    async def advance(self, seconds: int) -> None:
        """What was agreed to is paid before time makes somebody owe."""
        await self.place.relay.call_out(WITHDRAWALS, self.place.market)
        await self.place.later(timedelta(seconds=seconds))

    async def deliver(self) -> None:
        """Every fact that is told, and nothing that falls due."""
        while await self.place.relay.hand_up():
            pass


async def open_market(house: House, relay: Relay) -> Market:
    place = Place(house, relay, *await houses.make_market(house))
    await _set_clock(place)
    people = [*await given.crowd(place, len(terms.BUYERS) + 3)]
    buyers, staff = people[: len(terms.BUYERS)], [one.id for one in people[len(terms.BUYERS) :]]
    async with place.work() as work:
        now = work.now
    market = Market(place, now, buyers, staff)
    await _stock_up(place, market, staff[0])
    await _set_terms(place, market)
    await _send(place, market)
    async with place.work() as work:
        for kind in terms.KINDS:
            market.templates[kind] = granted(
                await promotions.launch_template(work, _template(market, kind, now), reason="test")
            )
        reward = NewRule("reward", "满减", now, now + FOREVER, steps=terms.REWARD)
        granted(await promotions.launch_rule(work, reward, reason="test"))
        market.tier = granted(await promotions.make_tier(work, "会员", reason="test"))
        for sku, price in terms.TIER.items():
            assert await promotions.set_tier_price(work, market.tier, market.skus[sku], price, reason="test") is None
    async with place.work() as work:
        for name, game in terms.GAMES.items():
            team = groupbuy.NewCampaign(
                market.products[game.sku], {market.skus[game.sku]: game.price}, game.size, now, now + FOREVER,
                terms.TEAM_SECONDS, terms.TEAM_PAY_SECONDS, late_policy="refund", ladder=game.ladder,
                promise_min=game.promise if game.ladder else None, leader_off_minor=game.leader_off,
            )  # fmt: skip
            market.campaigns[name] = granted(await groupbuy.launch_campaign(work, team, reason="test"))
    market.names |= {str(one.id): str(number) for number, one in enumerate(buyers)}
    market.names |= {str(one): name for named in (market.sellers, market.skus) for name, one in named.items()}
    return market


async def _set_clock(place: Place) -> None:
    """To where the first day of `terms` begins, so that no day ends while a machine plays."""
    async with place.work() as work:
        now = work.now.astimezone(ZoneInfo(work.market.time_zone))
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    await place.move_clock(tomorrow + timedelta(seconds=terms.DAY_BEGAN) - now)


async def _send(place: Place, market: Market) -> None:
    """What sending costs by `terms`, and each buyer's two addresses."""
    async with place.work() as work:
        for seller, of in market.sellers.items():
            ways = {where: way for (one, where), way in terms.SENDING.items() if one == seller}
            rules = tuple(FreightRule(frozenset((where,)), True, *way) for where, way in ways.items())
            granted(await catalog.keep_freight(work, of, NewFreight("快递", Freight(rules)), reason="test"))
        for number, one in enumerate(market.buyers):
            for where in (terms.NEAR, terms.FAR):
                address = Address("收件人", "13800138000", where, "文三路 1 号")
                market.addresses[number, where] = granted(await accounts.add_address(work, one.id, address))


async def _stock_up(place: Place, market: Market, owner: UUID) -> None:
    """Sellers, goods and stock; the products by the name of their one SKU."""
    async with place.work() as work:
        category = await catalog.add_category(work, "fruit", "水果", 1)
        for seller in terms.RATES:
            market.sellers[seller] = await parties.admit_supplier(work, seller, owner, promise="48 小时", reason="test")
        new = [
            catalog.NewProduct(market.sellers[seller], category, name, "现摘", ["goods/navel-orange.svg"], [("1 kg", price)],
                               "shipped")
            for name, (seller, price) in terms.SKUS.items()
        ]  # fmt: skip
        for name, one in zip(terms.SKUS, new, strict=True):
            ((product, (sku,)),) = granted(await catalog.list_products(work, [one]))
            market.skus[name], market.products[name] = sku, product
            await asyncio.sleep(0.002)  # what is made in one millisecond has ids in any order
        assert sorted(market.skus.values()) == [*market.skus.values()], (
            "a bundle has its goods in the order of their ids"
        )
    async with place.work() as work:
        assert await supply.receive(work, dict.fromkeys(market.skus.values(), terms.UNITS), reason="test") is None
        for name, most in terms.LIMITS.items():
            seller, limited = market.sellers[terms.SKUS[name][0]], Parcel(units_per_person_max=most)
            assert await catalog.set_parcel(work, seller, market.skus[name], limited, reason="test") is None
        for name, rate in terms.TAXED.items():
            seller, price = terms.SKUS[name]
            customs = Customs("3304990099", "FR", price, rate)
            assert (
                await catalog.set_customs(work, market.sellers[seller], market.skus[name], customs, reason="test")
                is None
            )
    for buyer in terms.AT_CUSTOMS:
        await identify(place, market.buyers[buyer])


async def _set_terms(place: Place, market: Market) -> None:
    async with place.work() as work:
        of_points = Terms(
            earn_points=1, earn_per_minor=terms.EARN_PER, earn_order_max=10**6, event_day_max=10**6,
            valid_days=terms.POINT_DAYS, hundred_minor=terms.POINT_HUNDRED, spend_permyriad=terms.POINT_CAP, spend_min=1,
            owes_reversed=True,
        )  # fmt: skip
        assert await points.set_terms(work, of_points, reason="test") is None
        assert await loyalty.set_ladder(work, terms.LADDER, reason="test") is None
        for seller, rates in terms.RATES.items():
            assert await settlement.set_terms(work, market.sellers[seller], Rates(*rates), reason="test") is None
        rules = Rules(terms.PAYOUT_MIN, terms.PAYOUT_FEE, terms.PAYOUT_TWO, terms.CLAIMS_FOR // terms.DAY)
        assert await settlement.set_rules(work, rules, reason="test") is None
    for seller in terms.RATES:
        if seller == "A":
            market.accounts[seller] = await settling.account_of(place, market.sellers[seller])
        else:
            of = market.sellers[seller]
            account = granted(await place.do(settlement.add_account, of, "sandbox", "transfer", "果园", NOBODY))
            assert await place.do(settlement.move_account, account, AccountState.ACTIVE, reason="test") is None
            market.accounts[seller] = account


def _template(market: Market, name: str, now: Instant) -> NewTemplate:
    kind = terms.KINDS[name]
    supplier = None if kind.seller is None else market.sellers[kind.seller]
    way = "friends" if kind.friends else "centre" if kind.is_taken else "granted"
    return NewTemplate(name, now, now + FOREVER, kind.off, kind.share, kind.cap, kind.threshold, supplier, stacks=kind.stacks,
                       valid_seconds=kind.lasts, per_person=kind.per_person, giftable=kind.is_giftable, way=way,
                       friends=kind.friends, gather_seconds=terms.GATHER_SECONDS if kind.friends else None,
                       bearer=None if supplier else kind.bearer)  # fmt: skip


def differences(expected: dict[tuple[str, str], str], said: dict[tuple[str, str], str]) -> Sequence[str]:
    """One line for each thing of which the books and the tables say something else."""
    every = sorted(expected.keys() | said.keys())
    return [
        f"{' '.join(one)}: {said.get(one)}, not {expected.get(one)}"
        for one in every
        if expected.get(one) != said.get(one)
    ]

"""Buying: what it would cost, what it costs, and what pays for it besides money."""

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from tuan.goods import catalog, supply
from tuan.goods.supply.model import Stock
from tuan.kit.refusals import Refusal
from tuan.people import accounts, sharing
from tuan.platform import idempotency
from tuan.platform.work import Work
from tuan.trade import carts
from tuan.trade.orders import model, queries, store
from tuan.trade.orders.model import Basket, Placed, PlaceOrder, Purse
from tuan.value import ledger, points, promotions
from tuan.value.ledger.model import Postings
from tuan.value.points.model import OFF, Lots, Terms
from tuan.value.promotions.model import (
    NO_COUPONS,
    Coupons,
    Quote,
    Rules,
    Suggestion,
    suggest,
)


async def place_orders(work: Work, commands: Sequence[PlaceOrder]) -> list[Placed | Refusal]:
    """Buy alone. One outcome per command, in their order; what had an effect is remembered under its key."""
    claims = await idempotency.claim(work, "orders.place", commands, restore=model.decode_placed)
    fresh: list[PlaceOrder] = [command for _, command in claims.fresh]
    rules = await _load_rules(work, fresh)
    skus = {sku for command in fresh for sku in model.skus_of(command, rules)}
    offers = await catalog.load_offers(work, skus)
    addresses = await accounts.load_addresses(work, [c.address for c in fresh], [c.actor for c in fresh])
    recommenders = await sharing.load_recommenders(work, fresh, addresses.bound)
    bought, in_carts, identities = await store.load_limits(work, fresh, offers, rules)
    chosen = {coupon for command in fresh for coupon in command.coupons}
    stock = await supply.load_stock(work, skus, rules.allotments())
    coupons, old_customers = await _load_coupons(work, chosen, fresh) if chosen else (NO_COUPONS, set())
    terms, lots = await _load_points(work, fresh)
    draft = model.OrderDraft(await work.read_clock(), work.market.currency, recommenders)
    outcomes = [
        model.place(
            c, offers, stock, addresses, draft, rules, coupons, old_customers, terms, lots, in_carts, bought, identities
        )
        for c in fresh
    ]
    await supply.save_stock(work, stock)
    await promotions.save_coupons(work, coupons)
    await store.save_draft(work, draft)
    await carts.save_carts(work, in_carts)
    if lots is not None:
        postings = Postings()
        await points.save_lots(work, lots, postings)
        await ledger.save_postings(work, postings)
    return await idempotency.remember(work, claims, outcomes, store=model.encode_placed)


async def _load_rules(work: Work, commands: Sequence[PlaceOrder]) -> Rules:
    """What stands for what is wanted, with the bundles that are named and the tiers of the buyers."""
    skus = {sku for command in commands for sku, _ in command.items}
    named = {bundle for command in commands for bundle, _ in command.sets}
    return await promotions.load_rules(work, skus, persons={c.actor for c in commands}, bundles=named)


class Chooses(Protocol):
    """Whoever buys, with the coupons he chose and how many of his points are to pay."""

    @property
    def actor(self) -> UUID: ...
    @property
    def coupons(self) -> tuple[UUID, ...]: ...
    @property
    def points(self) -> int: ...


async def load_purse(work: Work, commands: Sequence[Chooses]) -> Purse:
    """What the buyers of a batch chose to pay with besides money, locked after the stock; what nobody chose is not asked for."""
    chosen = {coupon for command in commands for coupon in command.coupons}
    coupons, old_customers = await _load_coupons(work, chosen, commands) if chosen else (NO_COUPONS, set())
    terms, lots = await _load_points(work, commands)
    return Purse(coupons, old_customers, terms, lots)


async def peek_purse(work: Work, command: Chooses) -> Purse:
    """The same of one buyer without locks, for showing; his points are not in it."""
    coupons = await promotions.peek_coupons(work, command.coupons) if command.coupons else NO_COUPONS
    old_customers = await queries.have_bought(work, [command.actor]) if command.coupons else set()
    return Purse(coupons, old_customers, await points.load_terms(work) if command.points else OFF)


async def save_purse(work: Work, purse: Purse) -> None:
    """What became of it; the last to be saved, after what it pays for."""
    await promotions.save_coupons(work, purse.coupons)
    if purse.lots is not None:
        postings = Postings()
        await points.save_lots(work, purse.lots, postings)
        await ledger.save_postings(work, postings)


async def _load_points(work: Work, fresh: Sequence[Chooses]) -> tuple[Terms, Lots | None]:
    """The market's terms and the wallets, locked, of those who want to use points; where nobody does, nothing is asked."""
    spenders = {command.actor for command in fresh if command.points}
    return (await points.load_terms(work), await points.load_lots(work, spenders)) if spenders else (OFF, None)


async def _load_coupons(work: Work, chosen: Collection[UUID], fresh: Sequence[Chooses]) -> tuple[Coupons, set[UUID]]:
    """The coupons, locked, and who of those who want to use one has bought before."""
    coupons = await promotions.load_coupons(work, chosen)
    return coupons, await queries.have_bought(work, {command.actor for command in fresh if command.coupons})


async def quote(work: Work, command: PlaceOrder) -> Quote | Refusal:
    """What placing this would cost now, and why, or what it would be refused for. Nothing is held and nothing changed.

    Whether the stock is there is left to placing. Freight is in it where the address is said.
    """
    basket = await _fill(work, command)
    if isinstance(basket, Refusal):
        return basket
    coupons = await promotions.peek_coupons(work, command.coupons) if command.coupons else NO_COUPONS
    old_customers = await queries.have_bought(work, [command.actor]) if command.coupons else set()
    if refusal := model.why_not_use(command.coupons, coupons, command.actor, work.now, old_customers):
        return refusal
    terms = await points.load_terms(work) if command.points else OFF
    region = await queries.region_of(work, command.actor, command.address) if basket.prices.freight else None
    if isinstance(region, Refusal):
        return region
    return basket.quote([coupons.terms(coupon) for coupon in command.coupons], command.points, terms, region)


async def _fill(work: Work, command: PlaceOrder) -> Basket | Refusal:
    """What placing this would fill, without a lock."""
    rules = await _load_rules(work, [command])
    skus = model.skus_of(command, rules)
    offers = await catalog.load_offers(work, skus)
    stock = await supply.peek_stock(work, skus, rules.allotments()) if rules.flash else Stock([])
    return model.fill(command.items, offers, rules, stock, person=command.actor, sets=command.sets)


async def suggest_coupons(work: Work, command: PlaceOrder) -> tuple[Suggestion, Coupons] | Refusal:
    """Which of the buyer's coupons would leave least to pay for these items, and the coupons that were weighed."""
    basket = await _fill(work, command)
    if isinstance(basket, Refusal):
        return basket
    return await weigh_coupons(work, command.actor, basket)


async def weigh_coupons(work: Work, person: UUID, basket: Basket) -> tuple[Suggestion, Coupons]:
    """The same for what is in a basket already."""
    coupons = await promotions.peek_coupons(work, await promotions.usable_coupons(work, person))
    bought = await queries.have_bought(work, [person]) if coupons.rows else set()
    usable = [c for c in coupons.rows if coupons.why_not_use(c, person, work.now, bought) is None]
    wallet = [coupons.terms(coupon) for coupon in usable]
    return suggest(basket.lines, basket.prices, basket.tier, wallet, basket.campaigns), coupons

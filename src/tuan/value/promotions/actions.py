"""The verbs of promotions: launch and end terms, take and grant coupons; holds are made by whoever sells, through `Coupons`."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from tuan.goods import catalog, supply
from tuan.goods.supply.model import ALLOTMENT, AllotmentId, AllotmentRow
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.people import parties
from tuan.platform import audit, idempotency
from tuan.platform.work import Work
from tuan.value.promotions import model, queries, store
from tuan.value.promotions.errors import CodeInUse, GiftGone, RuleClash, RuleInvalid
from tuan.value.promotions.model import (
    GIFT,
    RULE,
    TEMPLATE,
    TIER,
    CouponId,
    Gift,
    GiftState,
    NewRule,
    NewTemplate,
    RuleId,
    RuleState,
    TakeCoupon,
    TakeGift,
    TemplateId,
    TemplateState,
    TierId,
    named,
)

GIFT_CODE_BYTES = 12
"""What nobody guesses: 96 bits."""


async def take_coupons(
    work: Work, commands: Sequence[TakeCoupon], old_customers: Collection[UUID] = ()
) -> list[CouponId | Refusal]:
    """Take coupons, whatever the crowd: one outcome per command, in their order; what had an effect is remembered.

    old_customers: those among the takers who have bought before; they get none that is for newcomers.
    """
    claims = await idempotency.claim(work, "promotions.take_coupon", commands, restore=model.decode_taken)
    fresh: list[TakeCoupon] = [command for _, command in claims.fresh]
    outcomes: list[CouponId | Refusal] = []
    if fresh:
        taking = await store.lock_taking(work, fresh, old_customers)
        for command in fresh:
            taken = taking.take(command)
            outcomes.append(taken if isinstance(taken, Refusal) else taken.id)
        await store.save_taking(work, taking)
    return await idempotency.remember(work, claims, outcomes, store=str)


async def give_coupon(work: Work, coupon: UUID, person: UUID) -> Gift | Refusal:
    """Its owner gives it on: whoever has the gift's code first may take it; until then he can take it back."""
    coupons = await store.load_coupons(work, [coupon])
    await work.read_clock()
    past = await store.past_gifts(work, coupon)
    if refusal := model.why_not_give(coupons, coupon, person, past, work.now):
        return refusal
    row = coupons.rows[CouponId(coupon)]
    gift = Gift(
        GIFT.new(), row.id, row.template_id, person, secrets.token_urlsafe(GIFT_CODE_BYTES), GiftState.OPEN, work.now
    )
    coupons.offer(row.id)
    await store.save_coupons(work, coupons)
    await work.write(store.INSERT_GIFTS, [gift])
    return gift


async def withdraw_gift(work: Work, code: str, person: UUID) -> Refusal | None:
    """The giver takes it back, as long as nobody took it."""
    gifts = await store.lock_gifts(work, [code], [], ())
    gift = gifts.by_code.get(code)
    if gift is None or gift.giver_id != person:
        return NotFound()
    if gift.state != GiftState.OPEN:
        return GiftGone()
    gifts.coupons.withdraw(gift.coupon_id)
    gifts.end(gift, GiftState.WITHDRAWN)
    await store.save_gifts(work, gifts)
    return None


async def take_gifts(
    work: Work, commands: Sequence[TakeGift], old_customers: Collection[UUID] = ()
) -> list[CouponId | Refusal]:
    """Take what others give, whatever the crowd: one outcome per command, in their order; what had an effect is remembered.

    The taker must be one to whom the coupon's own terms would give one; that its template gives no more is no matter.
    """
    claims = await idempotency.claim(work, "promotions.take_gift", commands, restore=model.decode_taken)
    fresh: list[TakeGift] = [command for _, command in claims.fresh]
    outcomes: list[CouponId | Refusal] = []
    if fresh:
        gifts = await store.lock_gifts(work, {c.code for c in fresh}, {c.actor for c in fresh}, old_customers)
        outcomes = [gifts.take(command) for command in fresh]
        await store.save_gifts(work, gifts)
    return await idempotency.remember(work, claims, outcomes, store=str)


async def grant_coupons(
    work: Work, template: TemplateId, persons: Sequence[UUID], old_customers: Collection[UUID] = (), *, reason: str
) -> list[CouponId | Refusal]:
    """The house gives each of these persons one, within the template's limits. One outcome per person; audited with the count.

    old_customers: those among them who have bought before; they get none that is for newcomers.
    """
    taking = await store.lock_templates(work, [template], persons, old_customers=old_customers)
    outcomes: list[CouponId | Refusal] = []
    for person in persons:
        given = taking.grant(template, person)
        outcomes.append(given if isinstance(given, Refusal) else given.id)
    await store.save_taking(work, taking)
    if taking.new:
        await audit.record(work, "promotions.grant_coupons", TEMPLATE.show(template), reason=reason, before={},
                           after={"coupons": len(taking.new)})  # fmt: skip
    return outcomes


async def preview_grants(
    work: Work, template: TemplateId, persons: Sequence[UUID], old_customers: Collection[UUID] = ()
) -> list[Refusal | None]:
    """What `grant_coupons` would answer each of them now: None for a coupon. Nothing is given."""
    taking = await store.peek_taking(work, template, persons, old_customers)
    outcomes = [taking.grant(template, person) for person in persons]
    return [outcome if isinstance(outcome, Refusal) else None for outcome in outcomes]


@dataclass(slots=True)
class _TemplateRow:
    id: TemplateId
    name: str
    supplier_id: UUID | None
    bearer: str
    off_minor: int
    off_permyriad: int
    cap_minor: int | None
    threshold_minor: int
    covers: list[str]
    leaves_out: list[str]
    stacks: bool
    way: str
    code: str | None
    newcomers: bool
    friends: int
    starts_at: Instant
    ends_at: Instant
    valid_until: Instant | None
    valid_seconds: int | None
    total: int | None
    per_person: int
    per_day: int | None
    state: str
    made_at: Instant
    giftable: bool
    friends_new: bool
    gather_seconds: int | None


async def launch_template(work: Work, new: NewTemplate, *, reason: str) -> TemplateId | Refusal:
    """Start to give coupons away; its terms never change. A supplier's own is borne by him, else by the market. Audited."""
    if refusal := model.why_not_launch_template(new, work.now):
        return refusal
    if new.supplier is not None and new.supplier not in await parties.supplier_cards(work, [new.supplier]):
        return NotFound()
    row = _TemplateRow(
        TEMPLATE.new(), new.name.strip(), new.supplier, new.bearer or _bearer(new.supplier), new.off_minor, new.off_permyriad,
        new.cap_minor, new.threshold_minor, named(new.include), named(new.exclude), new.stacks, new.way, new.code,
        new.newcomers, new.friends, new.starts_at, new.ends_at, new.valid_until, new.valid_seconds, new.total,
        new.per_person, new.per_day, TemplateState.RUNNING, work.now, new.giftable, new.friends_new, new.gather_seconds,
    )  # fmt: skip
    if not await work.fetch(store.INSERT_TEMPLATES.sql, *store.INSERT_TEMPLATES.arrays([row])):
        return CodeInUse()
    await audit.record(work, "promotions.launch_template", TEMPLATE.show(row.id), reason=reason, before={},
                       after={"name": row.name, "off_minor": row.off_minor, "off_permyriad": row.off_permyriad})  # fmt: skip
    return row.id


async def end_template(work: Work, template: UUID, *, reason: str) -> Refusal | None:
    """Nobody takes one from now on; those that were taken stay valid. Audited."""
    if not await work.execute(store.END_TEMPLATE_SQL, template):
        return NotFound()
    await audit.record(work, "promotions.end_template", TEMPLATE.show(template), reason=reason,
                       before={"state": "running"}, after={"state": "ended"})  # fmt: skip
    return None


@dataclass(slots=True)
class _RuleRow:
    id: RuleId
    kind: str
    name: str
    supplier_id: UUID | None
    bearer: str
    starts_at: Instant
    ends_at: Instant
    per_order: int
    stacks_with: list[str]
    steps: list[list[int]]
    covers: list[str]
    leaves_out: list[str]
    state: str
    made_at: Instant
    set_minor: int | None


@dataclass(slots=True)
class _SetLine:
    rule_id: RuleId
    sku_id: UUID
    units: int


@dataclass(slots=True)
class _PriceRow:
    rule_id: RuleId
    sku_id: UUID
    price_minor: int
    allotment_id: UUID | None


def _bearer(supplier: UUID | None) -> str:
    return "market" if supplier is None else "supplier"


async def why_not_launch(work: Work, new: NewRule) -> Refusal | None:
    """What launching it now would be refused for, a clash with what runs included; units may still go to somebody else."""
    if refusal := model.why_not_launch_rule(new, work.now):
        return refusal
    if new.supplier is not None and new.supplier not in await parties.supplier_cards(work, [new.supplier]):
        return NotFound()
    if len(await catalog.known_skus(work, new.prices.keys())) < len(new.prices):
        return NotFound()
    if new.set_units and (refusal := await _why_not_bundle(work, new)):
        return refusal
    return model.why_not_beside(new, await store.rules_beside(work, new.kind, new.starts_at, new.ends_at))


async def _why_not_bundle(work: Work, new: NewRule) -> Refusal | None:
    """A bundle is of goods on the shelf, a supplier's of his own only, and costs less than its parts do."""
    offers = await catalog.load_offers(work, new.set_units.keys())
    listed = 0
    for sku, units in new.set_units.items():
        if refusal := offers.why_not_sell(sku):
            return refusal
        if new.supplier not in (None, offers.get(sku).supplier_id):
            return RuleInvalid(field="supplier")
        listed += offers.get(sku).price_minor * units
    return RuleInvalid(field="set_minor") if (new.set_minor or 0) >= listed else None


async def launch_rule(work: Work, new: NewRule, *, reason: str) -> RuleId | Refusal:
    """Start a limited price, a reward or a flash session; two for the same goods never run at once. Audited.

    A flash session's units leave the free stock now.
    """
    await work.lock("staff", store.LOCK_MARKET_SQL)  # of two who launch at once the second sees the first
    if refusal := await why_not_launch(work, new):
        return refusal
    pools = {sku: AllotmentRow(ALLOTMENT.new(), sku, units, 0, True) for sku, units in new.allotments.items()}
    if pools:
        stock = await supply.load_stock(work, pools.keys())
        if refusal := supply.why_not_allot(stock, pools.values()):
            return refusal
        await supply.allot(work, stock, pools.values())
        await supply.save_stock(work, stock)
    rule = _RuleRow(
        RULE.new(), new.kind, new.name.strip(), new.supplier, _bearer(new.supplier), new.starts_at, new.ends_at,
        new.per_order, sorted(new.stacks_with), [list(step) for step in new.steps], named(new.include),
        named(new.exclude), RuleState.RUNNING, work.now, new.set_minor,
    )  # fmt: skip
    await work.write(store.INSERT_RULES, [rule])
    prices = [_PriceRow(rule.id, s, p, pools[s].id if s in pools else None) for s, p in sorted(new.prices.items())]
    await work.write(store.INSERT_RULE_PRICES, prices)
    await work.write(store.INSERT_SET_LINES, [_SetLine(rule.id, *line) for line in sorted(new.set_units.items())])
    await audit.record(work, "promotions.launch_rule", RULE.show(rule.id), reason=reason, before={},
                       after={"kind": rule.kind, "name": rule.name})  # fmt: skip
    return rule.id


async def end_rule(work: Work, rule: UUID, *, reason: str) -> Refusal | None:
    """It no longer sets prices; what nobody holds of a flash session's units is free again. Audited."""
    found = await queries.find_rule(work, rule)
    if found is None:
        return NotFound()
    if refusal := await _end(work, found):
        return refusal
    await audit.record(work, "promotions.end_rule", RULE.show(rule), reason=reason,
                       before={"state": "running"}, after={"state": "ended"})  # fmt: skip
    return None


async def end_due_rules(work: Work, *, limit: int) -> int:
    """Rules whose time is over are ended, so that a flash session's rest is for sale again; how many."""
    due = [row["id"] for row in await work.fetch(queries.RULES_DUE_SQL, work.now, limit)]
    for rule in due:
        found = await queries.find_rule(work, rule)
        if found is not None:
            await _end(work, found)
    return len(due)


async def _end(work: Work, rule: model.Rule) -> Refusal | None:
    """The stock is locked first: whoever buys in the session does so before or after, not meanwhile."""
    pools = {p.sku_id: AllotmentId(p.allotment_id) for p in rule.prices if p.allotment_id is not None}
    if pools:
        stock = await supply.load_stock(work, pools.keys(), pools.values())
    if not await work.execute(store.END_RULE_SQL, rule.id):
        return NotFound()
    if pools:
        for pool in pools.values():
            stock.end_allotment(pool)
        await supply.save_stock(work, stock)
    return None


async def make_tier(work: Work, name: str, *, reason: str) -> TierId | Refusal:
    """A tier that prices and persons can be put in. Audited."""
    if not 0 < len(name.strip()) <= model.NAME_MAX:
        return RuleInvalid(field="name")
    tier = TIER.new()
    if not await work.fetch(store.INSERT_TIER_SQL, tier, name.strip(), work.now):
        return RuleClash(name=name.strip())
    await audit.record(
        work, "promotions.make_tier", TIER.show(tier), reason=reason, before={}, after={"name": name.strip()}
    )
    return tier


async def set_tier_price(work: Work, tier: UUID, sku: UUID, price_minor: int | None, *, reason: str) -> Refusal | None:
    """What one of this SKU costs who is in this tier, below its list price; None: what everybody pays. Audited."""
    await queries.access_tier(work, tier)
    offers = await catalog.load_offers(work, [sku])
    if refusal := offers.why_not_sell(sku):
        return refusal
    if price_minor is not None and not 0 < price_minor < offers.get(sku).price_minor:
        return RuleInvalid(field="price")
    before = await queries.tier_price(work, tier, sku)
    if price_minor is None:
        await work.execute(store.DROP_TIER_PRICE_SQL, tier, sku)
    else:
        await work.execute(store.SET_TIER_PRICE_SQL, tier, sku, price_minor)
    await audit.record(work, "promotions.set_tier_price", TIER.show(TierId(tier)), reason=reason,
                       before={"price_minor": before}, after={"price_minor": price_minor})  # fmt: skip
    return None


async def put_in_tier(work: Work, person: UUID, tier: UUID | None, *, reason: str) -> Refusal | None:
    """Which tier this person is in from now on; None for none. Audited."""
    if tier is not None:
        await queries.access_tier(work, tier)
    before = await queries.tier_of(work, person)
    if tier is None:
        await work.execute(store.LEAVE_TIER_SQL, person)
    else:
        await work.execute(store.PUT_IN_TIER_SQL, person, tier, work.now)
    await audit.record(work, "promotions.put_in_tier", str(person), reason=reason,
                       before={"tier": str(before["id"]) if before else None}, after={"tier": str(tier) if tier else None})  # fmt: skip
    return None

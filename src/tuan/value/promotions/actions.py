"""The verbs of promotions: launch and end terms, take and grant coupons; holds are made by whoever sells, through `Coupons`."""

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
from tuan.value.promotions.errors import CodeInUse
from tuan.value.promotions.model import (
    RULE,
    TEMPLATE,
    CouponId,
    NewRule,
    NewTemplate,
    RuleId,
    RuleState,
    TakeCoupon,
    TemplateId,
    TemplateState,
    named,
)


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


async def grant_coupons(
    work: Work, template: TemplateId, persons: Sequence[UUID], *, reason: str
) -> list[CouponId | Refusal]:
    """The house gives each of these persons one, within the template's limits. One outcome per person; audited with the count."""
    taking = await store.lock_templates(work, [template], persons)
    outcomes: list[CouponId | Refusal] = []
    for person in persons:
        given = taking.grant(template, person)
        outcomes.append(given if isinstance(given, Refusal) else given.id)
    await store.save_taking(work, taking)
    if taking.new:
        await audit.record(work, "promotions.grant_coupons", TEMPLATE.show(template), reason=reason, before={},
                           after={"coupons": len(taking.new)})  # fmt: skip
    return outcomes


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


async def launch_template(work: Work, new: NewTemplate, *, reason: str) -> TemplateId | Refusal:
    """Start to give coupons away; its terms never change. A supplier's own is borne by him, else by the market. Audited."""
    if refusal := model.why_not_launch_template(new, work.now):
        return refusal
    if new.supplier is not None and new.supplier not in await parties.supplier_cards(work, [new.supplier]):
        return NotFound()
    row = _TemplateRow(
        TEMPLATE.new(), new.name.strip(), new.supplier, _bearer(new.supplier), new.off_minor, new.off_permyriad,
        new.cap_minor, new.threshold_minor, named(new.include), named(new.exclude), new.stacks, new.way, new.code,
        new.newcomers, new.friends, new.starts_at, new.ends_at, new.valid_until, new.valid_seconds, new.total,
        new.per_person, new.per_day, TemplateState.RUNNING, work.now,
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
    return model.why_not_beside(new, await store.rules_beside(work, new.kind, new.starts_at, new.ends_at))


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
        named(new.exclude), RuleState.RUNNING, work.now,
    )  # fmt: skip
    await work.write(store.INSERT_RULES, [rule])
    prices = [_PriceRow(rule.id, s, p, pools[s].id if s in pools else None) for s, p in sorted(new.prices.items())]
    await work.write(store.INSERT_RULE_PRICES, prices)
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

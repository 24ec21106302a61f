"""What changes prices for a while: limited prices, flash sessions, rewards, bundles; a coupon's terms; a shop's budget for coupons.

Each is launched as the office's wizard launches it. `preview_rule` says first what it would do and what stands against it;
conflicts are looked for again at the launch, now with the last word.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct, structs

from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal, Refused
from tuan.people import parties
from tuan.people.parties.model import SHOP, SUPPLIER
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import shops
from tuan.surfaces.api.acting import acted, made
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import (
    NO_NUL,
    AmountMinor,
    Listing,
    Money,
    PageQuery,
    ProductId,
    Reason,
    SkuId,
    SupplierId,
)
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.api.v1.promotions import TemplateId
from tuan.surfaces.api.v1.shops import ShopId
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.value import promotions
from tuan.value.promotions.model import NAME_MAX, RULE, TEMPLATE, NewRule, NewTemplate, Rule

RuleId = Annotated[
    str,
    Meta(description="A rule of prices.", pattern="^rule_[0-9a-hjkmnp-tv-z]{26}$", examples=["rule_01kb3v6h2ne5x8q4r7t9w0y1z3"]),
]  # fmt: skip
When = Annotated[datetime, Meta(tz=True)]
Ends = Annotated[datetime, Meta(tz=True, examples=["2026-12-22T08:00:00Z"])]
Name = Annotated[str, Meta(min_length=1, max_length=NAME_MAX, pattern=NO_NUL, examples=["年货节"])]
Kind = Literal["limited", "reward", "flash", "bundle"]
State = Literal["running", "ended"]
Bearer = Annotated[str, Meta(description="Who pays for the difference.", examples=["market"])]
OFF: list[dict[str, int]] = [{"threshold_minor": 10_000, "off_minor": 1_000}]
Code = Annotated[str, Meta(min_length=1, max_length=32, pattern=NO_NUL)]
Maybe = Annotated[int, Meta(ge=0, le=AMOUNT_MINOR_MAX, examples=[0])]


class SkuPrice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a unit costs; of a flash session also how many units are set aside for it."""

    sku: SkuId
    price_minor: AmountMinor
    units: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None


class RuleSetLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many units of a SKU in one set."""

    sku: SkuId
    units: Annotated[int, Meta(ge=1, le=99, examples=[2])]


class RewardStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From so much on so much less."""

    threshold_minor: AmountMinor
    off_minor: AmountMinor


class RuleTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """limited, flash: `prices`. reward: `steps` for what `include` names, or for all. bundle: the units of one set and its price.

    supplier: whose it is and who bears it; null: the market.
    """

    kind: Annotated[Kind, Meta(examples=["reward"])]
    name: Name
    starts_at: When
    ends_at: Ends
    supplier: Annotated[SupplierId | None, Meta(examples=[None])] = None
    prices: Annotated[list[SkuPrice], Meta(max_length=200, examples=[[]])] = []
    per_order: Annotated[int, Meta(ge=1, le=999, examples=[5])] = 5
    steps: Annotated[list[RewardStep], Meta(max_length=5, examples=[OFF])] = []
    include: Annotated[list[ProductId], Meta(max_length=200, examples=[[]])] = []
    set_lines: Annotated[list[RuleSetLine], Meta(max_length=10, examples=[[]])] = []
    set_minor: Annotated[AmountMinor | None, Meta(examples=[None])] = None


class NewPriceRule(RuleTerms, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same, and why."""

    reason: Reason


class PriceChange(Struct, frozen=True, kw_only=True):
    """A unit's price before and after; one that is not lower is paid by nobody."""

    sku: SkuId
    before: Money
    after: Money


class StandsBeside(Struct, frozen=True, kw_only=True):
    """A rule of another kind that stands for the same goods now; both count, in the order of prices."""

    rule: RuleId
    kind: Kind
    name: str


class RulePreview(Struct, frozen=True, kw_only=True):
    """What launching it would do; `set_before`: what a set costs apart."""

    bearer: Bearer
    changes: list[PriceChange]
    set_before: Money | None
    stands_beside: list[StandsBeside]


class LaunchedRule(Struct, frozen=True, kw_only=True):
    rule: RuleId


class RuleQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which state and of which kind; without them all."""

    state: State | None = None
    kind: Kind | None = None


class RuleCard(Struct, frozen=True, kw_only=True):
    rule: RuleId
    kind: Kind
    name: str
    state: State
    supplier: SupplierId | None
    starts_at: datetime
    ends_at: datetime


class PriceRule(Struct, frozen=True, kw_only=True):
    """A rule with its prices, its steps or its set; its terms never change."""

    card: RuleCard
    bearer: Bearer
    per_order: Annotated[int, Meta(examples=[5])]
    stacks_with: list[str]
    prices: list[SkuPrice]
    steps: list[RewardStep]
    set_lines: list[RuleSetLine]
    set_minor: Annotated[int, Meta(examples=[3000])] | None


class RuleEnding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


class NewCouponTemplate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount off, or a share of 10,000 with a cap; good for `valid_days` from when it is taken. way: how people come by one.

    friends: how many have to take theirs before the first's opens. total: null for as many as are wanted.
    """

    name: Name
    starts_at: When
    ends_at: Ends
    off_minor: Annotated[int, Meta(ge=0, le=AMOUNT_MINOR_MAX, examples=[1000])] = 0
    off_permyriad: Annotated[int, Meta(ge=0, le=10_000, examples=[0])] = 0
    cap_minor: Annotated[AmountMinor | None, Meta(examples=[None])] = None
    threshold_minor: Maybe = 0
    supplier: Annotated[SupplierId | None, Meta(examples=[None])] = None
    include: Annotated[list[ProductId], Meta(max_length=200, examples=[[]])] = []
    stacks: bool = False
    way: Annotated[Literal["centre", "code", "granted", "friends"], Meta(examples=["centre"])] = "centre"
    code: Annotated[Code | None, Meta(examples=[None])] = None
    newcomers: bool = False
    giftable: bool = False
    friends: Annotated[int, Meta(ge=0, le=20, examples=[0])] = 0
    friends_new: Annotated[bool, Meta(examples=[False])] = False
    gather_hours: Annotated[Annotated[int, Meta(ge=1, le=8784)] | None, Meta(examples=[None])] = None
    valid_days: Annotated[int, Meta(ge=1, le=366, examples=[30])] = 30
    total: Annotated[int, Meta(ge=1, le=100_000_000)] | None = None
    per_person: Annotated[int, Meta(ge=1, le=100, examples=[1])] = 1
    per_day: Annotated[int, Meta(ge=1, le=100)] | None = None
    reason: Reason


class LaunchedCoupon(Struct, frozen=True, kw_only=True):
    template: TemplateId


class NewBudget(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the coupons of a shop may cost the market in all."""

    budget_minor: Annotated[int, Meta(ge=0, le=AMOUNT_MINOR_MAX, examples=[100000])]
    reason: Reason


# ── rules ──
@operation("GET", "/price-rules", scope="promotions.read")
async def list_price_rules(visit: Visit, query: RuleQuery) -> Listing[RuleCard]:
    """Rules of prices, the newest first."""
    wanted = Wanted(after=query.after, size=query.size)
    async with visit.reading() as work:
        found = await promotions.list_rules(work, wanted, state=query.state or "", kind=query.kind or "")
    return Listing([_card(row, row["state"]) for row in found.items], found.next_key)


def _card(row: Any, state: State) -> RuleCard:
    supplier = row["supplier_id"]
    return RuleCard(
        rule=RULE.show(row["id"]), kind=row["kind"], name=row["name"], state=state, starts_at=row["starts_at"],
        ends_at=row["ends_at"], supplier=SUPPLIER.show(supplier) if supplier else None,
    )  # fmt: skip


@operation("GET", "/price-rules/{rule}", scope="promotions.read")
async def show_price_rule(visit: Visit, rule: RuleId) -> PriceRule:
    """One rule with all its terms."""
    async with visit.reading() as work:
        found = await promotions.access_rule(work, read_id(RULE, rule))
        is_running = await promotions.is_running(work, found.id)
    row = {name: getattr(found, name) for name in ("id", "kind", "name", "supplier_id", "starts_at", "ends_at")}
    return PriceRule(
        card=_card(row, "running" if is_running else "ended"),
        bearer=found.bearer,
        per_order=found.per_order,
        stacks_with=list(found.stacks_with),
        prices=[SkuPrice(sku=SKU.show(one.sku_id), price_minor=one.price_minor) for one in found.prices],
        steps=[RewardStep(threshold_minor=threshold, off_minor=off) for threshold, off in found.steps],
        set_lines=[RuleSetLine(sku=SKU.show(sku), units=units) for sku, units in found.set_lines],
        set_minor=found.set_minor,
    )


@operation("POST", "/price-rules/preview", scope="promotions.read", is_single=True)
async def preview_rule(visit: Visit, data: RuleTerms) -> RulePreview | Refusal:
    """What launching these terms would do, or the conflict that it would be refused for; nothing is launched."""
    new = _rule(data)
    skus = [*new.prices, *new.set_units]
    async with visit.reading() as work:
        if refusal := await promotions.why_not_launch(work, new):
            return refusal
        others = await promotions.rules_on(work, skus, kind=new.kind)
        offers = await catalog.load_offers(work, skus)
    whole = sum(offers.get(sku).price_minor * units for sku, units in new.set_units.items())
    return RulePreview(
        bearer="market" if new.supplier is None else "supplier",
        changes=[
            PriceChange(sku=SKU.show(sku), before=money(visit, offers.get(sku).price_minor), after=money(visit, price))
            for sku, price in new.prices.items()
        ],
        set_before=money(visit, whole) if new.set_units else None,
        stands_beside=[_beside(one) for one in others if one.prices or one.kind == "reward"],
    )


def _beside(one: Rule) -> StandsBeside:
    return StandsBeside(rule=RULE.show(one.id), kind=one.kind, name=one.name)  # type: ignore[arg-type]


@operation("POST", "/price-rules", scope="promotions.write", status=201)
async def launch_rule(visit: Visit, data: NewPriceRule, key: str) -> LaunchedRule | Refusal:
    """A limited price, a flash session, a reward or a bundle; two for the same goods never run at once."""
    new = _rule(data)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        found = await promotions.launch_rule(work, new, reason=data.reason)
        return found if isinstance(found, Refusal) else {"rule": RULE.show(found)}

    outcome = await made(visit, "api.launch_rule", key, data.reason, repr(data), act)
    return outcome if isinstance(outcome, Refusal) else LaunchedRule(**outcome)


def _rule(data: RuleTerms) -> NewRule:
    """Raises Refused(FieldInvalid) for a SKU that is named twice, or units that nothing sets aside."""
    skus = [one.sku for one in data.prices]
    sets_aside = [one for one in data.prices if one.units is not None]
    if len(set(skus)) < len(skus) or (sets_aside and data.kind != "flash"):
        raise Refused(FieldInvalid(field="prices"))
    named = [one.sku for one in data.set_lines]
    if len(set(named)) < len(named):
        raise Refused(FieldInvalid(field="set_lines"))
    return NewRule(
        kind=data.kind,
        name=data.name,
        starts_at=data.starts_at,
        ends_at=data.ends_at,
        supplier=_supplier(data.supplier),
        prices={read_id(SKU, one.sku): one.price_minor for one in data.prices},
        allotments={read_id(SKU, one.sku): one.units for one in sets_aside if one.units is not None},
        per_order=data.per_order,
        steps=tuple((one.threshold_minor, one.off_minor) for one in data.steps),
        include=_products(data.include),
        set_units={read_id(SKU, one.sku): one.units for one in data.set_lines},
        set_minor=data.set_minor,
    )


def _supplier(text: str | None) -> UUID | None:
    return read_id(SUPPLIER, text) if text is not None else None


def _products(texts: list[str]) -> tuple[UUID, ...]:
    return tuple(read_id(PRODUCT, one) for one in dict.fromkeys(texts))


@operation("POST", "/price-rules/{rule}/ending", scope="promotions.write", status=204)
async def end_price_rule(visit: Visit, rule: RuleId, data: RuleEnding, key: str) -> Refusal | None:
    """It no longer sets prices; what nobody holds of a flash session's units is free again."""
    found = read_id(RULE, rule)

    async def act(work: Work) -> Refusal | None:
        return await promotions.end_rule(work, found, reason=data.reason)

    return await acted(visit, "api.end_rule", key, data.reason, rule, act)


# ── coupons ──
@operation("POST", "/coupon-templates", scope="promotions.write", status=201)
async def launch_coupon_template(visit: Visit, data: NewCouponTemplate, key: str) -> LaunchedCoupon | Refusal:
    """Start to give coupons away; the terms never change."""
    told = structs.asdict(data)
    reason, days, hours = (told.pop(name) for name in ("reason", "valid_days", "gather_hours"))
    told |= {"supplier": _supplier(data.supplier), "include": _products(data.include)}
    new = NewTemplate(**told, valid_seconds=days * 86_400, gather_seconds=None if hours is None else hours * 3600)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        found = await promotions.launch_template(work, new, reason=reason)
        return found if isinstance(found, Refusal) else {"template": TEMPLATE.show(found)}

    outcome = await made(visit, "api.launch_template", key, reason, repr(new), act)
    return outcome if isinstance(outcome, Refusal) else LaunchedCoupon(**outcome)


@operation("PUT", "/market-shops/{shop}/budget", scope="promotions.write", status=204)
async def grant_shop_budget(visit: Visit, shop: ShopId, data: NewBudget, key: str) -> Refusal | None:
    """What this shop's own coupons may cost the market."""
    found = read_id(SHOP, shop)

    async def act(work: Work) -> Refusal | None:
        await parties.access_shop(work, found)
        return await shops.grant_budget(work, found, data.budget_minor, reason=data.reason)

    return await acted(visit, "api.shop_budget", key, data.reason, f"{shop} {data.budget_minor}", act)


HANDLERS = (
    list_price_rules, show_price_rule, preview_rule, launch_rule, end_price_rule, launch_coupon_template,
    grant_shop_budget,
)  # fmt: skip

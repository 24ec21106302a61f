"""Reads of plans: what the law says of them, what stands, what is coming, what they would pay."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from tuan.kit.refusals import NotFound, Refused
from tuan.kit.time import Instant
from tuan.people import compliance, parties
from tuan.people.compliance.model import Channel, Plan, Rule, fingerprint_of
from tuan.platform.work import Work
from tuan.play.distribution import model, store
from tuan.play.distribution.model import Change, PlanBreach, Rate, Scope, Target, Terms, Version

AHEAD = timedelta(days=2 * model.SINCE_DAYS_MAX)

LEAST_PRICE_SQL = (
    "SELECT min(k.price_minor) FROM catalog.skus k JOIN catalog.products p ON p.market_id = k.market_id AND p.id = k.product_id "
    "WHERE k.market_id = $1 AND k.retired_at IS NULL AND ($2 = 'market' OR CASE WHEN $2 = 'category' THEN p.category_id "
    "WHEN $2 = 'product' THEN p.id ELSE k.id END = $3::uuid)"
)
PLANS_SQL = (
    "SELECT p.id, p.name, p.made_at, v.number, v.state, v.profile, v.since, v.until, v.line_most_bp, v.budget_minor, v.promised_minor, "
    "v.hold_days FROM distribution.plans p JOIN distribution.versions v ON v.market_id = p.market_id AND v.plan_id = p.id "
    "WHERE p.market_id = $1 ORDER BY p.made_at DESC, p.id, v.number DESC LIMIT 500"
)
NAMES_SQL = "SELECT id, name FROM distribution.plans WHERE market_id = $1 AND id = ANY($2::uuid[])"
VERSIONS_OF_SQL = (
    "SELECT plan_id, number, state, since, until, promised_minor, line_most_bp, budget_minor, hold_days FROM distribution.versions "
    "WHERE market_id = $1 AND plan_id = $2 ORDER BY number"
)
GOODS_SQL = (
    "SELECT p.id AS product_id, p.category_id, k.id AS sku_id, k.price_minor FROM catalog.products p JOIN catalog.skus k "
    "ON k.market_id = p.market_id AND k.product_id = p.id WHERE p.market_id = $1 AND p.id = ANY($2::uuid[]) AND k.retired_at IS NULL "
    "AND NOT EXISTS (SELECT FROM shops.withheld w WHERE w.market_id = p.market_id AND w.product_id = p.id)"
)
"""What shops may sell of these products: of what is kept back from them nothing is paid."""
ON_SHELF_SQL = (
    "SELECT p.id FROM catalog.products p WHERE p.market_id = $1 AND p.state = 'listed' "
    "AND NOT EXISTS (SELECT FROM shops.withheld w WHERE w.market_id = p.market_id AND w.product_id = p.id) "
    "AND ($2 OR p.category_id = ANY($3::uuid[]) OR p.id = ANY($3::uuid[]) OR EXISTS (SELECT FROM catalog.skus k "
    "WHERE k.market_id = p.market_id AND k.product_id = p.id AND k.id = ANY($3::uuid[]) AND k.retired_at IS NULL)) LIMIT $4"
)
"""So many products that shops may sell and that are on the shelf: whatever they are, or of these categories, products and kinds."""
LOOKED_AT_MAX = 50
"""Of what is on the shelf, for whether any of it is paid for."""
WIDE = (Scope.MARKET, Scope.CAMPAIGN)
"""What a rate is for if it may be anything: a campaign says nothing here of the goods that it sells."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one unit of a product would bring the shop that recommends it, in minor units, from its cheapest to its dearest, and
    from the channel that pays least to the one that pays most; 0 where one pays nothing."""

    least_minor: int
    most_minor: int


async def as_law_reads(work: Work, terms: Terms) -> dict[Target, Plan]:
    """What the guard is asked about each target of these terms, since a line belongs to one of them only."""
    found = {}
    for target, rates in model.by_target(terms.rates).items():
        is_fixed = any(rate.fixed_minor for rate in rates)
        is_priced = is_fixed and target[0] != Scope.CAMPAIGN
        least = await work.fetch_value(LEAST_PRICE_SQL, *target) or 0 if is_priced else None
        found[target] = model.as_law_reads(terms, rates, least)
    return found


async def breaches_of(work: Work, terms: Terms) -> list[PlanBreach]:
    """Every rule of the market's law that these terms do not keep with the signatures that count now, with its article; then what
    the owners of the channels refuse that they run in."""
    of_the_law = [
        PlanBreach(one.rule, one.article, *target)
        for target, plan in (await as_law_reads(work, terms)).items()
        for one in await compliance.breaches_of(work, plan)
    ]
    return of_the_law + model.breaches_in_channels(terms.rates)


async def to_sign(work: Work, terms: Terms) -> dict[Target, str]:
    """The fingerprints of what somebody has to answer for by name before it is switched on, by target."""
    return {
        target: fingerprint_of(plan)
        for target, plan in (await as_law_reads(work, terms)).items()
        if any(reward.depth > 1 for reward in plan.rewards)
    }


async def with_signatures(work: Work, versions: Iterable[Version]) -> list[Version]:
    """These versions without what nobody answers for any more; where there is no second level, nothing is asked."""
    found = []
    for version in versions:
        open_ = []
        if model.is_signed_for(version.terms.rates):
            for target, fingerprint in (await to_sign(work, version.terms)).items():
                if await compliance.sign_off_for(work, Rule.LEVEL_NOT_SIGNED, fingerprint) is None:
                    open_.append(target)
        found.append(model.unsigned(version, open_))
    return found


async def plans(work: Work) -> list[Any]:
    """Rows of plans with their versions, the newest first of both."""
    return await work.fetch(PLANS_SQL)


async def plan_names(work: Work, wanted: Collection[UUID]) -> dict[UUID, str]:
    """Names of plans by id."""
    return {row["id"]: row["name"] for row in await work.fetch(NAMES_SQL, list(wanted))}


async def access_plan(work: Work, plan: UUID) -> tuple[str, list[Version]]:
    """Its name and its versions, the oldest first; raises Refused(NotFound)."""
    name = (await plan_names(work, [plan])).get(plan)
    if name is None:
        raise Refused(NotFound())
    return name, await store.with_rates(work, await work.fetch(VERSIONS_OF_SQL, plan))


async def running(work: Work) -> list[Version]:
    """What pays for lines that are placed now."""
    return await with_signatures(work, await store.load_versions(work, work.now, work.now))


async def told_versions(work: Work, since: Instant) -> list[Version]:
    """What stands at `since` or will stand after it, as shops were told, without what nobody answers for any more."""
    return await with_signatures(work, await store.load_versions(work, since, since + AHEAD))


async def coming(work: Work) -> list[Change]:
    """How plans will pay from a later day on, the soonest first; not what nobody answers for any more."""
    return model.changes(await told_versions(work, work.now), work.now)


async def pay_of(
    work: Work, versions: Iterable[Version], products: Collection[UUID], channel: Channel = Channel.WEB
) -> dict[UUID, dict[int, Shown]]:
    """What these versions would pay for one unit, by product and level, through this channel; products of which nothing is paid, and
    those kept back from shops, are absent."""
    standing = list(versions)
    return _pay_of(work, standing, await work.fetch(GOODS_SQL, list(products)) if standing else (), channel)


def _pay_of(
    work: Work, standing: Sequence[Version], goods: Iterable[Any], channel: Channel, bought_in: Channel = Channel.WEB
) -> dict[UUID, dict[int, Shown]]:
    found: dict[UUID, dict[int, list[int]]] = {}
    for row in goods:
        paid = model.pay_for_one(
            row["sku_id"], row["product_id"], row["category_id"], row["price_minor"], standing, work.now, channel, bought_in
        )  # fmt: skip
        for depth, minor in paid.items():
            found.setdefault(row["product_id"], {}).setdefault(depth, []).append(minor)
    return {
        product: {depth: Shown(min(minors), max(minors)) for depth, minors in of.items()}
        for product, of in found.items()
    }


async def may_pay(
    work: Work, shop: UUID, linked: str, products: Collection[UUID] | None = None, campaigns: Collection[UUID] = (),
    bought_in: Channel = Channel.WEB,
) -> bool:  # fmt: skip
    """Whether somebody may be paid for what is bought through this shop's link now.

    linked: the link's own channel. products, campaigns: what may be bought; None for whatever there is: then something that is paid
    for has to be on the shelf, and not kept back from shops. bought_in: where.
    """
    card = (await parties.shop_cards(work, [shop])).get(shop)
    if card is None or not card.is_open:
        return False
    channel, versions = model.CHANNEL_OF[linked], await running(work)
    asked = model.channels_asked(channel, bought_in)
    paying = [rate for one in versions for rate in one.terms.rates if model.why_withheld(rate, asked) is None]
    if not paying:
        return False
    if products is None:
        return await _may_pay_for_something(work, versions, paying, channel, bought_in)
    goods = await work.fetch(GOODS_SQL, list(products))
    if any(rate.scope == Scope.CAMPAIGN and rate.object_id in campaigns for rate in paying):
        return bool(goods)
    return bool(_pay_of(work, versions, goods, channel, bought_in))


async def _may_pay_for_something(
    work: Work, versions: Sequence[Version], paying: Sequence[Rate], channel: Channel, bought_in: Channel
) -> bool:
    """Where more is on the shelf than is looked at and none of that is paid for, it is rather said than not."""
    is_any, named = any(r.scope in WIDE for r in paying), [r.object_id for r in paying if r.object_id is not None]
    some = [row["id"] for row in await work.fetch(ON_SHELF_SQL, is_any, named, LOOKED_AT_MAX)]
    if len(some) == LOOKED_AT_MAX or any(rate.scope == Scope.CAMPAIGN for rate in paying):
        return bool(some)
    return bool(_pay_of(work, versions, await work.fetch(GOODS_SQL, some), channel, bought_in))


async def commission_shown(work: Work, shop: UUID, products: Collection[UUID]) -> dict[UUID, Shown]:
    """What recommending one unit of these products would bring this shop now; where nothing is paid, it is absent."""
    card = (await parties.shop_cards(work, [shop])).get(shop)
    if card is None or not card.is_open:
        return {}
    standing = await running(work)
    goods = await work.fetch(GOODS_SQL, list(products)) if standing else ()
    in_each = [_pay_of(work, standing, goods, channel) for channel in model.CHANNELS]
    nothing: dict[int, Shown] = {}
    found = {}
    for product in {product for paid in in_each for product, of in paid.items() if 1 in of}:
        shown = [paid.get(product, nothing).get(1, Shown(0, 0)) for paid in in_each]
        found[product] = Shown(min(one.least_minor for one in shown), max(one.most_minor for one in shown))
    return found

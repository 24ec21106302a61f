"""Campaigns: launching them, ending them, and taking what they sell off the shelf."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tuan.goods import catalog, supply
from tuan.goods.supply.model import ALLOTMENT, AllotmentRow, Stock
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.play.groupbuy import model, store
from tuan.play.groupbuy.errors import CampaignClash, CampaignInvalid, SkuOnCampaign
from tuan.play.groupbuy.model import (
    CAMPAIGN_ID,
    POINTS_ONLY,
    CampaignId,
    CampaignState,
    Ladder,
)


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """An offer to launch: prices and units set aside (None: from the free stock) per SKU.

    ladder: steps (members, off) above the first price, which holds from `promise_min` members on; the team forms when full,
    or at its deadline. leader_off_minor: what whoever opens a team pays less for a unit. leader_points: what he
    gets when it formed, to be spent once his own order is kept.
    """

    product: UUID
    prices: Mapping[UUID, int]
    size: int
    starts_at: Instant
    ends_at: Instant
    team_seconds: int
    pay_seconds: int = 900
    allotments: Mapping[UUID, int] | None = None
    units_per_order_max: int = 99
    units_per_person_max: int | None = None
    audience: str = "all"
    late_policy: str = "another_team"
    may_leave: bool = True
    shows_open_teams: bool = True
    promise_min: int | None = None
    ladder: Ladder = ()
    leader_off_minor: int = 0
    leader_points: int = 0
    stacks_with: frozenset[str] = POINTS_ONLY


@dataclass(slots=True)
class _CampaignRow:
    id: CampaignId
    product_id: UUID
    state: str
    size: int
    starts_at: Instant
    ends_at: Instant
    team_seconds: int
    pay_seconds: int
    units_per_order_max: int
    units_per_person_max: int | None
    audience: str
    late_policy: str
    may_leave: bool
    shows_open_teams: bool
    promise_min: int | None
    revises_id: UUID | None
    ladder: Ladder | None
    leader_off_minor: int
    leader_reward: dict[str, int] | None
    stacks_with: list[str]


@dataclass(slots=True)
class _PriceRow:
    campaign_id: CampaignId
    sku_id: UUID
    price_minor: int
    allotment_id: UUID | None


async def launch_campaign(
    work: Work, new: NewCampaign, *, reason: str, revises: CampaignId | None = None
) -> CampaignId | Refusal:
    """Start one campaign; see `launch_campaigns`."""
    (outcome,) = await launch_campaigns(work, [new], reason=reason, revises=revises)
    return outcome


async def launch_campaigns(
    work: Work, news: Sequence[NewCampaign], *, reason: str, revises: CampaignId | None = None
) -> list[CampaignId | Refusal]:
    """Start campaigns; a product has one running at a time. Units set aside leave the free stock now. Audited.

    One outcome per campaign, in their order; a refused one changes nothing and holds up no other.
    """
    skus = await catalog.skus_of(work, {new.product for new in news})
    pooled = {sku for new in news for sku in new.allotments or {}}
    stock = await supply.load_stock(work, pooled)
    launched: dict[int, tuple[CampaignId, list[AllotmentRow]]] = {}
    outcomes: list[CampaignId | Refusal] = []
    rows, prices = [], []
    for new in news:
        pools = {sku: AllotmentRow(ALLOTMENT.new(), sku, u, 0, True) for sku, u in (new.allotments or {}).items()}
        known = {row["id"] for row in skus.get(new.product, ()) if row["tax_permyriad"] is None}
        if refusal := _why_not_launch(new, known, work.now) or supply.why_not_allot(stock, pools.values()):
            outcomes.append(refusal)
            continue
        campaign = CAMPAIGN_ID.new()
        launched[len(outcomes)] = (campaign, list(pools.values()))
        outcomes.append(campaign)
        rows.append(_row_of(campaign, new, revises))
        prices += [
            _PriceRow(campaign, sku, price, pools[sku].id if sku in pools else None)
            for sku, price in new.prices.items()
        ]
    stored = await store.insert_campaigns(work, rows, prices)
    for place, (campaign, allotted) in launched.items():
        if campaign in stored:
            await supply.allot(work, stock, allotted)
        else:
            outcomes[place] = CampaignClash()
    await supply.save_stock(work, stock)
    if stored:
        about = CAMPAIGN_ID.show(rows[0].id) if len(rows) == 1 else f"{len(stored)} campaigns"
        await audit.record(work, "groupbuy.launch_campaign", about, reason=reason, before={},
                           after={"sizes": sorted({row.size for row in rows})})  # fmt: skip
    return outcomes


async def retire_sku(work: Work, sku: UUID, *, reason: str) -> Refusal | None:
    """Sell this SKU no more, unless a campaign does or teams gather for it. Audited.

    A campaign that is launched in this very moment sells nothing of it: its orders are refused as of a thing that is off.
    """
    if await work.fetch_value(store.IS_SOLD_SQL, sku):
        return SkuOnCampaign()
    return await catalog.retire_sku(work, sku, reason=reason)


async def why_not_launch(work: Work, new: NewCampaign) -> Refusal | None:
    """What launching it now would be refused for; nothing is changed, and units may still go to somebody else."""
    skus = (await catalog.skus_of(work, [new.product]))[new.product]
    known = {row["id"] for row in skus if row["tax_permyriad"] is None}  # what comes from abroad is bought alone
    if refusal := _why_not_launch(new, known, work.now):
        return refusal
    if await work.fetch_value(store.IS_RUNNING_SQL, new.product):
        return CampaignClash()
    wanted = new.allotments or {}
    stock = Stock((await supply.stock_of(work, wanted)).values())
    pools = [AllotmentRow(ALLOTMENT.new(), sku, units, 0, True) for sku, units in wanted.items()]
    return supply.why_not_allot(stock, pools)


def _row_of(campaign: CampaignId, new: NewCampaign, revises: CampaignId | None) -> _CampaignRow:
    return _CampaignRow(
        campaign, new.product, CampaignState.RUNNING, new.size, new.starts_at, new.ends_at, new.team_seconds,
        new.pay_seconds, new.units_per_order_max, new.units_per_person_max, new.audience, new.late_policy,
        new.may_leave, new.shows_open_teams, new.promise_min, revises, new.ladder or None,
        new.leader_off_minor, {"points": new.leader_points} if new.leader_points else None, sorted(new.stacks_with),
    )  # fmt: skip


def _why_not_launch(new: NewCampaign, known_skus: set[UUID], now: Instant) -> Refusal | None:
    """The first field that does not fit, by name; the database holds the same bounds."""
    least = min(new.prices.values(), default=0) - model.deepest(new.ladder)
    wrong = {
        "prices": not new.prices
        or not new.prices.keys() <= known_skus
        or not all(1 <= price <= AMOUNT_MINOR_MAX for price in new.prices.values()),
        "allotments": not (new.allotments or {}).keys() <= new.prices.keys(),
        "size": not 2 <= new.size <= model.SIZE_MAX,
        "ends_at": new.ends_at <= max(new.starts_at, now),
        "team_seconds": not 0 < new.team_seconds <= model.TEAM_SECONDS_MAX,
        "pay_seconds": not 0 < new.pay_seconds <= new.team_seconds,
        "units_per_order_max": new.units_per_order_max < 1,
        "units_per_person_max": new.units_per_person_max is not None and new.units_per_person_max < 1,
        "audience": new.audience not in model.AUDIENCES,
        "late_policy": new.late_policy not in model.LATE_POLICIES,
        "promise_min": new.promise_min is not None and not 1 <= new.promise_min < new.size,
        "ladder": not model.is_ladder(new.ladder, new.size, new.promise_min) or least < 1,
        "leader_off_minor": not new.leader_off_minor >= 0 or least - new.leader_off_minor < 1,
        "leader_points": not 0 <= new.leader_points <= model.LEADER_POINTS_MAX,
        "stacks_with": not new.stacks_with <= frozenset(model.STACKABLE),
    }
    field = next((name for name, bad in wrong.items() if bad), None)
    return CampaignInvalid(field=field) if field else None


async def end_campaign(work: Work, campaign: UUID, *, reason: str) -> Refusal | None:
    """No new teams from now on; open ones go on to their deadline. What nobody holds of the set-aside units returns."""
    await work.lock("campaigns", store.LOCK_CAMPAIGN_SQL, campaign)
    if not await work.execute(store.END_CAMPAIGN_SQL, campaign):
        return NotFound()
    prices = (await store.load_campaigns(work, [campaign]))[CampaignId(campaign)].prices
    pools = {p.allotment_id for p in prices.values() if p.allotment_id}
    if pools:
        stock = await supply.load_stock(work, prices.keys(), pools)
        for pool in pools:
            stock.end_allotment(pool)
        await supply.save_stock(work, stock)
    await audit.record(work, "groupbuy.end_campaign", CAMPAIGN_ID.show(campaign), reason=reason,
                       before={"state": "running"}, after={"state": "ended"})  # fmt: skip
    return None

"""Campaigns of team prices and presales of the whole market: what runs and how it goes, launching one, ending one.

A launch that clashes or does not fit is refused with what stands against it and changes nothing, so that none needs a preview.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from msgspec import Meta, Struct, field

from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal, Refused
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import groupbuy, presale
from tuan.play.groupbuy import NewCampaign
from tuan.play.groupbuy.model import CAMPAIGN_ID, LEADER_POINTS_MAX, SIZE_MAX, read_ladder, read_reward
from tuan.play.presale import end_offer
from tuan.play.presale.model import OFFER_ID, NewOffer, Price
from tuan.surfaces.api.acting import acted, made
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import AmountMinor, CampaignId, Listing, PageQuery, ProductId, Reason, SkuId
from tuan.surfaces.api.v1.presale import PresaleId
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

HOUR, MINUTE = 3600, 60
When = Annotated[datetime, Meta(tz=True)]
Ends = Annotated[datetime, Meta(tz=True, examples=["2026-12-22T08:00:00Z"])]
PayUntil = Annotated[datetime, Meta(tz=True, examples=["2026-12-25T08:00:00Z"])]
ShipsBy = Annotated[datetime, Meta(tz=True, examples=["2027-01-05T08:00:00Z"])]
State = Literal["running", "ended"]
Stacking = Literal["points", "coupon", "reward"]
Small = Annotated[int, Meta(ge=1, le=100_000)]
PerOrder = Annotated[int, Meta(ge=1, le=999, examples=[5])]
SKUS_MAX = 200


class RunningQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which state; without one all."""

    state: State | None = None


class CampaignTeams(Struct, frozen=True, kw_only=True):
    """How its teams went."""

    gathering: Annotated[int, Meta(examples=[3])]
    formed: Annotated[int, Meta(examples=[12])]
    lapsed: Annotated[int, Meta(examples=[1])]


class MarketCampaign(Struct, frozen=True, kw_only=True):
    campaign: CampaignId
    product: ProductId
    state: State
    size: Annotated[int, Meta(examples=[3])]
    starts_at: datetime
    ends_at: datetime
    teams: CampaignTeams


class CampaignPrice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a unit costs in a team; `units`: so many are set aside for it, null: it sells from the free stock."""

    sku: SkuId
    price_minor: AmountMinor
    units: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None


class CampaignStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From so many members on so much less for a unit."""

    members: Annotated[int, Meta(ge=1, le=SIZE_MAX, examples=[5])]
    off_minor: AmountMinor


class CampaignTerms(Struct, frozen=True, kw_only=True):
    """One campaign; its terms never change. Who waits for others in it has `team_hours`, who pays `pay_minutes`."""

    campaign: MarketCampaign
    prices: list[CampaignPrice]
    team_hours: Annotated[int, Meta(examples=[24])]
    pay_minutes: Annotated[int, Meta(examples=[15])]
    units_per_order_max: Annotated[int, Meta(examples=[5])]
    units_per_person_max: Annotated[int, Meta(examples=[10])] | None
    audience: Literal["all", "newcomers"]
    late_policy: Literal["another_team", "new_team", "refund"]
    may_leave: bool
    shows_open_teams: bool
    promise_min: Annotated[int, Meta(examples=[2])] | None
    ladder: list[CampaignStep]
    leader_off_minor: Annotated[int, Meta(examples=[0])]
    leader_points: Annotated[int, Meta(examples=[0])]
    stacks_with: list[Stacking]


class NewTeamCampaign(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product's prices for teams of `size`. late_policy: where a payment goes that crossed the deadline. promise_min: from so
    many members on the team's price holds. leader_off_minor: what whoever opens a team pays less for a unit. leader_points: what he
    gets when it forms, however many come, once his own goods are kept."""

    product: ProductId
    prices: Annotated[list[CampaignPrice], Meta(min_length=1, max_length=SKUS_MAX)]
    size: Annotated[int, Meta(ge=2, le=SIZE_MAX, examples=[3])]
    starts_at: When
    ends_at: Ends
    team_hours: Annotated[int, Meta(ge=1, le=100_000, examples=[24])] = 24
    pay_minutes: Annotated[int, Meta(ge=1, le=100_000, examples=[15])] = 15
    units_per_order_max: PerOrder = 5
    units_per_person_max: Small | None = None
    audience: Literal["all", "newcomers"] = "all"
    late_policy: Literal["another_team", "new_team", "refund"] = "another_team"
    may_leave: bool = True
    shows_open_teams: bool = True
    promise_min: Small | None = None
    ladder: Annotated[list[CampaignStep], Meta(max_length=20, examples=[[]])] = []
    leader_off_minor: Annotated[int, Meta(ge=0, le=AMOUNT_MINOR_MAX, examples=[0])] = 0
    leader_points: Annotated[int, Meta(ge=0, le=LEADER_POINTS_MAX, examples=[0])] = 0
    stacks_with: Annotated[list[Stacking], Meta(max_length=3, examples=[["points"]])] = field(
        default_factory=lambda: ["points"]
    )
    reason: Reason


class LaunchedCampaign(Struct, frozen=True, kw_only=True):
    campaign: CampaignId


class MarketPresale(Struct, frozen=True, kw_only=True):
    """A presale, and how many of its orders wait for their balance, were bought, or lost their deposit."""

    presale: PresaleId
    product: ProductId
    kind: Literal["earnest", "prepayment"]
    state: State
    starts_at: datetime
    ends_at: datetime
    balance_from: datetime
    balance_until: datetime
    ships_by: datetime
    waiting: Annotated[int, Meta(examples=[4])]
    bought: Annotated[int, Meta(examples=[20])]
    forfeited: Annotated[int, Meta(examples=[1])]


class DepositPrice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a unit costs in all, and what of it is paid now."""

    sku: SkuId
    price_minor: AmountMinor
    deposit_minor: Annotated[int, Meta(ge=1, le=AMOUNT_MINOR_MAX, examples=[300])]


class NewPresale(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Deposits are taken from `starts_at` to `ends_at`, balances from `balance_from` to `balance_until`."""

    product: ProductId
    kind: Annotated[Literal["earnest", "prepayment"], Meta(examples=["earnest"])]
    prices: Annotated[list[DepositPrice], Meta(min_length=1, max_length=SKUS_MAX)]
    starts_at: When
    ends_at: Ends
    balance_from: Ends
    balance_until: PayUntil
    ships_by: ShipsBy
    units_per_order_max: PerOrder = 5
    reason: Reason


P = TypeVar("P", CampaignPrice, DepositPrice)


class LaunchedPresale(Struct, frozen=True, kw_only=True):
    presale: PresaleId


class CampaignEnding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


# ── campaigns ──
@operation("GET", "/campaigns", scope="campaigns.read")
async def list_campaigns(visit: Visit, query: RunningQuery) -> Listing[MarketCampaign]:
    """Campaigns and how their teams went, the newest first."""
    async with visit.reading() as work:
        wanted = Wanted(after=query.after, size=query.size)
        found = await groupbuy.list_campaigns(work, wanted, state=query.state or "")
        counts = await groupbuy.team_counts(work, [row["id"] for row in found.items])
    return Listing([_campaign(row, counts[row["id"]]) for row in found.items], found.next_key)


def _campaign(row: Any, counts: dict[str, int]) -> MarketCampaign:
    return MarketCampaign(
        campaign=CAMPAIGN_ID.show(row["id"]), product=PRODUCT.show(row["product_id"]), state=row["state"],
        size=row["size"], starts_at=row["starts_at"], ends_at=row["ends_at"],
        teams=CampaignTeams(**{name: counts.get(name, 0) for name in CampaignTeams.__struct_fields__}),
    )  # fmt: skip


@operation("GET", "/campaigns/{campaign}", scope="campaigns.read")
async def show_campaign(visit: Visit, campaign: CampaignId) -> CampaignTerms:
    """One campaign with all its terms."""
    found = read_id(CAMPAIGN_ID, campaign)
    async with visit.reading() as work:
        row = await groupbuy.access_campaign(work, found)
        prices = (await groupbuy.prices_of(work, [found]))[found]
        counts = (await groupbuy.team_counts(work, [found]))[found]
    same = ("units_per_order_max", "units_per_person_max", "audience", "late_policy", "may_leave", "shows_open_teams",
            "promise_min", "leader_off_minor")  # fmt: skip
    return CampaignTerms(
        campaign=_campaign(row, counts),
        prices=[CampaignPrice(sku=SKU.show(sku), price_minor=price) for sku, price in prices.items()],
        team_hours=row["team_seconds"] // HOUR,
        pay_minutes=row["pay_seconds"] // MINUTE,
        ladder=[CampaignStep(members=members, off_minor=off) for members, off in read_ladder(row["ladder"])],
        leader_points=read_reward(row["leader_reward"]),
        stacks_with=list(row["stacks_with"]),
        **{name: row[name] for name in same},
    )


@operation("POST", "/campaigns", scope="campaigns.write", status=201)
async def launch_campaign(visit: Visit, data: NewTeamCampaign, key: str) -> LaunchedCampaign | Refusal:
    """Team prices for a product; one campaign of it runs at a time. Units set aside leave the free stock now."""
    prices = _by_sku(data.prices)
    asides = {sku: one.units for sku, one in prices.items() if one.units is not None}
    new = NewCampaign(
        product=read_id(PRODUCT, data.product), prices={sku: one.price_minor for sku, one in prices.items()},
        size=data.size, starts_at=data.starts_at, ends_at=data.ends_at, team_seconds=data.team_hours * HOUR,
        pay_seconds=data.pay_minutes * MINUTE, allotments=asides or None, units_per_order_max=data.units_per_order_max,
        units_per_person_max=data.units_per_person_max, audience=data.audience, late_policy=data.late_policy,
        may_leave=data.may_leave, shows_open_teams=data.shows_open_teams, promise_min=data.promise_min,
        ladder=tuple((one.members, one.off_minor) for one in data.ladder), leader_off_minor=data.leader_off_minor,
        leader_points=data.leader_points,
        stacks_with=frozenset(data.stacks_with),
    )  # fmt: skip

    async def act(work: Work) -> Refusal | dict[str, Any]:
        outcome = await groupbuy.launch_campaign(work, new, reason=data.reason)
        return outcome if isinstance(outcome, Refusal) else {"campaign": CAMPAIGN_ID.show(outcome)}

    outcome = await made(visit, "api.launch", key, data.reason, repr(data), act)
    return outcome if isinstance(outcome, Refusal) else LaunchedCampaign(**outcome)


def _by_sku(prices: list[P]) -> dict[UUID, P]:
    """Raises Refused(FieldInvalid) for a SKU that has two prices."""
    found: dict[UUID, P] = {read_id(SKU, one.sku): one for one in prices}
    if len(found) < len(prices):
        raise Refused(FieldInvalid(field="prices"))
    return found


@operation("POST", "/campaigns/{campaign}/ending", scope="campaigns.write", status=204)
async def end_campaign(visit: Visit, campaign: CampaignId, data: CampaignEnding, key: str) -> Refusal | None:
    """No new teams from now on; those that gather go on to their deadline."""
    found = read_id(CAMPAIGN_ID, campaign)

    async def act(work: Work) -> Refusal | None:
        return await groupbuy.end_campaign(work, found, reason=data.reason)

    return await acted(visit, "api.end_campaign", key, data.reason, campaign, act)


# ── presales ──
@operation("GET", "/market-presales", scope="campaigns.read")
async def list_market_presales(visit: Visit, query: RunningQuery) -> Listing[MarketPresale]:
    """Presales and what became of their bookings, the newest first."""
    async with visit.reading() as work:
        wanted = Wanted(after=query.after, size=query.size)
        found = await presale.search_offers(work, wanted, states=[query.state] if query.state else [])
        counts = await presale.counts_of(work, [row["id"] for row in found.items])
    return Listing([_presale(row, counts.get(row["id"])) for row in found.items], found.next_key)


def _presale(row: Any, counts: Any) -> MarketPresale:
    same = ("kind", "state", "starts_at", "ends_at", "balance_from", "balance_until", "ships_by")
    numbers: dict[str, Any] = {name: counts[name] if counts else 0 for name in ("waiting", "bought", "forfeited")}
    return MarketPresale(
        presale=OFFER_ID.show(row["id"]), product=PRODUCT.show(row["product_id"]), **numbers,
        **{name: row[name] for name in same},
    )  # fmt: skip


@operation("POST", "/market-presales", scope="campaigns.write", status=201)
async def launch_presale(visit: Visit, data: NewPresale, key: str) -> LaunchedPresale | Refusal:
    """Take deposits for a product; one presale of it runs at a time."""
    new = NewOffer(
        product=read_id(PRODUCT, data.product), kind=data.kind, starts_at=data.starts_at, ends_at=data.ends_at,
        prices={sku: Price(one.price_minor, one.deposit_minor) for sku, one in _by_sku(data.prices).items()},
        balance_from=data.balance_from, balance_until=data.balance_until, ships_by=data.ships_by,
        units_per_order_max=data.units_per_order_max,
    )  # fmt: skip

    async def act(work: Work) -> Refusal | dict[str, Any]:
        outcome = await presale.launch_offer(work, new, reason=data.reason)
        return outcome if isinstance(outcome, Refusal) else {"presale": OFFER_ID.show(outcome)}

    outcome = await made(visit, "api.launch_presale", key, data.reason, repr(data), act)
    return outcome if isinstance(outcome, Refusal) else LaunchedPresale(**outcome)


@operation("POST", "/market-presales/{presale}/ending", scope="campaigns.write", status=204)
async def end_presale(visit: Visit, presale: PresaleId, data: CampaignEnding, key: str) -> Refusal | None:
    """No more deposits from now on; who has paid one keeps his terms."""
    found = read_id(OFFER_ID, presale)

    async def act(work: Work) -> Refusal | None:
        return await end_offer(work, found, reason=data.reason)

    return await acted(visit, "api.end_presale", key, data.reason, presale, act)


HANDLERS = (
    list_campaigns, show_campaign, launch_campaign, end_campaign, list_market_presales, launch_presale, end_presale,
)  # fmt: skip

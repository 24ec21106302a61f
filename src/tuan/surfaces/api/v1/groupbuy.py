"""Teams: who gathers, opening one, joining one, leaving."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.refusals import Refusal
from tuan.people.accounts.model import ADDRESS, masked_name
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID, JoinTeam, OpenTeam, SeatState, read_reward
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import (
    NO_NUL,
    AcceptsNoReturn,
    AddressId,
    AmountMinor,
    BoughtIn,
    CampaignId,
    Listing,
    Money,
    OrderId,
    PayableId,
    ProductId,
    ShareCode,
    SkuId,
    TeamId,
    Units,
)
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.api.v1.checkout import LadderStep, ladder_steps
from tuan.surfaces.storefront.couponing import read_coupons
from tuan.surfaces.storefront.ladders import ladder_of
from tuan.surfaces.web.once import once
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade.orders.model import ORDER_ID, UNSEEN
from tuan.trade.payments.model import PAYABLE
from tuan.value.points.model import POINTS_MAX

SHOWN_MAX = 50

TeamState = Literal["opening", "gathering", "formed", "lapsed", "void"]
Quoted = Annotated[
    AmountMinor,
    Meta(
        description="The total that was shown. With another one, or without, what it costs now is told and nothing is ordered.",
        examples=[990],
    ),
]


def quote_of(shown: int | None) -> int:
    """A price is charged that was shown, here as on the pages; whoever sends none is told it."""
    return UNSEEN if shown is None else shown


Coupons = Annotated[
    str,
    Meta(
        description="In the order chosen, commas between; refused where the campaign lets none go with its price.",
        max_length=400, pattern=NO_NUL, examples=[""],
    ),
]  # fmt: skip
PointsUsed = Annotated[
    int, Meta(description="So many of the caller's points pay a part.", ge=0, le=POINTS_MAX, examples=[0])
]


class Member(Struct, frozen=True, kw_only=True):
    """A seat somebody has; `held` while he is paying. Names are masked."""

    name: Annotated[str, Meta(examples=["王**"])]
    state: Literal["held", "taken", "lapsed"]
    is_leader: bool


class TeamPrice(Struct, frozen=True, kw_only=True):
    """What a SKU costs in this team; `ladder` where the price falls with the number of members."""

    sku: SkuId
    price: Money
    ladder: list[LadderStep]


class OpenTeamCard(Struct, frozen=True, kw_only=True):
    """A team that can be joined."""

    team: TeamId
    size: Annotated[int, Meta(examples=[2])]
    seats_left: Annotated[int, Meta(examples=[1])]
    leader: Annotated[str, Meta(examples=["王**"])]
    deadline: datetime


class TeamQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which teams: those that lack one person, or all by when they end."""

    which: Annotated[Literal["almost_there", "ending_soon"], Meta(examples=["ending_soon"])] = "ending_soon"


class GatheringTeam(Struct, frozen=True, kw_only=True):
    """A team that can be joined, of whichever product; `price` is that of its cheapest option."""

    team: TeamId
    product: ProductId
    size: Annotated[int, Meta(examples=[2])]
    seats_left: Annotated[int, Meta(examples=[1])]
    price: Money
    deadline: datetime


class Team(Struct, frozen=True, kw_only=True):
    """One team, as anyone with its link may see it. `url` is the link to share."""

    team: TeamId
    url: Annotated[str, Meta(examples=["https://market.example.com/t/team_01kb3v6h2ne5x8q4r7t9w0y1z3"])]
    product: ProductId
    campaign: CampaignId
    state: TeamState
    size: Annotated[int, Meta(examples=[2])]
    seats_left: Annotated[int, Meta(examples=[1])]
    members: list[Member]
    prices: list[TeamPrice]
    deadline: datetime | None
    ended_at: datetime | None
    leader_points: Annotated[
        int, Meta(description="What whoever opened it gets when it forms and the goods are kept.", examples=[0])
    ]


class NewTeam(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Opening a team on a campaign: its terms are those that were shown."""

    campaign: CampaignId
    sku: SkuId
    units: Units = 1
    address: AddressId | None = None
    quoted_minor: Quoted | None = None
    accepts_no_return: AcceptsNoReturn = False
    coupons: Coupons = ""
    points: PointsUsed = 0
    share: ShareCode | None = None
    channel: BoughtIn = "web"


class NewSeat(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Joining a team."""

    sku: SkuId
    units: Units = 1
    address: AddressId | None = None
    quoted_minor: Quoted | None = None
    accepts_no_return: AcceptsNoReturn = False
    coupons: Coupons = ""
    points: PointsUsed = 0
    share: ShareCode | None = None
    channel: BoughtIn = "web"


class Seat(Struct, frozen=True, kw_only=True):
    """A seat is held; pay the payable to take it."""

    team: TeamId
    order: OrderId
    payable: PayableId


@operation("GET", "/products/{product}/teams")
async def list_open_teams(visit: Visit, product: ProductId) -> Listing[OpenTeamCard]:
    """Teams of a product that can be joined, those with the fewest free seats first, fifty at most."""
    found = read_id(PRODUCT, product)
    async with visit.reading() as work:
        await catalog.access_product(work, found)
        rows = (await groupbuy.list_open_teams(work, [found], per_product=SHOWN_MAX))[found]
    return Listing([
        OpenTeamCard(
            team=TEAM_ID.show(row["id"]), size=row["size"], seats_left=row["size"] - row["held"] - row["taken"],
            leader=masked_name(row["leader_name"]), deadline=row["deadline"],
        )
        for row in rows
    ])  # fmt: skip


@operation("GET", "/teams")
async def list_teams(visit: Visit, query: TeamQuery) -> Listing[GatheringTeam]:
    """Teams of the whole market that can be joined, those that end first in front, fifty at most."""
    find = groupbuy.almost_there if query.which == "almost_there" else groupbuy.ending_soon
    async with visit.reading() as work:
        rows = await find(work, most=SHOWN_MAX)
    return Listing([
        GatheringTeam(
            team=TEAM_ID.show(row["id"]), product=PRODUCT.show(row["product_id"]), size=row["size"],
            seats_left=row["size"] - row["held"] - row["taken"], price=money(visit, row["price_minor"]),
            deadline=row["deadline"],
        )
        for row in rows
    ])  # fmt: skip


@operation("GET", "/teams/{team}")
async def show_team(visit: Visit, team: TeamId) -> Team:
    """Who is in a team, what is missing, until when."""
    found = read_id(TEAM_ID, team)
    async with visit.reading() as work:
        row = await groupbuy.access_team(work, found)
        seats = (await groupbuy.seats_of(work, [found]))[found]
        prices = (await groupbuy.prices_of(work, [row["campaign_id"]]))[row["campaign_id"]]
    shown = [seat for seat in seats if seat["state"] in (SeatState.HELD, SeatState.TAKEN, SeatState.LAPSED)]
    return Team(
        team=team, url=f"{visit.origin}/t/{team}", product=PRODUCT.show(row["product_id"]), campaign=CAMPAIGN_ID.show(row["campaign_id"]),
        state=row["state"], size=row["size"], seats_left=row["size"] - row["held"] - row["taken"],
        members=[
            Member(name=masked_name(s["name"]), state=s["state"], is_leader=s["person_id"] == row["leader_id"])
            for s in shown
        ],
        prices=[
            TeamPrice(sku=SKU.show(sku), price=money(visit, minor), ladder=ladder_steps(ladder_of(visit, row, minor)))
            for sku, minor in prices.items()
        ],
        deadline=row["deadline"], ended_at=row["ended_at"],
        leader_points=read_reward(row["leader_reward"]),
    )  # fmt: skip


@operation("POST", "/teams", scope="orders.write", status=201)
async def open_team(visit: Visit, data: NewTeam, key: str) -> Seat | Refusal:
    """Open a team: its leader's seat is held, and the team is seen once it is paid."""
    address = read_id(ADDRESS, data.address) if data.address else None
    command = OpenTeam(visit.person, key, read_id(CAMPAIGN_ID, data.campaign), read_id(SKU, data.sku), data.units,
                       address, quote_of(data.quoted_minor), data.accepts_no_return, read_coupons(data.coupons),
                       data.points, data.share, data.channel)  # fmt: skip
    return _seat(await visit.submit(groupbuy.seat_buyers, command))


@operation("POST", "/teams/{team}/seats", scope="orders.write", status=201)
async def join_team(visit: Visit, team: TeamId, data: NewSeat, key: str) -> Seat | Refusal:
    """Join a team: a seat is held for a short time, and taken when it is paid."""
    address = read_id(ADDRESS, data.address) if data.address else None
    command = JoinTeam(visit.person, key, read_id(TEAM_ID, team), read_id(SKU, data.sku), data.units, address,
                       quote_of(data.quoted_minor), data.accepts_no_return, read_coupons(data.coupons),
                       data.points, data.share, data.channel)  # fmt: skip
    return _seat(await visit.submit(groupbuy.seat_buyers, command))


@operation("DELETE", "/teams/{team}/seat", scope="orders.write", status=204)
async def leave_team(visit: Visit, team: TeamId, key: str) -> Refusal | None:
    """Leave a team that has not formed, where its campaign allows it; what was paid goes back."""
    found = read_id(TEAM_ID, team)

    async def act(work: Work) -> Refusal | None:
        return await groupbuy.leave_team(work, found, visit.person)

    return await once(visit, "web.leave_team", key, team, act)


def _seat(outcome: Any) -> Seat | Refusal:
    if isinstance(outcome, Refusal):
        return outcome
    return Seat(
        team=TEAM_ID.show(outcome.team), order=ORDER_ID.show(outcome.order), payable=PAYABLE.show(outcome.payable)
    )


HANDLERS = (list_open_teams, list_teams, show_team, open_team, join_team, leave_team)

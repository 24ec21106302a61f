"""Teams: who gathers on what, until when, and one team with its seats."""

from dataclasses import replace
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog
from tuan.kit.pages import Page
from tuan.people import accounts
from tuan.people import staff as members
from tuan.people.accounts.model import masked_name
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID, TeamState
from tuan.surfaces.backoffice.campaigns.words import TEAM_TONES, seat_state, team_state
from tuan.surfaces.backoffice.tables import Cell, Column, Filter, chosen, csv_of, table_page, wanted
from tuan.surfaces.backoffice.teams.context import SeatRow, TeamPage, TeamsPage
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade.orders.model import ORDER_ID

PLACE = Place(name="teams", label="Teams", url="/office/teams", permission="teams.see", icon="formed")
COLUMNS = (
    Column("product", "Product"),
    Column("leader", "Opened by"),
    Column("state", "State"),
    Column("taken", "Paid seats", is_number=True),
    Column("held", "Held seats", is_number=True),
    Column("opened_at", "Opened", sort="opened_at"),
    Column("deadline", "Deadline"),
)
FILTERS = (
    Filter("state", "State", (
        (TeamState.OPENING, "Its opener pays"), (TeamState.GATHERING, "Gathering"), (TeamState.FORMED, "Formed"),
        (TeamState.LAPSED, "Lapsed"), (TeamState.VOID, "Never paid for"),
    )),
    Filter("campaign", "Campaign"),
)  # fmt: skip


@get("/office/teams", opt=staff("teams.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    """Teams of every state."""
    async with visit.reading() as work:
        rows = await _rows(visit, work, wanted(visit, _columns(visit)))
        views = await members.views(work, visit.person, PLACE.name)
    table = table_page(visit, PLACE, _columns(visit), FILTERS, rows, lambda row: _cells(visit, row), views,
                       csv_path="/office/teams/export", opens_beside=True)  # fmt: skip
    return visit.page("backoffice/teams/list.html", TeamsPage(table=table), place=PLACE.name)


@get("/office/teams/export", opt=staff("teams.see", "exports.make", fresh=True))
async def export(visit: NamedDependency[Visit]) -> Response[Any]:
    """The same rows as CSV."""

    async def fetch(work: Work, page: Wanted) -> Page[Any]:
        return await _rows(visit, work, page)

    return await csv_of(visit, "teams", _columns(visit), fetch, lambda row: _cells(visit, row))


def _columns(visit: Visit) -> list[Column]:
    """Teams that gather can be sorted by when they have to be full."""
    is_gathering = chosen(visit, FILTERS).get("state") == TeamState.GATHERING
    return [replace(one, sort="deadline") if one.name == "deadline" and is_gathering else one for one in COLUMNS]


async def _rows(visit: Visit, work: Work, page: Wanted) -> Page[Any]:
    """Rows of a team with its product's title and its leader's name; a campaign that is none has no teams."""
    said = chosen(visit, FILTERS)
    campaign = CAMPAIGN_ID.parse(said["campaign"]) if "campaign" in said else None
    if "campaign" in said and campaign is None:
        return Page([], count=0)
    found = await groupbuy.list_teams(work, page, state=said.get("state", ""), campaign=campaign)
    cards = await catalog.cards(work, {row["product_id"] for row in found.items})
    names = await accounts.names(work, {row["leader_id"] for row in found.items})
    rows = [
        {**row, "title": cards[row["product_id"]]["title"], "leader": names.get(row["leader_id"], "")}
        for row in found.items
    ]
    return Page(rows, found.next_key, found.count)


def _cells(visit: Visit, row: Any) -> list[Cell]:
    return [
        Cell(text=row["title"], url=f"/office/teams/{TEAM_ID.show(row['id'])}"),
        Cell(text=masked_name(row["leader"])),
        Cell(text=team_state(visit, row["state"]), tone=TEAM_TONES[row["state"]]),
        Cell(text=f"{row['taken']}/{row['size']}", is_number=True),
        Cell(text=str(row["held"]), is_number=True),
        Cell(at=row["opened_at"]),
        Cell(at=row["deadline"]),
    ]


@get("/office/teams/{team:str}", opt=staff("teams.see"))
async def show(visit: NamedDependency[Visit], team: FromPath[str]) -> Response[Any]:
    """One team with its seats; members are masked here too."""
    found = read_id(TEAM_ID, team)
    async with visit.reading() as work:
        row = await groupbuy.access_team(work, found)
        seats = (await groupbuy.seats_of(work, [found]))[found]
        title = (await catalog.cards(work, [row["product_id"]]))[row["product_id"]]["title"]
    may_see_orders, may_see_campaigns = visit.may("orders.see"), visit.may("campaigns.see")
    page = TeamPage(
        title=title,
        state=row["state"],
        state_words=team_state(visit, row["state"]),
        size=row["size"],
        held=row["held"],
        taken=row["taken"],
        opened_at=row["opened_at"],
        deadline=row["deadline"],
        ended_at=row["ended_at"],
        is_promise=row["formed_by_promise"],
        campaign_url=f"/office/campaigns/{CAMPAIGN_ID.show(row['campaign_id'])}" if may_see_campaigns else "",
        shop_url=f"/t/{team}",
        seats=[
            SeatRow(
                name=masked_name(seat["name"]),
                leads=seat["person_id"] == row["leader_id"],
                state=seat["state"],
                state_words=seat_state(visit, seat["state"]),
                held_at=seat["held_at"],
                taken_at=seat["taken_at"],
                order=ORDER_ID.show(seat["order_id"]) if may_see_orders else "",
                order_url=f"/office/orders/{ORDER_ID.show(seat['order_id'])}" if may_see_orders else "",
            )
            for seat in seats
        ],
    )
    return visit.page("backoffice/teams/page.html", page, place=PLACE.name, blocks=("main",))


HANDLERS = (show_all, export, show)

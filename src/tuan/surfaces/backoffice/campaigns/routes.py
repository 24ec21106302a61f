"""Campaigns: the list, the wizard that shows the effect and every conflict before a launch, one campaign, its end."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog, supply
from tuan.goods.catalog.model import PRODUCT, SKU, ShelfState
from tuan.kit.money import Money
from tuan.kit.pages import Page
from tuan.kit.refusals import Refusal, Refused
from tuan.people import staff as members
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import (
    AUDIENCES,
    CAMPAIGN_ID,
    LATE_POLICIES,
    CampaignState,
    Ladder,
    TeamState,
    read_ladder,
    read_reward,
)
from tuan.surfaces.backoffice.acting import acted, written_amount
from tuan.surfaces.backoffice.campaigns import reading
from tuan.surfaces.backoffice.campaigns.context import (
    CampaignPage,
    CampaignsPage,
    Count,
    LadderRow,
    PriceRow,
    SkuTerms,
    Terms,
    WizardPage,
)
from tuan.surfaces.backoffice.campaigns.words import (
    CAMPAIGN_TONES,
    audience_words,
    campaign_state,
    late_words,
    stacking_words,
    team_state,
)
from tuan.surfaces.backoffice.tables import Cell, Choice, Column, Filter, chosen, csv_of, table_page, wanted
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.problems import errors_of
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

PLACE = Place(name="campaigns", label="Campaigns", url="/office/campaigns", permission="campaigns.see", icon="team")
COLUMNS = (
    Column("product", "Product"),
    Column("state", "State"),
    Column("size", "Team size", is_number=True),
    Column("starts_at", "Starts", sort="starts_at"),
    Column("ends_at", "Ends", sort="ends_at"),
    Column("gathering", "Gathering", is_number=True),
    Column("formed", "Formed", is_number=True),
    Column("lapsed", "Lapsed", is_number=True),
)
FILTERS = (Filter("state", "State", ((CampaignState.RUNNING, "Running"), (CampaignState.ENDED, "Ended"))),)
PRODUCTS_MAX = 500


class LaunchForm(Terms, frozen=True, kw_only=True):
    """What the preview showed. `prices` and `asides`: `sku:number` separated by commas, in minor units and in units."""

    key: str
    reason: str
    product: str
    prices: str
    asides: str = ""


class EndForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


@get("/office/campaigns", opt=staff("campaigns.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    """Campaigns with how their teams went."""
    async with visit.reading() as work:
        rows = await _rows(visit, work, wanted(visit, COLUMNS))
        views = await members.views(work, visit.person, PLACE.name)
    table = table_page(visit, PLACE, COLUMNS, FILTERS, rows, lambda row: _cells(visit, row), views,
                       csv_path="/office/campaigns/export", opens_beside=True)  # fmt: skip
    page = CampaignsPage(table=table, may_launch=visit.may("campaigns.launch"))
    return visit.page("backoffice/campaigns/list.html", page, place=PLACE.name)


@get("/office/campaigns/export", opt=staff("campaigns.see", "exports.make", fresh=True))
async def export(visit: NamedDependency[Visit]) -> Response[Any]:
    """The same rows as CSV."""

    async def fetch(work: Work, page: Wanted) -> Page[Any]:
        return await _rows(visit, work, page)

    return await csv_of(visit, "campaigns", COLUMNS, fetch, lambda row: _cells(visit, row))


async def _rows(visit: Visit, work: Work, page: Wanted) -> Page[Any]:
    """Rows of a campaign with its product's title and its teams by state."""
    found = await groupbuy.list_campaigns(work, page, state=chosen(visit, FILTERS).get("state", ""))
    cards = await catalog.cards(work, {row["product_id"] for row in found.items})
    counts = await groupbuy.team_counts(work, [row["id"] for row in found.items])
    rows = [{**row, "title": cards[row["product_id"]]["title"], "teams": counts[row["id"]]} for row in found.items]
    return Page(rows, found.next_key, found.count)


def _cells(visit: Visit, row: Any) -> list[Cell]:
    return [
        Cell(text=row["title"], url=f"/office/campaigns/{CAMPAIGN_ID.show(row['id'])}"),
        Cell(text=campaign_state(visit, row["state"]), tone=CAMPAIGN_TONES[row["state"]]),
        Cell(text=str(row["size"]), is_number=True),
        Cell(at=row["starts_at"]),
        Cell(at=row["ends_at"]),
        *(Cell(text=str(row["teams"].get(state, 0)), is_number=True) for state in ("gathering", "formed", "lapsed")),
    ]


@get("/office/campaigns/new", opt=staff("campaigns.launch"))
async def wizard(visit: NamedDependency[Visit]) -> Response[Any]:
    """First a product, then its terms, then the preview: what it would be, or why it cannot be. Nothing changes here."""
    product = reading.product_of(visit)
    async with visit.reading() as work:
        if product is None:
            found = await catalog.everything(work, Wanted("title", is_descending=False, size=PRODUCTS_MAX),
                                             state=ShelfState.LISTED)  # fmt: skip
            listed = [Choice(value=PRODUCT.show(r["id"]), label=r["title"], is_chosen=False) for r in found.items]
            return visit.page("backoffice/campaigns/new.html", WizardPage(products=listed), place=PLACE.name)
        page = await _terms_page(visit, work, product)
    return visit.page("backoffice/campaigns/new.html", page, place=PLACE.name)


async def _terms_page(visit: Visit, work: Work, product: UUID) -> WizardPage:
    row = await catalog.access_any_product(work, product)
    skus = (await catalog.skus_of(work, [product]))[product]
    free = await supply.free_units(work, [sku["id"] for sku in skus])
    before, old_prices = None, dict[UUID, int]()
    if named := visit.query.get("like"):
        like = read_id(CAMPAIGN_ID, named)
        before, old_prices = await groupbuy.access_campaign(work, like), (await groupbuy.prices_of(work, [like]))[like]
    terms = reading.typed_terms(visit, work.now, before)
    page = WizardPage(
        products=[],
        product=PRODUCT.show(product),
        title=row["title"],
        is_listed=row["state"] == ShelfState.LISTED,
        skus=[_sku(visit, sku, free.get(sku["id"], 0), old_prices) for sku in skus],
        terms=terms,
        audiences=[
            Choice(value=one, label=audience_words(visit, one), is_chosen=one == terms.audience) for one in AUDIENCES
        ],
        late_policies=[
            Choice(value=one, label=late_words(visit, one), is_chosen=one == terms.late_policy) for one in LATE_POLICIES
        ],
    )
    return await _preview(visit, work, product, skus, page) if visit.query.get("look") else page


def _sku(visit: Visit, row: Any, free: int, old_prices: dict[UUID, int]) -> SkuTerms:
    name, currency = SKU.show(row["id"]), visit.market.currency
    old = old_prices.get(row["id"])
    typed = visit.query.get(name, written_amount(Money(old, currency)) if old else "")
    return SkuTerms(sku=name, options=row["options"], price=Money(row["price_minor"], currency), free=free, typed=typed,
                    aside=visit.query.get(reading.ASIDE + name, ""))  # fmt: skip


async def _preview(visit: Visit, work: Work, product: UUID, skus: list[Any], page: WizardPage) -> WizardPage:
    """The page with the effect of its terms, or with what stands against them."""
    try:
        prices, asides = reading.typed_prices(visit, skus)
        new = reading.read_terms(visit, product, page.terms, prices, asides)
    except Refused as refused:
        return _refused(visit, page, refused.refusal)
    if refusal := await groupbuy.why_not_launch(work, new):
        running = (await groupbuy.running_on(work, [product])).get(product)
        clash = f"/office/campaigns/{CAMPAIGN_ID.show(running)}" if running else ""
        return msgspec.structs.replace(_refused(visit, page, refusal), clash_url=clash)
    shown = [
        one if (price := prices.get(row["id"])) is None else _offered(one, Money(price, visit.market.currency))
        for one, row in zip(page.skus, skus, strict=True)
    ]
    return msgspec.structs.replace(
        page,
        skus=shown,
        is_ready=True,
        prices=reading.written_pairs(prices),
        asides=reading.written_pairs(asides),
        ladder=_rungs(visit, new.ladder),
        leader_off=Money(new.leader_off_minor, visit.market.currency) if new.leader_off_minor else None,
        leader_points=new.leader_points,
        stacks_with=stacking_words(visit, new.stacks_with),
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        simulate_url=simulate_url(
            visit, new.size, [(prices[row["id"]], row["price_minor"]) for row in skus if row["id"] in prices],
            new.leader_off_minor,
        ),
        key=visit.fresh_key(),
    )  # fmt: skip


def simulate_url(visit: Visit, size: int, prices: list[tuple[int, int]], leader_off_minor: int) -> str:
    """The planner with these terms, for whoever may see it. prices: in a team and alone of each option; of several the one that
    is cheapest in a team."""
    if not visit.may("planner.see") or not prices:
        return ""
    team, alone = min(prices)
    amounts = {"price": team, "single": max(alone, team), "off": leader_off_minor}
    written = {name: written_amount(Money(minor, visit.market.currency)) for name, minor in amounts.items()}
    return "/office/planner?" + urlencode({"simulate": "campaign", "size": size} | written)


def _rungs(visit: Visit, ladder: Ladder) -> list[LadderRow]:
    return [LadderRow(members=members, off=Money(off, visit.market.currency)) for members, off in ladder]


def _offered(sku: SkuTerms, team_price: Money) -> SkuTerms:
    return msgspec.structs.replace(sku, team_price=team_price, warns=team_price >= sku.price)


FIELD_OF = {
    "team_seconds": "team_hours",
    "pay_seconds": "pay_minutes",
    "units_per_order_max": "per_order",
    "units_per_person_max": "per_person",
    "promise_min": "promise",
    "leader_off_minor": "leader_off",
}
"""Fields of the wizard by the terms they stand for, where the names differ."""


def _refused(visit: Visit, page: WizardPage, refusal: Refusal) -> WizardPage:
    """The page with what stands against its terms, on top and, where one field is meant, beside it."""
    told = visit.words.told(refusal, visit.market.currency)
    field = str(refusal.data.get("field", ""))
    errors = errors_of(visit, refusal, FIELD_OF.get(field, field)) if field else {}
    return msgspec.structs.replace(page, errors=errors, refused=" ".join((told.happened, told.advice)))


@post("/office/campaigns", opt=staff("campaigns.launch"))
async def launch(visit: NamedDependency[Visit]) -> Response[Any]:
    """Launch what the preview showed; conflicts are looked for again, now with the last word."""
    form = await visit.form(LaunchForm)
    product = read_id(PRODUCT, form.product)
    prices, asides = reading.read_pairs(form.prices, "prices"), reading.read_pairs(form.asides, "allotments")
    new = reading.read_terms(visit, product, form, prices, asides)
    made: list[str] = []

    async def act(work: Work) -> Refusal | None:
        outcome = await groupbuy.launch_campaign(work, new, reason=form.reason)
        if isinstance(outcome, Refusal):
            return outcome
        made.append(f"/office/campaigns/{CAMPAIGN_ID.show(outcome)}")
        return None

    subject, url = msgspec.json.encode(new).decode(), "/office/campaigns"
    answer = await acted(visit, "office.launch", form.key, form.reason, subject, act, url)
    return visit.go_on(made[0]) if made and (answer.status_code or 200) < 400 else answer


@get("/office/campaigns/{campaign:str}", opt=staff("campaigns.see"))
async def show(visit: NamedDependency[Visit], campaign: FromPath[str]) -> Response[Any]:
    """One campaign: its terms, which never change, and how its teams went."""
    found, currency = read_id(CAMPAIGN_ID, campaign), visit.market.currency
    async with visit.reading() as work:
        row = await groupbuy.access_campaign(work, found)
        product = row["product_id"]
        title = (await catalog.cards(work, [product]))[product]["title"]
        skus = (await catalog.skus_of(work, [product]))[product]
        prices = (await groupbuy.prices_of(work, [found]))[found]
        pools = (await groupbuy.allotments_of(work, [found]))[found]
        left = await supply.free_allotted(work, pools.values())
        counts = (await groupbuy.team_counts(work, [found]))[found]
    named = PRODUCT.show(product)
    page = CampaignPage(
        campaign=campaign,
        url=f"/office/campaigns/{campaign}",
        title=title,
        product_url=f"/office/products/{named}" if visit.may("products.see") else "",
        state=row["state"],
        state_words=campaign_state(visit, row["state"]),
        size=row["size"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        team_seconds=row["team_seconds"],
        pay_seconds=row["pay_seconds"],
        per_order=row["units_per_order_max"],
        per_person=row["units_per_person_max"],
        audience=audience_words(visit, row["audience"]),
        late_policy=late_words(visit, row["late_policy"]),
        may_leave=row["may_leave"],
        shows_open_teams=row["shows_open_teams"],
        promise=row["promise_min"],
        ladder=_rungs(visit, read_ladder(row["ladder"])),
        leader_off=Money(row["leader_off_minor"], currency) if row["leader_off_minor"] else None,
        leader_points=read_reward(row["leader_reward"]),
        stacks_with=stacking_words(visit, row["stacks_with"]),
        prices=[
            PriceRow(options=sku["options"], team_price=Money(prices[sku["id"]], currency),
                     price=Money(sku["price_minor"], currency),
                     aside=left.get(pools[sku["id"]], 0) if sku["id"] in pools else None)
            for sku in skus if sku["id"] in prices
        ],
        counts=[Count(state=one, words=team_state(visit, one), teams=counts.get(one, 0)) for one in TeamState],
        teams_url=f"/office/teams?campaign={campaign}" if visit.may("teams.see") else "",
        again_url=f"/office/campaigns/new?product={named}&like={campaign}" if visit.may("campaigns.launch") else "",
        simulate_url=simulate_url(
            visit, row["size"], [(prices[sku["id"]], sku["price_minor"]) for sku in skus if sku["id"] in prices],
            row["leader_off_minor"],
        ),
        may_end=visit.may("campaigns.launch") and row["state"] == CampaignState.RUNNING,
        key=visit.fresh_key(),
    )  # fmt: skip
    return visit.page("backoffice/campaigns/page.html", page, place=PLACE.name, blocks=("main",))


@post("/office/campaigns/{campaign:str}/ending", opt=staff("campaigns.launch"))
async def end(visit: NamedDependency[Visit], campaign: FromPath[str]) -> Response[Any]:
    """No new teams from now on; those that gather go on to their deadline."""
    found, form = read_id(CAMPAIGN_ID, campaign), await visit.form(EndForm)

    async def act(work: Work) -> Refusal | None:
        return await groupbuy.end_campaign(work, found, reason=form.reason)

    url = f"/office/campaigns/{campaign}"
    return await acted(visit, "office.end_campaign", form.key, form.reason, campaign, act, url)


HANDLERS = (show_all, export, wizard, launch, show, end)

"""Shops in the office: all of them, one of them, suspending it. Applications and rules are in files of their own."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal
from tuan.people import accounts, parties
from tuan.people.accounts.model import masked_name
from tuan.people.parties.model import SHOP, SHOP_STATES, Shop
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.play import shops
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted, read_amount, written_amount
from tuan.surfaces.backoffice.shops import applications, materials, pool, rules, words
from tuan.surfaces.backoffice.shops.context import ListPage, OfficeShopPage
from tuan.surfaces.backoffice.tables import Cell, Column, Filter, table_page, wanted
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

PLACE = Place(name="shops", label="Shops", url="/office/shops", permission="shops.see", icon="home")
COLUMNS = (
    Column("name", "Shop"),
    Column("owner", "Answers for it"),
    Column("inviter", "Invited by"),
    Column("state", "State"),
    Column("since", "Since", sort="newest"),
)
NO_FILTERS: tuple[Filter, ...] = ()


class ReasonForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


class BudgetForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    amount: str


@get("/office/shops", opt=staff("shops.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    state = visit.query.get("state", "")
    async with visit.reading() as work:
        rows = await parties.search_shops(
            work, wanted(visit, COLUMNS), state=state if state in SHOP_STATES.moves else ""
        )
        inviters = await parties.shop_cards(work, {row["inviter_id"] for row in rows.items if row["inviter_id"]})
        names = await accounts.names(work, {row["owner_id"] for row in rows.items})
        waiting = await shops.waiting_count(work)
    states = words.shop_states(visit)

    def cells(row: Any) -> list[Cell]:
        inviter: Shop | None = inviters.get(row["inviter_id"])
        return [
            Cell(text=row["name"], url=shop_url(row["id"])),
            saying.person_cell(visit, row["owner_id"], names.get(row["owner_id"], "")),
            Cell(text=inviter.name, url=shop_url(inviter.id)) if inviter else Cell(),
            Cell(text=states[row["state"]], tone=words.SHOP_TONES.get(row["state"], "stone")),
            Cell(at=row["created_at"]),
        ]

    page = ListPage(
        table=table_page(visit, PLACE, COLUMNS, NO_FILTERS, rows, cells),
        places=words.places(visit, "shops"),
        states=saying.chips(visit, "state", states.items()),
        waiting=waiting,
    )
    return visit.page("backoffice/shops/list.html", page, place=PLACE.name)


def shop_url(shop: Any) -> str:
    return f"/office/shops/{SHOP.show(shop)}"


@get("/office/shops/{shop:str}", opt=staff("shops.see"))
async def show(visit: NamedDependency[Visit], shop: FromPath[str]) -> Response[Any]:
    found = read_id(SHOP, shop)
    async with visit.reading() as work:
        one = await parties.access_shop(work, found)
        said = await shops.page_of(work, found)
        inviter = (await parties.shop_cards(work, [one.inviter_id])).get(one.inviter_id) if one.inviter_id else None
        rows = await audit.about(work, SHOP.show(found))
        names = await accounts.names(work, {one.owner_id, *(row["actor_id"] for row in rows)})
    page = OfficeShopPage(
        url=shop_url(found),
        name=one.name,
        is_open=one.is_open,
        opened_at=one.since,
        person=masked_name(names.get(one.owner_id, "")),
        person_url=saying.person_url(one.owner_id) if visit.may("people.see") else "",
        acts=saying.acts(rows, names),
        inviter=inviter.name if inviter else "",
        inviter_url=shop_url(inviter.id) if inviter else "",
        may_suspend=visit.may("shops.admit"),
        may_grant=visit.may("shops.grant"),
        budget=saying.money(visit, said["budget_minor"]),
        held=saying.money(visit, said["held_minor"]),
        typed_budget=written_amount(saying.money(visit, said["budget_minor"])),
        keys=[visit.fresh_key(), visit.fresh_key()],
    )
    return visit.page("backoffice/shops/page.html", page, place=PLACE.name)


@post("/office/shops/{shop:str}/suspension", opt=staff("shops.admit"))
async def suspend(visit: NamedDependency[Visit], shop: FromPath[str]) -> Response[Any]:
    """Nobody sees it until it is opened again; its customers stay its own."""
    found, form = read_id(SHOP, shop), await visit.form(ReasonForm)

    async def act(work: Work) -> Refusal | None:
        return await parties.suspend_shop(work, found, reason=form.reason)

    return await acted(visit, "office.suspend_shop", form.key, form.reason, shop, act, shop_url(found))


@post("/office/shops/{shop:str}/reopening", opt=staff("shops.admit"))
async def reopen(visit: NamedDependency[Visit], shop: FromPath[str]) -> Response[Any]:
    found, form = read_id(SHOP, shop), await visit.form(ReasonForm)

    async def act(work: Work) -> Refusal | None:
        return await parties.reopen_shop(work, found, reason=form.reason)

    return await acted(visit, "office.reopen_shop", form.key, form.reason, shop, act, shop_url(found))


@post("/office/shops/{shop:str}/budget", opt=staff("shops.grant", fresh=True))
async def grant(visit: NamedDependency[Visit], shop: FromPath[str]) -> Response[Any]:
    """What this shop's coupons may cost the market in all."""
    found, form = read_id(SHOP, shop), await visit.form(BudgetForm)
    budget_minor = read_amount(visit, form.amount, "amount")

    async def act(work: Work) -> Refusal | None:
        await parties.access_shop(work, found)
        return await shops.grant_budget(work, found, budget_minor, reason=form.reason)

    subject = f"{shop} {budget_minor}"
    return await acted(visit, "office.shop_budget", form.key, form.reason, subject, act, shop_url(found))


HANDLERS = (
    *applications.HANDLERS,
    *materials.HANDLERS,
    *pool.HANDLERS,
    *rules.HANDLERS,
    show_all,
    show,
    suspend,
    reopen,
    grant,
)

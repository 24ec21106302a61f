"""Short links in the office: the market's own are made here; whoever's is misused is stopped, with a reason."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT, ShelfState
from tuan.kit.pages import Page
from tuan.kit.refusals import Refusal
from tuan.people import accounts, parties, sharing
from tuan.people.accounts.model import PERSON, PersonId, masked_name
from tuan.people.parties.model import SHOP, ShopState
from tuan.people.sharing import MarketLink
from tuan.people.sharing.model import CHANNELS, PAGE
from tuan.platform import markets
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted, read_instant
from tuan.surfaces.backoffice.links.context import Domain, DomainPage, LinkPage, LinksPage, NewLinkPage, Typed
from tuan.surfaces.backoffice.tables import Cell, Choice, Column, Filter, chosen, csv_of, table_page, wanted
from tuan.surfaces.backoffice.today.context import Chart, Point
from tuan.surfaces.storefront.links.viewing import of_target, page_of, titles_of
from tuan.surfaces.storefront.share.routes import HOME, read_target
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.visits import Visit
from tuan.value import promotions
from tuan.value.promotions.model import TEMPLATE, TemplateState, Way
from tuan.voice import insight

PLACE = Place(name="links", label="Links", url="/office/links", permission="links.see", icon="share")
HERE = "/office/links"
COLUMNS = (
    Column("code", "Link code"),
    Column("title", "Leads to"),
    Column("channel", "Channel"),
    Column("campaign", "Campaign"),
    Column("made", "Made", sort="made"),
    Column("state", "State"),
    Column("visitors", "Visitors", is_number=True),
    Column("visits", "Visits", is_number=True),
    Column("bots", "Programs", is_number=True),
    Column("orders", "Orders", is_number=True),
    Column("paid", "Paid", is_number=True),
    Column("kept", "Kept", is_number=True),
)
CHANNEL_WORDS = (
    ("web", "Link"),
    ("poster", "Poster"),
    ("word", "Share word"),
    ("parcel", "Parcel card"),
    ("wechat_h5", "WeChat"),
    ("wechat_mp", "Mini-program"),
)
PAGES_WORDS = ((PAGE, "Its page"),)
KIND_WORDS = (
    ("product", "Product"),
    ("team", "Team"),
    ("shop", "Shop"),
    ("coupon", "Coupon"),
    ("home", "The shop window"),
)
MARKETS, PEOPLES = "market", "people"
FILTERS = (
    Filter("of", "Whose", ((MARKETS, "The market's own"), (PEOPLES, "People's"))),
    Filter("kind", "Leads to", KIND_WORDS),
    Filter("channel", "Channel", CHANNEL_WORDS + PAGES_WORDS),
)
THINGS_MAX = 500


class MakeForm(Typed, frozen=True, kw_only=True):
    """What was typed, and why. other: the number of a team, or of anything that is not in the list; it counts instead of `what`."""

    key: str
    reason: str
    other: str = ""


class StopForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


class DomainForm(msgspec.Struct, frozen=True, kw_only=True):
    """link_host: empty to give it up."""

    key: str
    reason: str
    link_host: str = ""


@get(HERE, opt=staff("links.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    """Links of the market, the newest first."""
    async with visit.reading() as work:
        rows = await _rows(visit, work, wanted(visit, COLUMNS))
        domain = await _domain(work, visit)
    table = table_page(visit, PLACE, COLUMNS, FILTERS, rows, lambda row: _cells(visit, row), csv_path=f"{HERE}/export")
    page = LinksPage(
        table=table, domain=domain, may_make=visit.may("links.make"), may_set_domain=visit.may("links.domain")
    )
    return visit.page("backoffice/links/list.html", page, place=PLACE.name)


@get(f"{HERE}/export", opt=staff("links.see", "exports.make", fresh=True))
async def export(visit: NamedDependency[Visit]) -> Response[Any]:
    """The same rows as CSV."""

    async def fetch(work: Work, page: Wanted) -> Page[Any]:
        return await _rows(visit, work, page)

    return await csv_of(visit, "links", COLUMNS, fetch, lambda row: _cells(visit, row))


async def _rows(visit: Visit, work: Work, page: Wanted) -> Page[Any]:
    """Links with their titles, how they were visited and what they brought: as many statements as kinds, however many links."""
    said = chosen(visit, FILTERS)
    own = {MARKETS: True, PEOPLES: False}.get(said.get("of", ""))
    rows, counts = await sharing.search_links(
        work, page, markets_own=own, channel=said.get("channel", ""), kind=said.get("kind", "")
    )
    titles = await titles_of(work, visit, [sharing.target_of(row) for row in rows.items])
    brought = await insight.brought_by(work, [row["code"] for row in rows.items])
    found = [
        {**row, "title": titles[sharing.target_of(row)], "now": work.now, "seen": counts.get(row["code"]),
         "brought": brought.get(row["code"])}
        for row in rows.items
    ]  # fmt: skip
    return Page(found, rows.next_key, rows.count)


def _cells(visit: Visit, row: Any) -> Sequence[Cell]:
    seen, brought = row["seen"], row["brought"]
    state, tone = _state(visit, row, row["now"])
    return [
        Cell(text=row["code"], url=f"{HERE}/{row['code']}"),
        Cell(text=row["title"]),
        Cell(text=_channel(visit, row["channel"])),
        Cell(text=row["campaign"]),
        Cell(at=row["made_at"]),
        Cell(text=state, tone=tone),
        *(Cell(text=str(seen[name] if seen else 0), is_number=True) for name in ("visitors", "visits", "bots")),
        *(Cell(text=str(brought[name] if brought else 0), is_number=True) for name in ("orders", "paid")),
        Cell(amount=saying.money(visit, brought["kept"] if brought else 0), is_number=True),
    ]


def _state(visit: Visit, row: Any, now: Any) -> tuple[str, Any]:
    if row["revoked_at"] is not None:
        return visit.gettext("Taken back"), "stone"
    if row["expires_at"] is not None and row["expires_at"] <= now:
        return visit.gettext("Run out"), "stone"
    return visit.gettext("Works"), "leaf"


def _channel(visit: Visit, channel: str) -> str:
    return visit.gettext(dict(CHANNEL_WORDS + PAGES_WORDS)[channel])


@get(f"{HERE}/new", opt=staff("links.make"))
async def ask(visit: NamedDependency[Visit]) -> Response[Any]:
    """What the market may link to. Nothing changes here."""
    fields = {name: visit.query[name] for name in Typed.__struct_fields__ if name in visit.query}
    typed = msgspec.structs.replace(Typed(), **fields)
    everything = Wanted("title", is_descending=False, size=THINGS_MAX)
    async with visit.reading() as work:
        listed = await catalog.everything(work, everything, state=ShelfState.LISTED)
        opened = await parties.search_shops(work, Wanted(size=THINGS_MAX), state=ShopState.OPEN)
        coupons = await promotions.list_templates(work, Wanted("made_at", size=THINGS_MAX), state=TemplateState.RUNNING)
    things = [(HOME, visit.gettext("The shop window"))]
    things += [(PRODUCT.show(row["id"]), row["title"]) for row in listed.items]
    things += [(SHOP.show(row["id"]), f"{visit.gettext('Shop')}: {row['name']}") for row in opened.items]
    things += [
        (TEMPLATE.show(row["id"]), f"{visit.gettext('Coupon')}: {row['name']}")
        for row in coupons.items
        if row["way"] == Way.CENTRE
    ]
    page = NewLinkPage(
        typed=typed,
        things=[Choice(value=value, label=label, is_chosen=value == typed.what) for value, label in things],
        channels=[
            Choice(value=value, label=visit.gettext(label), is_chosen=value == typed.channel)
            for value, label in CHANNEL_WORDS
        ],
        errors={},
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/links/new.html", page, place=PLACE.name)


@post(HERE, opt=staff("links.make"))
async def make(visit: NamedDependency[Visit]) -> Response[Any]:
    """A link of the market's own, which nobody gains by."""
    form = await visit.form(MakeForm)
    what = form.other.strip() or form.what
    target = read_target(what)
    until = read_instant(visit, form.until, "until") if form.until else None
    new = MarketLink(target, form.channel if form.channel in CHANNELS else "", form.campaign.strip(), until)

    async def act(work: Work) -> Refusal | None:
        await of_target(work, visit, target)
        made = await sharing.make_market_link(work, new, reason=form.reason)
        return made if isinstance(made, Refusal) else None

    subject = f"{what} {form.channel} {form.campaign} {form.until}"
    return await acted(visit, "office.make_link", form.key, form.reason, subject, act, f"{HERE}?of={MARKETS}")


@get(f"{HERE}/{{code:str}}", opt=staff("links.see"))
async def show_one(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """One link, and its days."""
    async with visit.reading() as work:
        page = await _page(work, visit, code)
    return visit.page("backoffice/links/page.html", page, place=PLACE.name)


async def _page(work: Work, visit: Visit, code: str) -> LinkPage:
    row, days = await sharing.access_link(work, code)
    target = sharing.target_of(row)
    titles = await titles_of(work, visit, [target])
    is_open = row["revoked_at"] is None and (row["expires_at"] is None or row["expires_at"] > work.now)
    return LinkPage(
        code=code,
        url=f"{visit.link_origin}/s/{code}",
        page_url=page_of(target, code),
        title=titles[target],
        channel=_channel(visit, row["channel"]),
        campaign=row["campaign"],
        sharer=await _name(work, row["sharer_id"]) if row["sharer_id"] else "",
        sharer_url=f"/office/people/{PERSON.show(row['sharer_id'])}"
        if row["sharer_id"] and visit.may("people.see")
        else "",
        is_forgotten=row["is_forgotten"],
        shop=(await parties.access_shop(work, row["shop_id"])).name if row["shop_id"] else "",
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        is_open=is_open,
        visits=sum(day["visits"] for day in days),
        visitors=sum(day["visitors"] for day in days),
        bots=sum(day["bots"] for day in days),
        chart=_chart(visit, days),
        may_stop=is_open and visit.may("links.stop"),
        key=visit.fresh_key(),
    )


async def _name(work: Work, person: PersonId) -> str:
    return masked_name((await accounts.access_person(work, person))["name"])


def _chart(visit: Visit, days: Sequence[Any]) -> Chart:
    return Chart(
        name="visits",
        title=visit.gettext("Visits by day"),
        kind="bars",
        columns=[visit.gettext("Visitors"), visit.gettext("Visits")],
        points=[
            Point(
                label=f"{day['day']:%m-%d}",
                values=[day["visitors"], day["visits"]],
                words=[str(day["visitors"]), str(day["visits"])],
            )
            for day in reversed(days)
        ],
    )


@post(f"{HERE}/{{code:str}}/revocation", opt=staff("links.stop"))
async def stop(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """It opens nothing any more, within a second; what it brought stays. Audited."""
    form = await visit.form(StopForm)

    async def act(work: Work) -> Refusal | None:
        return await sharing.revoke_any_link(work, code, reason=form.reason)

    return await acted(visit, "office.stop_link", form.key, form.reason, code, act, f"{HERE}/{code}")


async def _domain(work: Work, visit: Visit) -> Domain:
    """As the database has it: other processes learn of a change a moment later."""
    row = await markets.hosts(work)
    own = row["link_host"] or ""
    shown = own or visit.origin.partition("://")[2]
    record = f"{own}. CNAME {row['host']}." if own else ""
    return Domain(address=f"{shown}/s/", own=own, main=row["host"], record=record)


@get(f"{HERE}/domain", opt=staff("links.see"))
async def show_domain(visit: NamedDependency[Visit]) -> Response[Any]:
    """Where links stand, and what another domain needs. Nothing changes here."""
    async with visit.reading() as work:
        page = DomainPage(domain=await _domain(work, visit), may_set=visit.may("links.domain"), key=visit.fresh_key())
    return visit.page("backoffice/links/domain.html", page, place=PLACE.name)


@post(f"{HERE}/domain", opt=staff("links.domain", fresh=True))
async def set_domain(visit: NamedDependency[Visit]) -> Response[Any]:
    """Links, codes and posters show it from now on; what stands at the market's host goes on working. Audited."""
    form = await visit.form(DomainForm)

    async def act(work: Work) -> Refusal | None:
        return await sharing.set_link_host(work, form.link_host, reason=form.reason)

    return await acted(visit, "office.link_domain", form.key, form.reason, form.link_host, act, f"{HERE}/domain")


HANDLERS = (show, export, ask, make, show_domain, set_domain, show_one, stop)

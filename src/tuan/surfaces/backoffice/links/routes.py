"""Short links in the office: the market's own are made here; whoever's is misused is stopped, with a reason."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT, ShelfState
from tuan.kit.refusals import Refusal
from tuan.people import accounts, parties, sharing
from tuan.people.accounts.model import PERSON, PersonId, masked_name
from tuan.people.sharing import MarketLink
from tuan.people.sharing.model import CHANNELS, PAGE
from tuan.platform import markets
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice.acting import acted, read_instant
from tuan.surfaces.backoffice.links.context import Domain, DomainPage, LinkPage, LinksPage, NewLinkPage, Typed
from tuan.surfaces.backoffice.tables import Cell, Choice, Column, Filter, chosen, table_page, wanted
from tuan.surfaces.backoffice.today.context import Chart, Point
from tuan.surfaces.storefront.links.viewing import of_target, page_of, titles_of
from tuan.surfaces.storefront.share.routes import HOME, read_target
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.visits import Visit

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
MARKETS, PEOPLES = "market", "people"
FILTERS = (
    Filter("of", "Whose", ((MARKETS, "The market's own"), (PEOPLES, "People's"))),
    Filter("channel", "Channel", CHANNEL_WORDS + PAGES_WORDS),
)
THINGS_MAX = 500


class MakeForm(Typed, frozen=True, kw_only=True):
    """What was typed, and why."""

    key: str
    reason: str


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
    said = chosen(visit, FILTERS)
    own = {MARKETS: True, PEOPLES: False}.get(said.get("of", ""))
    async with visit.reading() as work:
        rows, counts = await sharing.search_links(
            work, wanted(visit, COLUMNS), markets_own=own, channel=said.get("channel", "")
        )
        titles = await titles_of(work, visit, [sharing.target_of(row) for row in rows.items])
        now, domain = work.now, await _domain(work, visit)

    def cells(row: Any) -> Sequence[Cell]:
        seen = counts.get(row["code"])
        title = titles[sharing.target_of(row)]
        state, tone = _state(visit, row, now)
        return [
            Cell(text=row["code"], url=f"{HERE}/{row['code']}"),
            Cell(text=title),
            Cell(text=_channel(visit, row["channel"])),
            Cell(text=row["campaign"]),
            Cell(at=row["made_at"]),
            Cell(text=state, tone=tone),
            *(Cell(text=str(seen[name] if seen else 0), is_number=True) for name in ("visitors", "visits", "bots")),
        ]

    page = LinksPage(
        table=table_page(visit, PLACE, COLUMNS, FILTERS, rows, cells), domain=domain,
        may_make=visit.may("links.make"), may_set_domain=visit.may("links.domain"),
    )  # fmt: skip
    return visit.page("backoffice/links/list.html", page, place=PLACE.name)


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
    things = [(HOME, visit.gettext("The shop window"))]
    things += [(PRODUCT.show(row["id"]), row["title"]) for row in listed.items]
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
    target = read_target(form.what)
    until = read_instant(visit, form.until, "until") if form.until else None
    new = MarketLink(target, form.channel if form.channel in CHANNELS else "", form.campaign.strip(), until)

    async def act(work: Work) -> Refusal | None:
        await of_target(work, visit, target)
        made = await sharing.make_market_link(work, new, reason=form.reason)
        return made if isinstance(made, Refusal) else None

    subject = f"{form.what} {form.channel} {form.campaign} {form.until}"
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


HANDLERS = (show, ask, make, show_domain, set_domain, show_one, stop)

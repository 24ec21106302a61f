"""Links: making one's own and seeing who came, opening others', share words, packets, and the market's own links."""

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.people import sharing
from tuan.people.sharing import MakeLink, MarketLink
from tuan.people.sharing.model import find_code, read_scene, scene_of, share_word
from tuan.platform import markets
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.api.acting import acted
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, Listing, Money, PageQuery, Reason
from tuan.surfaces.storefront.links.viewing import card_of, of_target, page_of
from tuan.surfaces.storefront.packet.routes import accessed, taken
from tuan.surfaces.storefront.share.routes import read_target, show_target
from tuan.surfaces.web import shares
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.visits import Visit
from tuan.voice import insight

LinkCode = Annotated[
    str, Meta(description="A link's code.", pattern="^[0-9a-hjkmnp-tv-z]{10}$", examples=["4t7k2m9x0p"])
]
Channel = Literal["web", "wechat_h5", "wechat_mp", "poster", "word", "parcel"]
AnyChannel = Literal["web", "wechat_h5", "wechat_mp", "poster", "word", "parcel", "page"]
Kind = Literal["product", "team", "shop", "home", "coupon"]
What = Annotated[
    str,
    Meta(description="The public id of a product, team, shop or coupon template; `home` for the market itself.",
         max_length=60, examples=["prod_01kb3v6h2ne5x8q4r7t9w0y1z3"]),
]  # fmt: skip
Campaign = Annotated[str, Meta(description="To tell one's own links apart.", max_length=40, pattern=NO_NUL)]
Count = Annotated[int, Meta(examples=[12])]


class NewLink(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is shared and where. Without an end there is one link for the same object, channel and campaign."""

    what: What
    channel: Channel = "web"
    campaign: Campaign = ""
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None


class NewMarketLink(NewLink, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link of the market's own, with its reason."""

    reason: Reason


class MadeLink(Struct, frozen=True, kw_only=True):
    """A link in all its forms: an address, a share word, the scene of a mini-program's code, a drawn code, a poster."""

    code: LinkCode
    url: str
    word: str
    scene: Annotated[str, Meta(max_length=32, examples=["s=4t7k2m9x0p"])]
    qr_url: str
    poster_url: str


class LinkDisclosure(Struct, frozen=True, kw_only=True):
    """That somebody may be paid for what is bought through a link: a word that marks it, what has to be said, and by which article."""

    label: Annotated[str, Meta(examples=["广告"])]
    words: str
    source: Annotated[str, Meta(examples=["互联网广告管理办法 art. 9"])]


class SharedThing(Struct, frozen=True, kw_only=True):
    """What a link is of. `shop`: who recommends it; empty where no shop does. `disclosure`: to be shown to whoever came by it,
    beside what he may buy; null where nobody may be paid."""

    code: LinkCode
    kind: Kind
    what: What
    title: str
    words: str
    picture_url: str
    price: Money | None
    team_size: int | None
    shop: str
    disclosure: LinkDisclosure | None
    page_url: str


class LinkVisits(Struct, frozen=True, kw_only=True):
    """A link and how it was visited; a visitor is counted once a day, programs apart. `page`: a shop's own page, by which nobody
    shared it."""

    code: LinkCode
    kind: Kind
    what: What
    channel: AnyChannel
    campaign: str
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    visits: Count
    visitors: Count
    bots: Count


class WordQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text that somebody pasted, or the scene that a mini-program was opened with."""

    text: Annotated[str, Meta(max_length=500, examples=["⟨4t7k2m9x0pzz⟩"])]


class FoundCode(Struct, frozen=True, kw_only=True):
    """The code in it; null where there is none whose check is right."""

    code: LinkCode | None


class PacketTaken(Struct, frozen=True, kw_only=True):
    """The coupon that was in the packet."""

    coupon: Annotated[str, Meta(examples=["coup_01kb3v6h2ne5x8q4r7t9w0y1z3"])]


class PacketWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether its shop's news are wanted too; it changes nothing about the coupon."""

    follow: bool = False


class PageAddress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The page's own address, as WeChat's browser has it."""

    url: Annotated[str, Meta(max_length=500, examples=["https://market.example.com/"])]


class WechatConfig(Struct, frozen=True, kw_only=True):
    """What `wx.config` takes, so that a page may say what is shared of it. `timestamp`: seconds since 1970."""

    app: str
    timestamp: Count
    nonce: str
    signature: str


class MarketLinkQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose links: the market's own, or people's."""

    of: Literal["market", "people"] = "market"
    kind: Kind | None = None
    channel: AnyChannel | None = None


class MarketLinkCounts(LinkVisits, frozen=True, kw_only=True):
    """With what it brought: orders, those of them that were paid, and the money of goods that were kept."""

    orders: Count
    paid: Count
    kept: Money


def _made(visit: Visit, code: str, title: str) -> MadeLink:
    url = f"{visit.link_origin}/s/{code}"
    return MadeLink(
        code=code, url=url, word=share_word(code, title), scene=scene_of(code), qr_url=f"{url}/code.svg",
        poster_url=f"{url}/poster.png",
    )  # fmt: skip


@operation("POST", "/links", scope="account.write", status=201)
async def make_link(visit: Visit, data: NewLink, key: str) -> MadeLink | Refusal:
    """Share something, for one's own shop where one has one."""
    target = read_target(data.what)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        shown = await of_target(work, visit, target)
        new = MakeLink(visit.person, target, data.channel, data.campaign, data.expires_at)
        code = await sharing.make_link(work, new)
        return code if isinstance(code, Refusal) else {"code": code, "title": shown.title}

    outcome = await remembered(visit, "api.make_link", key, str(data), act)
    return outcome if isinstance(outcome, Refusal) else _made(visit, outcome["code"], outcome["title"])


@operation("GET", "/links", scope="account.read")
async def list_links(visit: Visit) -> Listing[LinkVisits]:
    """One's own links, the newest first, at most two hundred."""
    async with visit.reading() as work:
        rows = await sharing.links_of(work, visit.person)
    return Listing([_visited(row, row) for row in rows])


def _visited(row: Any, counts: Any | None) -> LinkVisits:
    said = {name: counts[name] if counts else 0 for name in ("visits", "visitors", "bots")}
    return LinkVisits(
        code=row["code"], kind=row["kind"], what=show_target(sharing.target_of(row)), channel=row["channel"],
        campaign=row["campaign"], made_at=row["made_at"], expires_at=row["expires_at"], revoked_at=row["revoked_at"],
        **said,
    )  # fmt: skip


@operation("GET", "/links/{code}")
async def show_link(visit: Visit, code: LinkCode) -> SharedThing:
    """What a link is of, for a card that leads on. It counts as no visit."""
    link = await visit.front.links.open(visit.market.id, code, visit.client)
    async with visit.reading() as work:
        card = await card_of(work, visit, link)
    return SharedThing(
        code=link.code, kind=link.target.kind, what=show_target(link.target), title=card.title, words=card.words,  # type: ignore[arg-type]
        picture_url=visit.origin + card.picture.url,
        price=Money(card.price.amount_minor, card.price.currency) if card.price else None,
        team_size=card.team_size, shop=card.shop, page_url=visit.origin + page_of(link.target, link.code),
        disclosure=LinkDisclosure(**msgspec.structs.asdict(card.disclosed)) if card.disclosed else None,
    )  # fmt: skip


@operation("GET", "/share-words")
async def find_share_word(visit: Visit, query: WordQuery) -> FoundCode:
    """The code in a pasted text, or in a mini-program's scene. It only finds: show the card, and let the person go on."""
    return FoundCode(code=read_scene(query.text) or find_code(query.text))


@operation("POST", "/links/{code}/visits", scope="account.write", status=204)
async def come_through_link(visit: Visit, code: LinkCode, key: str) -> Refusal | None:
    """This person came through the link: it is counted, and by the market's rule he may become the shop's customer."""
    link = await visit.front.links.open(visit.market.id, code, visit.client)

    async def act(work: Work) -> Refusal | None:
        await shares.meet_shop(work, visit.person, link)
        shares.count_visit(visit, link, is_bot=False)
        return None

    return await once(visit, "api.come_through_link", key, code, act)


@operation("DELETE", "/links/{code}", scope="account.write", status=204)
async def revoke_link(visit: Visit, code: LinkCode, key: str) -> Refusal | None:
    """One's own link opens nothing any more, within a second."""

    async def act(work: Work) -> Refusal | None:
        return await sharing.revoke_link(work, code, visit.person)

    return await once(visit, "api.revoke_link", key, code, act)


@operation("POST", "/links/{code}/packet", scope="account.write", status=201)
async def take_packet(visit: Visit, code: LinkCode, data: PacketWish, key: str) -> PacketTaken | Refusal:
    """Take the coupon that a link of a packet brings, and follow its shop where that is wished."""
    outcome = await taken(visit, await accessed(visit, code), key, follows=data.follow)
    return outcome if isinstance(outcome, Refusal) else PacketTaken(coupon=outcome)


@operation("GET", "/wechat-share-signature", scope="account.read")
async def sign_for_wechat(visit: Visit, query: PageAddress) -> WechatConfig | Refusal:
    """The JS-SDK's signature of a page of this market; for no other site's page."""
    if not _is_ours(visit, query.url):
        return FieldInvalid(field="url")
    async with visit.reading() as work:
        now = work.now
    signed = await visit.front.house.wechat_shares.sign(visit.market.id, query.url, now)
    if isinstance(signed, Refusal):
        return signed
    return WechatConfig(app=signed.app, timestamp=signed.timestamp, nonce=signed.nonce, signature=signed.signature)


def _is_ours(visit: Visit, url: str) -> bool:
    try:
        return urlsplit(url).netloc == urlsplit(visit.origin).netloc
    except ValueError:
        return False


@operation("GET", "/market-links", scope="links.read")
async def list_market_links(visit: Visit, query: MarketLinkQuery) -> Listing[MarketLinkCounts]:
    """The market's own links, or everybody else's, the newest first."""
    async with visit.reading() as work:
        page, counts = await sharing.search_links(
            work, Wanted(after=query.after, size=query.size), markets_own=query.of == "market",
            channel=query.channel or "", kind=query.kind or "",
        )  # fmt: skip
        brought = await insight.brought_by(work, [row["code"] for row in page.items])
    items = [_counted(visit, row, counts.get(row["code"]), brought.get(row["code"])) for row in page.items]
    return Listing(items, page.next_key)


def _counted(visit: Visit, row: Any, counts: Any | None, brought: Any | None) -> MarketLinkCounts:
    orders, paid, kept = (brought[name] if brought else 0 for name in ("orders", "paid", "kept"))
    visits = {name: getattr(_visited(row, counts), name) for name in LinkVisits.__struct_fields__}
    return MarketLinkCounts(**visits, orders=orders, paid=paid, kept=Money(kept, visit.market.currency))


@operation("POST", "/market-links", scope="links.write", status=201)
async def make_market_link(visit: Visit, data: NewMarketLink, key: str) -> MadeLink | Refusal:
    """A link of the market's own, for its campaigns; a new code each time."""
    target = read_target(data.what)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        shown = await of_target(work, visit, target)
        new = MarketLink(target, data.channel, data.campaign, data.expires_at)
        code = await sharing.make_market_link(work, new, reason=data.reason)
        return code if isinstance(code, Refusal) else {"code": code, "title": shown.title}

    outcome = await remembered(visit, "api.make_market_link", key, str(data), act)
    return outcome if isinstance(outcome, Refusal) else _made(visit, outcome["code"], outcome["title"])


class LinkDomain(Struct, frozen=True, kw_only=True):
    """Where links of this market stand. `domain`: its own for links, null where it has none; `host`: where they always open."""

    domain: Annotated[str, Meta(examples=["go.example.com"])] | None
    host: Annotated[str, Meta(examples=["market.example.com"])]


@operation("GET", "/link-domain", scope="links.read")
async def show_link_domain(visit: Visit) -> LinkDomain:
    """The domain that links show."""
    async with visit.reading() as work:
        row = await markets.hosts(work)
    return LinkDomain(domain=row["link_host"], host=row["host"])


class NewLinkDomain(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """null: links show the market's host, where they always open too."""

    domain: Annotated[str, Meta(min_length=1, max_length=253, pattern=NO_NUL, examples=["go.example.com"])] | None
    reason: Reason


@operation("POST", "/link-domain", scope="domains.write", status=204)
async def set_link_domain(visit: Visit, data: NewLinkDomain, key: str) -> Refusal | None:
    """From now on links, codes and posters show it; what stands at the market's host goes on working."""

    async def act(work: Work) -> Refusal | None:
        return await sharing.set_link_host(work, data.domain or "", reason=data.reason)

    return await acted(visit, "api.set_link_domain", key, data.reason, data.domain or "", act)


class Revocation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a link is stopped."""

    reason: Reason


@operation("POST", "/market-links/{code}/revocation", scope="links.write", status=204)
async def revoke_market_link(visit: Visit, code: LinkCode, data: Revocation, key: str) -> Refusal | None:
    """Stop a link, whoever's it is; the reason stands in the audit."""

    async def act(work: Work) -> Refusal | None:
        return await sharing.revoke_any_link(work, code, reason=data.reason)

    return await once(visit, "api.revoke_market_link", key, code, act)


HANDLERS = (
    make_link,
    list_links,
    find_share_word,
    show_link,
    come_through_link,
    revoke_link,
    take_packet,
    sign_for_wechat,
    list_market_links,
    make_market_link,
    show_link_domain,
    set_link_domain,
    revoke_market_link,
)

"""Shops: asking for one, what one shows, whose customer the caller is, and who came and went. What its owner does is in own_shop.py."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import parties, sharing
from tuan.people.compliance.model import CONSENTS, SHOP_CUSTOMER
from tuan.people.parties.model import SHOP
from tuan.people.training.model import COURSE_ID
from tuan.people.training.model import CourseId as CourseKey
from tuan.platform.work import Work
from tuan.play import shops
from tuan.play.shops.model import APPLICATION_ID, ApplicationState, Apply, Task
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, Listing, Money, PageQuery, ProductId
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.api.v1.consents import ConsentVersion
from tuan.surfaces.api.v1.training import CourseId
from tuan.surfaces.desks.shop.showing import own_shop
from tuan.surfaces.storefront.opening.routes import inviting_shop, send_application
from tuan.surfaces.storefront.shop.routes import open_shop, shop_page
from tuan.surfaces.storefront.showcase.routes import shown_shops
from tuan.surfaces.web.once import once
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

ASKED = CONSENTS[SHOP_CUSTOMER]
_LETTERS = "[0-9a-hjkmnp-tv-z]{26}"
_SOME = "01kb3v6h2ne5x8q4r7t9w0y1z3"

ShopId = Annotated[str, Meta(description="A shop.", pattern=f"^shop_{_LETTERS}$", examples=[f"shop_{_SOME}"])]
ApplicationId = Annotated[
    str, Meta(description="An application.", pattern=f"^shopapp_{_LETTERS}$", examples=[f"shopapp_{_SOME}"])
]
ShopName = Annotated[str, Meta(min_length=1, max_length=30, pattern=NO_NUL, examples=["阿梅的小店"])]
Words = Annotated[str, Meta(max_length=300, pattern=NO_NUL, examples=["我家楼下的水果"])]
LinkCode = Annotated[str, Meta(description="The code of a link.", max_length=20, examples=["4tq8k2m9xz"])]


class NewShopApplication(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the shop is to be called and about. `by`: the code of the link that invited its owner."""

    name: ShopName
    words: Words = ""
    by: LinkCode = ""


class OpeningTask(Struct, frozen=True, kw_only=True):
    """Tell more of the shop, be here longer, or pass the questions of `course`."""

    task: Literal["words", "member_days", "course"]
    course: CourseId | None = None


class ShopApplication(Struct, frozen=True, kw_only=True):
    """How it stands; `why` is the market's reason for not opening it. `left`: what is to be done before it opens by itself."""

    application: ApplicationId
    name: Annotated[str, Meta(examples=["阿梅的小店"])]
    state: Literal["waiting", "opened", "refused", "withdrawn"]
    asked_at: datetime
    why: Annotated[str, Meta(examples=[""])]
    shop: ShopId | None = None
    left: list[OpeningTask] = []


class SentApplication(Struct, frozen=True, kw_only=True):
    """`shop`: where the market's rule has opened it at once."""

    application: ApplicationId
    shop: ShopId | None = None


@operation("GET", "/account/shop-application", scope="account.read")
async def show_shop_application(visit: Visit) -> ShopApplication:
    """The caller's last application."""
    async with visit.reading() as work:
        row = await shops.application_of(work, visit.person)
        if row is None:
            raise Refused(NotFound())
        terms = await shops.terms(work)
        waits = row["state"] == ApplicationState.WAITING
        left = await shops.left_to_do(work, terms, visit.person, row["words"]) if waits else []
    course = COURSE_ID.show(CourseKey(terms.course)) if terms.course else None
    return ShopApplication(
        application=APPLICATION_ID.show(row["id"]), name=row["name"], state=row["state"], asked_at=row["asked_at"],
        why=row["why"], shop=SHOP.show(row["shop_id"]) if row["shop_id"] else None,
        left=[OpeningTask(task=one.value, course=course if one == Task.COURSE else None) for one in left],
    )  # fmt: skip


@operation("POST", "/account/shop-application", scope="account.write", status=201)
async def apply_for_shop(visit: Visit, data: NewShopApplication, key: str) -> SentApplication | Refusal:
    """Ask for a shop: it costs nothing, nothing is bought for it, and a person has one."""
    inviter = await inviting_shop(visit, data.by)
    sent = await send_application(visit, key, Apply(visit.person, data.name, data.words, inviter))
    return sent if isinstance(sent, Refusal) else SentApplication(application=sent.application, shop=sent.shop)


@operation("DELETE", "/account/shop-application", scope="account.write", status=204)
async def withdraw_shop_application(visit: Visit, key: str) -> Refusal | None:
    """Take back the one that waits."""
    return await once(
        visit, "api.withdraw_shop_application", key, "", lambda work: shops.withdraw_application(work, visit.person)
    )


class ShopGood(Struct, frozen=True, kw_only=True):
    """A product that a shop has chosen; `words` are the shop's own. `today`: whether it stands first today."""

    product: ProductId
    name: Annotated[str, Meta(examples=["赣南脐橙 5 斤装"])]
    price: Money
    words: Annotated[str, Meta(examples=["我自己也吃"])]
    today: bool
    sold_out: bool


class Shop(Struct, frozen=True, kw_only=True):
    """A shop as everybody sees it. `code`: of its page's own link, to be told when something is bought from here;
    it counts for who is no shop's customer. `badge`: whether its buyers keep what they buy, as levels and seasons say."""

    shop: ShopId
    name: Annotated[str, Meta(examples=["阿梅的小店"])]
    words: Annotated[str, Meta(examples=["我家楼下的水果"])]
    followers: Annotated[int, Meta(examples=[12])]
    code: Annotated[str, Meta(examples=["4tq8k2m9xz"])]
    badge: bool
    goods: list[ShopGood]


class ShowcaseShop(Struct, frozen=True, kw_only=True):
    """A shop that has won a place among the shops of the market."""

    shop: ShopId
    name: Annotated[str, Meta(examples=["阿梅的小店"])]
    words: Annotated[str, Meta(examples=["我家楼下的水果"])]
    badge: bool


class Belonging(Struct, frozen=True, kw_only=True):
    """Whose customer the caller is, and what that shop sees of him; all empty where he is nobody's.

    `consent` is the sentence that `give_consent` agrees to, of this `version`; `boxes` the words beside each of `shows`."""

    shop: ShopId | None
    since: datetime | None
    until: datetime | None
    shows: list[Literal["name", "orders", "phone", "birthday"]]
    birthday: Annotated[str, Meta(examples=["02-29"])]
    consent: str
    boxes: dict[str, str]
    version: ConsentVersion


class NewConsent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the shop may see from now on, instead of what it saw before. `version`: of the sentence of `show_belonging`, which the
    caller was shown. `birthday`: month and day, where it is shown."""

    shows: Annotated[list[Literal["name", "orders", "phone", "birthday"]], Meta(min_length=1, max_length=4)]
    version: ConsentVersion
    birthday: Annotated[str, Meta(max_length=5, pattern=NO_NUL, examples=["02-29"])] = ""


class CustomerChange(Struct, frozen=True, kw_only=True):
    """A customer came or went; who it was stands nowhere. `code`: of the link that brought him here. `why`: `link` brought him, here
    or, once his protection was over, to another shop; he `left`; his time had `expired`; or he is `erased` from the market."""

    at: datetime
    came: bool
    why: Literal["link", "left", "expired", "erased"]
    code: Annotated[str, Meta(examples=["4tq8k2m9xz"])] | None


@operation("GET", "/shops")
async def list_showcase(visit: Visit, query: PageQuery) -> Listing[ShowcaseShop]:
    """The shops that have won a place on the market's showcase, each day in another order."""
    async with visit.reading() as work:
        found = await shown_shops(work, visit, after=query.after, size=query.size)
    rows = [ShowcaseShop(shop=one.shop, name=one.name, words=one.words, badge=one.has_badge) for one in found.items]
    return Listing(rows, found.next_key)


@operation("GET", "/shops/{shop}")
async def show_shop(visit: Visit, shop: ShopId) -> Shop:
    """A shop and its goods; one that is suspended is not found."""
    async with visit.reading() as work:
        page = await shop_page(work, visit, await open_shop(work, read_id(SHOP, shop)))
    first = {one.product for one in page.today}
    return Shop(
        shop=page.shop, name=page.name, words=page.words, followers=page.followers, code=page.code, badge=page.has_badge,
        goods=[
            ShopGood(product=one.product, name=one.name, price=money(visit, one.price.amount_minor), words=one.words,
                     today=one.product in first, sold_out=one.is_sold_out)
            for one in page.goods
        ],
    )  # fmt: skip


@operation("PUT", "/account/followed-shops/{shop}", scope="account.write", status=204)
async def follow_shop(visit: Visit, shop: ShopId, key: str) -> Refusal | None:
    """To want its news; it makes nobody its customer."""
    found = read_id(SHOP, shop)

    async def act(work: Work) -> None:
        await open_shop(work, found)
        await sharing.follow_shop(work, visit.person, found)

    return await once(visit, "api.follow_shop", key, shop, act)


@operation("DELETE", "/account/followed-shops/{shop}", scope="account.write", status=204)
async def unfollow_shop(visit: Visit, shop: ShopId, key: str) -> Refusal | None:
    """No more news of it."""
    found = read_id(SHOP, shop)

    async def act(work: Work) -> None:
        await sharing.unfollow_shop(work, visit.person, found)

    return await once(visit, "api.unfollow_shop", key, shop, act)


@operation("GET", "/account/belonging", scope="account.read")
async def show_belonging(visit: Visit) -> Belonging:
    """Whose customer the caller is, by the market's rule and his own will."""
    async with visit.reading() as work:
        held = (await sharing.bindings_of(work, [visit.person])).get(visit.person)
        row = await shops.consent_of(work, visit.person)
        live = held if held is not None and held.is_live(work.now) else None
        shop = (await parties.shop_cards(work, [live.shop_id]))[live.shop_id].name if live else ""
    seen = row if row is not None and live is not None and row["shop_id"] == live.shop_id else None
    return Belonging(
        shop=SHOP.show(live.shop_id) if live else None, since=live.since if live else None,
        until=live.until if live else None, shows=sorted(seen["shows"]) if seen else [],
        birthday=seen["birthday"] if seen else "",
        consent=visit.gettext(ASKED.text, name=shop) if live else "",
        boxes={what: visit.gettext(said) for what, said in ASKED.details.items()}, version=ASKED.version,
    )  # fmt: skip


@operation("PUT", "/account/belonging/consent", scope="account.write", status=204)
async def give_consent(visit: Visit, data: NewConsent, key: str) -> Refusal | None:
    """Let the shop see this, instead of what it saw before."""

    async def act(work: Work) -> Refusal | None:
        given = await shops.give_consent(
            work, visit.person, data.shows, data.birthday, version=data.version, language=visit.words.tag, place="api"
        )
        return given if isinstance(given, Refusal) else None

    return await once(visit, "api.give_consent", key, repr(data), act)


@operation("DELETE", "/account/belonging/consent", scope="account.write", status=204)
async def end_consent(visit: Visit, key: str) -> Refusal | None:
    """The shop sees nothing any more, and what it wrote is gone."""

    async def act(work: Work) -> Refusal | None:
        return await shops.end_consent(work, visit.person, language=visit.words.tag, place="api")

    return await once(visit, "api.end_consent", key, "", act)


@operation("DELETE", "/account/belonging", scope="account.write", status=204)
async def leave_shop(visit: Visit, key: str) -> Refusal | None:
    """To be nobody's customer."""

    async def act(work: Work) -> Refusal | None:
        return await shops.leave_shop(work, visit.person, language=visit.words.tag, place="api")

    return await once(visit, "api.leave_shop", key, "", act)


@operation("GET", "/shop/customer-changes", scope="shop.read")
async def list_customer_changes(visit: Visit, query: PageQuery) -> Listing[CustomerChange]:
    """Every customer who came or went, the latest first."""
    shop = own_shop(visit)
    async with visit.reading() as work:
        found = await sharing.changes_of_shop(work, shop.id, after=query.after, size=query.size)
    return Listing([_change(row, came=row["to_shop_id"] == shop.id) for row in found.items], found.next_key)


def _change(row: Any, *, came: bool) -> CustomerChange:
    return CustomerChange(at=row["at"], came=came, why=row["why"], code=row["code"] if came else None)


HANDLERS = (
    show_shop_application, apply_for_shop, withdraw_shop_application, list_showcase, show_shop, follow_shop, unfollow_shop,
    show_belonging, give_consent, end_consent, leave_shop, list_customer_changes,
)  # fmt: skip

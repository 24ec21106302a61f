"""Shops of the whole market, for whoever lets them in: applications decided, shops suspended and opened again, the rules of both.

Nothing here goes past the office, and nothing names whose customer somebody is: the rules count for visits and applications from now on.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.people import parties, sharing
from tuan.people.accounts.model import PERSON
from tuan.people.parties.model import SHOP
from tuan.people.sharing.model import BindRule, BindTerms
from tuan.people.training.model import COURSE_ID
from tuan.people.training.model import CourseId as CourseKey
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import shops
from tuan.play.shops.model import APPLICATION_ID, MATERIAL_ID, MEMBER_DAYS_MAX, Terms
from tuan.surfaces.api.acting import acted, made
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import Listing, Money, PageQuery, PersonId, Reason
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.api.v1.own_materials import MadeMaterial, MaterialId, NewMaterial, ShopMaterial, shop_material
from tuan.surfaces.api.v1.shops import ApplicationId, ShopId
from tuan.surfaces.api.v1.training import CourseId
from tuan.surfaces.storefront.cases.filing import read_pictures
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

ApplicationStates = Literal["waiting", "opened", "refused", "withdrawn"]
ShopStates = Literal["open", "suspended"]
Opening = Literal["approval", "itself", "tasks"]
Rule = Literal["first", "latest", "registration"]
Days = Annotated[int, Meta(ge=0, le=9999, examples=[30])]


class AskedShopQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which state; without one all."""

    state: ApplicationStates | None = None


class AskedShop(Struct, frozen=True, kw_only=True):
    """Somebody who asks for a shop. `shop`: the one that opened."""

    application: ApplicationId
    person: PersonId
    name: Annotated[str, Meta(examples=["阿梅的小店"])]
    state: ApplicationStates
    asked_at: datetime
    shop: ShopId | None


class AskedShopInFull(AskedShop, frozen=True, kw_only=True):
    """What he says of it, which shop invited him, and why it was decided as it was."""

    words: Annotated[str, Meta(examples=["我家楼下的水果"])]
    inviter: ShopId | None
    decided_at: datetime | None
    why: Annotated[str, Meta(examples=[""])]


class ShopDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Approve: it opens. Refuse: whoever asked reads the reason, and may ask again."""

    verdict: Literal["approve", "refuse"]
    reason: Reason


class MarketShopQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which state; without one all."""

    state: ShopStates | None = None


class MarketShop(Struct, frozen=True, kw_only=True):
    """A shop as the market knows it: who answers for it, and which shop invited it."""

    shop: ShopId
    name: Annotated[str, Meta(examples=["阿梅的小店"])]
    owner: PersonId
    inviter: ShopId | None
    state: ShopStates
    since: datetime


class MarketShopInFull(MarketShop, frozen=True, kw_only=True):
    """What its coupons may cost the market in all, and what of that is held."""

    budget: Money
    held: Money


class ShopMove(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Suspended: nobody sees it until it is open again; its customers stay its own."""

    state: ShopStates
    reason: Reason


class BindingRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which visit through a shop's link makes somebody its customer. valid_days: null for good; protected_days: how long nobody
    else's link changes it."""

    rule: Rule
    valid_days: Annotated[int, Meta(ge=0, le=9999, examples=[365])] | None = None
    protected_days: Days = 0


class OpeningRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a shop opens. By tasks: `member_days` in the market first, and the passed questions of `course`."""

    opening: Opening
    member_days: Annotated[int, Meta(ge=0, le=MEMBER_DAYS_MAX, examples=[7])] = 0
    course: CourseId | None = None


class NewBindingRule(BindingRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rule of visits from now on; nobody's customer is moved by it."""

    reason: Reason


class NewOpeningRule(OpeningRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rule of applications from now on, and of those that wait."""

    reason: Reason


class ShopRules(Struct, frozen=True, kw_only=True):
    """How a shop opens, and how somebody becomes its customer."""

    opening: OpeningRule
    binding: BindingRule


class NewMarketMaterial(NewMaterial, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text for every shop, with up to nine pictures."""

    reason: Reason


class Withdrawn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is offered no more."""

    reason: Reason


# ── applications ──
@operation("GET", "/shop-applications", scope="shops.read")
async def list_asked_shops(visit: Visit, query: AskedShopQuery) -> Listing[AskedShop]:
    """Who asks for a shop, the newest first."""
    async with visit.reading() as work:
        found = await shops.search_applications(
            work, Wanted(after=query.after, size=query.size), state=query.state or ""
        )
    return Listing([AskedShop(**_asked(row)) for row in found.items], found.next_key)


def _asked(row: Any) -> dict[str, Any]:
    return {
        "application": APPLICATION_ID.show(row["id"]), "person": PERSON.show(row["person_id"]), "name": row["name"],
        "state": row["state"], "asked_at": row["asked_at"], "shop": _shop(row["shop_id"]),
    }  # fmt: skip


def _shop(found: Any) -> str | None:
    return SHOP.show(found) if found else None


@operation("GET", "/shop-applications/{application}", scope="shops.read")
async def show_asked_shop(visit: Visit, application: ApplicationId) -> AskedShopInFull:
    """One of them, with what is said of the shop."""
    async with visit.reading() as work:
        row = await shops.access_application(work, read_id(APPLICATION_ID, application))
    return AskedShopInFull(
        **_asked(row),
        words=row["words"],
        inviter=_shop(row["inviter_id"]),
        decided_at=row["decided_at"],
        why=row["why"],
    )


@operation("POST", "/shop-applications/{application}/decision", scope="shops.write", status=204)
async def decide_shop_application(
    visit: Visit, application: ApplicationId, data: ShopDecision, key: str
) -> Refusal | None:
    """Let it open, or not; each is decided once."""
    found = read_id(APPLICATION_ID, application)
    verb = shops.approve if data.verdict == "approve" else shops.refuse_application

    async def act(work: Work) -> Refusal | None:
        outcome = await verb(work, found, reason=data.reason)
        return outcome if isinstance(outcome, Refusal) else None

    subject = f"{application} {data.verdict}"
    return await acted(visit, "api.decide_shop_application", key, data.reason, subject, act)


# ── shops ──
@operation("GET", "/market-shops", scope="shops.read")
async def list_market_shops(visit: Visit, query: MarketShopQuery) -> Listing[MarketShop]:
    """All shops, also those that are suspended, the newest first."""
    async with visit.reading() as work:
        found = await parties.search_shops(work, Wanted(after=query.after, size=query.size), state=query.state or "")
    items = [
        MarketShop(shop=SHOP.show(row["id"]), name=row["name"], owner=PERSON.show(row["owner_id"]),
                   inviter=_shop(row["inviter_id"]), state=row["state"], since=row["created_at"])
        for row in found.items
    ]  # fmt: skip
    return Listing(items, found.next_key)


@operation("GET", "/market-shops/{shop}", scope="shops.read")
async def show_market_shop(visit: Visit, shop: ShopId) -> MarketShopInFull:
    """One of them; what it shows is told by `show_shop`."""
    found = read_id(SHOP, shop)
    async with visit.reading() as work:
        one, said = await parties.access_shop(work, found), await shops.page_of(work, found)
    return MarketShopInFull(
        shop=shop, name=one.name, owner=PERSON.show(one.owner_id), inviter=_shop(one.inviter_id),
        state=one.state, since=one.since, budget=money(visit, said["budget_minor"]),  # type: ignore[arg-type]
        held=money(visit, said["held_minor"]),
    )  # fmt: skip


@operation("POST", "/market-shops/{shop}/state", scope="shops.write", status=204)
async def move_shop(visit: Visit, shop: ShopId, data: ShopMove, key: str) -> Refusal | None:
    """Suspend a shop, or open it again."""
    found = read_id(SHOP, shop)
    verb = parties.suspend_shop if data.state == "suspended" else parties.reopen_shop

    async def act(work: Work) -> Refusal | None:
        return await verb(work, found, reason=data.reason)

    return await acted(visit, "api.move_shop", key, data.reason, f"{shop} {data.state}", act)


# ── rules ──
@operation("GET", "/shop-rules", scope="shops.read")
async def show_shop_rules(visit: Visit) -> ShopRules:
    """How a shop opens, and how somebody becomes its customer."""
    async with visit.reading() as work:
        terms, bind = await shops.terms(work), await sharing.bind_terms(work)
    course = COURSE_ID.show(CourseKey(terms.course)) if terms.course else None
    return ShopRules(
        opening=OpeningRule(opening=terms.opening, member_days=terms.member_days, course=course),  # type: ignore[arg-type]
        binding=BindingRule(rule=bind.rule.value, valid_days=bind.valid_days, protected_days=bind.protected_days),
    )


@operation("POST", "/shop-rules/opening", scope="rules.write", status=204)
async def set_opening_rule(visit: Visit, data: NewOpeningRule, key: str) -> Refusal | None:
    """How a shop opens from now on; no rule can ask for a fee or a purchase."""
    terms = Terms(data.opening, data.member_days, read_id(COURSE_ID, data.course) if data.course else None)

    async def act(work: Work) -> Refusal | None:
        return await shops.set_terms(work, terms, reason=data.reason)

    return await acted(visit, "api.set_opening_rule", key, data.reason, repr(terms), act)


@operation("POST", "/shop-rules/binding", scope="rules.write", status=204)
async def set_binding_rule(visit: Visit, data: NewBindingRule, key: str) -> Refusal | None:
    """How somebody becomes a shop's customer from now on; nobody is moved by it."""
    terms = BindTerms(BindRule(data.rule), data.valid_days, data.protected_days)

    async def act(work: Work) -> Refusal | None:
        return await sharing.set_bind_terms(work, terms, reason=data.reason)

    return await acted(visit, "api.set_binding_rule", key, data.reason, repr(terms), act)


# ── what shops forward ──
@operation("GET", "/market-materials", scope="shops.read")
async def list_market_materials(visit: Visit, query: PageQuery) -> Listing[ShopMaterial]:
    """Texts with pictures that the market offers to every shop, the newest first."""
    async with visit.reading() as work:
        rows = await shops.materials_of(work, None, after=query.after, size=query.size)
    return Listing([shop_material(visit, row) for row in rows.items], rows.next_key)


@operation("POST", "/market-materials", scope="shops.write", status=201, takes_file=True)
async def publish_material(visit: Visit, data: NewMarketMaterial, key: str) -> MadeMaterial | Refusal:
    """Offer a text with up to nine pictures to every shop."""
    async with read_pictures(visit, data.pictures) as pictures:
        if isinstance(pictures.refused, Refusal):
            return pictures.refused

        async def act(work: Work) -> Refusal | dict[str, Any]:
            outcome = await shops.publish_material(work, data.words, pictures.names, reason=data.reason)
            if isinstance(outcome, Refusal):
                return outcome
            pictures.are_used = True
            return {"material": MATERIAL_ID.show(outcome)}

        subject = f"{data.words} {' '.join(str(len(one)) for one in data.pictures)}"
        done = await made(visit, "api.publish_material", key, data.reason, subject, act)
    return done if isinstance(done, Refusal) else MadeMaterial(**done)


@operation("POST", "/market-materials/{material}/removal", scope="shops.write", status=204)
async def withdraw_material(visit: Visit, material: MaterialId, data: Withdrawn, key: str) -> Refusal | None:
    """The market offers it no more."""
    found = read_id(MATERIAL_ID, material)

    async def act(work: Work) -> Refusal | None:
        return await shops.withdraw_material(work, found, reason=data.reason)

    return await acted(visit, "api.withdraw_material", key, data.reason, material, act)


HANDLERS = (
    list_asked_shops, show_asked_shop, decide_shop_application, list_market_shops, show_market_shop, move_shop,
    show_shop_rules, set_opening_rule, set_binding_rule, list_market_materials, publish_material, withdraw_material,
)  # fmt: skip

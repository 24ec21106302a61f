"""Coupons and tiers for whoever runs the market's promotions: giving coupons to people, who is in which tier, what a tier pays.

The office asks for the second factor before it gives coupons away or puts somebody in a tier; a program has none, so it is asked
for where its key with `promotions.write` is made. What changes prices for everybody is launched in `pricing`.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.goods.catalog.model import SKU
from tuan.kit.refusals import NotFound, Refusal
from tuan.people import accounts
from tuan.people.accounts.model import PERSON
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.api.acting import acted, made
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, AmountMinor, Listing, Money, PageQuery, PersonId, Reason, SkuId
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.api.v1.membership import Phone
from tuan.surfaces.api.v1.promotions import TemplateId
from tuan.surfaces.backoffice.promotions.context import GrantLine
from tuan.surfaces.backoffice.promotions.grants import LINES_MAX, grant_lines, preview_lines
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.value import promotions
from tuan.value.promotions.model import TEMPLATE, TIER

TierId = Annotated[
    str,
    Meta(description="A tier.", pattern="^tier_[0-9a-hjkmnp-tv-z]{26}$", examples=["tier_01kb3v6h2ne5x8q4r7t9w0y1z3"]),
]
TierName = Annotated[str, Meta(min_length=1, max_length=80, pattern=NO_NUL, examples=["Silver"])]
TemplateState = Literal["running", "ended"]
Phones = Annotated[list[Phone], Meta(min_length=1, max_length=LINES_MAX)]


class CouponTemplateQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which state; without one all."""

    state: TemplateState | None = None


class CouponTemplate(Struct, frozen=True, kw_only=True):
    """What coupons are made from. way: how people come by one; taken: how many there are, of `total` or without an end."""

    template: TemplateId
    name: Annotated[str, Meta(examples=["立减 10 元"])]
    state: TemplateState
    way: Annotated[str, Meta(examples=["granted"])]
    off_minor: Annotated[int, Meta(examples=[1000])]
    off_permyriad: Annotated[int, Meta(examples=[0])]
    cap_minor: Annotated[int, Meta(examples=[2000])] | None
    threshold_minor: Annotated[int, Meta(examples=[5000])]
    taken: Annotated[int, Meta(examples=[12])]
    total: Annotated[int, Meta(examples=[100])] | None
    per_person: Annotated[int, Meta(examples=[1])]
    starts_at: datetime
    ends_at: datetime


class GrantWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom it would be given to, by their numbers."""

    phones: Phones


class NewGrants(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom it is given to, by their numbers."""

    phones: Phones
    reason: Reason


class GrantRefused(Struct, frozen=True, kw_only=True):
    """A number to which nothing is given; `line` counts from 1, `code` is a refusal's, or `named_before`."""

    line: Annotated[int, Meta(examples=[2])]
    code: Annotated[str, Meta(examples=["not_found"])]
    why: Annotated[str, Meta(examples=["Nobody here has this number."])]


class Grants(Struct, frozen=True, kw_only=True):
    """How many are given a coupon, and the lines that are not."""

    given: Annotated[int, Meta(examples=[120])]
    refused: list[GrantRefused]


class TemplateEnding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


class TierCard(Struct, frozen=True, kw_only=True):
    """A tier, how many persons are in it and how many SKUs have a price of its own."""

    tier: TierId
    name: TierName
    members: Annotated[int, Meta(examples=[30])]
    prices: Annotated[int, Meta(examples=[4])]


class NewTier(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: TierName
    reason: Reason


class MadeTier(Struct, frozen=True, kw_only=True):
    tier: TierId


class PriceInTier(Struct, frozen=True, kw_only=True):
    sku: SkuId
    price: Money


class PersonInTier(Struct, frozen=True, kw_only=True):
    person: PersonId
    since: datetime


class Tier(Struct, frozen=True, kw_only=True):
    """What its members pay, and those who came last."""

    tier: TierId
    name: TierName
    prices: list[PriceInTier]
    members: list[PersonInTier]


class NewTierPrice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one unit costs in the tier, below its list price; null: what everybody pays."""

    price_minor: Annotated[AmountMinor | None, Meta(examples=[900])]
    reason: Reason


class TierMember(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who, by his number; a person is in one tier at most."""

    phone: Phone
    reason: Reason


class TierLeaving(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


# ── coupons ──
@operation("GET", "/coupon-templates", scope="promotions.read")
async def list_coupon_templates(visit: Visit, query: CouponTemplateQuery) -> Listing[CouponTemplate]:
    """What coupons are made from, the newest first."""
    async with visit.reading() as work:
        wanted = Wanted(after=query.after, size=query.size)
        found = await promotions.list_templates(work, wanted, state=query.state or "")
    same = [name for name in CouponTemplate.__struct_fields__ if name != "template"]
    items = [
        CouponTemplate(template=TEMPLATE.show(row["id"]), **{name: row[name] for name in same}) for row in found.items
    ]
    return Listing(items, found.next_key)


@operation("POST", "/coupon-templates/{template}/grants/preview", scope="promotions.read", is_single=True)
async def preview_grants(visit: Visit, template: TemplateId, data: GrantWish) -> Grants:
    """What would become of each number; nothing is given."""
    found = read_id(TEMPLATE, template)
    async with visit.reading() as work:
        await promotions.access_template(work, found)
        given, refused = await preview_lines(visit, work, found, data.phones)
    return Grants(given=given, refused=[_refused(one) for one in refused])


def _refused(one: GrantLine) -> GrantRefused:
    return GrantRefused(line=one.number, code=one.code, why=one.why_not)


@operation("POST", "/coupon-templates/{template}/grants", scope="promotions.write", status=201)
async def grant_coupons(visit: Visit, template: TemplateId, data: NewGrants, key: str) -> Grants | Refusal:
    """Give one to each of these people, within the template's limits, in one transaction."""
    found = read_id(TEMPLATE, template)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        await promotions.access_template(work, found)
        given, refused = await grant_lines(visit, work, found, data.phones, reason=data.reason)
        return {"given": given, "refused": [[one.number, one.code, one.why_not] for one in refused]}

    outcome = await made(visit, "api.grant_coupons", key, data.reason, f"{template} {data.phones}", act)
    if isinstance(outcome, Refusal):
        return outcome
    refused = [GrantRefused(line=line, code=code, why=why) for line, code, why in outcome["refused"]]
    return Grants(given=outcome["given"], refused=refused)


@operation("POST", "/coupon-templates/{template}/ending", scope="promotions.write", status=204)
async def end_coupon_template(visit: Visit, template: TemplateId, data: TemplateEnding, key: str) -> Refusal | None:
    """Nobody takes one from now on; those that were taken stay valid."""
    found = read_id(TEMPLATE, template)

    async def act(work: Work) -> Refusal | None:
        return await promotions.end_template(work, found, reason=data.reason)

    return await acted(visit, "api.end_template", key, data.reason, template, act)


# ── tiers ──
@operation("GET", "/tiers", scope="promotions.read")
async def list_tiers(visit: Visit) -> Listing[TierCard]:
    """Tiers by name."""
    async with visit.reading() as work:
        rows = await promotions.tiers(work)
    return Listing(
        [
            TierCard(tier=TIER.show(row["id"]), name=row["name"], members=row["members"], prices=row["prices"])
            for row in rows
        ]
    )


@operation("POST", "/tiers", scope="promotions.write", status=201)
async def make_tier(visit: Visit, data: NewTier, key: str) -> MadeTier | Refusal:
    """A tier that prices and persons can be put in."""

    async def act(work: Work) -> Refusal | dict[str, Any]:
        found = await promotions.make_tier(work, data.name, reason=data.reason)
        return found if isinstance(found, Refusal) else {"tier": TIER.show(found)}

    outcome = await made(visit, "api.make_tier", key, data.reason, data.name, act)
    return outcome if isinstance(outcome, Refusal) else MadeTier(**outcome)


@operation("GET", "/tiers/{tier}", scope="promotions.read")
async def show_tier(visit: Visit, tier: TierId) -> Tier:
    """What its members pay, and who they are."""
    async with visit.reading() as work:
        name, prices, members = await promotions.access_tier(work, read_id(TIER, tier))
    return Tier(
        tier=tier,
        name=name,
        prices=[PriceInTier(sku=SKU.show(row["sku_id"]), price=money(visit, row["price_minor"])) for row in prices],
        members=[PersonInTier(person=PERSON.show(row["person_id"]), since=row["since"]) for row in members],
    )


@operation("PUT", "/tiers/{tier}/prices/{sku}", scope="promotions.write", status=204)
async def set_tier_price(visit: Visit, tier: TierId, sku: SkuId, data: NewTierPrice, key: str) -> Refusal | None:
    """What one of this SKU costs who is in this tier."""
    found, of = read_id(TIER, tier), read_id(SKU, sku)

    async def act(work: Work) -> Refusal | None:
        return await promotions.set_tier_price(work, found, of, data.price_minor, reason=data.reason)

    return await acted(visit, "api.set_tier_price", key, data.reason, f"{tier} {sku} {data.price_minor}", act)


@operation("POST", "/tiers/{tier}/members", scope="promotions.write", status=204)
async def put_in_tier(visit: Visit, tier: TierId, data: TierMember, key: str) -> Refusal | None:
    """The person with this number is in this tier from now on, and in no other."""
    found, phone = read_id(TIER, tier), accounts.read_phone(data.phone)

    async def act(work: Work) -> Refusal | None:
        if isinstance(phone, Refusal):
            return phone
        person = await accounts.person_of(work, phone)
        if person is None:
            return NotFound()
        return await promotions.put_in_tier(work, person, found, reason=data.reason)

    return await acted(visit, "api.put_in_tier", key, data.reason, f"{tier} {data.phone}", act)


@operation("POST", "/tiers/{tier}/members/{person}/removal", scope="promotions.write", status=204)
async def take_out_of_tier(visit: Visit, tier: TierId, person: PersonId, data: TierLeaving, key: str) -> Refusal | None:
    """He pays what everybody pays; somebody who is not in this tier is not found."""
    found, who = read_id(TIER, tier), read_id(PERSON, person)

    async def act(work: Work) -> Refusal | None:
        stands = await promotions.tier_of(work, who)
        if stands is None or stands["id"] != found:
            return NotFound()
        return await promotions.put_in_tier(work, who, None, reason=data.reason)

    return await acted(visit, "api.take_out_of_tier", key, data.reason, f"{tier} {person}", act)


HANDLERS = (
    list_coupon_templates, preview_grants, grant_coupons, end_coupon_template, list_tiers, make_tier, show_tier,
    set_tier_price, put_in_tier, take_out_of_tier,
)  # fmt: skip

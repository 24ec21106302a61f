"""Tiers: what their members pay, and who is in which; each change with a reason."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog
from tuan.goods.catalog.model import SKU, ShelfState
from tuan.kit.money import Money
from tuan.kit.refusals import NotFound, Refusal
from tuan.people import accounts
from tuan.people.accounts.model import PERSON, masked_name
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice.acting import acted, read_amount
from tuan.surfaces.backoffice.promotions.context import TierMember, TierPage, TierPrice, TierRow, TiersPage
from tuan.surfaces.backoffice.tables import Choice
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.value import promotions
from tuan.value.promotions.model import TIER

URL = "/office/promotions/tiers"
PRODUCTS_MAX = 500


class MakeForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    name: str


class PriceForm(msgspec.Struct, frozen=True, kw_only=True):
    """`price`: of one unit; empty takes it away."""

    key: str
    reason: str
    sku: str
    price: str = ""


class MemberForm(msgspec.Struct, frozen=True, kw_only=True):
    """`after`: `in` or `out`."""

    key: str
    reason: str
    phone: str
    after: str = "in"


@get(URL, opt=staff("promotions.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        rows = await promotions.tiers(work)
    shown = [
        TierRow(name=r["name"], url=f"{URL}/{TIER.show(r['id'])}", members=r["members"], prices=r["prices"])
        for r in rows
    ]
    page = TiersPage(rows=shown, key=visit.fresh_key(), may_edit=visit.may("promotions.launch"))
    return visit.page("backoffice/promotions/tiers.html", page, place="promotions")


@post(URL, opt=staff("promotions.launch"))
async def make(visit: NamedDependency[Visit]) -> Response[Any]:
    form = await visit.form(MakeForm)

    async def act(work: Work) -> Refusal | None:
        outcome = await promotions.make_tier(work, form.name, reason=form.reason)
        return outcome if isinstance(outcome, Refusal) else None

    return await acted(visit, "office.make_tier", form.key, form.reason, form.name, act, URL)


@get(f"{URL}/{{tier:str}}", opt=staff("promotions.see"))
async def show(visit: NamedDependency[Visit], tier: FromPath[str]) -> Response[Any]:
    """What its members pay, and who they are."""
    async with visit.reading() as work:
        name, prices, members = await promotions.access_tier(work, read_id(TIER, tier))
        offers = await catalog.load_offers(work, [row["sku_id"] for row in prices])
        names = await accounts.names(work, [row["person_id"] for row in members])
        wanted = Wanted("title", is_descending=False, size=PRODUCTS_MAX)
        listed = await catalog.everything(work, wanted, state=ShelfState.LISTED)
        sold = await catalog.skus_of(work, [row["id"] for row in listed.items])
    currency = visit.market.currency
    page = TierPage(
        name=name,
        url=f"{URL}/{tier}",
        key=visit.fresh_key(),
        prices=[
            TierPrice(words=f"{(offer := offers.get(row['sku_id'])).title} {offer.options}".strip(),
                      price=Money(row["price_minor"], currency), single=Money(offer.price_minor, currency))
            for row in prices
        ],
        members=[
            TierMember(name=masked_name(names.get(row["person_id"], "")), url=f"/office/people/{PERSON.show(row['person_id'])}",
                       since=row["since"])
            for row in members
        ],
        options=[
            Choice(value=SKU.show(one["id"]), label=f"{row['title']} {one['options']}".strip(), is_chosen=False)
            for row in listed.items
            for one in sold[row["id"]]
        ],
        may_edit=visit.may("promotions.launch"),
        may_give=visit.may("promotions.give"),
    )  # fmt: skip
    return visit.page("backoffice/promotions/tier.html", page, place="promotions")


@post(f"{URL}/{{tier:str}}/prices", opt=staff("promotions.launch"))
async def set_price(visit: NamedDependency[Visit], tier: FromPath[str]) -> Response[Any]:
    found, form = read_id(TIER, tier), await visit.form(PriceForm)
    sku = read_id(SKU, form.sku)
    price = read_amount(visit, form.price, "price") if form.price.strip() else None

    async def act(work: Work) -> Refusal | None:
        return await promotions.set_tier_price(work, found, sku, price, reason=form.reason)

    subject = f"{tier} {form.sku} {form.price}"
    return await acted(visit, "office.set_tier_price", form.key, form.reason, subject, act, f"{URL}/{tier}")


@post(f"{URL}/{{tier:str}}/members", opt=staff("promotions.give", fresh=True))
async def put(visit: NamedDependency[Visit], tier: FromPath[str]) -> Response[Any]:
    """The person with this number is in the tier from now on, or in none."""
    found, form = read_id(TIER, tier), await visit.form(MemberForm)

    async def act(work: Work) -> Refusal | None:
        phone = accounts.read_phone(form.phone)
        if isinstance(phone, Refusal):
            return phone
        person = await accounts.person_of(work, phone)
        if person is None:
            return NotFound()
        return await promotions.put_in_tier(work, person, None if form.after == "out" else found, reason=form.reason)

    subject = f"{tier} {form.phone} {form.after}"
    return await acted(visit, "office.put_in_tier", form.key, form.reason, subject, act, f"{URL}/{tier}")


HANDLERS = (show_all, make, show, set_price, put)

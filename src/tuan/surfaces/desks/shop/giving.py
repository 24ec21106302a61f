"""What the shop gives on: texts and pictures to forward, and coupons within the budget that the market grants."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods.catalog.model import PRODUCT
from tuan.kit.refusals import Refusal, Refused
from tuan.platform.work import Work
from tuan.play import shops
from tuan.play.shops.model import MATERIAL_ID, MATERIAL_PICTURES_MAX, NewCoupon
from tuan.surfaces.desks.shop import showing as desk
from tuan.surfaces.desks.shop.context import DeskCoupon, GivingPage, Material
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.cases.filing import read_pictures
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SHOP, TAKES_FILE
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX, files_of, read_id, read_money
from tuan.surfaces.web.visits import Visit
from tuan.value.promotions.model import TEMPLATE

GIVING = "/desk/shop/giving"
DIGITS_MAX = 6


class MaterialForm(msgspec.Struct, frozen=True, kw_only=True):
    """A text, and with it up to nine pictures."""

    key: str
    words: str
    pictures: str = ""


class PicturesForm(msgspec.Struct, frozen=True, kw_only=True):
    """More of them for a text that is there."""

    key: str
    pictures: str = ""


class CouponForm(msgspec.Struct, frozen=True, kw_only=True):
    """discount and threshold as people type amounts; total and days are numbers."""

    key: str
    name: str
    discount: str
    threshold: str
    total: str
    days: str


class KeyForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str


@get(GIVING, opt=SHOP)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    shop = desk.own_shop(visit)
    async with visit.reading() as work:
        said = await shops.page_of(work, shop.id)
        materials = await shops.materials_of(work, shop.id, after=visit.query.get("page"))
        coupons = await shops.coupons_of(work, shop.id)
    page = GivingPage(
        frame=desk.frame_of(shop),
        materials=[_material(visit, row) for row in materials.items],
        next_url=visit.url_with(page=materials.next_key) if materials.next_key else None,
        coupons=[_coupon(visit, row) for row in coupons],
        budget=showing.amount(visit, said["budget_minor"]),
        left=showing.amount(visit, said["budget_minor"] - said["held_minor"]),
        keys=[visit.fresh_key(), visit.fresh_key()],
    )
    return visit.page("desks/shop/giving.html", page, place="me")


def _material(visit: Visit, row: Any) -> Material:
    return Material(
        material=MATERIAL_ID.show(row["id"]),
        words=row["words"],
        pictures=[showing.picture(visit, name, "") for name in row["pictures"]],
        product_url=f"/p/{PRODUCT.show(row['product_id'])}" if row["product_id"] else "",
        is_own=row["shop_id"] is not None,
        room=MATERIAL_PICTURES_MAX - len(row["pictures"]) if row["shop_id"] else 0,
        key=visit.fresh_key(),
    )


def _coupon(visit: Visit, row: Any) -> DeskCoupon:
    return DeskCoupon(
        template=TEMPLATE.show(row["template_id"]),
        name=row["name"],
        off=showing.amount(visit, row["off_minor"]),
        threshold=showing.amount(visit, row["threshold_minor"]),
        taken=row["taken"],
        total=row["total"],
        held=showing.amount(visit, row["held_minor"]),
        until=row["ends_at"],
        is_running=row["ended_at"] is None,
        key=visit.fresh_key(),
    )


@post(f"{GIVING}/materials", opt=SHOP | TAKES_FILE, request_max_body_size=FILE_BODY_BYTES_MAX)
async def add_material(visit: NamedDependency[Visit]) -> Response[Any]:
    """One's own, with its pictures made anew."""
    form, shop = await visit.form(MaterialForm), desk.own_shop(visit)

    async def act(work: Work, names: list[str]) -> Refusal | None:
        kept = await shops.keep_material(work, form.words, names, shop=shop.id)
        return kept if isinstance(kept, Refusal) else None

    return await _with_pictures(visit, "keep_material", form.key, form.words, form.pictures, act)


@post(f"{GIVING}/materials/{{material:str}}/pictures", opt=SHOP | TAKES_FILE, request_max_body_size=FILE_BODY_BYTES_MAX)
async def add_pictures(visit: NamedDependency[Visit], material: FromPath[str]) -> Response[Any]:
    """More of them, up to nine in all."""
    found, form, shop = read_id(MATERIAL_ID, material), await visit.form(PicturesForm), desk.own_shop(visit)
    if not files_of(form.pictures, MATERIAL_PICTURES_MAX):
        return refuse(visit, FieldInvalid(field="pictures"))

    async def act(work: Work, names: list[str]) -> Refusal | None:
        return await shops.add_pictures(work, found, shop.id, names)

    return await _with_pictures(visit, "add_pictures", form.key, material, form.pictures, act)


async def _with_pictures(
    visit: Visit,
    verb: str,
    key: str,
    subject: str,
    sent: str,
    act: Callable[[Work, list[str]], Awaitable[Refusal | None]],
) -> Response[Any]:
    """An act with pictures that were made anew before it; they are dropped again unless it was done."""
    files = files_of(sent, MATERIAL_PICTURES_MAX)
    async with read_pictures(visit, files) as pictures:
        if isinstance(pictures.refused, Refusal):
            return refuse(visit, pictures.refused, Step(label=visit.gettext("To forward"), url=GIVING))

        async def acted(work: Work) -> Refusal | None:
            refusal = await act(work, pictures.names)
            pictures.are_used = refusal is None
            return refusal

        return await _act(visit, verb, key, f"{subject} {' '.join(str(len(one)) for one in files)}", acted)


@post(f"{GIVING}/materials/{{material:str}}/removal", opt=SHOP)
async def drop_material(visit: NamedDependency[Visit], material: FromPath[str]) -> Response[Any]:
    found, form, shop = read_id(MATERIAL_ID, material), await visit.form(KeyForm), desk.own_shop(visit)
    return await _act(
        visit, "remove_material", form.key, material, lambda work: shops.remove_material(work, found, shop.id)
    )


def read_number(text: str, field: str) -> int:
    """A number of at most six digits; raises Refused(FieldInvalid)."""
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX):
        raise Refused(FieldInvalid(field=field))
    return int(text)


@post(f"{GIVING}/coupons", opt=SHOP)
async def add_coupon(visit: NamedDependency[Visit]) -> Response[Any]:
    """For the goods that are chosen now; what all of them could cost is held of the budget."""
    form, shop = await visit.form(CouponForm), desk.own_shop(visit)
    new = NewCoupon(
        form.name,
        read_money(form.discount, visit.market.currency, "discount"),
        read_money(form.threshold, visit.market.currency, "threshold"),
        read_number(form.total, "total"),
        read_number(form.days, "days"),
    )

    async def act(work: Work) -> Refusal | None:
        made = await shops.launch_coupon(work, shop.id, new)
        return made if isinstance(made, Refusal) else None

    return await _act(visit, "shop_coupon", form.key, repr(new), act)


@post(f"{GIVING}/coupons/{{template:str}}/ending", opt=SHOP)
async def end_coupon(visit: NamedDependency[Visit], template: FromPath[str]) -> Response[Any]:
    """Nobody takes one any more; what nobody took is budget again."""
    found, form, shop = read_id(TEMPLATE, template), await visit.form(KeyForm), desk.own_shop(visit)
    return await _act(visit, "end_shop_coupon", form.key, template, lambda work: shops.end_coupon(work, found, shop.id))


async def _act(
    visit: Visit, verb: str, key: str, subject: str, act: Callable[[Work], Awaitable[Refusal | None]]
) -> Response[Any]:
    outcome = await once(visit, f"web.{verb}", key, subject, act)
    if outcome is not None:
        return refuse(visit, outcome, Step(label=visit.gettext("To forward"), url=GIVING))
    return visit.go_on(GIVING)


HANDLERS = (show, add_material, add_pictures, drop_material, add_coupon, end_coupon)

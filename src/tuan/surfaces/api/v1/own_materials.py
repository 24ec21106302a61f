"""What the caller's shop can forward: texts with pictures, its own and the market's."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.platform.files import url as picture_url
from tuan.platform.work import Work
from tuan.play import shops
from tuan.play.shops.model import MATERIAL_ID, MATERIAL_PICTURES_MAX
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, Listing, PageQuery
from tuan.surfaces.api.v1.shops import _LETTERS, _SOME
from tuan.surfaces.desks.shop.showing import own_shop
from tuan.surfaces.storefront.cases.filing import read_pictures
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

MaterialId = Annotated[
    str, Meta(description="A text with pictures.", pattern=f"^mat_{_LETTERS}$", examples=[f"mat_{_SOME}"])
]
Picture = Annotated[str, Meta(description="Its bytes in base64.", min_length=1)]


class ShopMaterial(Struct, frozen=True, kw_only=True):
    """A text with pictures to forward, by their addresses; `own`: the shop's, else the market's."""

    material: MaterialId
    words: Annotated[str, Meta(examples=["今天的桃子"])]
    pictures: list[str]
    own: bool


class NewMaterial(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text with up to nine pictures, all of them in one body of at most 12 MB."""

    words: Annotated[str, Meta(min_length=1, max_length=1000, pattern=NO_NUL, examples=["今天的桃子"])]
    pictures: Annotated[list[Picture], Meta(max_length=MATERIAL_PICTURES_MAX)] = []


class MorePictures(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """They come behind those that are there, up to nine in all."""

    pictures: Annotated[list[Picture], Meta(min_length=1, max_length=MATERIAL_PICTURES_MAX)]


class MadeMaterial(Struct, frozen=True, kw_only=True):
    material: MaterialId


@operation("GET", "/shop/materials", scope="shop.read")
async def list_shop_materials(visit: Visit, query: PageQuery) -> Listing[ShopMaterial]:
    """What can be forwarded: the shop's own, and the market's; the newest first."""
    shop = own_shop(visit)
    async with visit.reading() as work:
        rows = await shops.materials_of(work, shop.id, after=query.after, size=query.size)
    return Listing([shop_material(visit, row) for row in rows.items], rows.next_key)


def shop_material(visit: Visit, row: Any) -> ShopMaterial:
    return ShopMaterial(
        material=MATERIAL_ID.show(row["id"]), words=row["words"],
        pictures=[f"{visit.origin}{picture_url(name)}" for name in row["pictures"]], own=row["shop_id"] is not None,
    )  # fmt: skip


@operation("POST", "/shop/materials", scope="shop.write", status=201, takes_file=True)
async def add_shop_material(visit: Visit, data: NewMaterial, key: str) -> MadeMaterial | Refusal:
    """A text of the shop's own, with up to nine pictures."""
    shop = own_shop(visit)

    async def act(work: Work, names: list[str]) -> Refusal | dict[str, Any]:
        made = await shops.keep_material(work, data.words, names, shop=shop.id)
        return made if isinstance(made, Refusal) else {"material": MATERIAL_ID.show(made)}

    done = await _with_pictures(visit, "api.keep_material", key, data.words, data.pictures, act)
    return done if isinstance(done, Refusal) else MadeMaterial(**done)


@operation("POST", "/shop/materials/{material}/pictures", scope="shop.write", status=201, takes_file=True)
async def add_material_pictures(
    visit: Visit, material: MaterialId, data: MorePictures, key: str
) -> MadeMaterial | Refusal:
    """More pictures for a text of the shop's own."""
    shop, found = own_shop(visit), read_id(MATERIAL_ID, material)

    async def act(work: Work, names: list[str]) -> Refusal | dict[str, Any]:
        return await shops.add_pictures(work, found, shop.id, names) or {"material": material}

    done = await _with_pictures(visit, "api.add_pictures", key, material, data.pictures, act)
    return done if isinstance(done, Refusal) else MadeMaterial(**done)


async def _with_pictures(
    visit: Visit,
    verb: str,
    key: str,
    subject: str,
    sent: list[str],
    act: Callable[[Work, list[str]], Awaitable[Refusal | dict[str, Any]]],
) -> Refusal | dict[str, Any]:
    """An act with pictures that were made anew before it; they are dropped again unless it was done."""
    async with read_pictures(visit, sent) as pictures:
        if isinstance(pictures.refused, Refusal):
            return pictures.refused

        async def acted(work: Work) -> Refusal | dict[str, Any]:
            made = await act(work, pictures.names)
            pictures.are_used = not isinstance(made, Refusal)
            return made

        return await remembered(visit, verb, key, f"{subject} {' '.join(str(len(one)) for one in sent)}", acted)


@operation("DELETE", "/shop/materials/{material}", scope="shop.write", status=204)
async def drop_shop_material(visit: Visit, material: MaterialId, key: str) -> Refusal | None:
    """One of the shop's own is forwarded no more."""
    shop, found = own_shop(visit), read_id(MATERIAL_ID, material)
    return await once(
        visit, "api.remove_material", key, material, lambda work: shops.remove_material(work, found, shop.id)
    )


HANDLERS = (list_shop_materials, add_shop_material, add_material_pictures, drop_shop_material)

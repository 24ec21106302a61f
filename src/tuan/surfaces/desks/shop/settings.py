"""What the shop is called, what it says of itself, and the picture above its page."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import Refusal
from tuan.platform.work import Work
from tuan.play import shops
from tuan.surfaces.desks.shop import showing as desk
from tuan.surfaces.desks.shop.context import SettingsPage
from tuan.surfaces.storefront import showing
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SHOP, TAKES_FILE
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX
from tuan.surfaces.web.uploads import kept_picture
from tuan.surfaces.web.visits import Visit

HERE = "/desk/shop/settings"
FIELD_OF = {"parties.shop_name_invalid": "name", "shops.page_invalid": "words"}


class ShopForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    name: str
    words: str = ""


class CoverForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    picture: str


@get(HERE, opt=SHOP)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        page = await _page(work, visit)
    return visit.page("desks/shop/settings.html", page, place="me")


async def _page(work: Work, visit: Visit) -> SettingsPage:
    shop = desk.own_shop(visit)
    said = await shops.page_of(work, shop.id)
    return SettingsPage(
        frame=desk.frame_of(shop),
        words=said["words"],
        cover=showing.picture(visit, said["cover"], shop.name) if said["cover"] else None,
        keys=[visit.fresh_key(), visit.fresh_key()],
    )


@post(HERE, opt=SHOP)
async def dress(visit: NamedDependency[Visit]) -> Response[Any]:
    form, shop = await visit.form(ShopForm), desk.own_shop(visit)

    async def act(work: Work) -> Refusal | None:
        return await shops.dress_shop(work, shop.id, form.name, form.words)

    outcome = await once(visit, "web.dress_shop", form.key, f"{form.name} {form.words}", act)
    if outcome is None:
        return visit.go_on(HERE)
    if visit.wants_json or outcome.code not in FIELD_OF:
        return refuse(visit, outcome, Step(label=visit.gettext("Settings"), url=HERE))
    async with visit.reading() as work:
        page = await _page(work, visit)
    frame = msgspec.structs.replace(page.frame, name=form.name)
    errors = errors_of(visit, outcome, FIELD_OF[outcome.code])
    page = msgspec.structs.replace(page, frame=frame, words=form.words, errors=errors)
    return visit.page("desks/shop/settings.html", page, place="me", status=outcome.status)


@post(f"{HERE}/cover", opt=SHOP | TAKES_FILE, request_max_body_size=FILE_BODY_BYTES_MAX)
async def set_cover(visit: NamedDependency[Visit]) -> Response[Any]:
    """Another picture, made anew when it comes in."""
    form, shop = await visit.form(CoverForm), desk.own_shop(visit)
    async with kept_picture(visit, form.picture) as picture:

        async def act(work: Work) -> Refusal | None:
            if picture.name:
                await shops.set_cover(work, shop.id, picture.name)
                picture.is_used = True
            return None

        outcome = await once(visit, "web.shop_cover", form.key, str(len(form.picture)), act)
    return refuse(visit, outcome, Step(label=visit.gettext("Settings"), url=HERE)) if outcome else visit.go_on(HERE)


HANDLERS = (show, dress, set_cover)

"""Texts and pictures that the market offers to every shop."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal
from tuan.platform.work import Work
from tuan.play import shops
from tuan.play.shops.model import MATERIAL_ID, MATERIAL_PICTURES_MAX
from tuan.surfaces.backoffice.acting import acted
from tuan.surfaces.backoffice.saying import Chip
from tuan.surfaces.backoffice.shops import words
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.cases.filing import read_pictures
from tuan.surfaces.storefront.parts import Picture
from tuan.surfaces.web.policies import TAKES_FILE, staff
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX, files_of, read_id
from tuan.surfaces.web.visits import Visit

HERE = "/office/shops/materials"


class OfferedMaterial(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    words: str
    pictures: list[Picture]
    made_at: datetime
    key: str


class MaterialsPage(msgspec.Struct, frozen=True, kw_only=True):
    """What shops can forward of the market's."""

    places: list[Chip]
    materials: list[OfferedMaterial]
    may_edit: bool
    key: str
    next_url: str | None = None


class PublishForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    words: str
    pictures: str = ""


class ReasonForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


@get(HERE, opt=staff("shops.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        rows = await shops.materials_of(work, None, after=visit.query.get("page"))
    materials = [
        OfferedMaterial(
            url=f"{HERE}/{MATERIAL_ID.show(row['id'])}",
            words=row["words"],
            pictures=[showing.picture(visit, name, "") for name in row["pictures"]],
            made_at=row["made_at"],
            key=visit.fresh_key(),
        )
        for row in rows.items
    ]
    page = MaterialsPage(
        places=words.places(visit, "materials"),
        materials=materials,
        next_url=visit.url_with(page=rows.next_key) if rows.next_key else None,
        may_edit=visit.may("shops.admit"),
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/shops/materials.html", page, place="shops")


@post(HERE, opt=staff("shops.admit") | TAKES_FILE, request_max_body_size=FILE_BODY_BYTES_MAX)
async def publish(visit: NamedDependency[Visit]) -> Response[Any]:
    """Offer a text with up to nine pictures to every shop."""
    form = await visit.form(PublishForm)
    files = files_of(form.pictures, MATERIAL_PICTURES_MAX)
    async with read_pictures(visit, files) as pictures:
        if isinstance(pictures.refused, Refusal):
            return refuse(visit, pictures.refused)

        async def act(work: Work) -> Refusal | None:
            made = await shops.publish_material(work, form.words, pictures.names, reason=form.reason)
            pictures.are_used = not isinstance(made, Refusal)
            return made if isinstance(made, Refusal) else None

        subject = f"{form.words} {' '.join(str(len(one)) for one in files)}"
        return await acted(visit, "office.publish_material", form.key, form.reason, subject, act, HERE)


@post(f"{HERE}/{{material:str}}/removal", opt=staff("shops.admit"))
async def withdraw(visit: NamedDependency[Visit], material: FromPath[str]) -> Response[Any]:
    found, form = read_id(MATERIAL_ID, material), await visit.form(ReasonForm)

    async def act(work: Work) -> Refusal | None:
        return await shops.withdraw_material(work, found, reason=form.reason)

    return await acted(visit, "office.withdraw_material", form.key, form.reason, material, act, HERE)


HANDLERS = (show, publish, withdraw)

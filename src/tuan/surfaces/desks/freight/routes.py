"""Sending: a supplier's freight templates, and what his goods weigh."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog
from tuan.goods.catalog.model import FREIGHT, PRODUCT, SKU, Parcel, read_freight
from tuan.kit.refusals import Refusal, Refused
from tuan.people import parties
from tuan.platform.work import Work
from tuan.surfaces.desks.freight.context import FreightPage, GoodsFields, TemplateFields
from tuan.surfaces.desks.freight.forms import BLANK, field_words, fields_of, pop_rules, read_count, read_template
from tuan.surfaces.storefront.divisions.context import Choice
from tuan.surfaces.storefront.divisions.tree import tree
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SUPPLIER
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

TEMPLATE = "desks/freight/page.html"
URL = "/desk/freight"
NEW = "new"
REASON = "desk"


class DropForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str


class TemplateForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a template is called and measured by; its rules are fields beside these (see `forms.pop_rules`)."""

    key: str
    name: str
    measure: str
    is_usual: str = ""


class ParcelForm(msgspec.Struct, frozen=True, kw_only=True):
    """`freight`: a template's id, or empty for the usual one. `most`: empty for no limit."""

    key: str
    freight: str = ""
    weight: str = "0"
    volume: str = "0"
    most: str = ""


@get(URL, opt=SUPPLIER)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _show(visit)


@post("/desk/freight/templates", opt=SUPPLIER)
async def add(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _keep(visit, None)


@post("/desk/freight/templates/{freight:str}", opt=SUPPLIER)
async def change(visit: NamedDependency[Visit], freight: FromPath[str]) -> Response[Any]:
    return await _keep(visit, read_id(FREIGHT, freight))


@post("/desk/freight/templates/{freight:str}/removal", opt=SUPPLIER)
async def drop(visit: NamedDependency[Visit], freight: FromPath[str]) -> Response[Any]:
    form, found = await visit.form(DropForm), read_id(FREIGHT, freight)

    async def act(work: Work) -> Refusal | None:
        return await catalog.drop_freight(work, _supplier(visit), found, reason=REASON)

    refusal = await once(visit, "desk.drop_freight", form.key, freight, act)
    return visit.go_on(URL) if refusal is None else _refused(visit, refusal)


@post("/desk/freight/skus/{sku:str}", opt=SUPPLIER)
async def set_parcel(visit: NamedDependency[Visit], sku: FromPath[str]) -> Response[Any]:
    form, found = await visit.form(ParcelForm), read_id(SKU, sku)
    freight = read_id(FREIGHT, form.freight) if form.freight else None
    try:
        most = read_count(form.most, "units_per_person_max") if form.most else None
        parcel = Parcel(read_count(form.weight, "weight_grams"), read_count(form.volume, "volume_cm3"), most)
    except Refused as refused:
        return await _again(visit, refused.refusal, sku)

    async def act(work: Work) -> Refusal | None:
        product = await catalog.product_of(work, found)
        return await catalog.choose_freight(
            work, _supplier(visit), [product], freight, reason=REASON
        ) or await catalog.set_parcel(work, _supplier(visit), found, parcel, reason=REASON)

    refusal = parcel.why_not_keep() or await once(visit, "desk.set_parcel", form.key, f"{sku} {form}", act)
    if refusal is None:
        return visit.go_on(f"{URL}#{sku}")
    return await _again(visit, refusal, sku) if refusal.code == "catalog.freight_invalid" else _refused(visit, refusal)


async def _keep(visit: Visit, freight: UUID | None) -> Response[Any]:
    rules = pop_rules(await visit.fields())
    form = await visit.form(TemplateForm)
    typed = TemplateFields(
        freight=FREIGHT.show(freight) if freight else "", name=form.name, measure=form.measure,
        is_usual=form.is_usual == "yes", rules=rules, key=form.key,
    )  # fmt: skip
    try:
        new = read_template(visit, typed)
    except Refused as refused:
        return await _again(visit, refused.refusal, typed.freight or NEW, typed)

    async def act(work: Work) -> Refusal | None:
        kept = await catalog.keep_freight(work, _supplier(visit), new, freight=freight, reason=REASON)
        return kept if isinstance(kept, Refusal) else None

    refusal = await once(visit, "desk.keep_freight", typed.key, repr((freight, new)), act)
    if refusal is None:
        return visit.go_on(URL, status=201)
    if refusal.code == "catalog.freight_invalid":
        return await _again(visit, refusal, typed.freight or NEW, typed)
    return _refused(visit, refusal)


def _refused(visit: Visit, refusal: Refusal) -> Response[Any]:
    return refuse(visit, refusal, Step(label=visit.gettext("Sending"), url=URL))


async def _again(visit: Visit, refusal: Refusal, where: str, typed: TemplateFields | None = None) -> Response[Any]:
    """The page with what was typed and what is wrong with it."""
    if visit.wants_json:
        return refuse(visit, refusal)
    field = str(refusal.data.get("field", ""))
    error = visit.gettext("This does not fit: %(field)s. Nothing was kept.", field=field_words(visit, field))
    return await _show(visit, where, error, typed, refusal.status)


# ── showing ──
def _supplier(visit: Visit) -> UUID:
    assert visit.supplier is not None
    return visit.supplier


async def _show(
    visit: Visit, where: str = "", error: str = "", typed: TemplateFields | None = None, status: int = 200
) -> Response[Any]:
    supplier = _supplier(visit)
    async with visit.reading() as work:
        card = (await parties.supplier_cards(work, [supplier]))[supplier]
        rows = await catalog.freights_of(work, supplier)
        found = await catalog.of_supplier(work, supplier, after=visit.query.get("page"))
        skus = await catalog.skus_of(work, [row["id"] for row in found.items])
    templates = [fields_of(visit, row, read_freight(row["measure"], row["rules"])) for row in rows]
    templates.append(TemplateFields(rules=[BLANK, BLANK], key=visit.fresh_key(), is_usual=not rows))
    page = FreightPage(
        supplier=card["name"],
        templates=[_typed(one, where, error, typed) for one in templates],
        goods=[
            _goods(visit, row, sku, error if SKU.show(sku["id"]) == where else "")
            for row in found.items
            for sku in skus[row["id"]]
            if row["fulfilment"] == "shipped"
        ],
        provinces=[Choice(code, name) for code, name in tree().provinces.items()],
        next_url=visit.url_with(page=found.next_key) if found.next_key else None,
        open=where,
    )
    return visit.page(TEMPLATE, page, blocks=("list",), status=status)


def _typed(one: TemplateFields, where: str, error: str, typed: TemplateFields | None) -> TemplateFields:
    """The template as it was typed, where its form was refused."""
    if (one.freight or NEW) != where or typed is None:
        return one
    rules = [*typed.rules, BLANK]
    return msgspec.structs.replace(typed, rules=rules, drop_key=one.drop_key, words=one.words, error=error)


def _goods(visit: Visit, row: Any, sku: Any, error: str) -> GoodsFields:
    return GoodsFields(
        sku=SKU.show(sku["id"]),
        product=PRODUCT.show(row["id"]),
        name=" ".join((row["title"], sku["options"])).strip(),
        freight=FREIGHT.show(row["freight_id"]) if row["freight_id"] else "",
        weight=str(sku["weight_grams"]),
        volume=str(sku["volume_cm3"]),
        most=str(sku["units_per_person_max"] or ""),
        key=visit.fresh_key(),
        error=error,
    )


HANDLERS = (show, add, change, drop, set_parcel)

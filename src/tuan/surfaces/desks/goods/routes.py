"""Goods at the supplier's desk: proposing what shall be shown, moving prices within the band, and what became of both."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog, sourcing
from tuan.goods.catalog.model import CATEGORY, PRODUCT, SKU, Customs, ProductText
from tuan.goods.sourcing.model import PROPOSAL_ID, Proposed, ProposedSku
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.platform.work import Work
from tuan.play import shops
from tuan.surfaces.backoffice.acting import read_amount, read_whole
from tuan.surfaces.desks.goods import viewing
from tuan.surfaces.desks.goods.context import Texts
from tuan.surfaces.storefront.cases.filing import read_pictures
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SUPPLIER, TAKES_FILE
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX, read_id
from tuan.surfaces.web.visits import Visit

URL = "/desk/goods"
TEMPLATE = "desks/goods/form.html"
FIELD_OF = {"pictures": "picture", "skus": "options"}


class TextForm(msgspec.Struct, frozen=True, kw_only=True):
    """What its page shall say. `picture` comes behind those there; of a SKU its new name and price, of no SKU a new one."""

    key: str
    title: str
    story: str = ""
    category: str
    fulfilment: str = "shipped"
    return_exception: str = ""
    picture: str = ""


class NewForm(TextForm, frozen=True, kw_only=True):
    options: str = ""
    price: str


class ProposalForm(TextForm, frozen=True, kw_only=True):
    """without: the number of a picture that shall go, from 1."""

    sku: str = ""
    options: str = ""
    price: str = ""
    without: str = ""


class PriceForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    sku: str
    price: str


class PoolForm(msgspec.Struct, frozen=True, kw_only=True):
    """offered: whether shops may have it from now on, `yes` or `no`."""

    key: str
    offered: str


class CustomsForm(msgspec.Struct, frozen=True, kw_only=True):
    """An empty `hs_code`: it is not from abroad. `tax` in ten-thousandths."""

    key: str
    sku: str
    hs_code: str = ""
    origin: str = ""
    declared: str = ""
    tax: str = ""


class WithdrawalForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str


@get(URL, opt=SUPPLIER)
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        page = await viewing.goods_page(work, visit, _supplier(visit))
    return visit.page("desks/goods/page.html", page)


@get(f"{URL}/new", opt=SUPPLIER)
async def show_new(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        page = await viewing.new_page(work, visit)
    return visit.page(TEMPLATE, page)


@post(URL, opt=SUPPLIER | TAKES_FILE, request_max_body_size=FILE_BODY_BYTES_MAX)
async def propose_new(visit: NamedDependency[Visit]) -> Response[Any]:
    """A new product: nobody sees it until somebody of the market has looked at it."""
    form, supplier = await visit.form(NewForm), _supplier(visit)
    skus = [(form.options.strip(), read_amount(visit, form.price, "price"))]

    async def act(work: Work, picture: str) -> Refusal | None:
        pictures = [picture] if picture else []
        outcome = await sourcing.propose_product(work, supplier, _text(form), skus, pictures, reason="desk")
        return outcome if isinstance(outcome, Refusal) else None

    outcome = await _with_picture(visit, "desk.propose_product", form, act)
    if outcome is None:
        return visit.go_on(URL)
    async with visit.reading() as work:
        page = await viewing.new_page(work, visit)
    return _again(visit, form, page, outcome)


@get(f"{URL}/{{product:str}}", opt=SUPPLIER)
async def show(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    found = read_id(PRODUCT, product)
    async with visit.reading() as work:
        page = await viewing.product_page(work, visit, _supplier(visit), found)
    return visit.page(TEMPLATE, page)


@post(f"{URL}/{{product:str}}/proposals", opt=SUPPLIER | TAKES_FILE, request_max_body_size=FILE_BODY_BYTES_MAX)
async def propose(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    """Show something else of a product; until somebody has looked at it, its page stays as it is."""
    found, form, supplier = read_id(PRODUCT, product), await visit.form(ProposalForm), _supplier(visit)

    async def act(work: Work, picture: str) -> Refusal | None:
        row, shown = await sourcing.shown_of(work, found)
        if row["supplier_id"] != supplier:
            return NotFound()
        outcome = await sourcing.propose(work, supplier, found, _wanted(visit, form, shown, picture))
        return outcome if isinstance(outcome, Refusal) else None

    outcome = await _with_picture(visit, "desk.propose", form, act, product)
    if outcome is None:
        return visit.go_on(URL)
    async with visit.reading() as work:
        page = await viewing.product_page(work, visit, supplier, found)
    return _again(visit, form, page, outcome)


def _wanted(visit: Visit, form: ProposalForm, shown: Proposed, picture: str) -> Proposed:
    """What is shown now, with what the form says instead."""
    without = form.without.strip()
    kept = [name for place, name in enumerate(shown.pictures, start=1) if str(place) != without]
    text = _text(form)
    wanted = replace(
        shown, title=text.title, story=text.story, category=str(text.category_id), fulfilment=text.fulfilment,
        return_exception=text.return_exception, pictures=(*kept, picture) if picture else tuple(kept),
    )  # fmt: skip
    if not form.price.strip():
        return wanted
    price = read_amount(visit, form.price, "price")
    if not form.sku:
        return replace(wanted, skus=(*shown.skus, ProposedSku("", form.options.strip(), price)))
    sku = str(read_id(SKU, form.sku))
    skus = [
        ProposedSku(sku, form.options.strip() or one.options, price) if one.sku == sku else one for one in shown.skus
    ]
    return replace(wanted, skus=tuple(skus))


def _text(form: TextForm) -> ProductText:
    category = read_id(CATEGORY, form.category)
    return ProductText(form.title.strip(), form.story, category, form.fulfilment, form.return_exception)


async def _with_picture(visit: Visit, verb: str, form: TextForm, act: Any, subject: str = "") -> Refusal | None:
    """Keep the picture for the time of the act, and for good if it was done."""
    async with read_pictures(visit, (form.picture,)) as pictures:
        if isinstance(pictures.refused, Refusal):
            return pictures.refused

        async def acted(work: Work) -> Refusal | None:
            refusal: Refusal | None = await act(work, pictures.names[0] if pictures.names else "")
            pictures.are_used = refusal is None
            return refusal

        said = repr(msgspec.structs.replace(form, key="", picture=str(len(form.picture))))
        return await once(visit, verb, form.key, f"{subject} {said}", acted)


def _again(visit: Visit, form: NewForm | ProposalForm, page: Any, refusal: Refusal) -> Response[Any]:
    """The form once more, with what was typed and what is wrong with it."""
    field = str(refusal.data.get("field", ""))
    if visit.wants_json or not field:
        return refuse(visit, refusal, Step(label=visit.gettext("My goods"), url=URL))
    texts = Texts(title=form.title, story=form.story, options=form.options, price=form.price)
    errors = errors_of(visit, refusal, FIELD_OF.get(field, field))
    return visit.page(TEMPLATE, msgspec.structs.replace(page, texts=texts, errors=errors), status=refusal.status)


@post(f"{URL}/{{product:str}}/price", opt=SUPPLIER)
async def reprice(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    """A price within the band, from now on."""
    found, form, supplier = read_id(PRODUCT, product), await visit.form(PriceForm), _supplier(visit)
    sku, price = read_id(SKU, form.sku), read_amount(visit, form.price, "price")

    async def act(work: Work) -> Refusal | None:
        if refusal := await why_not_own(work, supplier, sku, found):
            return refusal
        return await sourcing.reprice(work, sku, price, reason="desk")

    outcome = await once(visit, "desk.reprice", form.key, f"{form.sku} {price}", act)
    if outcome is None:
        return visit.go_on(f"{URL}/{product}")
    return refuse(visit, outcome, Step(label=visit.gettext("Propose it"), url=f"{URL}/{product}"))


@post(f"{URL}/{{product:str}}/customs", opt=SUPPLIER)
async def declare(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    """What customs ask of one piece that comes from abroad."""
    found, form, supplier = read_id(PRODUCT, product), await visit.form(CustomsForm), _supplier(visit)
    sku, customs = read_id(SKU, form.sku), None
    if form.hs_code.strip():
        declared = read_amount(visit, form.declared, "declared")
        tax = read_whole(form.tax, "tax")
        customs = Customs(form.hs_code.strip(), form.origin.strip().upper(), declared, tax)

    async def act(work: Work) -> Refusal | None:
        if refusal := await why_not_own(work, supplier, sku, found):
            return refusal
        return await catalog.set_customs(work, supplier, sku, customs, reason="desk")

    outcome = await once(visit, "desk.declare", form.key, f"{form.sku} {customs}", act)
    if outcome is None:
        return visit.go_on(f"{URL}/{product}")
    return refuse(visit, outcome, Step(label=visit.gettext("My goods"), url=f"{URL}/{product}"))


@post(f"{URL}/{{product:str}}/pool", opt=SUPPLIER)
async def turn_pool(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    """Keep it back from shops, or offer it to them again."""
    found, form, supplier = read_id(PRODUCT, product), await visit.form(PoolForm), _supplier(visit)
    verb = {"no": shops.withhold_goods, "yes": shops.offer_goods}.get(form.offered)
    if verb is None:
        raise Refused(FieldInvalid(field="offered"))

    async def act(work: Work) -> Refusal | None:
        return await verb(work, found, supplier)

    outcome = await once(visit, "desk.turn_pool", form.key, f"{product} {form.offered}", act)
    if outcome is None:
        return visit.go_on(f"{URL}/{product}")
    return refuse(visit, outcome, Step(label=visit.gettext("My goods"), url=f"{URL}/{product}"))


async def why_not_own(work: Work, supplier: UUID, sku: UUID, product: UUID | None = None) -> Refusal | None:
    """Somebody else's SKU, or another product's, is not found."""
    try:
        of = await catalog.product_of(work, sku)
    except Refused as refused:
        return refused.refusal
    row = await catalog.access_any_product(work, of)
    return None if row["supplier_id"] == supplier and product in (None, of) else NotFound()


@post("/desk/proposals/{proposal:str}/withdrawal", opt=SUPPLIER)
async def withdraw(visit: NamedDependency[Visit], proposal: FromPath[str]) -> Response[Any]:
    found, form, supplier = read_id(PROPOSAL_ID, proposal), await visit.form(WithdrawalForm), _supplier(visit)

    async def act(work: Work) -> Refusal | None:
        return await sourcing.withdraw_proposal(work, found, supplier)

    outcome = await once(visit, "desk.withdraw_proposal", form.key, proposal, act)
    return (
        visit.go_on(URL) if outcome is None else refuse(visit, outcome, Step(label=visit.gettext("My goods"), url=URL))
    )


def _supplier(visit: Visit) -> UUID:
    assert visit.supplier is not None
    return visit.supplier


HANDLERS = (show_all, show_new, propose_new, show, propose, reprice, declare, turn_pool, withdraw)

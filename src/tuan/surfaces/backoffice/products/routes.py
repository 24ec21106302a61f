"""Goods: the list, a new product, one product with its SKUs and pictures. Bulk edits are in bulk.py."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog, supply
from tuan.goods.catalog.model import CATEGORY, FULFILMENTS, PICTURES_MAX, PRODUCT, ProductText, ShelfState
from tuan.kit.money import Money
from tuan.kit.pages import Page
from tuan.kit.refusals import Refusal, Refused
from tuan.people import parties
from tuan.people import staff as members
from tuan.people.parties.model import SUPPLIER
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import CAMPAIGN_ID
from tuan.surfaces.backoffice.acting import acted, read_amount
from tuan.surfaces.backoffice.products import bulk, skus
from tuan.surfaces.backoffice.products.context import (
    NewProductPage,
    PictureTile,
    PriceNote,
    ProductDraft,
    ProductPage,
    ProductsPage,
)
from tuan.surfaces.backoffice.products.words import exception_words, fulfilment_words, state_words
from tuan.surfaces.backoffice.tables import Cell, Choice, Column, Filter, Tone, chosen, csv_of, table_page, wanted
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import TAKES_FILE, staff
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX, read_file, read_id
from tuan.surfaces.web.visits import Visit

PLACE = Place(name="products", label="Products", url="/office/products", permission="products.see", icon="basket")
TEMPLATE = "backoffice/products/page.html"
NEW = "backoffice/products/new.html"
COLUMNS = (
    Column("title", "Product", sort="title"),
    Column("category", "Category"),
    Column("state", "State", sort="state"),
    Column("price", "Price from", is_number=True),
    Column("skus", "SKUs", is_number=True),
    Column("listed", "On the shelf since"),
)
FILTERS = (
    Filter("q", "Words of the title"),
    Filter("state", "State", ((ShelfState.DRAFT, "Draft"), (ShelfState.LISTED, "On the shelf"),
                              (ShelfState.OFF, "Off the shelf"))),
)  # fmt: skip
TONES: dict[str, Tone] = {ShelfState.LISTED: "leaf", ShelfState.DRAFT: "amber", ShelfState.OFF: "stone"}


class NewForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    title: str
    category: str
    supplier: str
    price: str
    story: str = ""
    fulfilment: str = "shipped"
    return_exception: str = ""
    options: str = ""


class TextForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    title: str
    category: str
    story: str = ""
    fulfilment: str = "shipped"
    return_exception: str = ""


class ShelfForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    state: str


class UploadForm(msgspec.Struct, frozen=True, kw_only=True):
    """`picture` is a file of a form, or the bytes of one in base64."""

    key: str
    reason: str
    picture: str


class ArrangeForm(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with one of the pictures: to put it in front, or to show it no more."""

    key: str
    reason: str
    picture: str
    act: str


@get("/office/products", opt=staff("products.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    """Products in every state."""
    async with visit.reading() as work:
        rows = await _rows(visit, work, wanted(visit, COLUMNS))
        views = await members.views(work, visit.person, PLACE.name)
    table = table_page(visit, PLACE, COLUMNS, FILTERS, rows, lambda row: _cells(visit, row), views,
                       csv_path="/office/products/export", opens_beside=True)  # fmt: skip
    page = ProductsPage(table=table, may_edit=visit.may("products.edit"), bulk_url=bulk.url_of(chosen(visit, FILTERS)))
    return visit.page("backoffice/products/list.html", page, place=PLACE.name)


@get("/office/products/export", opt=staff("products.see", "exports.make", fresh=True))
async def export(visit: NamedDependency[Visit]) -> Response[Any]:
    """The same rows as CSV."""

    async def fetch(work: Work, page: Wanted) -> Page[Any]:
        return await _rows(visit, work, page)

    return await csv_of(visit, "products", COLUMNS, fetch, lambda row: _cells(visit, row))


async def _rows(visit: Visit, work: Work, page: Wanted) -> Page[Any]:
    said = chosen(visit, FILTERS)
    return await catalog.everything(work, page, state=said.get("state", ""), words=said.get("q", ""))


def _cells(visit: Visit, row: Any) -> list[Cell]:
    least = row["least_minor"]
    return [
        Cell(text=row["title"], url=f"/office/products/{PRODUCT.show(row['id'])}"),
        Cell(text=row["category"]),
        Cell(text=state_words(visit, row["state"]), tone=TONES[row["state"]]),
        Cell(amount=Money(least, visit.market.currency)) if least is not None else Cell(is_number=True),
        Cell(text=str(row["skus"]), is_number=True),
        Cell(at=row["listed_at"]),
    ]


@get("/office/products/new", opt=staff("products.edit"))
async def show_new(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _show_new(visit, ProductDraft(), {}, 200)


@post("/office/products", opt=staff("products.edit"))
async def create(visit: NamedDependency[Visit]) -> Response[Any]:
    """A draft with its first SKU; what does not fit is said beside its field."""
    form = await visit.form(NewForm)
    made: list[str] = []
    try:
        category, supplier = read_id(CATEGORY, form.category), read_id(SUPPLIER, form.supplier)
        price = read_amount(visit, form.price, "price")
    except Refused as refused:
        return await _not_created(visit, form, refused.refusal)
    text = ProductText(form.title.strip(), form.story.strip(), category, form.fulfilment, form.return_exception)

    async def act(work: Work) -> Refusal | None:
        await parties.access_supplier(work, supplier)
        outcome = await catalog.draft_product(work, supplier, text, [(form.options, price)], reason=form.reason)
        if isinstance(outcome, Refusal):
            return outcome
        made.append(f"/office/products/{PRODUCT.show(outcome)}")
        return None

    subject = f"{form.title} {form.supplier} {form.price} {form.options}"
    answer = await acted(visit, "office.draft_product", form.key, form.reason, subject, act, "/office/products")
    return visit.go_on(made[0]) if made and (answer.status_code or 200) < 400 else answer


async def _not_created(visit: Visit, form: NewForm, refusal: Refusal) -> Response[Any]:
    if visit.wants_json:
        return refuse(visit, refusal)
    field = str(refusal.data.get("field", "category"))
    draft = ProductDraft(title=form.title, story=form.story, category=form.category, supplier=form.supplier,
                         fulfilment=form.fulfilment, return_exception=form.return_exception, options=form.options, price=form.price)  # fmt: skip
    return await _show_new(visit, draft, errors_of(visit, refusal, field), refusal.status)


async def _show_new(visit: Visit, draft: ProductDraft, errors: dict[str, str], status: int) -> Response[Any]:
    async with visit.reading() as work:
        categories = await catalog.categories(work)
        suppliers = await parties.suppliers(work)
    page = NewProductPage(
        draft=draft,
        categories=_choices([(CATEGORY.show(row["id"]), row["name"]) for row in categories], draft.category),
        suppliers=_choices([(SUPPLIER.show(row["id"]), row["name"]) for row in suppliers], draft.supplier),
        fulfilments=_choices([(one, fulfilment_words(visit, one)) for one in FULFILMENTS], draft.fulfilment),
        exceptions=_choices(list(exception_words(visit).items()), draft.return_exception),
        errors=errors,
        key=visit.fresh_key(),
    )
    return visit.page(NEW, page, place=PLACE.name, status=status)


def _choices(every: list[tuple[str, str]], now: str) -> list[Choice]:
    return [Choice(value=value, label=label, is_chosen=value == now) for value, label in every]


@get("/office/products/{product:str}", opt=staff("products.see"))
async def show(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    """One product with everything about it that can be changed."""
    found = read_id(PRODUCT, product)
    async with visit.reading() as work:
        row = await catalog.access_any_product(work, found)
        every = (await catalog.skus_of(work, [found], with_retired=True))[found]
        stock = await supply.stock_of(work, [sku["id"] for sku in every])
        categories = await catalog.categories(work)
        supplier = (await parties.supplier_cards(work, [row["supplier_id"]]))[row["supplier_id"]]
        history = await catalog.price_history(work, [sku["id"] for sku in every])
        running = (await groupbuy.running_on(work, [found])).get(found)
    url, currency = f"/office/products/{product}", visit.market.currency
    category = CATEGORY.show(row["category_id"])
    options = {sku["id"]: sku["options"] for sku in every}
    page = ProductPage(
        product=product,
        url=url,
        title=row["title"],
        state=row["state"],
        state_words=state_words(visit, row["state"]),
        supplier=supplier["name"],
        draft=ProductDraft(
            title=row["title"],
            story=row["story"],
            category=category,
            fulfilment=row["fulfilment"],
            return_exception=row["return_exception"],
        ),
        categories=_choices([(CATEGORY.show(one["id"]), one["name"]) for one in categories], category),
        fulfilments=_choices([(one, fulfilment_words(visit, one)) for one in FULFILMENTS], row["fulfilment"]),
        exceptions=_choices(list(exception_words(visit).items()), row["return_exception"]),
        skus=[skus.row_of(visit, sku, stock.get(sku["id"])) for sku in every],
        pictures=[
            PictureTile(name=name, url=visit.front.assets.picture(name), key=visit.fresh_key())
            for name in row["pictures"]
        ],
        pictures_max=PICTURES_MAX,
        prices=[
            PriceNote(options=options[one["sku_id"]], price=Money(one["price_minor"], currency), since=one["since"])
            for one in history
        ],
        shop_url="" if row["state"] == ShelfState.DRAFT else f"/p/{product}",
        pool_url=f"/office/shops/pool/{product}" if visit.may("shops.see") else "",
        campaign_url=f"/office/campaigns/{CAMPAIGN_ID.show(running)}" if running else "",
        new_campaign_url=f"/office/campaigns/new?product={product}" if visit.may("campaigns.launch") else "",
        may_edit=visit.may("products.edit"),
        currency=currency,
        keys={act: visit.fresh_key() for act in ("text", "shelf", "sku", "picture")},
    )
    return visit.page(TEMPLATE, page, place=PLACE.name, blocks=("main",))


@post("/office/products/{product:str}", opt=staff("products.edit"))
async def edit(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    """What the product's page says from now on."""
    found, form = read_id(PRODUCT, product), await visit.form(TextForm)
    text = ProductText(form.title, form.story.strip(), read_id(CATEGORY, form.category), form.fulfilment,
                       form.return_exception)  # fmt: skip

    async def act(work: Work) -> Refusal | None:
        return await catalog.edit_product(work, found, text, reason=form.reason)

    subject = f"{product} {text}"
    return await acted(visit, "office.edit_product", form.key, form.reason, subject, act, f"/office/products/{product}")


@post("/office/products/{product:str}/shelf", opt=staff("products.edit"))
async def shelve(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    """On the shelf or off it."""
    found, form = read_id(PRODUCT, product), await visit.form(ShelfForm)
    state = bulk.read_shelf(form.state)

    async def act(work: Work) -> Refusal | None:
        return await catalog.shelve(work, [found], state, reason=form.reason)

    subject = f"{product} {state}"
    return await acted(visit, "office.shelve", form.key, form.reason, subject, act, f"/office/products/{product}")


@post("/office/products/{product:str}/pictures", opt=staff("products.edit") | TAKES_FILE,
      request_max_body_size=FILE_BODY_BYTES_MAX)  # fmt: skip
async def upload(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    """One more picture, made anew before anything else happens; one that is not needed after all is dropped."""
    found, form = read_id(PRODUCT, product), await visit.form(UploadForm)
    raw = read_file(form.picture)
    async with visit.reading() as work:
        await catalog.access_any_product(work, found)
    pictures = visit.front.house.pictures
    name = await pictures.keep(visit.market.id, raw)
    if isinstance(name, Refusal):
        return refuse(visit, name)
    used: list[str] = []

    async def act(work: Work) -> Refusal | None:
        refusal = await catalog.add_picture(work, found, name, reason=form.reason)
        used[:] = [] if refusal else [name]
        return refusal

    subject = f"{product} {len(raw)}"
    answer = await acted(
        visit, "office.add_picture", form.key, form.reason, subject, act, f"/office/products/{product}"
    )
    if not used:
        await pictures.drop(visit.market.id, name)
    return answer


@post("/office/products/{product:str}/pictures/order", opt=staff("products.edit"))
async def arrange(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    """Put a picture in front, or show it no more."""
    found, form = read_id(PRODUCT, product), await visit.form(ArrangeForm)

    async def act(work: Work) -> Refusal | None:
        there = (await catalog.access_any_product(work, found))["pictures"]
        others = [name for name in there if name != form.picture]
        after = others if form.act == "remove" else [form.picture, *others]
        return await catalog.arrange_pictures(work, found, after, reason=form.reason)

    subject = f"{product} {form.act} {form.picture}"
    return await acted(visit, "office.arrange", form.key, form.reason, subject, act, f"/office/products/{product}")


HANDLERS = (show_all, export, show_new, create, bulk.show, bulk.reprice, bulk.shelve, show, edit, shelve, skus.add, skus.edit,
            skus.retire,            upload, arrange)  # fmt: skip

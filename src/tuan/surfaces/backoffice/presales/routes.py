"""Presales in the office: a list with what became of the bookings, a form that shows the effect, the end of one."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog, supply
from tuan.goods.catalog.model import PRODUCT, SKU, ShelfState
from tuan.kit.money import Money
from tuan.kit.refusals import Refusal, Refused
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import presale
from tuan.play.presale import end_offer
from tuan.play.presale.model import KINDS, OFFER_ID, NewOffer, OfferState, Price, kept_of
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted, read_amount, read_instant, read_whole, written_instant
from tuan.surfaces.backoffice.campaigns.reading import read_pairs, written_pairs
from tuan.surfaces.backoffice.presales.context import NewPresalePage, PresalesPage, Running, SkuTerms, Typed
from tuan.surfaces.backoffice.tables import Cell, Choice, Column, Filter, chosen, table_page, wanted
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.problems import errors_of
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

PLACE = Place(name="presales", label="Presales", url="/office/presales", permission="campaigns.see", icon="clock")
HERE = "/office/presales"
COLUMNS = (
    Column("product", "Product"),
    Column("kind", "Deposit"),
    Column("state", "State"),
    Column("ends", "Deposits until"),
    Column("balance", "Balance until"),
    Column("waiting", "Waiting for the balance", is_number=True),
    Column("bought", "Bought", is_number=True),
    Column("forfeited", "Deposit kept", is_number=True),
)
FILTERS = (Filter("state", "State", ((OfferState.RUNNING, "Running"), (OfferState.ENDED, "Ended"))),)
PRODUCTS_MAX = 500
DEPOSIT = "deposit-"
"""Before a SKU's id in the field of its deposit."""
DAY = timedelta(days=1)
FIELD_OF = {"units_per_order_max": "per_order", "prices": "prices", "deposits": "prices"}


class LaunchForm(Typed, frozen=True, kw_only=True):
    """What the preview showed. `prices` and `deposits`: `sku:minor` separated by commas."""

    key: str
    reason: str
    prices: str = ""
    deposits: str = ""


class EndForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


@get(HERE, opt=staff("campaigns.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    """The presales of the market, the newest first."""
    state, may_launch = chosen(visit, FILTERS).get("state", ""), visit.may("campaigns.launch")
    async with visit.reading() as work:
        rows = await presale.search_offers(work, wanted(visit, COLUMNS), states=(state,) if state else ())
        counts = await presale.counts_of(work, [row["id"] for row in rows.items])
        titles = await catalog.cards(work, {row["product_id"] for row in rows.items})
    names = {row["product_id"]: titles[row["product_id"]]["title"] for row in rows.items if row["product_id"] in titles}

    def cells(row: Any) -> list[Cell]:
        return _cells(visit, row, names.get(row["product_id"], ""), counts.get(row["id"]))

    page = PresalesPage(
        table=table_page(visit, PLACE, COLUMNS, FILTERS, rows, cells),
        running=[
            Running(
                url=f"{HERE}/{OFFER_ID.show(row['id'])}",
                title=names.get(row["product_id"], ""),
                ends_at=row["ends_at"],
                key=visit.fresh_key(),
            )
            for row in rows.items
            if may_launch and row["state"] == OfferState.RUNNING
        ],
        may_launch=may_launch,
    )
    return visit.page("backoffice/presales/list.html", page, place=PLACE.name)


def _cells(visit: Visit, row: Any, title: str, counts: Any | None) -> list[Cell]:
    is_running = row["state"] == OfferState.RUNNING
    said = [str(counts[name] if counts else 0) for name in ("waiting", "bought", "forfeited")]
    return [
        Cell(text=title, url=f"/office/products/{PRODUCT.show(row['product_id'])}"),
        Cell(text=_kinds(visit)[row["kind"]]),
        Cell(text=visit.gettext("Running") if is_running else visit.gettext("Ended"), tone="leaf" if is_running else "stone"),
        Cell(at=row["ends_at"]),
        Cell(at=row["balance_until"]),
        *(Cell(text=text, is_number=True) for text in said),
    ]  # fmt: skip


def _kinds(visit: Visit) -> dict[str, str]:
    return {"earnest": visit.gettext("Earnest money"), "prepayment": visit.gettext("Prepayment")}


@get(f"{HERE}/new", opt=staff("campaigns.launch"))
async def wizard(visit: NamedDependency[Visit]) -> Response[Any]:
    """The terms, then what they would do, or what stands against them. Nothing changes here."""
    async with visit.reading() as work:
        page = await _terms_page(visit, work)
        if visit.query.get("look") and page.skus:
            page = _preview(visit, work, page)
    return visit.page("backoffice/presales/new.html", page, place=PLACE.name)


async def _terms_page(visit: Visit, work: Work) -> NewPresalePage:
    now = work.now
    draft = Typed(
        starts_at=written_instant(visit, now),
        ends_at=written_instant(visit, now + 7 * DAY),
        balance_from=written_instant(visit, now + 7 * DAY),
        balance_until=written_instant(visit, now + 10 * DAY),
        ships_by=written_instant(visit, now + 17 * DAY),
    )
    said = {name: visit.query[name].strip() for name in Typed.__struct_fields__ if name in visit.query}
    typed = msgspec.structs.replace(draft, **said)
    everything = Wanted("title", is_descending=False, size=PRODUCTS_MAX)
    listed = await catalog.everything(work, everything, state=ShelfState.LISTED)
    skus: list[SkuTerms] = []
    if typed.product:
        product = read_id(PRODUCT, typed.product)
        await catalog.access_any_product(work, product)
        rows = (await catalog.skus_of(work, [product]))[product]
        free = await supply.free_units(work, [row["id"] for row in rows])
        skus = [_sku(visit, row, free.get(row["id"], 0)) for row in rows]
    return NewPresalePage(
        products=[
            Choice(value=shown, label=row["title"], is_chosen=shown == typed.product)
            for row in listed.items
            if (shown := PRODUCT.show(row["id"]))
        ],
        kinds=[Choice(value=kind, label=label, is_chosen=kind == typed.kind) for kind, label in _kinds(visit).items()],
        typed=typed,
        skus=skus,
    )


def _sku(visit: Visit, row: Any, free: int) -> SkuTerms:
    name = SKU.show(row["id"])
    return SkuTerms(
        sku=name,
        options=row["options"],
        price=Money(row["price_minor"], visit.market.currency),
        free=free,
        typed=visit.query.get(name, ""),
        deposit=visit.query.get(DEPOSIT + name, ""),
    )


def _preview(visit: Visit, work: Work, page: NewPresalePage) -> NewPresalePage:
    """The page with the effect of its terms, or with what stands against them."""
    prices: dict[UUID, int] = {}
    deposits: dict[UUID, int] = {}
    refusal: Refusal | None
    try:
        for sku in page.skus:
            if sku.typed.strip():
                prices[read_id(SKU, sku.sku)] = read_amount(visit, sku.typed, "prices")
                deposits[read_id(SKU, sku.sku)] = read_amount(visit, sku.deposit, "prices")
        new = _read(visit, page.typed, prices, deposits)
        refusal = presale.why_not_launch(new, new.prices, work.now)
    except Refused as refused:
        refusal = refused.refusal
    if refusal is not None:
        told = visit.words.told(refusal, visit.market.currency)
        field = str(refusal.data.get("field", ""))
        errors = errors_of(visit, refusal, FIELD_OF.get(field, field)) if field else {}
        return msgspec.structs.replace(page, errors=errors, refused=" ".join((told.happened, told.advice)))
    return msgspec.structs.replace(
        page,
        is_ready=True,
        effect=_effect(visit, new),
        prices=written_pairs(prices),
        deposits=written_pairs(deposits),
        key=visit.fresh_key(),
    )


def _effect(visit: Visit, new: NewOffer) -> list[str]:
    lines = []
    for price in new.prices.values():
        kept = kept_of(new.kind, price.deposit_minor, price.price_minor)
        lines.append(
            visit.gettext(
                "Of %(price)s, %(deposit)s is paid at once; without the balance %(kept)s of it is kept.",
                price=visit.words.money_text(saying.money(visit, price.price_minor)),
                deposit=visit.words.money_text(saying.money(visit, price.deposit_minor)),
                kept=visit.words.money_text(saying.money(visit, kept)),
            )
        )
    return lines


def _read(visit: Visit, typed: Typed, prices: dict[UUID, int], deposits: dict[UUID, int]) -> NewOffer:
    """The presale that these terms mean; raises Refused(FieldInvalid) naming the first that means nothing."""
    if typed.kind not in KINDS or prices.keys() != deposits.keys():
        raise Refused(FieldInvalid(field="kind" if typed.kind not in KINDS else "prices"))
    return NewOffer(
        product=read_id(PRODUCT, typed.product),
        kind=typed.kind,
        prices={sku: Price(price, deposits[sku]) for sku, price in prices.items()},
        starts_at=read_instant(visit, typed.starts_at, "starts_at"),
        ends_at=read_instant(visit, typed.ends_at, "ends_at"),
        balance_from=read_instant(visit, typed.balance_from, "balance_from"),
        balance_until=read_instant(visit, typed.balance_until, "balance_until"),
        ships_by=read_instant(visit, typed.ships_by, "ships_by"),
        units_per_order_max=read_whole(typed.per_order, "per_order"),
    )


@post(HERE, opt=staff("campaigns.launch"))
async def launch(visit: NamedDependency[Visit]) -> Response[Any]:
    """Launch what the preview showed; what stands against it is looked for again, now with the last word."""
    form = await visit.form(LaunchForm)
    new = _read(visit, form, read_pairs(form.prices, "prices"), read_pairs(form.deposits, "prices"))

    async def act(work: Work) -> Refusal | None:
        outcome = await presale.launch_offer(work, new, reason=form.reason)
        return outcome if isinstance(outcome, Refusal) else None

    subject = msgspec.json.encode(msgspec.structs.replace(form, key="", reason="")).decode()
    return await acted(visit, "office.launch_presale", form.key, form.reason, subject, act, HERE)


@post(f"{HERE}/{{presale:str}}/ending", opt=staff("campaigns.launch"))
async def end(visit: NamedDependency[Visit], presale: FromPath[str]) -> Response[Any]:
    """No more deposits from now on; who has paid one keeps his terms."""
    found, form = read_id(OFFER_ID, presale), await visit.form(EndForm)

    async def act(work: Work) -> Refusal | None:
        return await end_offer(work, found, reason=form.reason)

    return await acted(visit, "office.end_presale", form.key, form.reason, presale, act, HERE)


HANDLERS = (show, wizard, launch, end)

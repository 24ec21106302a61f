"""Many products at once: choose them, see what would happen to each price, then do exactly that or nothing."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT, SKU, PriceRule, PriceStep, ShelfState, repriced
from tuan.kit.money import Money
from tuan.kit.refusals import Refusal, Refused
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.surfaces.backoffice.acting import acted, read_amount, read_whole
from tuan.surfaces.backoffice.products.context import BulkPage, BulkRow, BulkSku
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.problems import errors_of
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

URL = "/office/products/bulk"
PRODUCTS_MAX = 40
MOVES_MAX = 800
"""SKUs of one bulk edit: 40 products that have 20 each; what the form that does it may hold."""
STEPS = ("to", "up", "down", "percent_up", "percent_down")


class PricesForm(msgspec.Struct, frozen=True, kw_only=True):
    """`moves`: `sku:before:after` in minor units, separated by commas, as the preview showed them."""

    key: str
    reason: str
    moves: str


class ShelfForm(msgspec.Struct, frozen=True, kw_only=True):
    """`picked`: ids of products, separated by commas."""

    key: str
    reason: str
    picked: str
    state: str


def url_of(filters: Mapping[str, str]) -> str:
    return f"{URL}?{urlencode(filters)}" if filters else URL


def read_shelf(text: str) -> ShelfState:
    if text not in (ShelfState.LISTED, ShelfState.OFF):
        raise Refused(FieldInvalid(field="state"))
    return ShelfState(text)


@get(URL, opt=staff("products.edit"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    """The products of a view; once a change is named, what it would do to those that are picked. Nothing changes here."""
    words, state = visit.query.get("q", "").strip(), visit.query.get("state", "")
    step, value, shelf = visit.query.get("step", ""), visit.query.get("value", ""), visit.query.get("shelf", "")
    async with visit.reading() as work:
        found = await catalog.everything(work, Wanted(size=PRODUCTS_MAX), state=state, words=words)
        ids = [row["id"] for row in found.items]
        skus = await catalog.skus_of(work, ids)
        running = await groupbuy.running_on(work, ids)
    picked = {row["id"] for row in found.items if PRODUCT.show(row["id"]) in visit.query}
    rule, wrong = None, {}
    try:
        rule = _rule(visit, step, value) if step else None
    except Refused as refused:
        wrong = errors_of(visit, refused.refusal, "value")
    rows = [_row(visit, row, skus[row["id"]], rule if row["id"] in picked else None, running, picked or ids)
            for row in found.items]  # fmt: skip
    moves = [] if rule is None else _moves(skus, picked, rule)
    effect = "prices" if moves and not wrong else "shelf" if shelf and picked and not step else ""
    page = BulkPage(
        rows=rows,
        step=step,
        value=value,
        shelf=shelf,
        words=words,
        state=state,
        effect=effect,
        wrong=wrong.get("value", ""),
        moves=",".join(f"{SKU.show(sku)}:{before}:{after}" for sku, before, after in moves[:MOVES_MAX]),
        picked=",".join(PRODUCT.show(one) for one in sorted(picked)),
        changed=len(moves) if effect == "prices" else len(picked),
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/products/bulk.html", page, place="products")


def _rule(visit: Visit, step: str, value: str) -> PriceRule:
    """The change that was typed: an amount in money, or a share in per cent with one digit behind the point."""
    if step not in STEPS:
        raise Refused(FieldInvalid(field="step"))
    if step.startswith("percent"):
        whole, _, tenth = value.strip().partition(".")
        per_mille = read_whole(whole, "value") * 10 + (read_whole(tenth, "value") if tenth else 0)
        if len(tenth) > 1:
            raise Refused(FieldInvalid(field="value"))
        return PriceRule(PriceStep.PER_MILLE, per_mille if step == "percent_up" else -per_mille)
    amount = read_amount(visit, value, "value")
    if amount < 0:
        raise Refused(FieldInvalid(field="value"))
    return (
        PriceRule(PriceStep.TO, amount)
        if step == "to"
        else PriceRule(PriceStep.BY, amount if step == "up" else -amount)
    )


def _moves(skus: Mapping[UUID, Sequence[Any]], picked: set[UUID], rule: PriceRule) -> list[tuple[UUID, int, int]]:
    """SKU, price before and after, of those that change; those that cannot be so are left out, as the page shows."""
    found = []
    for product in sorted(picked):
        for sku in skus[product]:
            after = repriced(sku["price_minor"], rule)
            if not isinstance(after, Refusal) and after != sku["price_minor"]:
                found.append((sku["id"], sku["price_minor"], after))
    return found


def _row(
    visit: Visit, row: Any, skus: Sequence[Any], rule: PriceRule | None, running: Mapping[UUID, Any], picked: Any
) -> BulkRow:
    shown = []
    for sku in skus:
        before = sku["price_minor"]
        after = before if rule is None else repriced(before, rule)
        money = None if isinstance(after, Refusal) else Money(after, visit.market.currency)
        shown.append(BulkSku(options=sku["options"], before=Money(before, visit.market.currency), after=money,
                             is_changed=after != before))  # fmt: skip
    product = PRODUCT.show(row["id"])
    return BulkRow(product=product, title=row["title"], url=f"/office/products/{product}", state=row["state"],
                   is_picked=row["id"] in picked, is_on_campaign=row["id"] in running, skus=shown)  # fmt: skip


@post("/office/products/bulk/prices", opt=staff("products.edit"))
async def reprice(visit: NamedDependency[Visit]) -> Response[Any]:
    """The prices that the preview showed, if they are still what it started from."""
    form = await visit.form(PricesForm)
    moves: dict[UUID, tuple[int, int]] = {}
    for one in form.moves.split(","):
        sku, _, prices = one.partition(":")
        before, _, after = prices.partition(":")
        moves[read_id(SKU, sku)] = _minor(before), _minor(after)
    if len(moves) > MOVES_MAX:
        raise Refused(FieldInvalid(field="moves"))

    async def act(work: Work) -> Refusal | None:
        return await catalog.set_prices(work, moves, reason=form.reason)

    return await acted(visit, "office.set_prices", form.key, form.reason, form.moves, act, "/office/products")


def _minor(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 14):
        raise Refused(FieldInvalid(field="moves"))
    return int(text)


@post("/office/products/bulk/shelf", opt=staff("products.edit"))
async def shelve(visit: NamedDependency[Visit]) -> Response[Any]:
    """All of them on the shelf or off it, or none."""
    form = await visit.form(ShelfForm)
    state = read_shelf(form.state)
    products = [read_id(PRODUCT, one) for one in form.picked.split(",")]
    if len(products) > PRODUCTS_MAX:
        raise Refused(FieldInvalid(field="picked"))

    async def act(work: Work) -> Refusal | None:
        return await catalog.shelve(work, products, state, reason=form.reason)

    subject = f"{form.picked} {state}"
    return await acted(visit, "office.shelve", form.key, form.reason, subject, act, "/office/products")

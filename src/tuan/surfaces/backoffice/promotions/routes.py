"""Promotions: coupons and rules in lists, a wizard that shows the effect and every conflict, one of them, its end."""

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
from tuan.people import parties
from tuan.people.parties.model import SUPPLIER
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice.acting import acted
from tuan.surfaces.backoffice.campaigns import reading as pairs
from tuan.surfaces.backoffice.campaigns.context import SkuTerms
from tuan.surfaces.backoffice.promotions import grants, reading, tiers, words
from tuan.surfaces.backoffice.promotions.context import PromotionPage, PromotionsPage, Terms, WizardPage
from tuan.surfaces.backoffice.tables import Cell, Choice, Column, Filter, chosen, table_page, wanted
from tuan.surfaces.storefront.couponing import worth
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.problems import errors_of
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.value import promotions
from tuan.value.promotions.model import RULE, TEMPLATE, RuleState, TemplateState

PLACE = Place(name="promotions", label="Promotions", url="/office/promotions", permission="promotions.see", icon="kept")
HERE, RULES = "/office/promotions", "/office/promotions/rules"
COUPON_COLUMNS = (
    Column("name", "What it is called"),
    Column("worth", "Discount"),
    Column("state", "State"),
    Column("made_at", "Made", sort="made_at"),
    Column("ends_at", "Ends"),
    Column("taken", "Taken", sort="taken", is_number=True),
)
RULE_COLUMNS = (
    Column("name", "What it is called"),
    Column("kind", "Kind"),
    Column("state", "State"),
    Column("made_at", "Made", sort="made_at"),
    Column("ends_at", "Ends", sort="ends_at"),
)
FILTERS = (Filter("state", "State", ((TemplateState.RUNNING, "Running"), (TemplateState.ENDED, "Ended"))),)
PRODUCTS_MAX = 500


class LaunchForm(Terms, frozen=True, kw_only=True):
    """What the preview showed. `prices` and `asides`: `sku:number` separated by commas."""

    key: str
    reason: str
    prices: str = ""
    asides: str = ""


class EndForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


class _Row:
    """A row's terms as attributes."""

    def __init__(self, row: Any) -> None:
        self.off_minor, self.off_permyriad, self.cap_minor = row["off_minor"], row["off_permyriad"], row["cap_minor"]


@get(HERE, opt=staff("promotions.see"))
async def show_coupons(visit: NamedDependency[Visit]) -> Response[Any]:
    """The coupons that are or were given away."""
    async with visit.reading() as work:
        page = wanted(visit, COUPON_COLUMNS)
        rows = await promotions.list_templates(work, page, state=chosen(visit, FILTERS).get("state", ""))
    table = table_page(visit, PLACE, COUPON_COLUMNS, FILTERS, rows, lambda row: _coupon_cells(visit, row))
    shown = PromotionsPage(title=visit.gettext("Coupons"), table=table, may_launch=visit.may("promotions.launch"))
    return visit.page("backoffice/promotions/list.html", shown, place=PLACE.name)


@get(RULES, opt=staff("promotions.see"))
async def show_rules(visit: NamedDependency[Visit]) -> Response[Any]:
    """Prices for a while, rewards and flash sessions."""
    async with visit.reading() as work:
        page = wanted(visit, RULE_COLUMNS)
        rows = await promotions.list_rules(work, page, state=chosen(visit, FILTERS).get("state", ""))
    table = table_page(visit, PLACE, RULE_COLUMNS, FILTERS, rows, lambda row: _rule_cells(visit, row))
    title = visit.gettext("Prices and rewards for a while")
    shown = PromotionsPage(title=title, table=table, may_launch=visit.may("promotions.launch"))
    return visit.page("backoffice/promotions/list.html", shown, place=PLACE.name)


def _state(visit: Visit, state: str) -> Cell:
    is_running = state == RuleState.RUNNING
    text = visit.gettext("Running") if is_running else visit.gettext("Ended")
    return Cell(text=text, tone="leaf" if is_running else "stone")


def _coupon_cells(visit: Visit, row: Any) -> list[Cell]:
    return [
        Cell(text=row["name"], url=f"{HERE}/coupons/{TEMPLATE.show(row['id'])}"),
        Cell(text=worth(visit, _Row(row))),
        _state(visit, row["state"]),
        Cell(at=row["made_at"]),
        Cell(at=row["ends_at"]),
        Cell(text=str(row["taken"]), is_number=True),
    ]


def _rule_cells(visit: Visit, row: Any) -> list[Cell]:
    return [
        Cell(text=row["name"], url=f"{RULES}/{RULE.show(row['id'])}"),
        Cell(text=words.kind_words(visit)[row["kind"]]),
        _state(visit, row["state"]),
        Cell(at=row["made_at"]),
        Cell(at=row["ends_at"]),
    ]


@get(f"{HERE}/new", opt=staff("promotions.launch"))
async def wizard(visit: NamedDependency[Visit]) -> Response[Any]:
    """The kind and its terms, then the preview: what it would do, or why it cannot be. Nothing changes here."""
    async with visit.reading() as work:
        page = await _terms_page(visit, work)
        if visit.query.get("look") and not page.needs_product:
            page = await _preview(visit, work, page)
    return visit.page("backoffice/promotions/new.html", page, place=PLACE.name)


async def _terms_page(visit: Visit, work: Work) -> WizardPage:
    terms = reading.typed_terms(visit, work.now)
    listed = await catalog.everything(
        work, Wanted("title", is_descending=False, size=PRODUCTS_MAX), state=ShelfState.LISTED
    )
    sets_prices = terms.kind in ("limited", "flash")
    skus: list[SkuTerms] = []
    if sets_prices and terms.product:
        product = read_id(PRODUCT, terms.product)
        await catalog.access_any_product(work, product)
        rows = (await catalog.skus_of(work, [product]))[product]
        free = await supply.free_units(work, [row["id"] for row in rows])
        skus = [_sku(visit, row, free.get(row["id"], 0)) for row in rows]
    sold = await catalog.skus_of(work, [row["id"] for row in listed.items]) if terms.kind == "bundle" else {}
    return WizardPage(
        options=[
            Choice(value=SKU.show(one["id"]), label=f"{row['title']} {one['options']}".strip(), is_chosen=False)
            for row in listed.items
            for one in sold.get(row["id"], ())
        ],
        kinds=[Choice(value=v, label=text, is_chosen=v == terms.kind) for v, text in words.kind_words(visit).items()],
        ways=[Choice(value=v, label=text, is_chosen=v == terms.way) for v, text in words.way_words(visit).items()],
        suppliers=[
            Choice(value=shown, label=row["name"], is_chosen=shown == terms.supplier)
            for row in await parties.suppliers(work)
            if (shown := SUPPLIER.show(row["id"]))
        ],
        products=[
            Choice(value=shown, label=row["title"], is_chosen=shown == terms.product)
            for row in listed.items
            if (shown := PRODUCT.show(row["id"]))
        ],
        terms=terms,
        skus=skus,
        needs_product=sets_prices and not terms.product,
    )


def _sku(visit: Visit, row: Any, free: int) -> SkuTerms:
    name = SKU.show(row["id"])
    price = Money(row["price_minor"], visit.market.currency)
    return SkuTerms(sku=name, options=row["options"], price=price, free=free, typed=visit.query.get(name, ""),
                    aside=visit.query.get(pairs.ASIDE + name, ""))  # fmt: skip


async def _preview(visit: Visit, work: Work, page: WizardPage) -> WizardPage:
    """The page with the effect of its terms, or with what stands against them."""
    prices: dict[UUID, int] = {}
    asides: dict[UUID, int] = {}
    try:
        prices, asides = pairs.typed_prices(visit, [{"id": read_id(SKU, sku.sku)} for sku in page.skus])
        refusal, effect = await _weigh(visit, work, page.terms, prices, asides)
    except Refused as refused:
        refusal, effect = refused.refusal, []
    if refusal is not None:
        told = visit.words.told(refusal, visit.market.currency)
        field = str(refusal.data.get("field", ""))
        errors = errors_of(visit, refusal, FIELD_OF.get(field, field)) if field else {}
        return msgspec.structs.replace(page, errors=errors, refused=" ".join((told.happened, told.advice)))
    written, aside = pairs.written_pairs(prices), pairs.written_pairs(asides)
    key = visit.fresh_key()
    return msgspec.structs.replace(page, is_ready=True, effect=effect, prices=written, asides=aside, key=key)


FIELD_OF = {"off_minor": "off", "off_permyriad": "percent", "cap_minor": "cap", "threshold_minor": "threshold",
            "code": "coupon_code", "valid_until": "valid_days", "steps": "from_1", "gather_seconds": "gather_hours", "set_minor": "set_price",
            "set_units": "units_1"}  # fmt: skip
"""Fields of the wizard by the terms they stand for, where the names differ."""


async def _weigh(
    visit: Visit, work: Work, terms: Terms, prices: dict[UUID, int], asides: dict[UUID, int]
) -> tuple[Refusal | None, list[str]]:
    """What launching it would be refused for now, and what it would do."""
    if terms.kind == "coupon":
        template = reading.read_template(visit, terms)
        refusal = promotions.why_not_launch_template(template, work.now)
        return refusal, [] if refusal else words.template_effect(visit, template)
    rule = reading.read_rule(visit, terms, prices, asides)
    if refusal := await promotions.why_not_launch(work, rule):
        return refusal, []
    skus = [*rule.prices, *rule.set_units]
    others = await promotions.rules_on(work, skus, kind=rule.kind)
    return None, words.rule_effect(visit, rule, await catalog.load_offers(work, skus), others)


@post(HERE, opt=staff("promotions.launch"))
async def launch(visit: NamedDependency[Visit]) -> Response[Any]:
    """Launch what the preview showed; conflicts are looked for again, now with the last word."""
    form = await visit.form(LaunchForm)
    prices, asides = pairs.read_pairs(form.prices, "prices"), pairs.read_pairs(form.asides, "allotments")
    made: list[str] = []

    async def act(work: Work) -> Refusal | None:
        if form.kind == "coupon":
            template = await promotions.launch_template(work, reading.read_template(visit, form), reason=form.reason)
            if isinstance(template, Refusal):
                return template
            made.append(f"{HERE}/coupons/{TEMPLATE.show(template)}")
            return None
        rule = await promotions.launch_rule(work, reading.read_rule(visit, form, prices, asides), reason=form.reason)
        if isinstance(rule, Refusal):
            return rule
        made.append(f"{RULES}/{RULE.show(rule)}")
        return None

    subject = msgspec.json.encode(msgspec.structs.replace(form, key="", reason="")).decode()
    answer = await acted(visit, "office.promote", form.key, form.reason, subject, act, HERE)
    return visit.go_on(made[0]) if made and (answer.status_code or 200) < 400 else answer


@get(f"{HERE}/coupons/{{template:str}}", opt=staff("promotions.see"))
async def show_coupon(visit: NamedDependency[Visit], template: FromPath[str]) -> Response[Any]:
    """One coupon's terms, and how many were taken."""
    async with visit.reading() as work:
        found = await promotions.access_template(work, read_id(TEMPLATE, template))
    is_running = found.state == TemplateState.RUNNING
    page = PromotionPage(
        title=found.name,
        url=f"{HERE}/coupons/{template}",
        back_url=HERE,
        is_running=is_running,
        facts=words.template_facts(visit, found),
        may_end=is_running and visit.may("promotions.launch"),
        key=visit.fresh_key(),
        grants_url=f"{HERE}/coupons/{template}/grants" if is_running and visit.may("promotions.give") else "",
    )
    return visit.page("backoffice/promotions/page.html", page, place=PLACE.name)


@get(f"{RULES}/{{rule:str}}", opt=staff("promotions.see"))
async def show_rule(visit: NamedDependency[Visit], rule: FromPath[str]) -> Response[Any]:
    """One rule with its prices or steps."""
    async with visit.reading() as work:
        found = await promotions.access_rule(work, read_id(RULE, rule))
        is_running = await promotions.is_running(work, found.id)
        skus = [*(price.sku_id for price in found.prices), *(sku for sku, _ in found.set_lines)]
        offers = await catalog.load_offers(work, skus)
    names = {sku: f"{(offer := offers.get(sku)).title} {offer.options}".strip() for sku in skus}
    page = PromotionPage(
        title=found.name,
        url=f"{RULES}/{rule}",
        back_url=RULES,
        is_running=is_running,
        facts=words.rule_facts(visit, found, names),
        may_end=is_running and visit.may("promotions.launch"),
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/promotions/page.html", page, place=PLACE.name)


@post(f"{HERE}/coupons/{{template:str}}/ending", opt=staff("promotions.launch"))
async def end_coupon(visit: NamedDependency[Visit], template: FromPath[str]) -> Response[Any]:
    """Nobody takes one from now on; those that were taken stay valid."""
    found, form = read_id(TEMPLATE, template), await visit.form(EndForm)

    async def act(work: Work) -> Refusal | None:
        return await promotions.end_template(work, found, reason=form.reason)

    url = f"{HERE}/coupons/{template}"
    return await acted(visit, "office.end_template", form.key, form.reason, template, act, url)


@post(f"{RULES}/{{rule:str}}/ending", opt=staff("promotions.launch"))
async def end_rule(visit: NamedDependency[Visit], rule: FromPath[str]) -> Response[Any]:
    """It no longer sets prices; what nobody holds of a flash session's units returns."""
    found, form = read_id(RULE, rule), await visit.form(EndForm)

    async def act(work: Work) -> Refusal | None:
        return await promotions.end_rule(work, found, reason=form.reason)

    return await acted(visit, "office.end_rule", form.key, form.reason, rule, act, f"{RULES}/{rule}")


HANDLERS = (
    show_coupons,
    show_rules,
    wizard,
    launch,
    show_coupon,
    show_rule,
    end_coupon,
    end_rule,
    *grants.HANDLERS,
    *tiers.HANDLERS,
)

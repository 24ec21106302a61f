"""What the desk shows of goods: read from the catalog and from what was proposed."""

from typing import Any
from uuid import UUID

from tuan.goods import catalog, sourcing
from tuan.goods.catalog.model import CATEGORY, FULFILMENTS, PRODUCT, SKU
from tuan.goods.sourcing.model import PROPOSAL_ID, Proposed, band_of
from tuan.kit.money import Money
from tuan.kit.refusals import NotFound, Refused
from tuan.people import parties
from tuan.platform.work import Work
from tuan.play import shops
from tuan.surfaces.backoffice.acting import written_amount
from tuan.surfaces.backoffice.products.words import exception_words, fulfilment_words
from tuan.surfaces.desks.goods.context import GoodsPage, OwnProduct, OwnProposal, OwnSku, ProductFormPage, Texts
from tuan.surfaces.storefront.supplying.context import Choice
from tuan.surfaces.storefront.supplying.words import TONES, proposal_states
from tuan.surfaces.web.visits import Visit

PROPOSALS_SHOWN = 20


async def goods_page(work: Work, visit: Visit, supplier: UUID) -> GoodsPage:
    card = (await parties.supplier_cards(work, [supplier]))[supplier]
    found = await catalog.of_supplier(work, supplier, after=visit.query.get("page"), with_drafts=True)
    proposals = await sourcing.proposals_of(work, supplier, size=PROPOSALS_SHOWN)
    waiting = await sourcing.open_of(work, supplier)
    states = {
        "draft": visit.gettext("Not shown yet"),
        "listed": visit.gettext("On the shelf"),
        "off": visit.gettext("Off the shelf"),
    }
    return GoodsPage(
        supplier=card["name"],
        products=[
            OwnProduct(
                product=PRODUCT.show(row["id"]),
                title=row["title"],
                state=row["state"],
                words=states[row["state"]],
                tone={"listed": "leaf", "draft": "amber"}.get(row["state"], "stone"),
                is_waiting=row["id"] in waiting,
            )
            for row in found.items
        ],
        proposals=[own_proposal(visit, row) for row in proposals.items],
        next_url=visit.url_with(page=found.next_key) if found.next_key else None,
    )


def own_proposal(visit: Visit, row: Any) -> OwnProposal:
    return OwnProposal(
        proposal=PROPOSAL_ID.show(row["id"]),
        title=row["title"],
        is_new=row["is_new"],
        state=row["state"],
        words=proposal_states(visit)[row["state"]],
        tone=TONES.get(row["state"], "stone"),
        made_at=row["made_at"],
        reason=row["reason"] if row["state"] == "refused" else "",
        key=visit.fresh_key() if row["state"] == "open" else "",
    )


async def new_page(work: Work, visit: Visit) -> ProductFormPage:
    """The form of a new product."""
    return ProductFormPage(
        product="",
        url="/desk/goods",
        texts=Texts(),
        categories=await _categories(work, ""),
        fulfilments=_choices({one: fulfilment_words(visit, one) for one in FULFILMENTS}, "shipped"),
        exceptions=_choices(exception_words(visit), ""),
        key=visit.fresh_key(),
    )


async def product_page(work: Work, visit: Visit, supplier: UUID, product: UUID) -> ProductFormPage:
    """One of the supplier's own; raises Refused(NotFound)."""
    row, shown = await sourcing.shown_of(work, product)
    if row["supplier_id"] != supplier:
        raise Refused(NotFound())
    waiting = (await sourcing.open_of(work, supplier)).get(product)
    proposal = await sourcing.access_proposal(work, waiting, supplier) if waiting else None
    rows = {row["id"]: row for row in (await catalog.skus_of(work, [product]))[product]}
    skus = [await _sku(work, visit, shown, place, rows[UUID(one.sku)]) for place, one in enumerate(shown.skus)]
    kept = (await shops.pool_of(work, [product])).get(product)
    return ProductFormPage(
        product=PRODUCT.show(product),
        url=f"/desk/goods/{PRODUCT.show(product)}",
        texts=Texts(title=shown.title, story=shown.story),
        categories=await _categories(work, shown.category),
        fulfilments=_choices({one: fulfilment_words(visit, one) for one in FULFILMENTS}, shown.fulfilment),
        exceptions=_choices(exception_words(visit), shown.return_exception),
        pictures=[visit.front.assets.picture(name) for name in shown.pictures],
        skus=skus,
        waiting=own_proposal(
            visit, {**proposal, "title": proposal["proposed"]["title"], "is_new": proposal["shown"] is None}
        )
        if proposal
        else None,
        is_draft=row["state"] == "draft",
        is_kept_back=kept is not None and kept["by_supplier"],
        market_keeps=kept is not None and kept["by_market"],
        key=visit.fresh_key(),
    )


async def _sku(work: Work, visit: Visit, shown: Proposed, place: int, row: Any) -> OwnSku:
    one = shown.skus[place]
    least, most = band_of(await catalog.past_prices(work, UUID(one.sku)), work.now)
    price, *band = (Money(minor, visit.market.currency) for minor in (one.price_minor, least, most))
    return OwnSku(
        sku=SKU.show(UUID(one.sku)), options=one.options, price=price, typed=written_amount(price), least=band[0],
        most=band[1], hs_code=row["hs_code"] or "", origin=row["origin"] or "",
        declared=written_amount(Money(row["declared_minor"], visit.market.currency)) if row["hs_code"] else "",
        tax=str(row["tax_permyriad"]) if row["hs_code"] else "",
    )  # fmt: skip


async def _categories(work: Work, chosen: str) -> list[Choice]:
    return [
        Choice(value=CATEGORY.show(row["id"]), label=row["name"], is_chosen=str(row["id"]) == chosen)
        for row in await catalog.categories(work)
    ]


def _choices(named: dict[str, str], chosen: str) -> list[Choice]:
    return [Choice(value=value, label=label, is_chosen=value == chosen) for value, label in named.items()]

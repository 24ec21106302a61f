"""Proposals: a supplier says what shall be shown, somebody of the market decides, and until then the page stays as it is."""

from collections.abc import Sequence
from uuid import UUID

from tuan.goods import catalog
from tuan.goods.catalog.model import ProductId, ProductText, ShelfState
from tuan.goods.sourcing import facts, model, queries, store
from tuan.goods.sourcing.errors import AlreadyProposed, NothingChanged, ProposalNeeded, ProposalOver, ProposalOvertaken
from tuan.goods.sourcing.model import PROPOSAL_ID, ProposalId, ProposalState, Proposed, ProposedSku
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.kit.time import day_of
from tuan.platform import audit
from tuan.platform.work import Work


async def propose_product(
    work: Work,
    supplier: UUID,
    text: ProductText,
    skus: Sequence[tuple[str, int]],
    pictures: Sequence[str],
    *,
    reason: str,
) -> tuple[ProductId, ProposalId] | Refusal:
    """A new product: a draft that nobody sees, and the proposal to put it on the shelf with these pictures."""
    product = await catalog.draft_product(work, supplier, text, skus, reason=reason)
    if isinstance(product, Refusal):
        return product
    await work.send()
    _, shown = await queries.shown_of(work, product)
    wanted = Proposed(**{name: getattr(shown, name) for name in model.FIELDS} | {"pictures": tuple(pictures)})
    proposal = await propose(work, supplier, product, wanted)
    return proposal if isinstance(proposal, Refusal) else (product, proposal)


async def propose(work: Work, supplier: UUID, product: UUID, proposed: Proposed) -> ProposalId | Refusal:
    """Show this of one of the supplier's own products; beside it is kept what is shown now."""
    try:
        row, shown = await queries.shown_of(work, product)
    except Refused as refused:
        return refused.refusal
    if row["supplier_id"] != supplier:
        return NotFound()
    is_draft = row["state"] == ShelfState.DRAFT
    if refusal := model.why_not_propose(proposed, shown, is_draft=is_draft):
        return refusal
    proposal = PROPOSAL_ID.new()
    added = await store.add_proposal(work, proposal, supplier, product, None if is_draft else shown, proposed)
    return proposal if added else AlreadyProposed()


async def withdraw_proposal(work: Work, proposal: UUID, supplier: UUID) -> Refusal | None:
    """He does not want it after all, or wants it otherwise."""
    found = await store.lock_proposal(work, proposal)
    if found is None or found["supplier_id"] != supplier:
        return NotFound()
    if found["state"] != ProposalState.OPEN:
        return ProposalOver(state=found["state"])
    await work.execute(store.END_PROPOSAL_SQL, proposal, ProposalState.WITHDRAWN, work.now, "")
    return None


async def decide_proposal(work: Work, proposal: UUID, *, approve: bool, reason: str) -> Refusal | None:
    """It is shown from now on, or the supplier reads why not. Audited; of two who decide the second is told that it is over.

    Refused as overtaken where the product is no longer what was shown beside it: then nobody has compared the two.
    """
    found = await store.lock_proposal(work, proposal)
    if found is None:
        return NotFound()
    if found["state"] != ProposalState.OPEN:
        return ProposalOver(state=found["state"])
    after = ProposalState.APPROVED if approve else ProposalState.REFUSED
    if approve:
        today = day_of(work.now, work.market.time_zone)
        if refusal := model.why_not_sell(await store.licences_of(work, supplier=found["supplier_id"]), today):
            return refusal
        shown = None if found["shown"] is None else model.read_proposed(found["shown"])
        if refusal := await _show(work, found["product_id"], shown, model.read_proposed(found["proposed"]), reason):
            return refusal
    await work.execute(store.END_PROPOSAL_SQL, proposal, after, work.now, reason)
    await audit.record(work, "sourcing.decide_proposal", PROPOSAL_ID.show(proposal), reason=reason,
                       before={"state": ProposalState.OPEN}, after={"state": after})  # fmt: skip
    work.tell(facts.ProposalDecided(proposal=proposal))
    return None


async def _show(
    work: Work, product: UUID, compared: Proposed | None, proposed: Proposed, reason: str
) -> Refusal | None:
    """Make the page say it, by the verbs of the catalog."""
    await catalog.lock(work, product)
    row, now = await queries.shown_of(work, product)
    is_draft = row["state"] == ShelfState.DRAFT
    if is_draft != (compared is None) or (compared is not None and now != compared):
        return ProposalOvertaken()
    if refusal := model.why_not_propose(proposed, now, is_draft=is_draft):
        return ProposalOvertaken() if isinstance(refusal, NothingChanged) else refusal
    if refusal := await catalog.edit_product(work, product, proposed.text, reason=reason):
        return refusal
    if now.pictures != proposed.pictures:
        await catalog.show_pictures(work, product, proposed.pictures, reason=reason)
    if refusal := await _show_skus(work, product, now.skus, proposed.skus, reason):
        return refusal
    await work.send()
    return await catalog.shelve(work, [product], ShelfState.LISTED, reason=reason) if is_draft else None


async def _show_skus(
    work: Work, product: UUID, before: Sequence[ProposedSku], after: Sequence[ProposedSku], reason: str
) -> Refusal | None:
    there = {sku.sku: sku for sku in before}
    for sku in after:
        outcome: object = None
        if not sku.sku:
            outcome = await catalog.add_sku(work, product, sku.options, sku.price_minor, reason=reason)
        elif sku != there[sku.sku]:
            outcome = await catalog.edit_sku(work, UUID(sku.sku), sku.options, sku.price_minor, reason=reason)
        await work.send()
        if isinstance(outcome, Refusal):
            return outcome
    return None


async def why_not_add(work: Work, product: UUID) -> Refusal | None:
    """An option is added to what buyers see by a proposal; to a draft it is added at once."""
    row = await catalog.access_any_product(work, product)
    return None if row["state"] == ShelfState.DRAFT else ProposalNeeded()


async def reprice(work: Work, sku: UUID, price_minor: int, *, reason: str) -> Refusal | None:
    """A price that a supplier moves alone, since it stays within the band; his own SKU, as the caller has seen. Audited."""
    return await why_not_reprice(work, sku, price_minor) or await catalog.set_price(
        work, sku, price_minor, reason=reason
    )


async def why_not_reprice(work: Work, sku: UUID, price_minor: int) -> Refusal | None:
    """What stands against a price that is set without anybody's look; nothing while nobody sees the product."""
    history = await catalog.past_prices(work, sku)
    if not history:
        return NotFound()
    product = await catalog.product_of(work, sku)
    row = await catalog.access_any_product(work, product)
    return None if row["state"] == ShelfState.DRAFT else model.why_not_reprice(history, price_minor, work.now)

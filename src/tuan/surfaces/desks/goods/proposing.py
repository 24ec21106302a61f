"""A new product through the API: with a picture it is proposed at once, without one it is a draft that waits for its proposal."""

from typing import Any
from uuid import UUID

from tuan.goods import catalog, sourcing
from tuan.goods.catalog.model import PRODUCT, SKU, ProductText
from tuan.goods.sourcing.model import PROPOSAL_ID
from tuan.kit.refusals import Refusal
from tuan.platform.work import Work


async def propose_product(
    work: Work, supplier: UUID, text: ProductText, asked: list[tuple[str, int]], pictures: list[str]
) -> Refusal | dict[str, Any]:
    """Without a picture it is a draft, and the proposal follows."""
    proposal = None
    if pictures:
        made = await sourcing.propose_product(work, supplier, text, asked, pictures, reason="API")
        if isinstance(made, Refusal):
            return made
        product, proposal = made
    else:
        draft = await catalog.draft_product(work, supplier, text, asked, reason="API")
        if isinstance(draft, Refusal):
            return draft
        product = draft
    await work.send()
    skus = (await catalog.skus_of(work, [product]))[product]
    return {
        "product": PRODUCT.show(product),
        "skus": [SKU.show(sku["id"]) for sku in skus],
        "lacks_picture": not pictures,
        "proposal": PROPOSAL_ID.show(proposal) if proposal else None,
    }

"""Whose goods may be for sale."""

from collections.abc import Collection
from uuid import UUID

from tuan.goods.catalog.errors import OneSeller
from tuan.people import parties
from tuan.platform.work import Work


async def why_not_sell(work: Work, suppliers: Collection[UUID]) -> OneSeller | None:
    """Where a supplier's own account takes the money, nobody else's goods go on the shelf. Shared until the end of the
    transaction, so that whoever gives the market such a merchant sees what is listed at this moment."""
    merchant = await parties.share_merchant(work)
    return OneSeller() if merchant and any(one != merchant for one in suppliers) else None

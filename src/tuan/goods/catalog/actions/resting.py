"""A supplier whose goods rest: off the shelf all at once, and back without asking which they were."""

from uuid import UUID

from tuan.goods.catalog import store
from tuan.goods.catalog.actions.selling import why_not_sell
from tuan.people.parties.model import SUPPLIER
from tuan.platform import audit
from tuan.platform.work import Work


async def pause(work: Work, supplier: UUID, *, reason: str) -> int:
    """All of this supplier's goods come off the shelf; how many products. Placed orders go their way. Audited."""
    count = await work.execute(store.PAUSE_SQL, supplier)
    if count:
        await _record(work, "pause", supplier, count, reason)
    return count


async def resume(work: Work, supplier: UUID, *, reason: str) -> int:
    """Those that `pause` took off are for sale again, at what they cost now; how many products. None where only another
    supplier may sell. Audited."""
    if await why_not_sell(work, [supplier]):
        return 0
    count = await work.execute(store.RESUME_SQL, supplier)
    if count:
        await _record(work, "resume", supplier, count, reason)
    return count


async def _record(work: Work, act: str, supplier: UUID, count: int, reason: str) -> None:
    await audit.record(
        work, f"catalog.{act}", SUPPLIER.show(supplier), reason=reason, before={}, after={"products": count}
    )

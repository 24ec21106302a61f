"""Tables that are brought in, and what importing refuses; see tests/given/refusals.py."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tests.given import goods as given
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.kit.refusals import granted
from tuan.platform.sheets import write_csv
from tuan.trade import imports
from tuan.trade.imports.errors import FileUnfit, NothingToDo, NotWaiting, StillWaiting
from tuan.trade.imports.model import WAITING_MAX, ImportId, What, to_rows


async def goods_table(place: Place) -> list[list[str]]:
    """Every SKU of the market as the table that an import of goods reads; the header first."""
    async with place.work() as work:
        return to_rows(await imports.read_market(work))


async def uploaded(
    place: Place, rows: Sequence[Sequence[str]], what: What = What.GOODS, *, supplier: UUID | None = None
) -> ImportId:
    return granted(await place.do(imports.upload, what, "test", write_csv(rows), supplier=supplier))


async def checked(
    place: Place, rows: Sequence[Sequence[str]], what: What = What.GOODS, *, supplier: UUID | None = None
) -> ImportId:
    """Uploaded, and read by the worker."""
    job = await uploaded(place, rows, what, supplier=supplier)
    await worked(place)
    return job


async def worked(place: Place) -> None:
    """Until the worker has nothing to do about imports."""
    while await place.do(imports.go_on):
        pass


async def seen(place: Place, job: UUID) -> Any:
    async with place.work() as work:
        return await imports.access_job(work, job)


async def moved_price(place: Place) -> list[list[str]]:
    """A table in which one SKU costs a little more."""
    await given.goods(place)
    header, row, *rest = await goods_table(place)
    return [header, [*row[:5], "21.00", row[6]], *rest]


async def imported(place: Place) -> None:
    """One line done, one left out."""
    rows = await moved_price(place)
    job = await checked(place, [*rows, ["", "nowhere"]])
    assert await place.do(imports.confirm, job, reason="test") is None
    await worked(place)


@gives(FileUnfit)
async def _(place: Place) -> Act:
    return lambda: place.do(imports.upload, What.GOODS, "empty", b"")


@gives(StillWaiting)
async def _(place: Place) -> Act:
    rows = await moved_price(place)
    for _ in range(WAITING_MAX):
        await uploaded(place, rows)
    return lambda: place.do(imports.upload, What.GOODS, "one more", write_csv(rows))


@gives(NotWaiting)
async def _(place: Place) -> Act:
    job = await uploaded(place, await moved_price(place))
    return lambda: place.do(imports.confirm, job, reason="test")


@gives(NothingToDo)
async def _(place: Place) -> Act:
    await given.goods(place)
    job = await checked(place, await goods_table(place))
    return lambda: place.do(imports.confirm, job, reason="test")

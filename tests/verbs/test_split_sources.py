"""Who may draw on very many payments reads those of what was settled first for him, and not all of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from tests.given import commissions, settling
from tests.given import goods as given
from tests.given.explaining import Explained, nodes, rows_touched
from tests.given.houses import Place, owner_url
from tuan.kit.refusals import granted
from tuan.platform.schema import metadata
from tuan.trade import settlement
from tuan.trade.settlement import queries, store
from tuan.trade.settlement.queries import drawing

ROWS = 6_000
ROWS_MAX = 4_000
"""That may be read to find a page of sources: claims, orders, payments and what was drawn of them."""
Group = dict[str, dict[str, str]]
ID = "('00000000-0000-4000-8000-' || lpad(to_hex(g), 12, '0'))::uuid"
PAST = "- g * interval '1 second'"
PAID = {
    "payments.payables": {"id": ID},
    "payments.captures": {"id": ID, "payable_id": ID, "transaction": "'copy ' || g"},
    "orders.orders": {"id": ID, "payable_id": ID},
    "orders.lines": {"order_id": ID},
}
"""By table what differs in the copies that are made of its row, by the number g of the copy: each is an order, which was paid."""
LOOKED_UP = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
"""Six thousand rows are read whole as cheaply as two hundred of them are looked up; of a big table they are not."""
CLAIMED = {"settlement.claims": {"order_id": ID, "settled_at": f"t.settled_at {PAST}"}}
COPIED = tuple(name.partition(".")[2] for name in PAID | CLAIMED)
DRAWN = {
    "settlement.splits": {
        "id": ID,
        "order_id": ID,
        "capture_id": ID,
        "transaction": "'copy ' || g",
        "amount_minor": "1951",
    }
}


def copy_of(number: int) -> UUID:
    return UUID(f"00000000-0000-4000-8000-{number:012x}")


@asynccontextmanager
async def grown(place: Place, *groups: Group, rows: int = ROWS, drawn: int = 0) -> AsyncIterator[asyncpg.Connection]:
    """The tables with many copies of a row of this market, for as long as the owner's transaction is open; of those that were
    settled first so many were drawn whole."""
    owner = await asyncpg.connect(owner_url(place.house))
    try:
        transaction = owner.transaction()
        await transaction.start()
        await owner.execute("SELECT set_config('tuan.market', $1, true)", str(place.market))
        for group in groups:
            await copy(owner, place, group, 1, rows)
            await owner.execute("ANALYZE")
        if drawn:
            await copy(owner, place, DRAWN, rows - drawn + 1, rows)
            await owner.execute("ANALYZE")
        await owner.execute(LOOKED_UP)
        yield owner
        await transaction.rollback()
    finally:
        await owner.close()


async def copy(owner: asyncpg.Connection, place: Place, group: Group, first: int, last: int) -> None:
    for name, changes in group.items():
        columns = [column.name for column in metadata.tables[name].columns]
        values = ", ".join(changes.get(column, f"t.{column}") for column in columns)
        await owner.execute(
            f"INSERT INTO {name} ({', '.join(columns)}) SELECT {values} FROM (SELECT * FROM {name} "
            f"WHERE market_id = {place.market} LIMIT 1) t, generate_series({first}, {last}) g"
        )


async def found(place: Place, owner: asyncpg.Connection, account: UUID) -> tuple[list[UUID], float]:
    """(the orders of the sources that are found first, rows that were read to find them)."""
    async with place.work() as work:
        known = await store.read_account(work, account)
        assert known is not None
        work.connection = watched = Explained(owner)
        rows: list[Any] = await queries.first_sources(work, known)
    return [row["order_id"] for row in rows], sum(rows_touched(plan, *COPIED) for plan in watched.plans)


async def sold(place: Place) -> UUID:
    """The account of a supplier who has drawn a little of what a buyer has kept."""
    of, owner = await settling.earned(place), await given.buyer(place)
    account = await settling.account_of(place, of.supplier, mode="split")
    granted(await place.do(settlement.withdraw, of.supplier, account, 100, owner.id))
    return account


async def led(place: Place) -> UUID:
    """The account of a shop that has a commission."""
    of = await given.goods(place, price_minor=1990)
    await commissions.plan(place)
    shop, who = await commissions.shop(place, of), await commissions.neighbour(place)
    await commissions.keep(place, of, who, await commissions.buy(place, who, of, shop.code))
    await place.later(timedelta(days=2))
    return await commissions.account(place, shop, mode="split")


async def test_a_supplier_reads_what_was_settled_first(place: Place) -> None:
    account = await sold(place)
    async with grown(place, PAID, CLAIMED) as owner:
        orders, read = await found(place, owner, account)
    assert sorted(orders) == [copy_of(n) for n in range(ROWS - drawing.SOURCES_MIN + 1, ROWS + 1)]
    assert read <= ROWS_MAX


async def test_what_he_has_drawn_all_of_is_passed_by(place: Place) -> None:
    """More than a page of it, so that he reads on."""
    account, passed = await sold(place), drawing.PAGE_CLAIMS + 1
    async with grown(place, PAID, CLAIMED, drawn=passed) as owner:
        orders, read = await found(place, owner, account)
    last = ROWS - passed
    assert sorted(orders)[-drawing.SOURCES_MIN :] == [
        copy_of(n) for n in range(last - drawing.SOURCES_MIN + 1, last + 1)
    ]
    assert read < ROWS + ROWS_MAX


async def test_he_reads_on_to_the_end_where_there_is_little(place: Place) -> None:
    account, rows = await sold(place), drawing.PAGE_CLAIMS + 1
    async with grown(place, PAID, CLAIMED, rows=rows, drawn=rows - 1) as owner:
        orders, _ = await found(place, owner, account)
    assert len(orders) == 2 and copy_of(1) in orders, "the copy that was settled last, and what it is a copy of"


async def test_what_another_provider_took_is_passed_by(place: Place) -> None:
    """By pages, each twice the one before; the sources of no such order are read."""
    account, theirs = await sold(place), PAID["payments.captures"] | {"provider": "'stripe'"}
    async with grown(place, PAID | {"payments.captures": theirs}, CLAIMED) as owner, place.work() as work:
        known = await store.read_account(work, account)
        assert known is not None
        work.connection = watched = Explained(owner)
        (row,) = await queries.first_sources(work, known)
    assert row["order_id"] != copy_of(1)
    assert len(watched.plans) <= (ROWS // drawing.PAGE_CLAIMS).bit_length() + 1


async def test_without_its_index_all_of_it_would_be_read(place: Place) -> None:
    """The control."""
    account = await sold(place)
    async with grown(place, PAID, CLAIMED) as owner:
        await owner.execute("DROP INDEX settlement.claims_supplier_idx")
        assert (await found(place, owner, account))[1] > ROWS


async def indexes_of_a_shop(place: Place, gone: str) -> set[str]:
    """By which indexes a shop finds what it earned first without this one, where nothing may be read whole."""
    account = await led(place)
    async with grown(place) as owner:
        await owner.execute(f"SET LOCAL enable_bitmapscan = off; DROP INDEX {gone}")
        async with place.work() as work:
            known = await store.read_account(work, account)
            assert known is not None
            work.connection = watched = Explained(owner)
            assert len(await queries.first_sources(work, known)) == 1
    return {one["Index Name"] for plan in watched.plans for one in nodes(plan) if "Index Name" in one}


async def test_a_shop_finds_what_it_earned_by_an_index_of_its_own(place: Place) -> None:
    assert "transfers_shop_idx" in await indexes_of_a_shop(place, "ledger.transfers_at_idx")


async def test_without_it_a_shop_would_read_what_the_whole_market_booked(place: Place) -> None:
    assert "transfers_at_idx" in await indexes_of_a_shop(place, "ledger.transfers_shop_idx")

"""The sorts that the office offers, on big tables: an index carries each, so a page reads a page and sorts nothing."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from tests.given import goods as given
from tests.given import settling
from tests.given.houses import Place, owner_url
from tuan.goods import catalog
from tuan.people import accounts
from tuan.platform.lists import Wanted
from tuan.platform.schema import metadata
from tuan.platform.work import _DIALECT, Work
from tuan.play import groupbuy
from tuan.trade import aftersales, orders, payments
from tuan.trade.orders.queries import OrderFilter
from tuan.trade.settlement.queries import RUNS_SQL

ROWS = 30_000
BLOCKS_MAX = 250
"""Of 8 KiB that a page of twenty rows and what is joined to them may touch."""
SPREAD = "('2026-01-01'::timestamptz + g * interval '1 minute')"

COPIES: dict[str, dict[str, str]] = {
    "accounts.persons": {"phone": "NULL", "name": "'n' || md5(g::text)"},
    "catalog.products": {"title": "'t' || md5(g::text)", "state": "'listed'"},
    "groupbuy.campaigns": {"starts_at": SPREAD, "ends_at": f"{SPREAD} + interval '9 days'", "state": "'ended'"},
    "groupbuy.teams": {"deadline": SPREAD},
    "orders.orders": {"state": "(ARRAY['closed', 'placed', 'completed'])[1 + g % 3]", "total_minor": "g"},
    "settlement.claims": {"order_id": "gen_random_uuid()", "settled_at": "t.settled_at - g * interval '1 minute'"},
    "payments.refunds": {"amount_minor": "1 + g % 9999", "state": "'done'", "next_attempt_at": "NULL"},
}
"""By table what differs in the copies that are made of one of its rows, by the number g of the copy."""

CLAIMS = "settlement.claims"
FOREIGN_KEYS_SQL = "SELECT conname FROM pg_constraint WHERE conrelid = $1::text::regclass AND contype = 'f'"

List = Callable[[Work, Wanted], Any]
LISTS: dict[str, tuple[str, List, tuple[str, ...]]] = {
    "people": ("accounts.persons", lambda w, p: accounts.search_persons(w, "", p), ("newest", "name")),
    "products": ("catalog.products", catalog.everything, ("new", "title", "state")),
    "products by state": ("catalog.products", lambda w, p: catalog.everything(w, p, state="listed"), ("new", "title")),
    "campaigns": ("groupbuy.campaigns", groupbuy.list_campaigns, ("new", "starts_at", "ends_at")),
    "teams": ("groupbuy.teams", groupbuy.list_teams, ("opened_at",)),
    "teams that gather": ("groupbuy.teams", lambda w, p: groupbuy.list_teams(w, p, state="gathering"), ("deadline",)),
    "orders": ("orders.orders", lambda w, p: orders.search_orders(w, OrderFilter(), p), ("newest", "state")),
    "refunds": ("payments.refunds", payments.refunds, ("newest", "amount", "state")),
}


async def asked(place: Place, monkeypatch: pytest.MonkeyPatch, read: List, page: Wanted) -> tuple[str, list[Any]]:
    """The statement that this page of a list is, with its values."""
    heard: list[tuple[str, list[Any]]] = []
    run = Work.run

    async def listening(work: Work, query: sa.Select[Any]) -> list[Any]:
        compiled = query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
        values = compiled.construct_params()
        heard.append((str(compiled), [values[name] for name in compiled.positiontup or ()]))
        return await run(work, query)

    with monkeypatch.context() as patch:
        patch.setattr(Work, "run", listening)
        await place.do(read, page)
    (one,) = heard
    return one


@asynccontextmanager
async def grown(place: Place, name: str) -> AsyncIterator[asyncpg.Connection]:
    """The table with many copies of a row of this market, for as long as the owner's transaction is open."""
    columns = [column.name for column in metadata.tables[name].columns]
    changes = {"id": "gen_random_uuid()"} | COPIES[name]
    values = ", ".join(changes.get(column, f"t.{column}") for column in columns)
    owner = await asyncpg.connect(owner_url(place.house))
    try:
        transaction = owner.transaction()
        await transaction.start()
        await owner.execute("SELECT set_config('tuan.market', $1, true)", str(place.market))
        # Copies of claims have no orders; elsewhere the keys stay, by which the planner knows how many rows a join meets.
        for (key,) in await owner.fetch(FOREIGN_KEYS_SQL, name) if name == CLAIMS else ():
            await owner.execute(f"ALTER TABLE {name} DROP CONSTRAINT {key}")
        await owner.execute(
            f"INSERT INTO {name} ({', '.join(columns)}) SELECT {values} FROM (SELECT * FROM {name} "
            f"WHERE market_id = {place.market} LIMIT 1) t, generate_series(1, {ROWS}) g"
        )
        await owner.execute("ANALYZE")  # also what is joined to it, as any database that has grown so far
        yield owner
        await transaction.rollback()
    finally:
        await owner.close()


async def plan_of(owner: asyncpg.Connection, sql: str, values: list[Any]) -> tuple[set[str], int]:
    """(kinds of steps, blocks touched) of running it."""
    text = await owner.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}", *values)
    plan = json.loads(text)[0]["Plan"]
    steps, found = [plan], set()
    while steps:
        step = steps.pop()
        found.add(step["Node Type"])
        steps += step.get("Plans", [])
    return found, plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


async def something_of_each(place: Place) -> None:
    """A row of each table to make copies of: somebody, goods, a campaign with a team, an order, a refund."""
    of = await given.campaign(place, await given.goods(place))
    await given.paid_team(place, await given.buyer(place), of)
    plain, who = await given.goods(place), await given.buyer(place)
    placed = await given.place_order(place, who, plain)
    await given.pay(place, who, placed)
    await place.quiet()
    assert await place.do(aftersales.refund_whole, placed.orders[0], plain.supplier, reason="test") is None


@pytest.mark.parametrize("name", LISTS)
async def test_a_page_of_a_big_table_is_read_by_its_index(
    place: Place, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    await something_of_each(place)
    table, read, sorts = LISTS[name]
    pages = [Wanted(sort, is_descending=down) for sort in sorts for down in (True, False)]
    statements = [(page, await asked(place, monkeypatch, read, page)) for page in pages]
    async with grown(place, table) as owner:
        for page, (sql, values) in statements:
            steps, blocks = await plan_of(owner, sql, values)
            assert "Sort" not in steps and blocks <= BLOCKS_MAX, (name, page, steps, blocks)


async def test_without_its_index_a_sort_would_read_everything(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same page, with the index gone, is told from one that has it."""
    await something_of_each(place)
    sql, values = await asked(place, monkeypatch, LISTS["people"][1], Wanted("name"))
    async with grown(place, "accounts.persons") as owner:
        await owner.execute("DROP INDEX accounts.persons_by_name_idx")
        steps, blocks = await plan_of(owner, sql, values)
        assert "Sort" in steps and blocks > BLOCKS_MAX


async def runs_of_a_day(place: Place, *, drop: str = "") -> int:
    """Blocks touched to sum up what was settled on one of twenty days."""
    await settling.earned(place)
    async with place.work() as work:
        until = work.now - timedelta(days=1)
    async with grown(place, CLAIMS) as owner:
        if drop:
            await owner.execute(drop)
        values = [place.market, until - timedelta(days=1), until, "Asia/Shanghai"]
        return (await plan_of(owner, RUNS_SQL, values))[1]


async def test_the_runs_of_a_day_read_the_claims_of_that_day(place: Place) -> None:
    assert await runs_of_a_day(place) <= BLOCKS_MAX


async def test_without_their_index_the_runs_of_a_day_would_read_all_claims(place: Place) -> None:
    assert await runs_of_a_day(place, drop="DROP INDEX settlement.claims_supplier_idx") > BLOCKS_MAX

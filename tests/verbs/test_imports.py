"""A table from its upload to its end: read by the worker, confirmed by a person, brought in step by step."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given.houses import Place
from tests.given.importing import checked, goods_table, moved_price, seen, uploaded, worked
from tuan.goods import catalog, supply
from tuan.goods.catalog.model import SKU
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refused
from tuan.people.parties.model import SUPPLIER
from tuan.platform import audit
from tuan.platform.lists import Wanted
from tuan.platform.sheets import write_csv, write_workbook
from tuan.trade import imports
from tuan.trade.imports.actions import forget_old, jobs
from tuan.trade.imports.model import GOODS_COLUMNS, IMPORT, INVOICE_COLUMNS, STOCK_COLUMNS, JobState, What

IN_ORDER = Wanted("number", is_descending=False, size=100)
AT = "2011-01-01 10:00:00"


async def refused_lines(place: Place, job: UUID) -> list[tuple[int, str]]:
    async with place.work() as work:
        found = await imports.lines(work, IN_ORDER, job, are_refused=True)
    return [(row["number"], row["reason"]) for row in found.items]


def counts(row: Any) -> tuple[int, int, int, int]:
    return row["waiting"], row["unchanged"], row["refused"], row["done"]


async def confirmed(place: Place, job: UUID, who: UUID) -> None:
    async with place.work(who) as work:
        assert await imports.confirm(work, job, reason="spring prices") is None
    await worked(place)


async def test_a_table_is_looked_at_then_confirmed_then_done_in_the_name_of_who_said_so(place: Place) -> None:
    of, clerk = await given.goods(place, units=10, price_minor=1990), await given.buyer(place)
    header, row = await goods_table(place)
    rows = [header, [*row[:5], "17.50", "8"], ["", "Melon", "", row[3], row[4], "5.00", "7"], [*row[:5], "x", "1"]]
    job = await uploaded(place, rows)
    assert (await seen(place, job))["state"] == JobState.UPLOADED
    await worked(place)
    there = await seen(place, job)
    assert (there["state"], counts(there)) == (JobState.CHECKED, (2, 0, 1, 0))
    assert await refused_lines(place, job) == [(4, "price")]
    async with place.work() as work:
        effects = [one["effect"] for one in (await imports.lines(work, IN_ORDER, job, are_refused=False)).items]
        assert (await catalog.load_offers(work, [of.sku])).get(of.sku).price_minor == 1990, "a dry run changes nothing"
    assert effects == [
        {"price_minor": [1990, 1750], "on_hand": [10, 8]},
        {"price_minor": [None, 500], "on_hand": [None, 7]},
    ]
    await confirmed(place, job, clerk.id)
    there = await seen(place, job)
    assert (there["state"], counts(there), there["confirmed_by"]) == (JobState.DONE, (0, 0, 1, 2), clerk.id)
    async with place.work() as work:
        assert (await catalog.load_offers(work, [of.sku])).get(of.sku).price_minor == 1750
        assert (await supply.levels(work, [of.sku]))[of.sku]["on_hand"] == 8
        (act, *_) = await audit.about(work, SKU.show(of.sku))
    assert (act["actor_id"], act["reason"]) == (clerk.id, f"import {IMPORT.show(job)}")
    assert await place.breaches() == {}


async def test_a_table_of_stock_counts_what_is_there_and_says_nothing_else(place: Place) -> None:
    of = await given.goods(place, units=10, price_minor=1990)
    rows = [
        list(STOCK_COLUMNS),
        [SKU.show(of.sku), "", "", "4"],
        [SKU.show(new_uuid()), "", "", "4"],
        ["", "", "", "1"],
    ]
    job = await checked(place, rows, What.STOCK)
    assert await refused_lines(place, job) == [(3, "sku"), (4, "sku")]
    await confirmed(place, job, (await given.buyer(place)).id)
    async with place.work() as work:
        assert (await supply.levels(work, [of.sku]))[of.sku]["on_hand"] == 4
    other = await checked(place, [list(STOCK_COLUMNS), [SKU.show(of.sku), "Another", "", "4"]], What.STOCK)
    assert await refused_lines(place, other) == [(2, "not_changed_here")]


async def test_many_lines_are_many_steps_and_a_worker_that_stops_between_them_loses_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LINES_PER_STEP", 2)
    await given.goods(place)
    header, row = await goods_table(place)
    news = [["", f"Melon {n}", "", row[3], row[4], "5.00", "7"] for n in range(5)]
    job, who = await checked(place, [header, *news]), await given.buyer(place)
    async with place.work(who.id) as work:
        assert await imports.confirm(work, job, reason="test") is None
    seen_counts = []
    while await place.do(imports.go_on):
        seen_counts.append(counts(await seen(place, job)))
    assert seen_counts == [(3, 0, 0, 2), (1, 0, 0, 4), (0, 0, 0, 5)]
    assert len(await goods_table(place)) == 7 and await place.breaches() == {}


async def test_what_was_promised_between_the_dry_run_and_its_turn_is_kept(place: Place) -> None:
    of, who = await given.goods(place, units=10), await given.buyer(place)
    header, row = await goods_table(place)
    job = await checked(place, [header, [*row[:6], "0"]])
    await given.place_order(place, who, of)
    await confirmed(place, job, who.id)
    there = await seen(place, job)
    assert (there["state"], counts(there)) == (JobState.DONE, (0, 0, 1, 0))
    assert await refused_lines(place, job) == [(2, "promised")]
    assert await place.breaches() == {}


async def test_a_suppliers_table_changes_his_own_goods_only_and_no_other_sees_it(place: Place) -> None:
    own, other = await given.goods(place, price_minor=1990), await given.goods(place, price_minor=1990)
    header, *rows = await goods_table(place)
    dearer = [[*row[:5], "25.00", row[6]] for row in rows]
    stolen = ["", "Melon", "", rows[0][3], SUPPLIER.show(other.supplier), "5.00", "7"]
    job = await checked(place, [header, *dearer, stolen], supplier=own.supplier)
    theirs = next(n for n, row in enumerate(rows, start=2) if row[0] == SKU.show(other.sku))
    assert await refused_lines(place, job) == sorted([(theirs, "sku"), (4, "supplier")])
    async with place.work() as work:
        with pytest.raises(Refused) as refused:
            await imports.access_job(work, job, other.supplier)
    assert refused.value.refusal == NotFound()
    assert await place.do(imports.confirm, job, reason="test", supplier=other.supplier) == NotFound()
    assert await place.do(imports.drop, job, reason="test", supplier=other.supplier) == NotFound()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\xfe\x00", "unreadable"),
        (b"PK\x03\x04not a workbook", "unreadable"),
        (b"title,price\na,1\n", "columns"),
        (b"\n" * 20_002, "too_large"),
        (write_workbook([["x"] * 60]), "too_large"),
    ],
)
async def test_a_file_that_is_no_such_table_is_refused_whole(place: Place, content: bytes, why: str) -> None:
    for what in What:
        job = await place.do(imports.upload, what, "hostile", content)
        await worked(place)
        there = await seen(place, job)
        assert (there["state"], there["why"], counts(there)) == (JobState.REFUSED, why, (0, 0, 0, 0)), what


async def test_a_cell_that_the_database_cannot_keep_is_a_reason(place: Place) -> None:
    job = await place.do(imports.upload, What.GOODS, "nul", (",".join(GOODS_COLUMNS) + "\na\0b,x\n").encode())
    await worked(place)
    assert await refused_lines(place, job) == [(2, "sku")]


def invoices() -> list[Sequence[str]]:
    return [
        INVOICE_COLUMNS,
        ("1", "a", "Cup", "3", AT, "2.50", "7", "Here"),
        ("1", "b", "Tea", "1", AT, "4.00", "7", "Here"),
        ("2", "a", "Cup", "1", AT, "2.50", "", "Here"),
        ("C3", "a", "Cup", "-1", "2011-01-02 10:00:00", "2.50", "7", "Here"),
        ("C4", "z", "Hat", "-1", "2011-01-02 10:00:00", "2.50", "7", "Here"),
        ("5", "a", "Cup", "1", AT, "x", "7", "Here"),
    ]


@pytest.mark.parametrize("write", [write_csv, write_workbook])
async def test_past_orders_come_in_once_to_the_penny(place: Place, write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "INVOICE_LINES_PER_STEP", 1)
    raw, who = write(invoices()), await given.buyer(place)
    for _ in range(2):
        job = await place.do(imports.upload, What.ORDERS, "old shop", raw)
        await worked(place)
        there = await seen(place, job)
        assert (there["state"], counts(there)) == (JobState.CHECKED, (3, 1, 2, 0))
        assert there["sums"] == {"orders": 2, "sales_minor": 1400, "cancellation_minor": -500, "refunds": 1,
                                 "refunded_minor": 250, "remainder": 1}  # fmt: skip
        assert await refused_lines(place, job) == [(6, "no_earlier_sale"), (7, "price")]
        await confirmed(place, job, who.id)
        there = await seen(place, job)
        assert (there["state"], counts(there)) == (JobState.DONE, (0, 1, 2, 3))
    async with place.work() as work:
        sql = "SELECT count(*), sum(amount_minor), sum(refunded_minor) FROM payments.captures WHERE market_id = $1"
        assert tuple(await work.fetch_one(sql)) == (2, 1400, 250)
        due = "SELECT count(*) FROM payments.refunds WHERE market_id = $1 AND state <> 'done'"
        assert await work.fetch_value(due) == 0
    assert await place.breaches() == {}


async def test_what_is_left_aside_does_nothing_and_old_files_are_forgotten(place: Place) -> None:
    rows = await moved_price(place)
    dropped, waiting = await checked(place, rows), await checked(place, rows)
    assert await place.do(imports.drop, dropped, reason="a mistake") is None
    assert (await seen(place, dropped))["state"] == JobState.DROPPED
    async with place.work() as work:
        assert await forget_old(work, work.now - timedelta(days=1), limit=10) == 0
        assert await forget_old(work, work.now + timedelta(days=1), limit=10) == 2
        for job in (dropped, waiting):
            row = await imports.access_job(work, job)
            assert (row["state"], row["forgotten_at"]) == (JobState.DROPPED, work.now)
            assert not (await imports.lines(work, IN_ORDER, job, are_refused=False)).items
    assert await goods_table(place) != rows and await place.breaches() == {}


async def test_imports_are_listed_the_newest_first_and_a_suppliers_own_to_him(place: Place) -> None:
    rows = await moved_price(place)
    of = await given.goods(place)
    older, newer = await uploaded(place, rows), await uploaded(place, rows, supplier=of.supplier)
    everything = await place.do(imports.jobs, Wanted())
    assert [(row["id"], row["what"], row["name"], row["state"]) for row in everything.items] == [
        (newer, "goods", "test", "uploaded"), (older, "goods", "test", "uploaded")
    ]  # fmt: skip
    own = await place.do(imports.jobs, Wanted(), supplier=of.supplier)
    assert [row["id"] for row in own.items] == [newer]

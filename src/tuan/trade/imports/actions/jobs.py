"""A file from its upload to its end: read by the worker, confirmed by a person, brought in by the worker step by step."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from babel.numbers import get_currency_precision

from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.platform import audit
from tuan.platform.sheets import SheetError, SheetTooLarge, read_sheet
from tuan.platform.work import Work
from tuan.trade.imports import model, store
from tuan.trade.imports.actions.goods import bring_in, read_market
from tuan.trade.imports.actions.invoices import batches, bring_in_invoices, digest_of, finish_refunds, list_shop
from tuan.trade.imports.errors import StillWaiting
from tuan.trade.imports.model import (
    GOODS_COLUMNS,
    IMPORT,
    INVOICE_COLUMNS,
    STOCK_COLUMNS,
    Change,
    Counts,
    ImportId,
    Invoices,
    JobState,
    Market,
    NotThisFile,
    Plan,
    RefusedLine,
    What,
)

LINES_PER_STEP = 500
"""Of goods; each is a few statements."""
INVOICE_LINES_PER_STEP = 2000
REFUNDS_PER_STEP = 2000
KEPT_PER_LINE = 12
"""Cells of a line that are kept to be shown."""
HEADERS = {What.GOODS: GOODS_COLUMNS, What.STOCK: STOCK_COLUMNS, What.ORDERS: INVOICE_COLUMNS}


async def upload(
    work: Work, what: What, name: str, content: bytes, *, supplier: UUID | None = None
) -> ImportId | Refusal:
    """Have a file read: what its lines would do is known a moment later. With a supplier it may bring his own goods only."""
    if refusal := model.why_not_take(content):
        return refusal
    if await work.fetch_value(store.WAITING_COUNT_SQL) >= model.WAITING_MAX:
        return StillWaiting(most=model.WAITING_MAX)
    job = IMPORT.new()
    row = store.JobRow(job, what, name.strip()[: model.NAME_MAX] or what, JobState.UPLOADED, supplier, content,
                       digest_of(content), work.actor, work.now)  # fmt: skip
    await work.write(store.INSERT_JOBS, [row])
    return job


async def confirm(work: Work, job: UUID, *, reason: str, supplier: UUID | None = None) -> Refusal | None:
    """Have the worker do what the lines say, in the name of whoever says so. Audited."""
    rows = await work.fetch(store.LOCK_JOB_SQL, job, supplier)
    if not rows:
        return NotFound()
    row = rows[0]
    if refusal := model.why_not_confirm(row["state"], row["waiting"]):
        return refusal
    await work.execute(store.CONFIRM_SQL, job, work.actor)
    await audit.record(work, "imports.confirm", IMPORT.show(job), reason=reason, before={}, after={
        "what": row["what"], "name": row["name"], "digest": row["digest"], "lines": row["waiting"]})  # fmt: skip
    return None


async def drop(work: Work, job: UUID, *, reason: str, supplier: UUID | None = None) -> Refusal | None:
    """Leave it: none of its lines is done. Audited."""
    rows = await work.fetch(store.LOCK_JOB_SQL, job, supplier)
    if not rows:
        return NotFound()
    if refusal := model.why_not_drop(rows[0]["state"]):
        return refusal
    await work.execute(store.DROP_SQL, job, work.now)
    await audit.record(work, "imports.drop", IMPORT.show(job), reason=reason, before={"state": rows[0]["state"]},
                       after={"state": JobState.DROPPED})  # fmt: skip
    return None


async def go_on(work: Work) -> int:
    """One step of the file that waits longest: read it, or bring in its next lines. 0 where no file waits."""
    row = await work.fetch_one(store.NEXT_JOB_SQL)
    if row is None:
        return 0
    if row["state"] == JobState.UPLOADED:
        await _check(work, row)
        return 1
    work.actor = row["confirmed_by"]  # it is done in his name, and the audit of each line says so
    if row["what"] == What.ORDERS:
        await _bring_in_invoices(work, row)
    else:
        await _bring_in_lines(work, row)
    return 1


async def _check(work: Work, row: Any) -> None:
    what = What(row["what"])
    digits = get_currency_precision(work.market.currency)
    try:
        if what is What.ORDERS:
            await _check_invoices(work, row, *await asyncio.to_thread(_planned, row["content"], work.now, digits))
            return
        rows = await asyncio.to_thread(read_sheet, row["content"])
        if not model.are_columns(rows[0] if rows else (), HEADERS[what]):
            raise NotThisFile(what)
    except (SheetError, NotThisFile) as error:
        why = "columns" if isinstance(error, NotThisFile) else "unreadable"
        why = "too_large" if isinstance(error, SheetTooLarge) else why
        await store.move(work, row, JobState.REFUSED, Counts(), why=why)
        return
    market = await read_market(work, row["supplier_id"])
    numbered = list(enumerate(rows[1:], start=2))
    judged = _judge(what, numbered, market)
    counts = Counts()
    kept = []
    cells = dict(numbered)
    for one in judged:
        if isinstance(one, Change) and one.is_nothing:
            counts.unchanged += 1
            continue
        reason = one.reason if isinstance(one, RefusedLine) else ""
        counts.refused += bool(reason)
        counts.waiting += not reason
        effect = None if isinstance(one, RefusedLine) else _effect(one)
        kept.append(store.LineRow(row["id"], one.number, reason, False, _kept(cells[one.number]), effect))
    await work.write(store.INSERT_LINES, kept)
    await store.move(work, row, JobState.CHECKED, counts)


def _judge(what: What, lines: Sequence[tuple[int, Sequence[str]]], market: Market) -> list[Change | RefusedLine]:
    return model.judge_lines(model.widened(lines, market) if what is What.STOCK else lines, market)


def _effect(change: Change) -> dict[str, Any]:
    """By name [before, after]; before is nothing for what is new."""
    good = change.good
    pairs = {
        "price_minor": (good.price_minor if good else None, change.price_minor),
        "on_hand": (good.on_hand if good else None, change.on_hand),
    }
    return {name: list(pair) for name, pair in pairs.items() if pair[0] != pair[1]}


def _kept(cells: Sequence[str]) -> list[str]:
    """Cells as the database takes them: it has no NUL in a text."""
    return [cell.replace("\0", "\ufffd") for cell in cells[:KEPT_PER_LINE]]


async def _bring_in_lines(work: Work, row: Any) -> None:
    """The next lines, judged once more by how things are now: what was promised meanwhile is kept."""
    rows = await work.fetch(store.NEXT_LINES_SQL, row["id"], LINES_PER_STEP)
    market = await read_market(work, row["supplier_id"])
    judged = _judge(What(row["what"]), [(one["number"], one["cells"]) for one in rows], market)
    changes = [one for one in judged if isinstance(one, Change) and not one.is_nothing]
    products = {(good.supplier, good.title): good.product for good in market.goods}
    refused = [one for one in judged if isinstance(one, RefusedLine)]
    is_own = row["supplier_id"] is not None
    refused += await bring_in(work, changes, products, reason=f"import {IMPORT.show(row['id'])}", is_own=is_own)
    why = {one.number: one.reason for one in refused}
    marks = [store.Mark(row["id"], one["number"], why.get(one["number"], ""), one["number"] not in why) for one in rows]
    await work.write(store.MARK_LINES, marks)
    counts = Counts(row["waiting"] - len(rows), row["unchanged"], row["refused"] + len(why),
                    row["done"] + len(rows) - len(why))  # fmt: skip
    await store.move(work, row, JobState.RUNNING if counts.waiting else JobState.DONE, counts)


def _planned(content: bytes, now: Instant, digits: int) -> tuple[Invoices, Plan]:
    """Raises SheetError and NotThisFile. A workbook leaves out empty cells at the end of a line."""
    rows = read_sheet(content)
    width = len(INVOICE_COLUMNS)
    padded = [[*cells, *[""] * (width - len(cells))] if any(cells) else cells for cells in rows]
    read = model.read_invoice_rows(padded, now, digits=digits)
    return read, model.plan(read)


async def _check_invoices(work: Work, row: Any, read: Invoices, planned: Plan) -> None:
    kept = [store.LineRow(row["id"], x.number, x.reason, False, _kept([x.invoice, x.code]), None) for x in read.refused]
    kept += [
        store.LineRow(row["id"], x.line.number, "no_earlier_sale", False, _kept([x.line.invoice, x.line.code]),
                      {"left_minor": x.left_minor})
        for x in planned.rests
    ]  # fmt: skip
    await work.write(store.INSERT_LINES, kept)
    sums = {
        "orders": len(planned.invoices),
        "sales_minor": sum(one.total_minor for one in planned.invoices),
        "cancellation_minor": -sum(line.amount_minor for line in read.cancellations),
        "refunds": planned.refunds,
        "refunded_minor": planned.refunded_minor,
        "remainder": len(planned.rests),
    }
    waiting = sum(len(one.lines) for one in planned.invoices)
    refused = len(kept)
    counts = Counts(waiting, read.lines - waiting - refused, refused)
    await store.move(work, row, JobState.CHECKED, counts, sums=sums)


async def _bring_in_invoices(work: Work, row: Any) -> None:
    """The next invoices, with what came back of them; their refunds in the step after, since money is locked last.

    The plan is made again each time: it is the file's alone.
    """
    if await finish_refunds(work, limit=REFUNDS_PER_STEP):
        return
    counts = Counts(row["waiting"], row["unchanged"], row["refused"], row["done"])
    if not counts.waiting:
        await store.move(work, row, JobState.DONE, counts, position=row["position"])
        return
    digits = get_currency_precision(work.market.currency)
    read, planned = await asyncio.to_thread(_planned, row["content"], work.now, digits)
    shop = await list_shop(work, row["digest"], read, row["name"])
    part = next(batches(planned.invoices[row["position"] :], INVOICE_LINES_PER_STEP))
    await bring_in_invoices(work, shop, part)
    lines = sum(len(one.lines) for one in part)
    counts.waiting, counts.done = counts.waiting - lines, counts.done + lines
    await store.move(work, row, JobState.RUNNING, counts, position=row["position"] + len(part))


async def forget_old(work: Work, before: Instant, *, limit: int) -> int:
    """Files and lines of imports that were made before then are gone; what they were and what became of them stays."""
    old = [row["id"] for row in await work.fetch(store.OLD_JOBS_SQL, before, limit)]
    if old:
        await work.execute(store.FORGET_LINES_SQL, old)
        await work.execute(store.FORGET_JOBS_SQL, old, work.now)
    return len(old)

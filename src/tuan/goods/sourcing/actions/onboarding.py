"""What somebody does who wants to supply, and what time does to his licences."""

from collections.abc import Sequence
from uuid import UUID

from tuan.goods import catalog
from tuan.goods.sourcing import facts, model, queries, store
from tuan.goods.sourcing.errors import AlreadyApplied, CheckMoved, LicenceInvalid
from tuan.goods.sourcing.model import (
    APPLICATION_ID,
    FOUNDING,
    LICENCE_ID,
    LICENCES_MAX,
    WARNED_BEFORE,
    ApplicationId,
    ApplicationState,
    Applying,
    LicenceId,
    LicenceState,
    NewLicence,
)
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import day_of
from tuan.people import parties
from tuan.platform.work import Work


async def apply(
    work: Work, person: UUID, applying: Applying, licences: Sequence[NewLicence]
) -> ApplicationId | Refusal:
    """Somebody wants to supply, and shows who he is. It costs nothing; one who waits or is a supplier already may not."""
    today = day_of(work.now, work.market.time_zone)
    if refusal := model.why_not_apply(applying, licences, today):
        return refusal
    if await parties.supplier_of(work, person) is not None:
        return AlreadyApplied()
    application = APPLICATION_ID.new()
    texts = (applying.name.strip(), applying.contact.strip(), applying.promise.strip())
    if not await work.execute(store.APPLY_SQL, application, person, *texts, work.now):
        return AlreadyApplied()
    await work.write(store.INSERT_LICENCES, [_row(work, person, one, application, None) for one in licences])
    return application


async def withdraw(work: Work, person: UUID) -> Refusal | None:
    """He does not want it after all, or wants to say it otherwise; once it is being checked it is answered."""
    found = await queries.application_of(work, person)
    locked = await store.lock_application(work, found["id"]) if found else None
    if locked is None:
        return NotFound()
    if locked["state"] != ApplicationState.SUBMITTED:
        return CheckMoved(state=locked["state"])
    some = [one.id for one in await store.licences_of(work, application=locked["id"])]
    await store.move_licences(work, some, [LicenceState.SUBMITTED], LicenceState.WITHDRAWN)
    await work.execute(
        store.MOVE_APPLICATION_SQL, locked["id"], ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN, work.now, "", None
    )  # fmt: skip
    return None


async def send_licence(work: Work, person: UUID, new: NewLicence) -> LicenceId | Refusal:
    """A supplier sends in one more, or the next of one that runs out; who has applied adds one until his application is checked."""
    if refusal := model.why_not_licence(new, day_of(work.now, work.market.time_zone)):
        return refusal
    supplier = await parties.supplier_of(work, person)
    found = None if supplier else await queries.application_of(work, person)
    application = None
    if found is not None:
        locked = await store.lock_application(work, found["id"])
        assert locked is not None
        if locked["state"] != ApplicationState.SUBMITTED:
            return CheckMoved(state=locked["state"])
        application = locked["id"]
    elif supplier is None:
        return NotFound()
    else:
        await work.fetch(store.LOCK_SUPPLIER_SQL, supplier)
    if await work.fetch_value(store.COUNT_WAITING_SQL, application, supplier) >= LICENCES_MAX:
        return LicenceInvalid(field="licences")
    row = _row(work, person, new, application, supplier)
    await work.write(store.INSERT_LICENCES, [row])
    return LicenceId(row.id)


def _row(
    work: Work, person: UUID, new: NewLicence, application: UUID | None, supplier: UUID | None
) -> store.LicenceRow:
    return store.LicenceRow(
        LICENCE_ID.new(), person, application, supplier, new.kind, new.number.strip(), new.valid_until, new.picture,
        LicenceState.SUBMITTED, work.now,
    )  # fmt: skip


async def warn_due(work: Work, *, limit: int) -> int:
    """Say a month before that a licence runs out, once, unless the next one waits for its check already."""
    today = day_of(work.now, work.market.time_zone)
    due = [row["id"] for row in await work.fetch(store.ENDING_SQL, today + WARNED_BEFORE, limit)]
    if due:
        await work.execute(store.WARNED_SQL, due, work.now)
        for licence in due:
            work.tell(facts.LicenceExpiring(licence=licence))
    return len(due)


async def expire_due(work: Work, *, limit: int) -> int:
    """What has run out stands no more. Where nothing else says who the supplier is, nothing new of his is sold: his goods
    are off the shelf until a new licence was approved; placed orders go their way."""
    today = day_of(work.now, work.market.time_zone)
    due = await work.fetch(store.EXPIRED_SQL, today, limit)
    if not due:
        return 0
    await store.move_licences(work, [row["id"] for row in due], [LicenceState.APPROVED], LicenceState.EXPIRED)
    for row in due:
        work.tell(facts.LicenceExpired(licence=row["id"]))
    for supplier in sorted({row["supplier_id"] for row in due if row["kind"] in FOUNDING and row["supplier_id"]}):
        await work.fetch(store.LOCK_SUPPLIER_SQL, supplier)
        if not model.has_standing(await store.licences_of(work, supplier=supplier), today):
            await catalog.pause(work, supplier, reason="licence ran out")
    return len(due)


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """Whoever never became a supplier: his applications are withdrawn and emptied, the numbers and pictures with them."""
    await work.execute(store.WITHDRAW_LICENCES_SQL, person, work.now)
    await work.execute(store.WITHDRAW_ALL_SQL, person, work.now)
    licences = await work.execute(store.FORGET_LICENCES_SQL, person)
    return {"emptied": licences + await work.execute(store.FORGET_APPLICATIONS_SQL, person)}

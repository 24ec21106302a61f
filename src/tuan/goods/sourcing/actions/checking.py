"""What somebody of the market does with applications and licences; each act with its reason, audited."""

from uuid import UUID

from tuan.goods import catalog
from tuan.goods.sourcing import facts, model, store
from tuan.goods.sourcing.errors import CheckMoved
from tuan.goods.sourcing.model import APPLICATION_ID, FOUNDING, LICENCE_ID, ApplicationState, LicenceState
from tuan.goods.sourcing.model.licences import WAITING
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import day_of
from tuan.people import parties
from tuan.platform import audit
from tuan.platform.work import Work

A, L = ApplicationState, LicenceState


async def take_up(work: Work, application: UUID, *, reason: str) -> Refusal | None:
    """Begin to check an application and its licences; from now on it cannot be withdrawn. Audited."""
    found = await store.lock_application(work, application)
    if found is None:
        return NotFound()
    if found["state"] != A.SUBMITTED:
        return CheckMoved(state=found["state"])
    some = [one.id for one in await store.licences_of(work, application=application)]
    await store.move_licences(work, some, [L.SUBMITTED], L.IN_CHECK)
    await work.execute(store.MOVE_APPLICATION_SQL, application, A.SUBMITTED, A.IN_CHECK, None, "", None)
    await _record(work, "take_up", APPLICATION_ID.show(application), reason, A.SUBMITTED, A.IN_CHECK)
    return None


async def take_up_licence(work: Work, licence: UUID, *, reason: str) -> Refusal | None:
    """Begin to check a licence that a supplier has sent in. Audited."""
    found = await store.lock_licence(work, licence)
    if found is None:
        return NotFound()
    if found["state"] != L.SUBMITTED:
        return CheckMoved(state=found["state"])
    await store.move_licences(work, [licence], [L.SUBMITTED], L.IN_CHECK)
    await _record(work, "take_up_licence", LICENCE_ID.show(licence), reason, L.SUBMITTED, L.IN_CHECK)
    return None


async def decide_licence(work: Work, licence: UUID, *, approve: bool, reason: str) -> Refusal | None:
    """It is right, or it is not and the supplier reads why. Audited.

    The one of its kind that stood until now is renewed by it; goods that were off the shelf because nothing stood any more
    come back.
    """
    found = await store.lock_licence(work, licence)
    if found is None:
        return NotFound()
    if found["state"] != L.IN_CHECK:
        return CheckMoved(state=found["state"])
    after = L.APPROVED if approve else L.REFUSED
    await store.move_licences(work, [licence], [L.IN_CHECK], after, reason)
    await _record(work, "decide_licence", LICENCE_ID.show(licence), reason, L.IN_CHECK, after)
    supplier = found["supplier_id"]
    if approve and supplier is not None:
        await work.fetch(store.LOCK_SUPPLIER_SQL, supplier)
        there = await store.licences_of(work, supplier=supplier)
        older = [one.id for one in there if one.kind == found["kind"] and one.id != licence]
        await store.move_licences(work, older, [L.APPROVED, L.EXPIRED], L.RENEWED, reason)
        if found["kind"] in FOUNDING and model.has_standing(there, day_of(work.now, work.market.time_zone)):
            await catalog.resume(work, supplier, reason="licence renewed")
    return None


async def decide_application(work: Work, application: UUID, *, approve: bool, reason: str) -> Refusal | None:
    """He is a supplier from now on, or reads why not; of the latter every licence that was not decided is refused too. Audited."""
    found = await store.lock_application(work, application)
    if found is None:
        return NotFound()
    if found["state"] != A.IN_CHECK:
        return CheckMoved(state=found["state"])
    licences = await store.licences_of(work, application=application)
    supplier = None
    if approve:
        if refusal := model.why_not_admit(licences, day_of(work.now, work.market.time_zone)):
            return refusal
        supplier = await parties.admit_supplier(
            work, found["name"], found["person_id"], promise=found["promise"], reason=reason
        )
        await work.send()
        await work.execute(store.GIVE_LICENCES_SQL, application, supplier)
    else:
        await store.move_licences(work, [one.id for one in licences], WAITING, L.REFUSED, reason)
    after = A.APPROVED if approve else A.REFUSED
    await work.execute(store.MOVE_APPLICATION_SQL, application, A.IN_CHECK, after, work.now, reason, supplier)
    await _record(work, "decide_application", APPLICATION_ID.show(application), reason, A.IN_CHECK, after)
    work.tell(facts.ApplicationDecided(application=application))
    return None


async def _record(work: Work, act: str, subject: str, reason: str, before: str, after: str) -> None:
    await audit.record(
        work, f"sourcing.{act}", subject, reason=reason, before={"state": before}, after={"state": after}
    )

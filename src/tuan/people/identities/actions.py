"""Keeping, replacing and removing who somebody is to customs."""

import hmac
from uuid import UUID

import msgspec

from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import day_of
from tuan.people.identities import model, store
from tuan.people.identities.errors import IdentityInvalid
from tuan.people.identities.model import Identity
from tuan.platform import envelopes
from tuan.platform.work import Work


async def keep_identity(work: Work, person: UUID, identity: Identity, secret: bytes, *, agrees: bool) -> Refusal | None:
    """This is who goods from abroad are declared for from now on; orders keep what they were placed with.

    agrees: he has said, apart from all else, that these data go to suppliers and customs (PIPL, art. 23 and 29).
    secret: the installation's. Keeping the same again changes nothing.
    """
    kept = identity.read()
    if refusal := kept.why_not_keep(day_of(work.now, work.market.time_zone)):
        return refusal
    if not agrees:
        return IdentityInvalid(field="agrees")
    if not await work.lock("buyers", store.LOCK_PERSON_SQL, person):
        return NotFound()
    digest = kept.digest(secret, work.market.id)
    before = await work.fetch_value(store.DIGEST_SQL, person)
    if before is not None and hmac.compare_digest(before, digest):
        return None
    sealed = envelopes.close(msgspec.json.encode(kept), secret, model.PURPOSE, model.about(work.market.id, person))
    await work.execute(store.KEEP_SQL, person, sealed, digest, kept.shown_name, kept.shown_number, work.now)
    return None


async def remove_identity(work: Work, person: UUID) -> Refusal | None:
    """Nobody is declared for him any more; what he has ordered keeps it. Removing none is not found."""
    await work.lock("buyers", store.LOCK_PERSON_SQL, person)
    return None if await work.execute(store.REMOVE_SQL, person) else NotFound()


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """This module's part of forgetting: it is gone for good."""
    return {"removed": await work.execute(store.REMOVE_SQL, person)}

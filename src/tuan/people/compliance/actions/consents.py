"""Agreeing to a sentence, and taking it back."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.people.compliance import queries, store
from tuan.people.compliance.model import CONSENTS, why_not_consent
from tuan.platform.work import Work


async def give_consent(
    work: Work,
    person: UUID,
    purpose: str,
    about: UUID,
    *,
    shows: Collection[str] = (),
    version: str,
    language: str,
    place: str = "web",
) -> Refusal | None:
    """He agrees to the sentence of this version, which he was shown in this language; saying it twice is saying it once.

    shows: what he ticked, instead of what he ticked before. Whether `about` is there, the caller has seen to; a purpose that there is not is a mistake of the caller's.
    """
    if refusal := why_not_consent(purpose, version):
        return refusal
    await _say(work, person, purpose, about, version, language, place, sorted(shows), is_given=True)
    return None


async def withdraw_consent(
    work: Work, person: UUID, purpose: str, about: UUID, *, language: str, place: str = "web"
) -> None:
    """From now on he does not agree; that he did stays written down. Withdrawing what was not given writes nothing."""
    await _say(work, person, purpose, about, CONSENTS[purpose].version, language, place, [], is_given=False)


async def _say(
    work: Work,
    person: UUID,
    purpose: str,
    about: UUID,
    version: str,
    language: str,
    place: str,
    shows: list[str],
    *,
    is_given: bool,
) -> None:
    """What is said anew is written, in the order in which the person's row was locked."""
    await work.lock("buyers", store.LOCK_PERSON_SQL, person)
    at = await work.read_clock()
    if await queries.last_said(work, person, purpose, about) != (is_given, shows):
        row = store.ConsentRow(new_uuid(), person, purpose, about, is_given, version, language, place, at, shows)
        await work.write(store.INSERT_CONSENTS, [row])


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """All that he had agreed to ends; that it was so stays, without anything about him. Whoever forgets him has locked him."""
    said = await queries.consents_of(work, person)
    standing = {(row["purpose"], row["about_id"]): row["is_given"] for row in said}
    at = max([work.now, *(row["at"] + timedelta(microseconds=1) for row in said)])  # after what he said a moment ago
    rows = [
        store.ConsentRow(new_uuid(), person, purpose, about, False, CONSENTS[purpose].version, "", "erased", at, [])
        for (purpose, about), is_given in standing.items()
        if is_given
    ]
    await work.write(store.INSERT_CONSENTS, rows)
    return {"consents": len(rows)}

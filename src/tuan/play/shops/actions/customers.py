"""What a buyer lets his shop see, and what the shop writes about him. No verb here makes or moves a customer."""

from collections.abc import Collection, Sequence
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.people import sharing
from tuan.people.sharing import NobodysCustomer
from tuan.platform.work import Work
from tuan.play.shops import model, queries, store
from tuan.play.shops.errors import NotShown
from tuan.play.shops.model import CONSENT_ID, ConsentId


async def give_consent(work: Work, person: UUID, shows: Collection[str], birthday: str = "") -> ConsentId | Refusal:
    """Let the shop whose customer he is see this of him, from now on and instead of what he said before.

    shows: words of `Shows`. birthday: `MM-DD`, told where it is shown.
    """
    if refusal := model.why_not_consent(shows, birthday):
        return refusal
    await work.lock("buyers", store.LOCK_PERSON_SQL, person)
    held = (await sharing.bindings_of(work, [person])).get(person)
    if held is None or not held.is_live(work.now):
        return NobodysCustomer()
    await work.execute(store.END_CONSENTS_SQL, person, work.now)
    consent = CONSENT_ID.new()
    row = store.ConsentRow(consent, person, held.shop_id, sorted(shows), birthday, work.now)
    await work.write(store.INSERT_CONSENTS, [row])
    await work.execute(store.DROP_OTHER_CARDS_SQL, person, held.shop_id)
    return consent


async def end_consent(work: Work, person: UUID) -> Refusal | None:
    """No shop sees anything of him any more, and what it wrote about him is gone."""
    await work.lock("buyers", store.LOCK_PERSON_SQL, person)
    return None if await _end(work, person) else NotShown()


async def _end(work: Work, person: UUID) -> int:
    """How many consents ended; of a person who is locked."""
    await work.execute(store.DROP_CARDS_SQL, person)
    return await work.execute(store.END_CONSENTS_SQL, person, work.now)


async def leave_shop(work: Work, person: UUID) -> Refusal | None:
    """He wants to be nobody's customer: the shop is told that somebody went, and sees nothing of him any more."""
    if refusal := await sharing.leave_shop(work, person):
        return refusal
    await _end(work, person)
    return None


async def keep_card(work: Work, shop: UUID, customer: UUID, tags: Sequence[str], note: str) -> Refusal | None:
    """Write about a customer who lets himself be seen; nothing at all takes the card away."""
    if refusal := model.why_not_card(tags, note):
        return refusal
    found = await queries.customer(work, shop, customer)
    if found is None:
        return NotFound()
    await work.lock("buyers", store.LOCK_PERSON_SQL, found.person_id)
    if await queries.customer(work, shop, customer) is None:  # he took his consent back meanwhile
        return NotFound()
    await work.execute(store.DROP_CARD_SQL, found.person_id, shop)
    if tags or note.strip():
        row = store.CardRow(shop, found.person_id, [tag.strip() for tag in tags], note.strip(), work.now)
        await work.write(store.INSERT_CARDS, [row])
    return None


async def forget_left(work: Work, *, limit: int) -> int:
    """End the consents of those who are the shop's customers no more: the binding ran out, or another one began."""
    persons = [row["person_id"] for row in await work.fetch(store.LEFT_SQL, work.now, limit)]
    for person in sorted(persons):
        await work.lock("buyers", store.LOCK_PERSON_SQL, person)
        await _end(work, person)
    return len(persons)


async def forget_customer(work: Work, person: UUID) -> dict[str, int]:
    """What he let be seen, and what shops wrote about him."""
    ended = await _end(work, person)
    await work.execute(store.FORGET_BIRTHDAYS_SQL, person)
    return {"consents": ended}

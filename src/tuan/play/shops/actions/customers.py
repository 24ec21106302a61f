"""What a buyer lets his shop see, and what the shop writes about him. No verb here makes or moves a customer."""

from collections.abc import Collection, Sequence
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.people import compliance, sharing
from tuan.people.compliance.model import SHOP_CUSTOMER
from tuan.people.sharing import NobodysCustomer
from tuan.platform.work import Work
from tuan.play.shops import model, queries, store
from tuan.play.shops.errors import NotShown
from tuan.play.shops.model import CONSENT_ID, ConsentId


async def give_consent(
    work: Work,
    person: UUID,
    shows: Collection[str],
    birthday: str = "",
    *,
    version: str,
    language: str,
    place: str = "web",
) -> ConsentId | Refusal:
    """Let the shop whose customer he is see this of him, from now on and instead of what he said before.

    shows: words of `Shows`. birthday: `MM-DD`, told where it is shown. version: of the sentence that he was shown.
    Compliance writes down in the same transaction what he agreed to, and with which words.
    """
    if refusal := model.why_not_consent(shows, birthday):
        return refusal
    await work.lock("buyers", store.LOCK_PERSON_SQL, person)
    held = (await sharing.bindings_of(work, [person])).get(person)
    if held is None or not held.is_live(work.now):
        return NobodysCustomer()
    said = {"language": language, "place": place}
    if refusal := await compliance.give_consent(
        work, person, SHOP_CUSTOMER, held.shop_id, shows=shows, version=version, **said
    ):
        return refusal
    before = await queries.consent_of(work, person)
    if before is not None and before["shop_id"] != held.shop_id:
        await compliance.withdraw_consent(work, person, SHOP_CUSTOMER, before["shop_id"], **said)
    await work.execute(store.END_CONSENTS_SQL, person, work.now)
    consent = CONSENT_ID.new()
    row = store.ConsentRow(consent, person, held.shop_id, sorted(shows), birthday, work.now)
    await work.write(store.INSERT_CONSENTS, [row])
    await work.execute(store.DROP_OTHER_CARDS_SQL, person, held.shop_id)
    return consent


async def end_consent(
    work: Work, person: UUID, shop: UUID | None = None, *, language: str, place: str = "web"
) -> Refusal | None:
    """No shop sees anything of him any more, and what it wrote about him is gone. shop: only if it is this one that sees him."""
    await work.lock("buyers", store.LOCK_PERSON_SQL, person)
    held = await queries.consent_of(work, person)
    if held is None or shop not in (None, held["shop_id"]):
        return NotShown()
    await _end(work, person, language, place)
    return None


async def _end(work: Work, person: UUID, language: str, place: str) -> None:
    """Of a person who is locked: what he let a shop see ends here and where all that he agreed to is written."""
    held = await queries.consent_of(work, person)
    if held is not None:
        await compliance.withdraw_consent(work, person, SHOP_CUSTOMER, held["shop_id"], language=language, place=place)
    await _hide(work, person)


async def _hide(work: Work, person: UUID) -> int:
    """How many consents ended."""
    await work.execute(store.DROP_CARDS_SQL, person)
    return await work.execute(store.END_CONSENTS_SQL, person, work.now)


async def leave_shop(work: Work, person: UUID, *, language: str, place: str = "web") -> Refusal | None:
    """He wants to be nobody's customer: the shop is told that somebody went, and sees nothing of him any more."""
    if refusal := await sharing.leave_shop(work, person):
        return refusal
    await _end(work, person, language, place)
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
        await _end(work, person, "", "house")
    return len(persons)


async def forget_customer(work: Work, person: UUID) -> dict[str, int]:
    """What he let be seen, and what shops wrote about him; compliance ends by itself what he had agreed to."""
    ended = await _hide(work, person)
    await work.execute(store.FORGET_BIRTHDAYS_SQL, person)
    return {"consents": ended}

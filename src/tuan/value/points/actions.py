"""The verbs of points that stand alone; orders hold, settle, release and give back through the loaded set."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.money import part
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.people import accounts
from tuan.people.accounts.model import PERSON
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.value import ledger
from tuan.value.ledger.model import Postings
from tuan.value.points import store
from tuan.value.points.errors import UnitsInvalid
from tuan.value.points.model import POINTS_MAX, Lots, LotState, Source, Terms, why_not_terms


@dataclass(frozen=True, slots=True)
class Bought:
    """An order as far as points are concerned: whose it is, the money paid for it, what of that went back, whether it is over
    and kept."""

    order: UUID
    person: UUID
    paid_minor: int
    refunded_minor: int
    is_kept: bool = False


async def set_terms(work: Work, terms: Terms, *, reason: str) -> Refusal | None:
    """From now on points are earned and spent by these terms; lots that were given keep their time. Audited."""
    if refusal := why_not_terms(terms):
        return refusal
    before = await store.load_terms(work)
    await store.add_terms(work, terms)
    old, new = asdict(before), asdict(terms)
    changed = [name for name in new if old[name] != new[name]]
    await audit.record(work, "points.set_terms", "points", reason=reason, before={name: old[name] for name in changed},
                       after={name: new[name] for name in changed})  # fmt: skip
    return None


async def follow(work: Work, bought: Sequence[Bought]) -> int:
    """Bring what these paid orders earn to where they stand: promised once per order, less what went back in proportion, to be
    spent when the order is over and kept. Asking again, or asking late, comes to the same; how many orders it changed.

    One locking for all of it: an order may be heard of for the first time when it has come back or is over already.
    """
    terms = await store.load_terms(work)
    earning = {b.person for b in bought if terms.earned_for(b.paid_minor)}
    orders = {b.order for b in bought}
    persons = earning | await store.owners_of_earned(work, orders)
    if not persons:
        return 0
    lots = await store.load_lots(work, persons, orders=orders, makes_wallets=True)
    now = await work.read_clock()
    changed = sum([_follow_one(lots, terms, b, now) for b in bought])
    await _save(work, lots)
    return changed


def _follow_one(lots: Lots, terms: Terms, bought: Bought, now: Instant) -> bool:
    before, lot = len(lots.entries), lots.earned_by(bought.order)
    if lot is None and (units := terms.earned_for(bought.paid_minor)):
        lot = lots.earn(bought.person, Source.ORDER, bought.order, units, terms.valid_days)
    if lot is None:
        return False
    back = part(lot.units, done=0, now=bought.refunded_minor, of=bought.paid_minor)
    if back > lot.reversed:
        lots.reverse(lot, back - lot.reversed, now, owes=terms.owes_reversed)
    if bought.is_kept and lot.state == LotState.PENDING:
        lots.activate(lot, now)
    return len(lots.entries) > before


@dataclass(frozen=True, slots=True)
class Led:
    """A leader's own order in a team that formed: what he is promised for leading it, whether all of its goods or all of its
    money went back, whether it is over and kept."""

    order: UUID
    person: UUID
    units: int
    is_back: bool
    is_kept: bool


async def follow_leaders(work: Work, led: Sequence[Led]) -> int:
    """Bring what leaders are promised to where their own orders stand: promised once, gone when all of the order's goods
    or money is back, to be spent when it is over and kept. Told late, twice or in another order it comes to the same; how many changed."""
    if not led:
        return 0
    terms = await store.load_terms(work)
    lots = await store.load_lots(
        work, {one.person for one in led}, orders={one.order for one in led}, makes_wallets=True
    )
    now = await work.read_clock()
    changed = sum([_follow_leader(lots, terms, one, now) for one in led])
    await _save(work, lots)
    return changed


def _follow_leader(lots: Lots, terms: Terms, led: Led, now: Instant) -> bool:
    before, lot = len(lots.entries), lots.earned_by(led.order, Source.LEADER)
    if lot is None and not led.is_back:
        lot = lots.earn(led.person, Source.LEADER, led.order, led.units, terms.valid_days)
    if lot is None:
        return False
    if led.is_back and lot.reversed < lot.units:
        lots.reverse(lot, lot.units - lot.reversed, now, owes=terms.owes_reversed)
    if led.is_kept and lot.state == LotState.PENDING:
        lots.activate(lot, now)
    return len(lots.entries) > before


async def expire_due(work: Work, *, limit: int) -> int:
    """Points whose time is over are gone; how many lots."""
    due = await store.expiry_due(work, limit=limit)
    if not due:
        return 0
    lots = await store.load_lots(work, due)
    ended = lots.expire_due(work.now)
    await _save(work, lots)
    return ended


async def lock_wallet(work: Work, person: UUID) -> None:
    """From here to the commit nobody else touches this person's points; who has no wallet gets one."""
    await store.load_lots(work, [person], makes_wallets=True)


async def reward(work: Work, person: UUID, source: Source, about: UUID, units: int, *, since: Instant) -> int:
    """Give points for a tap, to be spent at once, within what the market gives a person in a day that began at `since`.
    How many were given; the same `about` twice stops at an index."""
    terms = await store.load_terms(work)
    lots = await store.load_lots(work, [person], makes_wallets=True)
    given = terms.earned_today(units, await store.given_for_taps(work, person, since))
    if given:
        lots.grant(person, about, given, terms.valid_days, await work.read_clock(), reason="", source=source)
        await _save(work, lots)
    return given


async def grant(work: Work, persons: Collection[UUID], units: int, *, reason: str) -> Refusal | None:
    """Somebody of the house gives each of these persons so many points; what a person owes is paid first. Audited."""
    if refusal := _why_not_units(units):
        return refusal
    for person in persons:
        await accounts.access_person(work, person)
    terms = await store.load_terms(work)
    lots = await store.load_lots(work, persons, makes_wallets=True)
    now = await work.read_clock()
    before = {person: lots.spendable(person, now) for person in lots.wallets}
    for person in lots.wallets:
        lots.grant(person, new_uuid(), units, terms.valid_days, now, reason=reason)
    await _save(work, lots)
    for person, had in before.items():
        await _record(work, "points.grant", person, reason, had, lots.spendable(person, now))
    return None


async def deduct(work: Work, person: UUID, units: int, *, reason: str) -> Refusal | None:
    """Somebody of the house takes points that can be spent, those that expire first; never more than there are. Audited."""
    if refusal := _why_not_units(units):
        return refusal
    await accounts.access_person(work, person)
    lots = await store.load_lots(work, [person])
    now = await work.read_clock()
    if refusal := lots.why_not_hold(person, units, now):
        return refusal
    before = lots.spendable(person, now)
    lots.deduct(person, units, new_uuid(), now, reason=reason)
    await _save(work, lots)
    await _record(work, "points.deduct", person, reason, before, lots.spendable(person, now))
    return None


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """His points go with him, and what he owed is forgiven; the books keep every row, which names nobody."""
    lots = await store.load_lots(work, [person])
    if person not in lots.wallets:
        return {}
    lots.forfeit(person)
    await _save(work, lots)
    return {"forfeited": sum(entry.units for entry in lots.entries)}


def _why_not_units(units: int) -> Refusal | None:
    return None if 1 <= units <= POINTS_MAX else UnitsInvalid(most=POINTS_MAX)


async def _save(work: Work, lots: Lots) -> None:
    postings = Postings()
    await store.save_lots(work, lots, postings)
    await ledger.save_postings(work, postings)


async def _record(work: Work, action: str, person: UUID, reason: str, before: int, after: int) -> None:
    await audit.record(work, action, PERSON.show(person), reason=reason, before={"spendable": before},
                       after={"spendable": after})  # fmt: skip

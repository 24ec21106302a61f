"""Admitting those who sell, and suspending a shop."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import day_of
from tuan.people import compliance
from tuan.people.compliance.model import chains
from tuan.people.parties import model, queries, store
from tuan.people.parties.errors import NotInState
from tuan.people.parties.model import (
    ORGANISATION,
    SHOP,
    SHOP_STATES,
    SUPPLIER,
    OrganisationId,
    ShopId,
    ShopState,
    SupplierId,
)
from tuan.platform import audit
from tuan.platform.work import Work

A_DAY = timedelta(days=1)


async def admit_supplier(work: Work, name: str, owner: UUID, *, promise: str, reason: str) -> SupplierId:
    """A supplier with the person who answers for it; audited."""
    supplier = SUPPLIER.new()
    await work.write(store.INSERT_SUPPLIERS, [store.SupplierRow(supplier, name, owner, promise, work.now)])
    await audit.record(work, "parties.admit_supplier", SUPPLIER.show(supplier), reason=reason, before={},
                       after={"name": name})  # fmt: skip
    return supplier


async def admit_shop(work: Work, name: str, owner: UUID, *, inviter: UUID | None = None, reason: str) -> ShopId:
    """A shop with the person who answers for it, and the shop that invited it if one did; audited.

    inviter: of another person; who invited is said here and never again.
    """
    shop = SHOP.new()
    await work.write(store.INSERT_SHOPS, [store.ShopRow(shop, name, owner, work.now, inviter, SHOP_STATES.start)])
    await audit.record(work, "parties.admit_shop", SHOP.show(shop), reason=reason, before={},
                       after={"name": name, "inviter": SHOP.show(inviter) if inviter else None})  # fmt: skip
    return shop


async def admit_organisation(work: Work, name: str, owner: UUID, *, reason: str) -> OrganisationId | Refusal:
    """A bank or a company that brings members, with the person who speaks for it; audited."""
    if refusal := model.why_not_organisation_name(name):
        return refusal
    organisation = ORGANISATION.new()
    row = store.OrganisationRow(organisation, name.strip(), owner, work.now)
    await work.write(store.INSERT_ORGANISATIONS, [row])
    await audit.record(work, "parties.admit_organisation", ORGANISATION.show(organisation), reason=reason, before={},
                       after={"name": row.name})  # fmt: skip
    return organisation


async def suspend_shop(work: Work, shop: UUID, *, reason: str) -> Refusal | None:
    """The market shows it to nobody until it is opened again. Its customers stay its own. Audited."""
    return await _move(work, shop, ShopState.OPEN, ShopState.SUSPENDED, "parties.suspend_shop", reason)


async def reopen_shop(work: Work, shop: UUID, *, reason: str) -> Refusal | None:
    """A suspended shop is a shop again. Audited."""
    return await _move(work, shop, ShopState.SUSPENDED, ShopState.OPEN, "parties.reopen_shop", reason)


async def _move(work: Work, shop: UUID, before: str, after: str, action: str, reason: str) -> Refusal | None:
    SHOP_STATES.check(before, after)
    if refusal := audit.why_not_reason(reason):
        return refusal
    found = (await queries.shop_cards(work, [shop])).get(shop)
    if found is None:
        return NotFound()
    if not await work.execute(store.MOVE_SHOP_SQL, shop, before, after):
        return NotInState(state=found.state)
    await audit.record(work, action, SHOP.show(shop), reason=reason, before={"state": before}, after={"state": after})
    return None


async def rename_shop(work: Work, shop: UUID, name: str) -> Refusal | None:
    """What the shop is called from now on."""
    if refusal := model.why_not_shop_name(name):
        return refusal
    return None if await work.execute(store.RENAME_SHOP_SQL, shop, name.strip()) else NotFound()


async def set_merchant(work: Work, supplier: UUID | None) -> None:
    """From now on this supplier's own accounts take the buyers' money; None: the market pays out. Called by whoever has made
    sure, under `lock_merchant`, that nobody's money is lost by it (`settlement.set_merchant`)."""
    await work.execute(store.SET_MERCHANT_SQL, supplier)


async def count_chains(work: Work) -> int:
    """Tell compliance the chains as yesterday left them, unless it knows them; how many markets were counted: 1 or 0."""
    yesterday = day_of(work.now, work.market.time_zone) - A_DAY
    known = await compliance.metrics_of(work, yesterday, yesterday)
    if any(one.chains is not None for one in known):
        return 0
    await compliance.record_chains(work, yesterday, chains(await queries.inviters(work)))
    return 1


async def set_benefits(work: Work, given: Mapping[UUID, Collection[str]]) -> None:
    """What these shops hold from now on, each all of it; what one had and is not named is gone.

    Called by whoever lets shops win, who makes sure that two do not say it of one shop at the same moment.
    """
    rows = [store.BenefitRow(shop, word, work.now) for shop, words in given.items() for word in sorted(words)]
    shops, words = [row.shop_id for row in rows], [row.word for row in rows]
    await work.execute(store.TAKE_BENEFITS_SQL, list(given), shops, words)
    if rows:
        await work.execute(store.GIVE_BENEFITS.sql, *store.GIVE_BENEFITS.arrays(rows))

"""Who may supply, and what suppliers may show: applications, licences and proposals looked at and decided, for the whole market.

A licence is told with the address of its picture, as the office shows it: whoever decides looks at the paper.
"""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuan.goods import sourcing
from tuan.goods.catalog.model import CATEGORY, PRODUCT, SKU
from tuan.goods.sourcing.model import (
    APPLICATION_ID,
    LICENCE_ID,
    PROPOSAL_ID,
    Change,
    Proposed,
    changes,
    read_proposed,
)
from tuan.kit.refusals import Refusal
from tuan.people.accounts.model import PERSON
from tuan.people.parties.model import SUPPLIER
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.api.acting import acted
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import (
    CategoryId,
    Listing,
    Money,
    PageQuery,
    PersonId,
    ProductId,
    ProposalId,
    Reason,
    SkuId,
    SupplierId,
)
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.api.v1.sourcing import Kind, LicenceId
from tuan.surfaces.backoffice.proposals.routes import NOTHING
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

_LETTERS, _SOME = "[0-9a-hjkmnp-tv-z]{26}", "01kb3v6h2ne5x8q4r7t9w0y1z3"
ApplicantId = Annotated[
    str, Meta(description="An application to supply.", pattern=f"^apl_{_LETTERS}$", examples=[f"apl_{_SOME}"])
]
ApplicationStates = Literal["submitted", "in_check", "approved", "refused", "withdrawn"]
LicenceStates = Literal["submitted", "in_check", "approved", "refused", "expired", "renewed", "withdrawn"]
ProposalStates = Literal["open", "approved", "refused", "withdrawn"]


class ApplicantQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which state; without one all."""

    state: ApplicationStates | None = None


class LicenceQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which state; without one all."""

    state: LicenceStates | None = None


class ProposalQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which state; without one all."""

    state: ProposalStates | None = None


class Applicant(Struct, frozen=True, kw_only=True):
    """Somebody who wants to supply. `supplier`: who he is since he was admitted."""

    application: ApplicantId
    name: Annotated[str, Meta(examples=["王家果园"])]
    contact: Annotated[str, Meta(examples=["王小明 13012345678"])]
    state: ApplicationStates
    submitted_at: datetime
    decided_at: datetime | None
    supplier: SupplierId | None


class SentLicence(Struct, frozen=True, kw_only=True):
    """A licence that waits, stands or has run out. `supplier`: null where it belongs to an application that is not decided."""

    licence: LicenceId
    supplier: SupplierId | None
    kind: Kind
    number: Annotated[str, Meta(examples=["91350100M000100Y43"])]
    valid_until: date | None
    state: LicenceStates
    submitted_at: datetime


class SentLicenceInFull(SentLicence, frozen=True, kw_only=True):
    """With its picture, and why it was decided as it was."""

    picture_url: Annotated[str, Meta(examples=["https://market.example.com/pictures/4t7k2m9x0p.webp"])]
    decided_at: datetime | None
    reason: str


class ApplicantInFull(Applicant, frozen=True, kw_only=True):
    """What he says and shows of himself; `reason`: why it was decided as it was."""

    person: PersonId
    promise: Annotated[str, Meta(examples=["48 小时发货"])]
    reason: str
    licences: list[SentLicenceInFull]


class TakenUp(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why somebody begins to look."""

    reason: Reason


class Verdict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is refused reads the reason."""

    verdict: Literal["approve", "refuse"]
    reason: Reason


class MarketProposal(Struct, frozen=True, kw_only=True):
    """What a supplier wants shown of a product. `is_new`: nobody has seen the product yet."""

    proposal: ProposalId
    supplier: SupplierId
    product: ProductId
    title: Annotated[str, Meta(examples=["赣南脐橙"])]
    is_new: bool
    state: ProposalStates
    made_at: datetime


class OfferedSku(Struct, frozen=True, kw_only=True):
    """An option with its price; without `sku` it is a new one."""

    sku: SkuId | None
    options: Annotated[str, Meta(examples=["5 斤"])]
    price: Money


class Shown(Struct, frozen=True, kw_only=True):
    """All that buyers see of a product, on one side of a proposal."""

    title: str
    story: str
    category: CategoryId | None
    fulfilment: str
    return_exception: str
    picture_urls: list[str]
    skus: list[OfferedSku]


class WordOf(Struct, frozen=True, kw_only=True):
    """`same` and `gone` make the old text, `same` and `new` the new one."""

    side: Literal["same", "gone", "new"]
    text: str


class FieldChange(Struct, frozen=True, kw_only=True):
    """A field that differs; `words` of a text, word by word."""

    field: Literal["title", "story", "category", "fulfilment", "return_exception", "pictures", "skus"]
    words: list[WordOf]


class MarketProposalInFull(MarketProposal, frozen=True, kw_only=True):
    """Both sides, and what differs. `is_overtaken`: the product has changed since, so that it cannot be approved."""

    before: Shown | None
    after: Shown
    changes: list[FieldChange]
    is_overtaken: bool
    decided_at: datetime | None
    reason: str


# ── applications ──
@operation("GET", "/supplier-applications", scope="suppliers.read")
async def list_applicants(visit: Visit, query: ApplicantQuery) -> Listing[Applicant]:
    """Who wants to supply, the newest first."""
    async with visit.reading() as work:
        found = await sourcing.search_applications(work, _wanted(query), states=_one(query.state))
    return Listing([Applicant(**_applicant(row)) for row in found.items], found.next_key)


def _wanted(query: PageQuery) -> Wanted:
    return Wanted(after=query.after, size=query.size)


def _one(state: str | None) -> tuple[str, ...]:
    return (state,) if state else ()


def _applicant(row: Any) -> dict[str, Any]:
    same = ("name", "contact", "state", "submitted_at", "decided_at")
    return {"application": APPLICATION_ID.show(row["id"]), "supplier": _supplier(row)} | {
        name: row[name] for name in same
    }


def _supplier(row: Any) -> str | None:
    return SUPPLIER.show(row["supplier_id"]) if row["supplier_id"] else None


@operation("GET", "/supplier-applications/{applicant}", scope="suppliers.read")
async def show_applicant(visit: Visit, applicant: ApplicantId) -> ApplicantInFull:
    """One of them, with what he shows for it."""
    found = read_id(APPLICATION_ID, applicant)
    async with visit.reading() as work:
        row = await sourcing.access_application(work, found)
        licences = await sourcing.licence_rows(work, application=found, supplier=row["supplier_id"])
    return ApplicantInFull(
        **_applicant(row), person=PERSON.show(row["person_id"]), promise=row["promise"], reason=row["reason"],
        licences=[_licence_in_full(visit, one) for one in licences],
    )  # fmt: skip


@operation("POST", "/supplier-applications/{applicant}/check", scope="suppliers.write", status=204)
async def take_up_applicant(visit: Visit, applicant: ApplicantId, data: TakenUp, key: str) -> Refusal | None:
    """Begin to check it; from now on it cannot be withdrawn."""
    found = read_id(APPLICATION_ID, applicant)
    return await _acted(visit, "api.take_up_applicant", key, data.reason, applicant, sourcing.take_up, found)


@operation("POST", "/supplier-applications/{applicant}/decision", scope="suppliers.write", status=204)
async def decide_applicant(visit: Visit, applicant: ApplicantId, data: Verdict, key: str) -> Refusal | None:
    """He is a supplier from now on, or reads why not; each of his licences is decided before."""
    found = read_id(APPLICATION_ID, applicant)
    return await _decided(visit, "api.decide_applicant", key, data, applicant, sourcing.decide_application, found)


async def _acted(
    visit: Visit, name: str, key: str, reason: str, subject: str, verb: Callable[..., Awaitable[Any]], found: Any
) -> Refusal | None:
    async def act(work: Work) -> Refusal | None:
        outcome = await verb(work, found, reason=reason.strip())
        return outcome if isinstance(outcome, Refusal) else None

    return await acted(visit, name, key, reason, subject, act)


async def _decided(
    visit: Visit, name: str, key: str, data: Verdict, subject: str, verb: Callable[..., Awaitable[Any]], found: Any
) -> Refusal | None:
    async def decide(work: Work, of: Any, *, reason: str) -> Any:
        return await verb(work, of, approve=data.verdict == "approve", reason=reason)

    return await _acted(visit, name, key, data.reason, f"{subject} {data.verdict}", decide, found)


# ── licences ──
@operation("GET", "/supplier-licences", scope="suppliers.read")
async def list_sent_licences(visit: Visit, query: LicenceQuery) -> Listing[SentLicence]:
    """Licences of suppliers, the newest first; those of an application are told with it."""
    async with visit.reading() as work:
        found = await sourcing.search_licences(work, _wanted(query), states=_one(query.state))
    return Listing([SentLicence(**_licence(row)) for row in found.items], found.next_key)


def _licence(row: Any) -> dict[str, Any]:
    same = ("kind", "number", "valid_until", "state", "submitted_at")
    return {"licence": LICENCE_ID.show(row["id"]), "supplier": _supplier(row)} | {name: row[name] for name in same}


def _licence_in_full(visit: Visit, row: Any) -> SentLicenceInFull:
    return SentLicenceInFull(
        **_licence(row), picture_url=_picture(visit, row["picture"]), decided_at=row["decided_at"], reason=row["reason"]
    )


def _picture(visit: Visit, name: str) -> str:
    return visit.origin + visit.front.assets.picture(name)


@operation("GET", "/supplier-licences/{licence}", scope="suppliers.read")
async def show_sent_licence(visit: Visit, licence: LicenceId) -> SentLicenceInFull:
    """One of them, also one that belongs to an application."""
    async with visit.reading() as work:
        return _licence_in_full(visit, await sourcing.access_licence(work, read_id(LICENCE_ID, licence)))


@operation("POST", "/supplier-licences/{licence}/check", scope="suppliers.write", status=204)
async def take_up_licence(visit: Visit, licence: LicenceId, data: TakenUp, key: str) -> Refusal | None:
    """Begin to check what a supplier has sent in."""
    found = read_id(LICENCE_ID, licence)
    return await _acted(visit, "api.take_up_licence", key, data.reason, licence, sourcing.take_up_licence, found)


@operation("POST", "/supplier-licences/{licence}/decision", scope="suppliers.write", status=204)
async def decide_licence(visit: Visit, licence: LicenceId, data: Verdict, key: str) -> Refusal | None:
    """It is right, or its owner reads why not."""
    found = read_id(LICENCE_ID, licence)
    return await _decided(visit, "api.decide_licence", key, data, licence, sourcing.decide_licence, found)


# ── proposals ──
@operation("GET", "/product-proposals", scope="suppliers.read")
async def list_market_proposals(visit: Visit, query: ProposalQuery) -> Listing[MarketProposal]:
    """What suppliers want shown, the newest first."""
    async with visit.reading() as work:
        found = await sourcing.search_proposals(work, _wanted(query), states=_one(query.state))
    items = [MarketProposal(**_proposal(row), title=row["title"], is_new=row["is_new"]) for row in found.items]
    return Listing(items, found.next_key)


def _proposal(row: Any) -> dict[str, Any]:
    return {
        "proposal": PROPOSAL_ID.show(row["id"]), "supplier": SUPPLIER.show(row["supplier_id"]),
        "product": PRODUCT.show(row["product_id"]), "state": row["state"], "made_at": row["made_at"],
    }  # fmt: skip


@operation("GET", "/product-proposals/{proposal}", scope="suppliers.read")
async def show_market_proposal(visit: Visit, proposal: ProposalId) -> MarketProposalInFull:
    """One of them, beside what was shown when it was made."""
    async with visit.reading() as work:
        row = await sourcing.access_proposal(work, read_id(PROPOSAL_ID, proposal))
        _, now = await sourcing.shown_of(work, row["product_id"])
    before = read_proposed(row["shown"]) if row["shown"] is not None else None
    after = read_proposed(row["proposed"])
    return MarketProposalInFull(
        **_proposal(row), title=after.title, is_new=before is None,
        before=_shown(visit, before) if before else None, after=_shown(visit, after),
        changes=[_change(one) for one in changes(before or NOTHING, after)],
        is_overtaken=row["state"] == "open" and before is not None and now != before,
        decided_at=row["decided_at"], reason=row["reason"],
    )  # fmt: skip


def _shown(visit: Visit, one: Proposed) -> Shown:
    return Shown(
        title=one.title, story=one.story, category=CATEGORY.show(UUID(one.category)) if one.category else None,
        fulfilment=one.fulfilment, return_exception=one.return_exception,
        picture_urls=[_picture(visit, name) for name in one.pictures],
        skus=[
            OfferedSku(sku=SKU.show(UUID(sku.sku)) if sku.sku else None, options=sku.options,
                       price=money(visit, sku.price_minor))
            for sku in one.skus
        ],
    )  # fmt: skip


def _change(one: Change) -> FieldChange:
    return FieldChange(field=one.field, words=[WordOf(side=side, text=text) for side, text in one.words])  # type: ignore[arg-type]


@operation("POST", "/product-proposals/{proposal}/decision", scope="suppliers.write", status=204)
async def decide_proposal(visit: Visit, proposal: ProposalId, data: Verdict, key: str) -> Refusal | None:
    """It is shown from now on, or the supplier reads why not."""
    found = read_id(PROPOSAL_ID, proposal)
    return await _decided(visit, "api.decide_proposal", key, data, proposal, sourcing.decide_proposal, found)


HANDLERS = (
    list_applicants, show_applicant, take_up_applicant, decide_applicant, list_sent_licences, show_sent_licence,
    take_up_licence, decide_licence, list_market_proposals, show_market_proposal, decide_proposal,
)  # fmt: skip

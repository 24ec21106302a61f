"""Supplying the market: applying, licences, what is proposed to be shown, and what became of them."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from tuan.goods import catalog, sourcing
from tuan.goods.catalog.model import CATEGORY, PRODUCT, SKU, Customs
from tuan.goods.sourcing import model
from tuan.goods.sourcing.model import PROPOSAL_ID, Applying, NewLicence, Proposed
from tuan.kit.refusals import NotFound, Refusal
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import (
    NO_NUL,
    AmountMinor,
    CategoryId,
    Listing,
    PageQuery,
    ProductId,
    ProposalId,
    Reason,
    SkuId,
)
from tuan.surfaces.storefront.cases.filing import read_pictures
from tuan.surfaces.storefront.supplying.context import State
from tuan.surfaces.storefront.supplying.routes import supplying_page
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

_LETTERS, _SOME = "[0-9a-hjkmnp-tv-z]{26}", "01kb3v6h2ne5x8q4r7t9w0y1z3"
LicenceId = Annotated[str, Meta(description="A licence.", pattern=f"^lic_{_LETTERS}$", examples=[f"lic_{_SOME}"])]
Kind = Literal["business", "own_produce", "food", "brand", "import", "other"]
PIXEL = base64.b64encode(
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xff\xff?\0\x05\xfe\x02\xfe\xa75\x81\x84\0\0\0\0IEND\xaeB`\x82"
).decode()
Picture = Annotated[str, Meta(description="JPEG, PNG or WebP in base64.", max_length=12 * 2**20, examples=[PIXEL])]
Name = Annotated[str, Meta(max_length=60, pattern=NO_NUL, examples=["王家果园"])]
Contact = Annotated[str, Meta(max_length=80, pattern=NO_NUL, examples=["王小明 13012345678"])]
Promise = Annotated[str, Meta(max_length=60, pattern=NO_NUL, examples=["48 小时发货"])]
Number = Annotated[str, Meta(max_length=40, pattern=NO_NUL, examples=["91350100M000100Y43"])]


class LicenceSent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A licence; without `valid_until` it has no last day."""

    kind: Kind
    number: Number
    valid_until: date | None = None
    picture: Picture


class SupplierApplication(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who somebody is, and the first licence: a business licence, or that he sells what he grows himself."""

    name: Name
    contact: Contact
    promise: Promise = ""
    licence: LicenceSent


class Licence(Struct, frozen=True, kw_only=True):
    """`reason` where it was refused; `ends`: within a month, and nothing newer waits for its check."""

    licence: LicenceId
    kind: str
    number: str
    state: State
    valid_until: date | None
    reason: str
    ends: bool


class Supplying(Struct, frozen=True, kw_only=True):
    """How things stand: the last application, the licences. `rests`: nothing new is sold until a licence stands again."""

    is_supplier: bool
    rests: bool
    application: State | None
    reason: str
    licences: list[Licence]


@operation("GET", "/account/supplying", scope="account.read")
async def show_supplying(visit: Visit) -> Supplying:
    """Whether the person supplies the market, or has asked to."""
    async with visit.reading() as work:
        page = await supplying_page(work, visit)
    one = page.application
    return Supplying(
        is_supplier=page.is_supplier, rests=page.rests, application=one.state if one else None,
        reason=one.reason if one else "",
        licences=[
            Licence(licence=x.licence, kind=x.kind, number=x.number, state=x.state, valid_until=x.valid_until,
                    reason=x.reason, ends=x.ends)
            for x in page.licences
        ],
    )  # fmt: skip


@operation("POST", "/account/supplying", scope="account.write", status=204, takes_file=True)
async def apply_to_supply(visit: Visit, data: SupplierApplication, key: str) -> Refusal | None:
    """Ask to be a supplier. It costs nothing; a person of the market answers."""
    applying = Applying(data.name.strip(), data.contact.strip(), data.promise.strip())

    async def act(work: Work, licence: NewLicence) -> Refusal | None:
        outcome = await sourcing.apply(work, visit.person, applying, [licence])
        return outcome if isinstance(outcome, Refusal) else None

    return await _with_licence(visit, "web.apply_supplier", key, repr(applying), data.licence, act)


@operation("POST", "/account/supplying/licences", scope="account.write", status=204, takes_file=True)
async def send_licence(visit: Visit, data: LicenceSent, key: str) -> Refusal | None:
    """One more licence, or the next of one that runs out."""

    async def act(work: Work, licence: NewLicence) -> Refusal | None:
        outcome = await sourcing.send_licence(work, visit.person, licence)
        return outcome if isinstance(outcome, Refusal) else None

    return await _with_licence(visit, "web.send_licence", key, "", data, act)


async def _with_licence(
    visit: Visit,
    verb: str,
    key: str,
    about: str,
    sent: LicenceSent,
    act: Callable[[Work, NewLicence], Awaitable[Refusal | None]],
) -> Refusal | None:
    """Keep the picture for the time of the act, and for good if it was done."""
    async with read_pictures(visit, (sent.picture,)) as pictures:
        if isinstance(pictures.refused, Refusal):
            return pictures.refused
        name = pictures.names[0] if pictures.names else ""
        licence = NewLicence(sent.kind, sent.number.strip(), sent.valid_until, name)

        async def acted(work: Work) -> Refusal | None:
            refusal = await act(work, licence)
            pictures.are_used = refusal is None
            return refusal

        subject = f"{about} {sent.kind} {sent.number} {sent.valid_until}"
        return await once(visit, verb, key, subject, acted)


@operation("POST", "/account/supplying/withdrawal", scope="account.write", status=204)
async def withdraw_application(visit: Visit, key: str) -> Refusal | None:
    """He does not want it after all; once somebody checks it, it is answered."""

    async def act(work: Work) -> Refusal | None:
        return await sourcing.withdraw(work, visit.person)

    return await once(visit, "web.withdraw_application", key, "withdraw", act)


class ProposedSku(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An option; without `sku` it is a new one."""

    sku: SkuId | None = None
    options: Annotated[str, Meta(max_length=60, pattern=NO_NUL, examples=["5 斤"])] = ""
    price_minor: AmountMinor


class NewProposal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be shown; what is left out stays as it is. Every option that is sold stands in `skus`, where it is said.
    `pictures` come behind those there, which go where `keeps_pictures` is false."""

    title: Annotated[str, Meta(max_length=120, pattern=NO_NUL, examples=["赣南脐橙"])] | None = None
    story: Annotated[str, Meta(max_length=4000, pattern=NO_NUL, examples=["现摘现发。"])] | None = None
    category: CategoryId | None = None
    fulfilment: Literal["shipped", "picked_up", "address_later", "digital"] | None = None
    return_exception: Literal["", "made_to_order", "perishable", "opened_digital", "newspaper", "agreed"] | None = None
    skus: Annotated[list[ProposedSku], Meta(min_length=1, max_length=40)] | None = None
    pictures: Annotated[list[Picture], Meta(max_length=2)] = []
    keeps_pictures: bool = True


class MadeProposal(Struct, frozen=True, kw_only=True):
    """Somebody of the market looks at it; until then the page stays as it is."""

    proposal: ProposalId


class OwnProposal(Struct, frozen=True, kw_only=True):
    """One of the supplier's proposals; `reason` where it was refused."""

    proposal: ProposalId
    product: ProductId
    title: str
    is_new: bool
    state: Literal["open", "approved", "refused", "withdrawn"]
    made_at: datetime
    reason: str


class Declaration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The kind of goods (HS), the country of origin (ISO 3166), what one piece is declared at, and the tax within its price."""

    hs_code: Annotated[str, Meta(max_length=10, pattern="^[0-9]*$", examples=["0409000000"])] = ""
    origin: Annotated[str, Meta(max_length=2, pattern=NO_NUL, examples=["NZ"])] = ""
    declared_minor: Annotated[int, Meta(ge=0, le=10**13, examples=[1000])] = 0
    tax_permyriad: Annotated[int, Meta(ge=0, le=10_000, examples=[910])] = 0
    reason: Reason


@operation("PUT", "/supplier/skus/{sku}/customs", scope="goods.write", status=204)
async def declare(visit: Visit, sku: SkuId, data: Declaration, key: str) -> Refusal | None:
    """Say what customs ask of one of the supplier's own SKUs that comes from abroad; without `hs_code` it does not."""
    found, supplier = read_id(SKU, sku), visit.supplier
    customs = Customs(data.hs_code, data.origin, data.declared_minor, data.tax_permyriad) if data.hs_code else None

    async def act(work: Work) -> Refusal | None:
        assert supplier is not None
        return await catalog.set_customs(work, supplier, found, customs, reason=data.reason)

    return await once(visit, "api.declare", key, f"{sku} {customs}", act)


@operation("POST", "/supplier/products/{product}/proposals", scope="goods.write", status=201, takes_file=True)
async def propose(visit: Visit, product: ProductId, data: NewProposal, key: str) -> MadeProposal | Refusal:
    """Propose what shall be shown of one of the supplier's own products, also of one that nobody has seen yet."""
    found, supplier = read_id(PRODUCT, product), visit.supplier
    async with read_pictures(visit, data.pictures) as pictures:
        if isinstance(pictures.refused, Refusal):
            return pictures.refused

        async def act(work: Work) -> Refusal | dict[str, Any]:
            assert supplier is not None
            row, shown = await sourcing.shown_of(work, found)
            if row["supplier_id"] != supplier:
                return NotFound()
            made = await sourcing.propose(work, supplier, found, _wanted(data, shown, pictures.names))
            pictures.are_used = not isinstance(made, Refusal)
            return made if isinstance(made, Refusal) else {"proposal": PROPOSAL_ID.show(made)}

        said = f"{product} {msgspec.structs.replace(data, pictures=[])} {len(data.pictures)}"
        outcome = await remembered(visit, "api.propose", key, said, act)
    return outcome if isinstance(outcome, Refusal) else MadeProposal(**outcome)


def _wanted(data: NewProposal, shown: Proposed, pictures: list[str]) -> Proposed:
    """What is shown now, with what was said instead."""
    texts = {name: value for name in ("title", "story", "fulfilment", "return_exception")
             if (value := getattr(data, name)) is not None}  # fmt: skip
    if data.category is not None:
        texts["category"] = str(read_id(CATEGORY, data.category))
    kept = shown.pictures if data.keeps_pictures else ()
    wanted = replace(shown, **texts, pictures=(*kept, *pictures))
    if data.skus is None:
        return wanted
    skus = [
        model.ProposedSku(str(read_id(SKU, one.sku)) if one.sku else "", one.options.strip(), one.price_minor)
        for one in data.skus
    ]
    return replace(wanted, skus=tuple(skus))


@operation("GET", "/supplier/proposals", scope="goods.read")
async def list_proposals(visit: Visit, query: PageQuery) -> Listing[OwnProposal]:
    """The supplier's proposals, newest first."""
    assert visit.supplier is not None
    async with visit.reading() as work:
        found = await sourcing.proposals_of(work, visit.supplier, after=query.after, size=query.size)
    items = [
        OwnProposal(proposal=PROPOSAL_ID.show(row["id"]), product=PRODUCT.show(row["product_id"]), title=row["title"],
                    is_new=row["is_new"], state=row["state"], made_at=row["made_at"],
                    reason=row["reason"] if row["state"] == "refused" else "")
        for row in found.items
    ]  # fmt: skip
    return Listing(items, found.next_key)


@operation("DELETE", "/supplier/proposals/{proposal}", scope="goods.write", status=204)
async def withdraw_proposal(visit: Visit, proposal: ProposalId, key: str) -> Refusal | None:
    """He does not want it after all."""
    found, supplier = read_id(PROPOSAL_ID, proposal), visit.supplier

    async def act(work: Work) -> Refusal | None:
        assert supplier is not None
        return await sourcing.withdraw_proposal(work, found, supplier)

    return await once(visit, "api.withdraw_proposal", key, proposal, act)


HANDLERS = (
    declare,
    propose,
    list_proposals,
    withdraw_proposal,
    show_supplying,
    apply_to_supply,
    send_licence,
    withdraw_application,
)

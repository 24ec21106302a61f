"""For whom goods from abroad are declared to customs: the caller's own identity, and that of a supplier's order."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import identities
from tuan.people.identities.model import NAME_LENGTH_MAX, NUMBER_LENGTH, Identity
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, OrderId
from tuan.surfaces.desks.supplier.declaring import read_for
from tuan.surfaces.storefront.identity.routes import kept
from tuan.surfaces.web.once import once
from tuan.surfaces.web.visits import Visit

Name = Annotated[
    str, Meta(description="As on the identity card.", max_length=NAME_LENGTH_MAX, pattern=NO_NUL, examples=["王德明"])
]
Number = Annotated[
    str, Meta(description="As of GB 11643.", max_length=NUMBER_LENGTH, pattern=NO_NUL, examples=["11010519491231002X"])
]  # fmt: skip


class NewIdentity(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who the person is; `agrees`: that it goes to the supplier and to customs with each order of goods from abroad."""

    name: Name
    number: Number
    agrees: bool


class MaskedIdentity(Struct, frozen=True, kw_only=True):
    """What is kept, masked; the whole of it is told to nobody here, not even to whose it is."""

    name: Annotated[str, Meta(examples=["王**"])]
    number: Annotated[str, Meta(examples=["110*************2X"])]
    kept_at: datetime


class DeclaredFor(Struct, frozen=True, kw_only=True):
    """For whom an order is declared to customs, as it was when the order was placed."""

    name: Name
    number: Number


@operation("GET", "/account/identity", scope="account.read")
async def show_identity(visit: Visit) -> MaskedIdentity:
    """For whom the person's goods from abroad are declared; not found while that is not said."""
    async with visit.reading() as work:
        row = await identities.identity_of(work, visit.person)
    if row is None:
        raise Refused(NotFound())
    return MaskedIdentity(name=row["shown_name"], number=row["shown_number"], kept_at=row["kept_at"])


@operation("PUT", "/account/identity", scope="account.write", status=204)
async def keep_identity(visit: Visit, data: NewIdentity, key: str) -> Refusal | None:
    """Say for whom they are declared from now on; orders keep what they were placed with."""
    return await kept(visit, "api.keep_identity", key, Identity(data.name, data.number), data.agrees)


@operation("DELETE", "/account/identity", scope="account.write", status=204)
async def remove_identity(visit: Visit, key: str) -> Refusal | None:
    """Forget it; orders keep their copy for as long as the law asks."""

    async def act(work: Work) -> Refusal | None:
        return await identities.remove_identity(work, visit.person)

    return await once(visit, "api.remove_identity", key, "", act)


@operation("POST", "/supplier/orders/{order}/declaration", scope="declarations.read", is_single=True)
async def read_declaration(visit: Visit, order: OrderId) -> DeclaredFor | Refusal:
    """Read for whom one of the supplier's own orders is declared. Each reading is audited, so it takes no Idempotency-Key."""
    outcome = await read_for(visit, order)
    return outcome if isinstance(outcome, Refusal) else DeclaredFor(name=outcome.name, number=outcome.number)


HANDLERS = (show_identity, keep_identity, remove_identity, read_declaration)

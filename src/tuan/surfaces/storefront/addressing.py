"""Addresses from forms: read field by field, and kept."""

from uuid import UUID

import msgspec

from tuan.kit.refusals import Refusal, Refused
from tuan.people import accounts
from tuan.people.accounts.model import Address
from tuan.platform.work import Work
from tuan.surfaces.storefront.parts import AddressDraft
from tuan.surfaces.web.problems import errors_of
from tuan.surfaces.web.visits import Visit

FIELDS = {"recipient": "name", "phone": "phone", "region": "region", "street": "street"}
"""Field of the model to field of the form."""
USABLE = Address("-", "-", "-", "-")
"""Each field is tried in it alone, since the model names only the first that is wrong."""


def wrong_fields(visit: Visit, draft: AddressDraft) -> dict[str, str]:
    """A sentence for each field that cannot be used; empty when all can."""
    errors: dict[str, str] = {}
    for field, shown in FIELDS.items():
        refusal = msgspec.structs.replace(USABLE, **{field: getattr(draft, shown)}).why_not_use()
        if refusal is None and field == "phone":
            read = accounts.read_phone(draft.phone)
            refusal = read if isinstance(read, Refusal) else None
        if refusal is not None:
            errors |= errors_of(visit, refusal, shown)
    return errors


async def keep(work: Work, person: UUID, draft: AddressDraft) -> UUID:
    """The address of this draft among the person's own, added if it is not there yet. Raises Refused."""
    address = Address(draft.name, draft.phone, draft.region, draft.street)
    kept: UUID | Refusal = await accounts.add_address(work, person, address)
    if isinstance(kept, Refusal):
        raise Refused(kept)
    return kept

"""Addresses from forms: read field by field, placed by the tree of divisions, and kept."""

from typing import Any
from uuid import UUID

import msgspec

from tuan.kit.refusals import Refusal, Refused
from tuan.people import accounts
from tuan.people.accounts.model import Address
from tuan.platform.work import Work
from tuan.surfaces.storefront.divisions.routes import ELSEWHERE, choices
from tuan.surfaces.storefront.divisions.tree import tree
from tuan.surfaces.storefront.parts import AddressDraft
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.problems import errors_of
from tuan.surfaces.web.visits import Visit

FIELDS = {"recipient": "name", "phone": "phone", "street": "street"}
"""Field of the model to field of the form; the region is made of several."""
USABLE = Address("-", "-", "-", "-")
"""Each field is tried in it alone, since the model names only the first that is wrong."""


class AddressFields(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of an address in any form. `step` asks for the next choice of a place, and for nothing else."""

    name: str = ""
    phone: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    region: str = ""
    street: str = ""
    step: str = ""

    @property
    def asks_next_step(self) -> bool:
        """Raises Refused for a step that there is none of."""
        if self.step not in ("", "divisions"):
            raise Refused(FieldInvalid(field="step"))
        return bool(self.step)

    @property
    def draft(self) -> AddressDraft:
        return AddressDraft(**{name: getattr(self, name) for name in AddressDraft.__struct_fields__})


def draft_of(row: Any) -> AddressDraft:
    """A kept address as a form shows it."""
    return AddressDraft(name=row["recipient"], phone=row["phone"], region=row["region"], street=row["street"])


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
    return errors | _wrong_place(visit, draft)


def _wrong_place(visit: Visit, draft: AddressDraft) -> dict[str, str]:
    """The first choice that is missing, or a free text that cannot be used."""
    if draft.province == ELSEWHERE or (not draft.province and draft.region):
        refusal = msgspec.structs.replace(USABLE, region=draft.region).why_not_use()
        return errors_of(visit, refusal, "region") if refusal else {}
    places = choices(draft, {})
    if not places.province:
        return {"province": visit.gettext("Please choose the province.")}
    if not places.city:
        return {"city": visit.gettext("Please choose the city.")}
    return {} if places.district else {"district": visit.gettext("Please choose the district.")}


def address_of(draft: AddressDraft) -> Address:
    """The address that a draft without wrong fields says."""
    chosen = choices(draft, {})
    is_free = draft.province == ELSEWHERE or not draft.province
    region = draft.region if is_free else tree().region(chosen.district)
    return Address(draft.name, draft.phone, region, draft.street)


async def keep(work: Work, person: UUID, draft: AddressDraft) -> UUID:
    """The address of this draft among the person's own, added if it is not there yet. Raises Refused."""
    kept: UUID | Refusal = await accounts.add_address(work, person, address_of(draft))
    if isinstance(kept, Refusal):
        raise Refused(kept)
    return kept

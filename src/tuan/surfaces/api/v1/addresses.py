"""The person's addresses, and the divisions of China by which one is told."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import accounts
from tuan.people.accounts.model import ADDRESS, masked_phone
from tuan.people.accounts.model import Address as AddressText
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import AddressId, Division, Line, Listing
from tuan.surfaces.api.v1.accounts import Phone
from tuan.surfaces.storefront.divisions.tree import tree
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

Region = Annotated[Line, Meta(description="As it is written.", examples=["浙江省 杭州市 西湖区"])]


class DivisionQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parts of which division: of a province its cities, of a city its districts; without one the provinces."""

    of: Annotated[Division, Meta(examples=["330100"])] | None = None


class DivisionCard(Struct, frozen=True, kw_only=True):
    """A division, by its code and its name."""

    division: Division
    name: Annotated[str, Meta(examples=["西湖区"])]
    level: Annotated[Literal["province", "city", "district"], Meta(examples=["district"])]


class NewAddress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where goods are to go: a district by its code, or a region as it is written; where both are told they agree."""

    recipient: Annotated[Line, Meta(examples=["王小明"])]
    phone: Phone
    district: Division | None = None
    region: Region | None = None
    street: Annotated[Line, Meta(examples=["灵隐路 2 号"])]


class Address(Struct, frozen=True, kw_only=True):
    """One of the person's own addresses; the number is masked. `district` is known where the region is one of the tree."""

    address: AddressId
    recipient: Annotated[str, Meta(examples=["王小明"])]
    phone: Annotated[str, Meta(examples=["138****8000"])]
    district: Division | None
    region: Annotated[str, Meta(examples=["浙江省 杭州市 西湖区"])]
    street: Annotated[str, Meta(examples=["灵隐路 2 号"])]
    is_default: Annotated[bool, Meta(description="It was called the usual one last.")] = False


class DefaultAddress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which address is the usual one."""

    address: AddressId


@operation("GET", "/divisions")
async def list_divisions(visit: Visit, query: DivisionQuery) -> Listing[DivisionCard]:
    """Provinces, or the parts of one division: where an address is chosen step by step. The names are Chinese."""
    whole = tree()
    level, found = "province", dict(whole.provinces)
    if query.of is not None:
        level = "city" if query.of in whole.provinces else "district"
        found = whole.cities_of(query.of) if level == "city" else whole.districts_of(query.of)
        if not found:
            raise Refused(NotFound())
    return Listing([DivisionCard(division=code, name=name, level=level) for code, name in found.items()])  # type: ignore[arg-type]


@operation("GET", "/account/addresses", scope="account.read")
async def list_addresses(visit: Visit) -> Listing[Address]:
    """Twenty of the person's addresses, the usual one first, then the newest."""
    async with visit.reading() as work:
        rows = await accounts.addresses_of(work, visit.person)
    return Listing([_address(row, is_first=number == 0) for number, row in enumerate(rows)])


@operation("POST", "/account/addresses", scope="account.write", status=201)
async def add_address(visit: Visit, data: NewAddress, key: str) -> Address | Refusal:
    """Keep an address; one that says the same is not kept twice."""
    text = _read(data)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        made = await accounts.add_address(work, visit.person, text)
        return made if isinstance(made, Refusal) else {"address": ADDRESS.show(made)}

    outcome = await remembered(visit, "api.add_address", key, _said(text), act)
    return outcome if isinstance(outcome, Refusal) else _kept(outcome["address"], text)


@operation("GET", "/account/addresses/{address}", scope="account.read")
async def show_address(visit: Visit, address: AddressId) -> Address:
    """One of the person's addresses."""
    async with visit.reading() as work:
        row = await accounts.access_address(work, read_id(ADDRESS, address), visit.person)
        (first, *_) = await accounts.addresses_of(work, visit.person)
    return _address(row, is_first=first["id"] == row["id"])


@operation("PUT", "/account/addresses/{address}", scope="account.write")
async def change_address(visit: Visit, address: AddressId, data: NewAddress, key: str) -> Address | Refusal:
    """Have an address say this; orders keep the copy they were placed with. One that says the same already goes."""
    found, text = read_id(ADDRESS, address), _read(data)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        kept = await accounts.change_address(work, visit.person, found, text)
        return kept if isinstance(kept, Refusal) else {"address": address}

    outcome = await remembered(visit, "api.change_address", key, f"{address}\n{_said(text)}", act)
    return outcome if isinstance(outcome, Refusal) else _kept(outcome["address"], text)


@operation("PUT", "/account/default-address", scope="account.write", status=204)
async def prefer_address(visit: Visit, data: DefaultAddress, key: str) -> Refusal | None:
    """Call an address the usual one."""
    found = read_id(ADDRESS, data.address)

    async def act(work: Work) -> Refusal | None:
        return await accounts.prefer_address(work, visit.person, found)

    return await once(visit, "api.prefer_address", key, data.address, act)


@operation("DELETE", "/account/addresses/{address}", scope="account.write", status=204)
async def remove_address(visit: Visit, address: AddressId, key: str) -> Refusal | None:
    """Forget an address; orders keep their copy."""
    found = read_id(ADDRESS, address)

    async def act(work: Work) -> Refusal | None:
        return await accounts.remove_address(work, visit.person, found)

    return await once(visit, "api.remove_address", key, address, act)


def _read(data: NewAddress) -> AddressText:
    """The address that was told; raises Refused."""
    phone = accounts.read_phone(data.phone)
    if isinstance(phone, Refusal):
        raise Refused(phone)
    region = data.region
    if data.district is not None:
        if data.district not in tree().districts:
            raise Refused(FieldInvalid(field="district"))
        written = tree().region(data.district)
        if region is not None and region.split() != written.split():
            raise Refused(FieldInvalid(field="region"))
        region = written
    if region is None:
        raise Refused(FieldInvalid(field="district"))
    return AddressText(data.recipient, data.phone, region, data.street)


def _said(text: AddressText) -> str:
    return "\n".join(msgspec.structs.astuple(text))


def _kept(address: str, text: AddressText) -> Address:
    kept = text.stripped()
    return Address(
        address=address, recipient=kept.recipient, phone=masked_phone(kept.phone), district=tree().find(kept.region),
        region=kept.region, street=kept.street,
    )  # fmt: skip


def _address(row: Any, *, is_first: bool) -> Address:
    return Address(
        address=ADDRESS.show(row["id"]), recipient=row["recipient"], phone=masked_phone(row["phone"]),
        district=tree().find(row["region"]), region=row["region"], street=row["street"],
        is_default=is_first and row["preferred_at"] is not None,
    )  # fmt: skip


HANDLERS = (
    list_divisions,
    list_addresses,
    add_address,
    show_address,
    change_address,
    prefer_address,
    remove_address,
)

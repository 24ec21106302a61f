"""One's own addresses: add, change, remove, and which is the usual one."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal
from tuan.people import accounts
from tuan.people.accounts.model import ADDRESS
from tuan.surfaces.storefront import addressing, showing
from tuan.surfaces.storefront.addresses.context import AddressesPage, AddressPage
from tuan.surfaces.storefront.addressing import AddressFields
from tuan.surfaces.storefront.divisions.routes import choices
from tuan.surfaces.storefront.parts import AddressDraft
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import local_path, read_id
from tuan.surfaces.web.visits import Visit

ALL = "/me/addresses"


class AddressForm(AddressFields, frozen=True, kw_only=True):
    next: str = "/me"


class ChangeForm(AddressFields, frozen=True, kw_only=True):
    """What an address says from now on."""


class EmptyForm(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing but the form's own token."""


@get("/me/addresses", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _addresses(visit, AddressForm(next=local_path(visit.query.get("next", "/me"), "/me")), {}, 200)


@post("/me/addresses", opt=SIGNED_IN)
async def add(visit: NamedDependency[Visit]) -> Response[Any]:
    """Keep an address; one that is there already is not kept twice."""
    form = await visit.form(AddressForm)
    if form.asks_next_step:
        return await _addresses(visit, form, {}, 200)
    if errors := addressing.wrong_fields(visit, form.draft):
        if visit.wants_json:
            return refuse(visit, FieldInvalid(field=next(iter(errors))))
        return await _addresses(visit, form, errors, 422)
    async with visit.writing() as work:
        await addressing.keep(work, visit.person, form.draft)
    return visit.go_on(local_path(form.next, "/me"), status=201)


@get("/me/addresses/{address:str}", opt=SIGNED_IN)
async def show_one(visit: NamedDependency[Visit], address: FromPath[str]) -> Response[Any]:
    return await _one(visit, address, None, {}, 200)


@post("/me/addresses/{address:str}", opt=SIGNED_IN)
async def change(visit: NamedDependency[Visit], address: FromPath[str]) -> Response[Any]:
    found = read_id(ADDRESS, address)
    form = await visit.form(ChangeForm)
    if form.asks_next_step:
        return await _one(visit, address, form.draft, {}, 200)
    if errors := addressing.wrong_fields(visit, form.draft):
        if visit.wants_json:
            return refuse(visit, FieldInvalid(field=next(iter(errors))))
        return await _one(visit, address, form.draft, errors, 422)
    async with visit.writing() as work:
        kept = await accounts.change_address(work, visit.person, found, addressing.address_of(form.draft))
    return refuse(visit, kept) if isinstance(kept, Refusal) else visit.go_on(ALL)


@post("/me/addresses/{address:str}/preference", opt=SIGNED_IN)
async def prefer(visit: NamedDependency[Visit], address: FromPath[str]) -> Response[Any]:
    found = read_id(ADDRESS, address)
    await visit.form(EmptyForm)
    async with visit.writing() as work:
        refusal = await accounts.prefer_address(work, visit.person, found)
    return refuse(visit, refusal) if refusal else visit.go_on(ALL)


@post("/me/addresses/{address:str}/removal", opt=SIGNED_IN)
async def remove(visit: NamedDependency[Visit], address: FromPath[str]) -> Response[Any]:
    found = read_id(ADDRESS, address)
    await visit.form(EmptyForm)
    async with visit.writing() as work:
        refusal = await accounts.remove_address(work, visit.person, found)
    return refuse(visit, refusal) if refusal else visit.go_on(ALL)


async def _addresses(visit: Visit, form: AddressForm, errors: dict[str, str], status: int) -> Response[Any]:
    async with visit.reading() as work:
        rows = await accounts.addresses_of(work, visit.person)
    page = AddressesPage(
        addresses=showing.addresses(rows),
        draft=form.draft,
        places=choices(form.draft, errors),
        next_url=local_path(form.next, "/me"),
        errors=errors,
    )
    return visit.page("storefront/addresses/page.html", page, place="me", status=status)


async def _one(
    visit: Visit, address: str, draft: AddressDraft | None, errors: dict[str, str], status: int
) -> Response[Any]:
    async with visit.reading() as work:
        row = await accounts.access_address(work, read_id(ADDRESS, address), visit.person)
    said = draft or addressing.draft_of(row)
    page = AddressPage(
        address=address,
        draft=said,
        places=choices(said, errors),
        is_preferred=row["preferred_at"] is not None,
        errors=errors,
    )
    return visit.page("storefront/addresses/one.html", page, place="me", status=status)


HANDLERS = (show, add, show_one, change, prefer, remove)

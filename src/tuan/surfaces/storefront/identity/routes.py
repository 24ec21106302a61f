"""Who one is to customs: said once, seen masked, replaced, removed."""

from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import Refusal
from tuan.people import identities
from tuan.people.identities.model import Identity
from tuan.platform.work import Work
from tuan.surfaces.storefront.identity.context import IdentityPage, Shown
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import local_path
from tuan.surfaces.web.visits import Visit

HERE = "/me/identity"


def identity_url(then: str) -> str:
    """The page where one says who one is, and goes on from there."""
    return f"{HERE}?next={quote(then, safe='/')}"


class IdentityForm(msgspec.Struct, frozen=True, kw_only=True):
    """`agrees`: `yes`, where it may go to the supplier and to customs."""

    key: str
    name: str
    identity_number: str
    agrees: str = ""
    next: str = "/me"


class RemovalForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    next: str = "/me"


@get(HERE, opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _page(visit, visit.query.get("next", "/me"))


@post(HERE, opt=SIGNED_IN)
async def keep(visit: NamedDependency[Visit]) -> Response[Any]:
    """Say who one is, or that one is somebody else than was said before."""
    form = await visit.form(IdentityForm)
    refusal = await kept(
        visit, "web.keep_identity", form.key, Identity(form.name, form.identity_number), form.agrees == "yes"
    )
    if refusal is None:
        return visit.go_on(local_path(form.next, "/me"), status=201)
    field = "number" if isinstance(refusal, identities.TooYoung) else str(refusal.data.get("field", ""))
    if visit.wants_json or not field:
        return refuse(visit, refusal, Step(label=visit.gettext("Back"), url=HERE))
    typed = {"name": form.name, "number": form.identity_number, "agrees": form.agrees}
    return await _page(visit, form.next, typed, errors_of(visit, refusal, field), refusal.status)


async def kept(visit: Visit, verb: str, key: str, identity: Identity, agrees: bool) -> Refusal | None:
    """Kept under this key, of which a keyed digest is remembered: the hash of a number is found by counting."""
    secret = visit.front.house.settings.secret

    async def act(work: Work) -> Refusal | None:
        return await identities.keep_identity(work, visit.person, identity, secret, agrees=agrees)

    subject = f"{identity.read().digest(secret, visit.market.id).hex()} {agrees}"
    return await once(visit, verb, key, subject, act)


@post(f"{HERE}/removal", opt=SIGNED_IN)
async def remove(visit: NamedDependency[Visit]) -> Response[Any]:
    form = await visit.form(RemovalForm)

    async def act(work: Work) -> Refusal | None:
        return await identities.remove_identity(work, visit.person)

    refusal = await once(visit, "web.remove_identity", form.key, "", act)
    if refusal is None:
        return visit.go_on(identity_url(local_path(form.next, "/me")))
    return refuse(visit, refusal, Step(label=visit.gettext("Back"), url=HERE))


async def _page(
    visit: Visit,
    then: str,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    async with visit.reading() as work:
        row = await identities.identity_of(work, visit.person)
    page = IdentityPage(
        kept=None if row is None else shown(row),
        key=visit.fresh_key(),
        typed=typed or {},
        next_url=local_path(then, "/me"),
        errors=errors or {},
    )
    answer = visit.page("storefront/identity/page.html", page, place="me", status=status)
    answer.headers["Cache-Control"] = "no-store"  # what was typed shall not lie on a disk
    return answer


def shown(row: Any) -> Shown:
    """A row of `identity_of`."""
    return Shown(name=row["shown_name"], number=row["shown_number"], kept_at=row["kept_at"])


HANDLERS = (show, keep, remove)

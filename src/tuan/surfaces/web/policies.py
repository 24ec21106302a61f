"""Who may: every route says so in its `opt`, and one that says nothing stops the server from starting."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.handlers.http_handlers import HTTPRouteHandler

from tuan.kit.refusals import NotFound, Refused
from tuan.people import parties
from tuan.people import staff as staff_module
from tuan.people.developers.model import SHOP_SCOPES, SUPPLIER_SCOPES
from tuan.people.staff.model import PERMISSIONS
from tuan.surfaces.web import sessions
from tuan.surfaces.web.callers import meet_program
from tuan.surfaces.web.errors import (
    ConfirmNeeded,
    FormExpired,
    NotPermitted,
    OfficeSignInNeeded,
    PasswordNeeded,
    ShopsOnly,
    SignInNeeded,
    SuppliersOnly,
)
from tuan.surfaces.web.visits import CODE_FIELD, TOKEN_FIELD, TOKEN_HEADER, Visit

POLICY: Final = "policy"
PUBLIC: Final = {POLICY: "public"}
SIGNED_IN: Final = {POLICY: "signed_in"}
SUPPLIER: Final = {POLICY: "supplier"}
SHOP: Final = {POLICY: "shop"}
"""Whoever answers for a shop; one that is suspended still has its desk."""
STAFF: Final = "staff"
"""A member of staff; `staff(…)` says with which permissions."""
MACHINE: Final = {POLICY: "machine"}
"""Answers everybody alike, whoever asks: health, browser files, what machines read."""
LOOPBACK: Final = {POLICY: "loopback"}
"""For this machine only; anyone else finds nothing."""
HOOK: Final = {POLICY: "hook"}
"""For other companies, who have no session and no form of ours: the handler verifies their signature."""

API: Final = "api"
SCOPE: Final = "scope"
"""For programs: a key or a token in the header, never a cookie; what of it is asked for stands under `scope`."""

MEMBER_SCOPES: Final[Mapping[str, tuple[str, ...]]] = {
    "events.read": ("developers.see",),
    "webhooks.read": ("developers.see",),
    "webhooks.write": ("developers.edit",),
    "reconciliation.read": ("payments.see",),
    "reconciliation.write": ("payments.resolve",),
    "links.read": ("links.see",),
    "links.write": ("links.make", "links.stop"),
    "domains.write": ("links.domain",),
    "insight.read": ("insight.see",),
    "law.read": ("law.see",),
    "law.write": ("law.edit", "law.sign", "law.report"),
    "planner.read": ("planner.see",),
    "planner.write": ("planner.make",),
    "plans.read": ("commissions.see",),
    "plans.write": ("commissions.rules", "commissions.decide"),
    "growth.read": ("courses.see", "leagues.see"),
    "growth.write": ("courses.edit", "leagues.edit"),
    "promotions.read": ("promotions.see",),
    "promotions.write": ("promotions.launch", "promotions.give", "shops.grant"),
    "organisations.read": ("organisations.see",),
    "organisations.write": ("organisations.edit",),
    "shops.read": ("shops.see",),
    "shops.write": ("shops.admit",),
    "rules.write": ("shops.rules",),
    "suppliers.read": ("suppliers.see",),
    "suppliers.write": ("suppliers.check",),
    "campaigns.read": ("campaigns.see",),
    "campaigns.write": ("campaigns.launch",),
    "payments.read": ("payments.see",),
    "payments.write": ("payments.resolve",),
    "refunds.read": ("refunds.see",),
    "refunds.write": ("refunds.give",),
    "payouts.read": ("settlement.see",),
    "payouts.write": ("settlement.pay",),
    "fees.read": ("settlement.see",),
    "fees.write": ("settlement.rules",),
    "points.read": ("points.see",),
    "points.write": ("points.give", "points.rules"),
}
"""Every scope of the whole market, by what the key's owner must be allowed in the office at that very moment: a key is no way
round a role, and none outlives it."""

TAKES_FILE: Final = {"takes_file": True}
"""Beside a policy: the route's form may come in parts, with a file among them."""


def takes_fields(most: int) -> dict[str, int]:
    """Beside a policy: the route's form is a table whose rows are many, and has up to so many fields."""
    return {"fields_max": most}


POLICIES = frozenset(
    (STAFF, API, *(policy[POLICY] for policy in (PUBLIC, SIGNED_IN, SUPPLIER, SHOP, MACHINE, LOOPBACK, HOOK)))
)
LOOPBACK_CLIENTS = frozenset({"127.0.0.1", "::1"})
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def staff(*permissions: str, fresh: bool = False) -> dict[str, Any]:
    """For members of staff who have every one of these permissions; none: for any member.

    fresh: his second factor was asked for within the last minutes, else he is asked now and comes back.
    Raises ValueError for a permission that there is not.
    """
    if unknown := set(permissions) - PERMISSIONS:
        raise ValueError(f"no such permission: {sorted(unknown)}")
    return {POLICY: STAFF, "permissions": permissions, "fresh": fresh}


class PolicyMissing(Exception):
    """A route does not say who may use it."""


def handlers_of(app: Litestar) -> list[HTTPRouteHandler]:
    """Every handler that we wrote; the framework's own answers to OPTIONS are none of them."""
    found = {id(h): h for route in app.routes for h in getattr(route, "route_handlers", ())}
    return [h for h in found.values() if set(h.http_methods) != {"OPTIONS"}]


def require_policies(app: Litestar) -> None:
    """Raise PolicyMissing for the first handler without a policy, or whose policy nobody would ask about.

    It is asked about where the visit comes from, without which a handler knows nobody and can do nothing; one that takes
    no visit has `admit` as its guard. (As the app's guard it would cost each request a copy of its handler.)
    """
    for handler in handlers_of(app):
        where = f"{sorted(handler.http_methods)} {sorted(handler.paths)}"
        if handler.opt.get(POLICY) not in POLICIES:
            raise PolicyMissing(f"{where} declares no policy")
        if getattr(handler.fn, "is_shared", False) and handler.opt[POLICY] != PUBLIC[POLICY]:
            raise PolicyMissing(f"{where} shares its page, and not everybody may see it")
        asked = "visit" in handler.parsed_fn_signature.parameters or admit in handler.resolve_guards()
        if not asked and handler.opt[POLICY] != MACHINE[POLICY]:
            raise PolicyMissing(f"{where} takes no visit and has no guard")


async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Before every handler: the form's token, then the policy. Raises Refused."""
    policy = handler.opt.get(POLICY)
    if policy is None or policy == MACHINE[POLICY]:
        return
    if policy == LOOPBACK[POLICY]:
        _check_loopback(connection)
        return
    visit: Visit = connection.scope["state"]["visit"]
    assert isinstance(connection, Request)
    visit.request = connection
    if policy == HOOK[POLICY]:
        return
    if policy == STAFF:  # before the body is read, which may be as long as a picture
        await _admit_staff(visit, handler.opt)
    if policy == API:  # no form and no cookie: another site can make a browser send neither
        await meet_program(visit, handler.opt[SCOPE])
        if handler.opt[SCOPE] in SUPPLIER_SCOPES:
            await _meet_supplier(visit)
        if handler.opt[SCOPE] in SHOP_SCOPES:
            await _meet_shop(visit)
        if handler.opt[SCOPE] in MEMBER_SCOPES:
            await _meet_member(visit, MEMBER_SCOPES[handler.opt[SCOPE]])
        return
    if connection.scope["method"] in CHANGING:
        await _check_form_token(visit)
    if policy == STAFF and handler.opt["fresh"] and not (visit.staff and visit.staff.is_confirmed):
        await _confirm(visit, is_form=connection.scope["method"] in CHANGING)
    if policy in (PUBLIC[POLICY], STAFF):
        return
    if visit.session is None:
        raise Refused(SignInNeeded())
    if policy == SUPPLIER[POLICY]:
        await _meet_supplier(visit)
    if policy == SHOP[POLICY]:
        await _meet_shop(visit)


async def _meet_supplier(visit: Visit) -> None:
    async with visit.reading() as work:
        visit.supplier = await parties.supplier_of(work, visit.person)
    if visit.supplier is None:
        raise Refused(SuppliersOnly())


async def _meet_shop(visit: Visit) -> None:
    async with visit.reading() as work:
        visit.shop = await parties.shop_of(work, visit.person)
    if visit.shop is None:
        raise Refused(ShopsOnly())


async def _meet_member(visit: Visit, permissions: Sequence[str]) -> None:
    async with visit.reading() as work:
        allowed = await staff_module.permissions_of(work, visit.person)
    if missing := next((one for one in permissions if one not in allowed), None):
        raise Refused(NotPermitted(permission=missing))


async def _admit_staff(visit: Visit, opt: Mapping[str, Any]) -> None:
    """Whose session it is, whether a role of his allows this, and whether he has just been asked who he is."""
    async with visit.reading() as work:
        found = await staff_module.member_of(work, visit.token) if visit.token else None
    if found is None:
        raise Refused(OfficeSignInNeeded())
    visit.staff, is_due = found
    if is_due:
        async with visit.writing() as work:
            await staff_module.be_seen(work, visit.token)
    if visit.staff.has_first_password and not opt.get("first_password"):
        raise Refused(PasswordNeeded())
    if missing := next((one for one in opt["permissions"] if one not in visit.staff.permissions), None):
        raise Refused(NotPermitted(permission=missing))


async def _confirm(visit: Visit, *, is_form: bool) -> None:
    """The second factor, now: a form that was shown again with the question brings the code along, and then it goes on."""
    visit.is_unconfirmed = is_form
    code = (await visit.fields()).get(CODE_FIELD) if is_form else None
    if not isinstance(code, str):
        raise Refused(ConfirmNeeded())
    assert visit.staff is not None
    secret = visit.front.house.settings.secret
    async with visit.writing() as work:  # a wrong one is counted, so this is committed too
        refusal = await staff_module.confirm(work, visit.token, visit.person, code.replace(" ", ""), secret)
    if refusal:
        raise Refused(refusal)
    visit.staff, visit.is_unconfirmed = replace(visit.staff, is_confirmed=True), False


def _check_loopback(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """A proxy on this machine answers for the world, and says so in a header."""
    client = connection.client.host if connection.client else ""
    if client not in LOOPBACK_CLIENTS or connection.headers.get("x-forwarded-for"):
        raise Refused(NotFound())


async def _check_form_token(visit: Visit) -> None:
    """Only a page of ours, shown to this visitor, knows the token."""
    shown = visit.headers.get(TOKEN_HEADER) or (await visit.fields()).get(TOKEN_FIELD)
    secret = visit.front.house.settings.secret
    if not visit.token or not isinstance(shown, str) or not sessions.is_form_token(secret, visit.token, shown):
        raise Refused(FormExpired())

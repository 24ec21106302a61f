"""What routes declare of who may, held to rules that stand here: a route that declares less than it must is noticed.

The matrix holds that a route does as it declares; this file, that it declares what it should. Each declaration of each closed
route is weakened in turn, and the rules have to say so.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from litestar import Litestar

from tests.faces.matrix import Route, routes_of
from tuan.surfaces.api.operations import Operation
from tuan.surfaces.api.reference.document import operations
from tuan.surfaces.web.policies import POLICY, PUBLIC, STAFF
from tuan.surfaces.web.public import CLOSED_ROUTES, OPEN_ROUTES

GIVES_AWAY = frozenset(
    (
        "refunds.give",
        "people.export",
        "people.erase",
        "staff.edit",
        "exports.make",
        "imports.confirm",
        "developers.edit",
        "points.give",
        "points.rules",
        "promotions.give",
        "settlement.pay",
        "settlement.rules",
        "shops.rules",
        "links.domain",
        "commissions.rules",
        "commissions.decide",
        "shops.grant",
        "organisations.edit",
        "law.edit",
        "law.sign",
        "law.report",
    )
)
"""Permissions to give money, personal data or power away: whoever uses one has just shown his second factor."""
FRESH_TOO = frozenset(
    ("POST /office/password", "POST /office/orders/slips", "POST /office/people/{person}/whole",
     "POST /office/suppliers/{applicant}/decision")
)  # fmt: skip
"""A new password, whole names and addresses, and a desk for somebody new."""
NOT_FRESH = frozenset(("POST /office/developers/deliveries/{delivery}/tries",))
"""Posts anew what was posted already, to where it was posted."""
OF_EVERY_MEMBER = frozenset(
    ("GET /office", "GET /office/confirm", "POST /office/confirm", "GET /office/password", "POST /office/password",
     "POST /office/views")
)  # fmt: skip
"""What a member does with his own session and his own views, and the page that he comes to."""
PLACE_OF = {
    "presales": "campaigns",
    "licences": "suppliers",
    "proposals": "suppliers",
    "quality": "suppliers",
    "roles": "staff",
    "skus": "products",
    "cases": "refunds",
}
"""Parts of an address whose permissions are named after another place."""
LOOKS_ON = frozenset(("POST /office/people/{person}/whole",))
"""Changes nothing but the audit, which keeps who looked."""

PUBLIC_OPERATIONS = frozenset(
    ("send_code", "sign_in", "list_categories", "list_products", "show_product", "show_former_price", "list_open_teams",
     "list_teams", "show_team", "list_divisions", "list_bundles", "list_showcase", "show_shop", "show_link", "find_share_word")
)  # fmt: skip
ONLY_ASKS = frozenset(
    (
        "preview_cancellation",
        "preview_case",
        "preview_grants",
        "preview_members",
        "preview_rule",
        "preview_own_members",
        "check_plan",
        "read_declaration",
    )
)
"""Sends what is wished for, which does not fit into an address, and changes nothing; or nothing but the audit, which keeps who looked."""
SCOPES_OF = {
    "catalog": {"goods"},
    "accounts": {"account"},
    "addresses": {"account"},
    "identities": {"account", "declarations"},
    "own_data": {"account"},
    "groupbuy": {"orders"},
    "checkout": {"orders"},
    "orders": {"orders", "shipments"},
    "payments": {"orders"},
    "cart": {"orders"},
    "invoices": {"orders", "shipments"},
    "freight": {"goods"},
    "supply": {"stock"},
    "imports": {"imports"},
    "reconciliation": {"reconciliation"},
    "compliance": {"law"},
    "consents": {"account"},
    "membership": {"account"},
    "developers": {"events", "webhooks"},
    "settlement": {"settlement"},
    "promotions": {"account", "orders"},
    "points": {"account"},
    "presale": {"orders"},
    "shops": {"account", "shop"},
    "distribution": {"shop"},
    "shop_terms": {"shop"},
    "own_shop": {"shop"},
    "own_materials": {"shop"},
    "aftersales": {"orders", "shipments"},
    "sharing": {"account", "domains", "links"},
    "training": {"account"},
    "quality": {"shipments"},
    "leagues": {"shop"},
    "shipping": {"orders", "shipments"},
    "sourcing": {"account", "goods"},
    "insight": {"figures", "insight", "shop"},
    "planning": {"planner"},
    "plans": {"plans"},
    "market_commissions": {"plans"},
    "coupons": {"promotions"},
    "organisations": {"organisations"},
    "courses": {"growth"},
    "levels": {"growth"},
    "pricing": {"promotions"},
    "campaigns": {"campaigns"},
    "quarantine": {"payments"},
    "refunds": {"refunds"},
    "arbitration": {"refunds"},
    "payouts": {"payouts"},
    "fees": {"fees"},
    "wallets": {"points"},
    "admissions": {"rules", "shops"},
    "pool": {"goods", "shops"},
    "vetting": {"suppliers"},
}


def wrong_with(route: Route) -> Iterator[str]:
    """What a page's declaration lacks."""
    policy = route.opt[POLICY]
    if policy in PUBLIC.values() and route.name not in OPEN_ROUTES | CLOSED_ROUTES:
        yield "open, and not reviewed"
    if policy != STAFF:
        return
    permissions = set(route.opt["permissions"])
    if not permissions and route.name not in OF_EVERY_MEMBER:
        yield "for every member of staff"
    method, path = route.name.split(" ")
    place = path.partition("/office/")[2].partition("/")[0].partition(".")[0]
    places = {one.partition(".")[0] for one in permissions - {"exports.make"}}
    if permissions and places != {PLACE_OF.get(place, place)}:
        yield "asks for what another place allows"
    if method == "POST" and permissions and route.name not in LOOKS_ON and all(p.endswith(".see") for p in permissions):
        yield "changes something, and asks for looking only"
    if route.opt["fresh"] != _must_be_fresh(route, permissions):
        yield "asks for the second factor where it must not, or not where it must"


def _must_be_fresh(route: Route, permissions: set[str]) -> bool:
    return route.name in FRESH_TOO or (bool(permissions & GIVES_AWAY) and route.name not in NOT_FRESH)


def wrong_with_operation(one: Operation) -> Iterator[str]:
    """What an operation's declaration lacks."""
    if (one.scope is None) != (one.name in PUBLIC_OPERATIONS):
        yield "open, and not reviewed"
    if one.scope is None:
        return
    place, _, verb = one.scope.partition(".")
    if place not in SCOPES_OF[one.tag]:
        yield "asks for the scope of another module"
    if verb != ("read" if one.method == "GET" or one.name in ONLY_ASKS else "write"):
        yield "changes something, and asks for reading only"


def weaker(route: Route) -> Iterator[Route]:
    """The same route, declared too openly; a POST that asks for the right to look; one that does not ask again."""
    if route.opt[POLICY] in (*PUBLIC.values(), "machine", "loopback", "hook"):
        return
    yield replace(route, opt={**route.opt, POLICY: PUBLIC[POLICY]})
    if route.opt[POLICY] != STAFF:
        return
    permissions = route.opt["permissions"]
    if permissions:
        yield replace(route, opt={**route.opt, "permissions": ()})
        yield replace(route, opt={**route.opt, "permissions": ("today.see",)})
    if permissions and route.name.startswith("POST") and route.name not in LOOKS_ON:
        place = permissions[0].partition(".")[0]
        yield replace(route, opt={**route.opt, "permissions": (f"{place}.see",)})
    if route.opt["fresh"]:
        yield replace(route, opt={**route.opt, "fresh": False})


def weaker_operations(one: Operation) -> Iterator[Operation]:
    if one.scope is None:
        return
    yield replace(one, scope=None)
    yield replace(one, scope="elsewhere.read")
    if one.method != "GET" and one.name not in ONLY_ASKS:
        yield replace(one, scope=one.scope.replace(".write", ".read"))


def test_every_route_declares_what_it_should(app: Litestar) -> None:
    """And this is the control of the next test: nothing is noticed where nothing was weakened."""
    assert {route.name: list(wrong_with(route)) for route in routes_of(app) if list(wrong_with(route))} == {}
    assert {one.name: list(wrong_with_operation(one)) for one in operations() if list(wrong_with_operation(one))} == {}


def test_a01_a_declaration_that_is_weakened_is_noticed(app: Litestar, capsys: pytest.CaptureFixture[str]) -> None:
    routes = [mutant for route in routes_of(app) for mutant in weaker(route)]
    asked = [mutant for one in operations() for mutant in weaker_operations(one)]
    assert [route for route in routes if not list(wrong_with(route))] == []
    assert [one for one in asked if not list(wrong_with_operation(one))] == []
    with capsys.disabled():
        print(f"\n{len(routes)} weaker declarations of pages and {len(asked)} of operations, all noticed")
    assert len(routes) > 150 and len(asked) > 100

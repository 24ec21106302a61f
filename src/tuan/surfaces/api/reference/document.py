"""The OpenAPI 3.1 document, made from the operations themselves: what it says is what is read and answered."""

from functools import cache
from typing import Any

import msgspec

from tuan.surfaces.api.operations import OPERATION, Operation
from tuan.surfaces.api.v1 import (
    accounts,
    addresses,
    admissions,
    aftersales,
    arbitration,
    campaigns,
    cart,
    catalog,
    checkout,
    compliance,
    consents,
    coupons,
    courses,
    developers,
    distribution,
    fees,
    freight,
    groupbuy,
    identities,
    imports,
    insight,
    invoices,
    leagues,
    levels,
    market_commissions,
    membership,
    orders,
    organisations,
    own_data,
    own_materials,
    own_shop,
    payments,
    payouts,
    planning,
    plans,
    points,
    pool,
    presale,
    pricing,
    promotions,
    quality,
    quarantine,
    reconciliation,
    refunds,
    settlement,
    sharing,
    shipping,
    shop_terms,
    shops,
    sourcing,
    supply,
    training,
    vetting,
    wallets,
)
from tuan.surfaces.web.i18n import LANGUAGES
from tuan.surfaces.web.problems import PROBLEM, Problem
from tuan.surfaces.web.visits import API_PATHS

JSON = "application/json"
REF = "#/components/schemas/{name}"
MODULES = (
    accounts,
    addresses,
    identities,
    own_data,
    own_materials,
    catalog,
    promotions,
    groupbuy,
    cart,
    checkout,
    orders,
    aftersales,
    payments,
    points,
    presale,
    invoices,
    sharing,
    shops,
    own_shop,
    supply,
    freight,
    imports,
    settlement,
    membership,
    compliance,
    consents,
    reconciliation,
    insight,
    planning,
    developers,
    distribution,
    shop_terms,
    plans,
    market_commissions,
    training,
    leagues,
    courses,
    levels,
    coupons,
    pricing,
    campaigns,
    quarantine,
    refunds,
    arbitration,
    payouts,
    fees,
    wallets,
    organisations,
    admissions,
    pool,
    vetting,
    shipping,
    sourcing,
    quality,
)
TAGS = {
    "shop_terms": "What a shop is told of terms: what is coming, and what a channel lets nobody be paid.",
    "distribution": "What a shop earns: commissions and why, appealing, its accounts, asking for money.",
    "accounts": "Signing in, the account, where it is signed in.",
    "addresses": "The person's addresses; the divisions of China.",
    "identities": "For whom goods from abroad are declared to customs: a buyer's own, and that of a supplier's order.",
    "own_data": "A copy of one's own data; being forgotten.",
    "catalog": "What is for sale; a supplier's own products.",
    "promotions": "Coupons: what is given away, taking them, one's own; bundles.",
    "groupbuy": "Teams: opening, joining, leaving.",
    "cart": "What the caller means to buy, of however many suppliers.",
    "checkout": "What buying would cost.",
    "orders": "A buyer's orders and what comes back of them; those that a supplier is to ship.",
    "aftersales": "Asking for units of an order back, exchanged or sent again; what a supplier answers.",
    "payments": "Paying what a checkout owes.",
    "points": "The caller's points, and checking in.",
    "presale": "Goods for a deposit now and a balance later.",
    "shops": "Shops of people who recommend goods: asking for one, what they show, whose customer somebody is.",
    "own_shop": "The caller's own shop: goods, customers, orders, coupons.",
    "own_materials": "What the caller's shop can forward.",
    "invoices": "Invoices of orders: asked for by buyers, issued by suppliers.",
    "supply": "A supplier's stock.",
    "freight": "A supplier's freight templates, and what his goods weigh.",
    "shipping": "Parcels: where a buyer's is; a supplier's, with numbers that carriers give.",
    "sourcing": "Supplying the market: applying, licences, what a supplier proposes to show.",
    "quality": "How well a supplier does what he promises.",
    "imports": "A supplier's tables of goods and stock, looked at before they are brought in.",
    "settlement": "A supplier's money: balance, statement, accounts, withdrawals.",
    "sharing": "Links: making them, opening them, who came; the market's own.",
    "compliance": "The law of the market: rules, plans tried, signatures, its days, reports.",
    "consents": "What the caller has agreed to, and taking it back.",
    "membership": "Organisations: the caller's memberships, and the numbers of the one that he speaks for.",
    "reconciliation": "What providers state against the market's books; for the whole market.",
    "insight": "Figures of the whole market or of a supplier, with the queries that make them.",
    "planning": "Campaigns and commission plans simulated before they are switched on; for the whole market.",
    "plans": "Commission plans of the market: versions, what the law says of them, on and off.",
    "market_commissions": "What shops are promised in the whole market; those that are held, decided.",
    "developers": "The feed of events, and webhooks.",
    "leagues": "The level of the caller's shop, its seasons and rankings.",
    "coupons": "Coupons given to people, and tiers with their prices and members; for the whole market.",
    "pricing": "Prices for a while, flash sessions, rewards, bundles and coupons launched and ended; budgets of shops.",
    "campaigns": "Campaigns of team prices, and presales: what runs, launching, ending; for the whole market.",
    "quarantine": "Money that came, and notices that are not what was agreed; for the whole market.",
    "refunds": "Money on its way back, orders given back, what buyers are owed; for the whole market.",
    "arbitration": "After-sales cases of the whole market, and deciding those that the sides could not.",
    "payouts": "Payout accounts checked, withdrawals agreed to or not; for the whole market.",
    "fees": "Terms, charges and balances of suppliers, rules of withdrawals, days of settlement.",
    "wallets": "Points of the whole market: terms, what is out, giving and taking.",
    "organisations": "Organisations that bring members: admitted, their grades, inviting members, what they bore.",
    "admissions": "Shops of the whole market: applications decided, shops suspended and opened again, the rules of both.",
    "pool": "Which goods shops may have: kept back by their supplier or by the market, and offered again.",
    "vetting": "Who may supply, and what suppliers may show: applications, licences and proposals looked at and decided.",
    "courses": "Courses of the market: written, published, ended, and who has passed.",
    "levels": "Levels of the market's shops, its seasons and their leagues.",
    "training": "Courses, their questions, and what the caller has passed.",
}
WORDS = """Everything the storefront does, and what an ERP needs, for programs.

A program shows who it is with `Authorization: Bearer …`: a key that the operator made (it begins with `tuan_`), or the token of a
signed-in person. Cookies mean nothing here. Changing requests carry an `Idempotency-Key`: sending the same one again gives the first
outcome and does nothing again. Lists go on with `after=<next>`. What is refused is a problem (RFC 9457) with a `code` and its
`data`, told in the language of `lang` or `Accept-Language`. Every answer says what is left of the rate limit."""
LIMIT_HEADERS = {
    "RateLimit-Policy": ("How many requests in so many seconds.", '"api";q=1200;w=60'),
    "RateLimit": ("What is left of them, and in how many seconds there are new ones.", '"api";r=1199;t=42'),
}


def operations() -> list[Operation]:
    """Every operation of the API, module by module."""
    return [handler.opt[OPERATION] for module in MODULES for handler in module.HANDLERS]


@cache
def document() -> dict[str, Any]:
    """The whole document; it is the same for everybody."""
    every = operations()
    kinds = [kind for one in every for kind in (one.query, one.body, one.gives) if kind is not None]
    shapes, components = msgspec.json.schema_components([Problem, *kinds], ref_template=REF)
    schema_of = dict(zip(map(repr, [Problem, *kinds]), shapes, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for one in every:
        path = API_PATHS.rstrip("/") + one.path
        paths.setdefault(path, {})[one.method.lower()] = _operation(one, schema_of, components)
    queries = {one.query.__name__ for one in every}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tuan API", "version": "1", "description": WORDS},
        "tags": [{"name": name, "description": words} for name, words in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": {name: shape for name, shape in components.items() if name not in queries},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Operation, schema_of: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    summary, _, description = one.words.partition("\n\n")
    found: dict[str, Any] = {
        "operationId": one.name,
        "tags": [one.tag],
        "summary": summary,
        "security": [{"bearer": []}] if one.scope else [{}, {"bearer": []}],
        "parameters": _parameters(one, schema_of, components),
        "responses": {str(one.status): _success(one, schema_of, components), "default": _problem()},
    }
    if description:
        found["description"] = " ".join(description.split())
    if one.scope:
        found["x-scope"] = one.scope
    if one.body is not None:
        schema = schema_of[repr(one.body)]
        content = {JSON: {"schema": schema, "example": example_of(schema, components)}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _parameters(one: Operation, schema_of: dict[str, Any], components: dict[str, Any]) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": msgspec.json.schema(kind)}
        for name, kind in one.parts.items()
    ]
    query = components[schema_of[repr(one.query)]["$ref"].rpartition("/")[2]]
    for name, shape in query["properties"].items():
        plain = next((each for each in shape.get("anyOf", ()) if each.get("type") != "null"), shape)
        found.append({"name": name, "in": "query", "required": name in query.get("required", ()), "schema": plain})
    found.append({"name": "lang", "in": "query", "required": False,
                  "schema": {"enum": list(LANGUAGES), "description": "The language of what is told."}})  # fmt: skip
    if one.is_keyed:
        shape = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$",
                 "examples": ["8f14e45f-ceea-467f-9f1b-3d8c6f0a2b11"],
                 "description": "The same key again gives the first outcome; other input under it is refused."}  # fmt: skip
        found.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": shape})
    return found


def _success(one: Operation, schema_of: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": "Done." if one.gives is None else "What was asked for.",
        "headers": _limits(),
    }
    if one.gives is not None:
        schema = schema_of[repr(one.gives)]
        found["content"] = {JSON: {"schema": schema, "example": example_of(schema, components)}}
    return found


def _problem() -> dict[str, Any]:
    example = {
        "type": "/problems/supply.sold_out", "title": "Sold out", "status": 409, "code": "supply.sold_out", "data": {},
        "detail": "It is sold out. Nothing was ordered. Look at another option.", "trace": "9f1b3d8c6f0a2b11",
    }  # fmt: skip
    schema = {"$ref": REF.format(name=Problem.__name__)}
    content = {PROBLEM: {"schema": schema, "example": example}}
    return {"description": "Refused; nothing was changed.", "headers": _limits(), "content": content}


def _limits() -> dict[str, Any]:
    return {
        name: {"description": words, "schema": {"type": "string"}, "example": example}
        for name, (words, example) in LIMIT_HEADERS.items()
    }


def example_of(schema: dict[str, Any], components: dict[str, Any]) -> Any:
    """A value that the schema lets through, put together from the examples of its parts."""
    if "$ref" in schema:
        return example_of(components[schema["$ref"].rpartition("/")[2]], components)
    for name in ("examples", "enum"):
        if name in schema:
            return schema[name][0]
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], components)
    if schema.get("type") == "object":
        return {name: example_of(shape, components) for name, shape in schema.get("properties", {}).items()}
    if schema.get("type") == "array":
        return [example_of(schema["items"], components)]
    if schema.get("format") == "date-time":
        return "2026-11-22T08:00:00Z"
    return schema.get("default", {"string": "text", "integer": 1, "boolean": True}.get(schema.get("type", "")))

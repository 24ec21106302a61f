"""Which places there are. Named rather than imported, since every place stands above the web and uses it."""

import importlib
from typing import Any

from tuan.surfaces.web.pages import Place

PLACES = (
    "web.health",
    "web.pictures",
    "storefront.home.routes",
    "storefront.product.routes",
    "storefront.checkout.routes",
    "storefront.payment.routes",
    "storefront.sandbox.routes",
    "storefront.team.routes",
    "storefront.orders.routes",
    "storefront.order.routes",
    "storefront.divisions.routes",
    "storefront.addresses.routes",
    "storefront.coupons.routes",
    "storefront.devices.routes",
    "storefront.profile.routes",
    "storefront.data.routes",
    "storefront.points.routes",
    "storefront.account.routes",
    "storefront.reach.routes",
    "storefront.components.routes",
    "desks.supplier.routes",
    "desks.money.routes",
    "hooks.routes",
    "api.v1.accounts",
    "api.v1.addresses",
    "api.v1.own_data",
    "api.v1.catalog",
    "api.v1.supply",
    "api.v1.groupbuy",
    "api.v1.checkout",
    "api.v1.orders",
    "api.v1.payments",
    "api.v1.settlement",
    "api.v1.promotions",
    "api.v1.points",
    "api.v1.developers",
    "api.reference.routes",
)


OFFICE = (
    "doors",
    "views",
    "today",
    "orders",
    "teams",
    "products",
    "stock",
    "campaigns",
    "promotions",
    "points",
    "people",
    "payments",
    "reconciliation",
    "refunds",
    "settlement",
    "audit",
    "staff",
    "developers",
    "system",
)
"""The places of the office in the order of the day; one that is not built yet has its place in it already."""


def load_routes() -> list[Any]:
    """The handlers of every place."""
    modules = [importlib.import_module(f"tuan.surfaces.{place}") for place in PLACES] + _office()
    return [handler for module in modules for handler in module.HANDLERS]


def load_rail() -> list[Place]:
    """The places of the office that say of themselves that they are some, in the order of the day."""
    return [module.PLACE for module in _office() if hasattr(module, "PLACE")]


def _office() -> list[Any]:
    return [importlib.import_module(f"tuan.surfaces.backoffice.{name}.routes") for name in OFFICE]

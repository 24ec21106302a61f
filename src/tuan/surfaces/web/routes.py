"""Which places there are. Named rather than imported, since every place stands above the web and uses it."""

import importlib
from typing import Any

PLACES = (
    "web.health",
    "storefront.home.routes",
    "storefront.product.routes",
    "storefront.checkout.routes",
    "storefront.payment.routes",
    "storefront.sandbox.routes",
    "storefront.team.routes",
    "storefront.orders.routes",
    "storefront.order.routes",
    "storefront.account.routes",
    "desks.supplier.routes",
    "hooks.routes",
)


def load_routes() -> list[Any]:
    """The handlers of every place."""
    modules = [importlib.import_module(f"tuan.surfaces.{place}") for place in PLACES]
    return [handler for module in modules for handler in module.HANDLERS]

"""The composition root: which modules there are, and what a process is made of."""

import asyncio
import importlib
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tuan.platform.database import Database, open_pool, refuse_strong_role
from tuan.platform.files import Pictures
from tuan.platform.gateways.accounts import folder_of
from tuan.platform.gateways.messages import Console
from tuan.platform.gateways.outside import Outside
from tuan.platform.gateways.posting import Poster
from tuan.platform.gateways.real import open_providers
from tuan.platform.gateways.sandbox import Sandbox
from tuan.platform.gateways.sandbox_carrier import SandboxCarrier
from tuan.platform.gateways.wechat_share import open_shares
from tuan.platform.house import House
from tuan.platform.lanes import Lanes
from tuan.platform.live import Hub
from tuan.platform.relay import Relay
from tuan.platform.settings import Settings, SettingsError

MODULES = (
    "people.accounts",
    "people.identities",
    "people.compliance",
    "people.developers",
    "people.staff",
    "people.parties",
    "people.training",
    "people.sharing",
    "goods.catalog",
    "goods.supply",
    "goods.sourcing",
    "value.ledger",
    "value.membership",
    "value.promotions",
    "value.points",
    "trade.payments",
    "trade.orders",
    "trade.shipping",
    "trade.carts",
    "trade.settlement",
    "trade.aftersales",
    "trade.quality",
    "trade.invoices",
    "trade.reconciliation",
    "trade.imports",
    "play.groupbuy",
    "play.leagues",
    "play.loyalty",
    "play.presale",
    "play.shops",
    "play.distribution",
    "voice.insight",
    "voice.planning",
)
ROOMS = ("tables", "queries", "handlers", "sweeps")


def load_modules() -> None:
    """Import every room that declares something: tables, invariants, reactions, sweeps."""
    importlib.import_module("tuan.platform.tables")
    importlib.import_module("tuan.platform.gateways.sandbox.tables")
    importlib.import_module("tuan.platform.gateways.sandbox.courier")
    importlib.import_module("tuan.platform.gateways.sandbox_carrier.tables")
    importlib.import_module("tuan.platform.gateways.sandbox_carrier.courier")
    importlib.import_module("tuan.platform.invariants")
    importlib.import_module("tuan.platform.housekeeping")
    for module in MODULES:
        for room in ROOMS:
            if importlib.util.find_spec(f"tuan.{module}.{room}"):
                importlib.import_module(f"tuan.{module}.{room}")


@asynccontextmanager
async def open_house(settings: Settings, *, requests: int = 8, lanes: int = 6) -> AsyncIterator[House]:
    """Everything a process needs, opened in order and closed in reverse.

    Raises SettingsError where an account at a payment provider is not complete; and outside development: a console that
    shows sign-in codes is all there is for messages, and it may not serve a live market.
    """
    providers = open_providers(folder_of(settings.data), settings.secret)
    if not settings.development:
        ways = f"Payment providers: {', '.join(providers) or 'none'}; "
        raise SettingsError(
            f"{ways}accounts stand in {folder_of(settings.data)}, see docs/handbook/providers.md. But only the console "
            "message gateway exists so far, and it is for development: start with --development, knowing that codes "
            "are shown and money is play money."
        )
    load_modules()
    async with Database.opened(settings.app_url, requests=requests, lanes=lanes) as database:
        await refuse_strong_role(database.requests)
        providers = {"sandbox": Sandbox(database.lanes, settings.secret), **providers}
        poster = Poster(settings.secret, is_strict=not settings.development)
        house = House(
            settings,
            database,
            Lanes(database.lanes, database.requests),
            providers,
            Console(),
            Hub(),
            poster,
            Pictures(settings.data),
            open_shares(settings.data),
            {SandboxCarrier.name: SandboxCarrier(database.lanes, settings.secret)},
        )
        yield house
        await house.lanes.drained()


@asynccontextmanager
async def open_relay(house: House) -> AsyncIterator[Relay]:
    """The relay over a house; `Relay.run` is the worker's whole life."""
    eyes = await open_pool(house.settings.relay_url, least=1, most=8, name="relay")
    try:
        yield Relay(house.database.lanes, eyes, Outside(house.providers, house.poster, house.carriers), asyncio.Event())
    finally:
        eyes.terminate()

"""What the planner's pages know."""

from datetime import datetime

import msgspec

from tuan.surfaces.backoffice.insight.context import Drawing
from tuan.surfaces.backoffice.tables import Choice, TablePage


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be simulated, as it was typed: amounts in the market's currency, rates and shares in percent; paid_by: a plan and the
    number of its version with a point between them, or nothing."""

    name: str = ""
    simulate: str = "campaign"
    graph: str = "watts_strogatz"
    people: str = "2000"
    friends: str = "10"
    opened: str = "200"
    size: str = "2"
    price: str = "9.90"
    single: str = "19.90"
    off: str = "0"
    appeal: str = "100"
    passed_on: str = "1"
    shops: str = "5"
    paid_by: str = ""
    rate: str = "0"
    second: str = "0"
    signed: str = ""
    profile: str = "CN"
    hold_days: str = "15"
    runs: str = "100"
    seed: str = "1"


class PlannerPage(msgspec.Struct, frozen=True, kw_only=True):
    """Simulations so far, and the form of a new one."""

    table: TablePage
    may_make: bool
    kinds: list[Choice]
    graphs: list[Choice]
    profiles: list[Choice]
    plans: list[Choice]
    typed: Typed
    errors: dict[str, str] = {}
    refused: str = ""
    key: str = ""


class FigureRow(msgspec.Struct, frozen=True, kw_only=True):
    """A figure over all runs: its quantiles and its mean, in words."""

    label: str
    words: list[str]


class SimulationPage(msgspec.Struct, frozen=True, kw_only=True):
    """One simulation: how far it is, then what came of it."""

    name: str
    what: str
    asked: list[tuple[str, str]]
    plan: str = ""
    plan_url: str = ""
    mix: str = ""
    made_by: str
    made_at: datetime
    done: int
    wanted: int
    figures: list[FigureRow] = []
    quantiles: list[str] = []
    drawing: Drawing | None = None
    breaches: list[tuple[str, str]] = []
    chain: str = ""
    retail: str = ""
    again_url: str = ""

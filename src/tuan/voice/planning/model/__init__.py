"""The pure words and rules of planning."""

from tuan.voice.planning.model.draws import below, draw
from tuan.voice.planning.model.graphs import Graph, from_edges, kleinberg, made_graph, watts_strogatz
from tuan.voice.planning.model.running import (
    CHANCES,
    Book,
    Shops,
    chance_of,
    reach,
    simulate,
)
from tuan.voice.planning.model.summing import QUANTILES, Legality, Measure, legality, measures, quantiles, why_unlawful
from tuan.voice.planning.model.words import (
    BOUNDS,
    JOB,
    PERMYRIAD,
    SIMULATION,
    JobState,
    Run,
    SimulationId,
    Terms,
    What,
    World,
    why_not_simulate,
    work_of,
)

__all__ = [
    "BOUNDS",
    "CHANCES",
    "JOB",
    "PERMYRIAD",
    "QUANTILES",
    "SIMULATION",
    "Book",
    "Graph",
    "JobState",
    "Legality",
    "Measure",
    "Run",
    "Shops",
    "SimulationId",
    "Terms",
    "What",
    "World",
    "below",
    "chance_of",
    "draw",
    "from_edges",
    "kleinberg",
    "legality",
    "made_graph",
    "measures",
    "quantiles",
    "reach",
    "simulate",
    "watts_strogatz",
    "why_not_simulate",
    "why_unlawful",
    "work_of",
]

"""What would come of a campaign or a plan, before it is switched on."""

from tuan.voice.planning.actions import ask, go_on
from tuan.voice.planning.queries import (
    access_simulation,
    breaches_of,
    graph_of,
    legality_of,
    own_edges,
    runs_of,
    simulations,
    terms_of,
)

__all__ = [
    "access_simulation",
    "ask",
    "breaches_of",
    "go_on",
    "graph_of",
    "legality_of",
    "own_edges",
    "runs_of",
    "simulations",
    "terms_of",
]

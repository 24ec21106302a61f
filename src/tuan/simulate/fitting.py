"""`tuan simulate fit`: how attractive goods are, fitted to one half of real launches and held against the other.

A record is one launch: who opened it, of which goods, and who joined; nobody joined where it never formed. Degrees, prices and sizes of
what never formed are not in it. What can be fitted is the share that forms, and how far goods differ in it.
"""

import gzip
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from tuan.voice.planning.model import PERMYRIAD, Graph, Terms, below, made_graph, reach

TENTHS = 10
DRAWS = 200_000
MILLION = 1_000_000
FITTED_ON = Terms(people=2_000, friends=10, rewired=1_000)
"""The graph whose leaders' numbers of friends turn the share that forms into a chance per friend."""


@dataclass(slots=True)
class Half:
    """Launches and formed ones by goods."""

    opened: Counter[str]
    formed: Counter[str]
    sizes: Counter[int]

    @property
    def share(self) -> float:
        return self.formed.total() / self.opened.total()

    def moments(self) -> tuple[float, float]:
        """Mean and mean square of the share that forms, over launches; the square from pairs of launches of the same goods,
        so that the few launches of rare goods do not look like differences between goods."""
        often = [one for one, count in self.opened.items() if count > 1]
        weight = sum(self.opened[one] for one in often)
        mean = sum(self.formed[one] for one in often) / weight
        pairs = sum(self.formed[one] * (self.formed[one] - 1) / (self.opened[one] - 1) for one in often) / weight
        return mean, pairs

    def by_launch(self, formed: Mapping[str, int]) -> list[int]:
        """For each launch the share of its goods' launches that formed, in ten-thousandths, sorted; seldom goods are noisy, and
        so are they when they are simulated as often."""
        found: list[int] = []
        for one, count in self.opened.items():
            found += [formed[one] * PERMYRIAD // count] * count
        return sorted(found)


def read_halves(path: Path) -> tuple[Half, Half]:
    """Every other line to each half; the file's order is random."""
    halves = [Half(Counter(), Counter(), Counter()) for _ in range(2)]
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            _, goods, *joined = line.rstrip("\n").split("\t")
            half = halves[number % 2]
            half.opened[goods] += 1
            half.formed[goods] += bool(joined)
            if joined:
                half.sizes[len(joined) + 1] += 1
    return halves[0], halves[1]


def fit(half: Half) -> tuple[list[int], tuple[float, float]]:
    """(that a friend comes, in millionths, for each tenth of launches from the least to the most attractive goods; Beta's a and b).

    The shares that form are taken as Beta with the half's mean and variance between goods; its tenths' means are turned into
    chances per friend by halving, since the share that a graph forms grows with the chance.
    """
    mean, square = half.moments()
    mean_all = half.share
    spread = (square - mean * mean) / (mean * (1 - mean))
    a, b = (part * (1 / spread - 1) for part in (mean_all, 1 - mean_all))
    chance = Random(1)
    drawn = sorted(chance.betavariate(a, b) for _ in range(DRAWS))
    step = DRAWS // TENTHS
    tenths = [sum(drawn[at * step : (at + 1) * step]) / step for at in range(TENTHS)]
    degrees = Counter(map(len, made_graph(FITTED_ON)))
    return [_chance_for(share, degrees) for share in tenths], (a, b)


def _chance_for(share: float, degrees: Counter[int]) -> int:
    """The chance per friend at which this share of leaders has at least one friend who comes."""
    low, high = 0, MILLION
    while high - low > 1:
        middle = (low + high) // 2
        formed = sum(count * (1 - (1 - middle / MILLION) ** degree) for degree, count in degrees.items())
        low, high = (middle, high) if formed / degrees.total() < share else (low, middle)
    return high


def launched_again(half: Half, chances: Sequence[int], graph: Graph) -> Counter[str]:
    """How many teams of two form when the half's goods are launched as often as they were, each with an attraction by chance."""
    formed: Counter[str] = Counter()
    for number, (one, count) in enumerate(sorted(half.opened.items())):
        chance = chances[below(TENTHS, 7, number)]
        for team in range(count):
            leader = below(len(graph), 8, number, team)
            formed[one] += len(reach(graph, leader, chance, 1, 2, (9, number, team))) == 2
    return formed


def calibrate(path: Path) -> dict[str, Any]:
    """The chances, and how what they simulate differs from the half that they have not seen. Shares in ten-thousandths."""
    seen, held = read_halves(path)
    chances, (a, b) = fit(seen)
    again = launched_again(held, chances, made_graph(replace(FITTED_ON, seed=2)))
    real, simulated = _permyriad(held.formed, held), _permyriad(again, held)
    tenths = [_tenths(held.by_launch(formed)) for formed in (held.formed, again)]
    apart = [abs(one - other) for one, other in zip(*tenths, strict=True)]
    return {
        "launches": [seen.opened.total(), held.opened.total()],
        "beta": [round(a, 3), round(b, 3)],
        "chances_millionths": chances,
        "formed_seen": _permyriad(seen.formed, seen),
        "formed_held_out": real,
        "formed_simulated": simulated,
        "difference": simulated - real,
        "tenths_held_out": tenths[0],
        "tenths_simulated": tenths[1],
        "tenths_apart_mean": sum(apart) // len(apart),
        "tenths_apart_most": max(apart),
        "formed_by_size": {str(size): held.sizes[size] for size in sorted(held.sizes)},
    }


def _permyriad(formed: Counter[str], half: Half) -> int:
    return formed.total() * PERMYRIAD // half.opened.total()


def _tenths(shares: Sequence[int]) -> list[int]:
    """The mean of each tenth of sorted shares."""
    count = len(shares)
    parts = [shares[at * count // TENTHS : (at + 1) * count // TENTHS] for at in range(TENTHS)]
    return [sum(part) // len(part) for part in parts if part]

"""Who knows whom: small worlds made from a seed, or the market's own edges. A graph is the neighbours of each person, sorted."""

from collections.abc import Iterable
from typing import TypeAlias

from tuan.voice.planning.model.draws import MILLION, below, draw
from tuan.voice.planning.model.words import Terms, World

Graph: TypeAlias = tuple[tuple[int, ...], ...]

REWIRES, FAR = 1, 2
"""What draws are for, so that no two of them are the same one."""


def watts_strogatz(people: int, friends: int, rewired_permyriad: int, seed: int) -> Graph:
    """A ring on which everybody knows the nearest `friends` (an even number), each acquaintance rewired by chance to somebody
    anywhere (Watts and Strogatz 1998): clustered like a town, and yet with short ways."""
    edges = set()
    for one in range(people):
        for step in range(1, friends // 2 + 1):
            other = (one + step) % people
            if draw(seed, REWIRES, one, step) < rewired_permyriad * MILLION // 10_000:
                other = below(people, seed, FAR, one, step)
            if other != one:
                edges.add((min(one, other), max(one, other)))
    return from_edges(people, edges)


def kleinberg(side: int, far: int, seed: int) -> Graph:
    """A square of side × side people who know their neighbours to the four sides, and each `far` others, the likelier the
    nearer: by one over the distance squared, the one exponent at which a message finds its way (Kleinberg 2000)."""
    edges: set[tuple[int, int]] = set()
    reach = _reach(side)
    for one in range(side * side):
        row, column = divmod(one, side)
        edges |= {(one, row * side + (column + 1) % side), (one, (row + 1) % side * side + column)}
        for number in range(far):
            step = _distance(reach, draw(seed, FAR, one, number, 0))
            at = below(4 * step, seed, FAR, one, number, 1)
            down, right = _around(step, at)
            other = (row + down) % side * side + (column + right) % side
            if other != one:
                edges.add((one, other))
    return from_edges(side * side, edges)


def _reach(side: int) -> list[int]:
    """Of each distance from 1 on, the millionths up to it: 4·d people stand at d, each by 1/d², so d weighs as 1/d."""
    weights = [MILLION * 1000 // step for step in range(1, max(side // 2, 2))]
    found, so_far = [], 0
    for weight in weights:
        so_far += weight
        found.append(so_far * MILLION // sum(weights))
    return found


def _distance(reach: list[int], drawn: int) -> int:
    return next((step for step, edge in enumerate(reach, 1) if drawn < edge), len(reach))


def _around(step: int, at: int) -> tuple[int, int]:
    """Where number `at` of the 4·step places at this distance lies."""
    side, along = divmod(at, step)
    return ((along - step, along), (along, step - along), (step - along, -along), (-along, along - step))[side]


def made_graph(terms: Terms) -> Graph:
    """The small world that these terms ask for; the market's own is not made here. A square has as many people as fit."""
    assert terms.world is not World.OWN
    if terms.world is World.KLEINBERG:
        return kleinberg(
            max(side for side in range(1, terms.people) if side * side <= terms.people),
            max(terms.friends - 4, 0) // 2,
            terms.seed,
        )
    return watts_strogatz(terms.people, terms.friends, terms.rewired, terms.seed)


def from_edges(people: int, edges: Iterable[tuple[int, int]]) -> Graph:
    """The graph of these pairs; nobody knows himself, and knowing is mutual."""
    known: list[set[int]] = [set() for _ in range(people)]
    for one, other in edges:
        if one != other:
            known[one].add(other)
            known[other].add(one)
    return tuple(tuple(sorted(friends)) for friends in known)

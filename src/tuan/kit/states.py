"""State tables: which state may follow which, checked when declared and used by every move."""

from collections.abc import Iterable, Mapping


class StateTable:
    """An immutable table `{from: {to, …}}` with one start; an end state maps to nothing."""

    def __init__(self, moves: Mapping[str, frozenset[str]], start: str) -> None:
        self.moves = moves
        self.start = start

    def allows(self, before: str, after: str) -> bool:
        return after in self.moves[before]

    def check(self, before: str, after: str) -> None:
        """Assert that the move is in the table; a breach is a bug, not a refusal."""
        if not self.allows(before, after):
            raise AssertionError(f"no move from {before!r} to {after!r}")

    def ends(self) -> frozenset[str]:
        return frozenset(state for state, after in self.moves.items() if not after)


def table(moves: Mapping[str, Iterable[str]], *, start: str) -> StateTable:
    """Declare a table. Raises ValueError for an unknown target or a state that cannot be reached."""
    frozen = {state: frozenset(after) for state, after in moves.items()}
    unknown = {target for after in frozen.values() for target in after} - frozen.keys()
    if unknown or start not in frozen:
        raise ValueError(f"states that are not declared: {sorted(unknown | ({start} - frozen.keys()))}")
    reached, frontier = {start}, [start]
    while frontier:
        for state in frozen[frontier.pop()] - reached:
            reached.add(state)
            frontier.append(state)
    if frozen.keys() - reached:
        raise ValueError(f"states that cannot be reached: {sorted(frozen.keys() - reached)}")
    return StateTable(frozen, start)

"""How a machine chooses: mostly what a verb is for, sometimes anything there is, which must be refused."""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.stories.reference import Row

PICK = st.integers(0, 2**16)
WRONG = 8
"""One choice in so many is made among everything there is."""


def among(rows: Sequence[Any], pick: int, likely: Callable[[Any], bool] = lambda _: True) -> Any:
    some = [row for row in rows if likely(row)]
    rows = some if some and pick % WRONG != WRONG - 1 else rows
    return rows[pick // WRONG % len(rows)]


def on(rows: str, likely: Callable[[Row], bool], **drawn: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A rule about one of these rows of the books: it waits for one that the verb is for, and then mostly takes such a one."""

    def made(verb: Callable[..., None]) -> Callable[..., None]:
        def act(self: Any, pick: int, **more: Any) -> None:
            verb(self, among(getattr(self.books, rows), pick, likely), **more)

        act.__name__ = verb.__name__
        return precondition(lambda self: any(map(likely, getattr(self.books, rows))))(rule(pick=PICK, **drawn)(act))

    return made


def in_state(*states: str) -> Callable[[Row], bool]:
    return lambda row: row.state in states

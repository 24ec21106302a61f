"""What is shown to whoever wants a shop of his own."""

from typing import Literal

import msgspec


class TaskLine(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done, in words, and where, if it is done on a page."""

    words: str
    url: str = ""


class OpeningPage(msgspec.Struct, frozen=True, kw_only=True):
    """How a shop is opened here, and how the viewer's own application stands.

    `by`: the code of the link that invited him, and `inviter` the name of that shop. `tasks`: what is left to do. `course`: the one that the market asks for before a shop opens.
    """

    opening: Literal["approval", "itself", "tasks"]
    state: Literal["none", "waiting", "refused", "withdrawn"]
    key: str
    member_days: int = 0
    name: str = ""
    words: str = ""
    by: str = ""
    inviter: str = ""
    why: str = ""
    tasks: list[TaskLine] = []
    course: TaskLine | None = None
    errors: dict[str, str] = {}

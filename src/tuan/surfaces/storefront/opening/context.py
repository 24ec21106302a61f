"""What is shown to whoever wants a shop of his own."""

from typing import Literal

import msgspec


class OpeningPage(msgspec.Struct, frozen=True, kw_only=True):
    """How a shop is opened here, and how the viewer's own application stands.

    `by`: the code of the link that invited him, and `inviter` the name of that shop. `tasks`: what is left to do, in words.
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
    tasks: list[str] = []
    errors: dict[str, str] = {}

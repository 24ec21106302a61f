"""What the page of one's own data shows."""

from typing import Literal

import msgspec

Act = Literal["copy", "erasure"]


class DataPage(msgspec.Struct, frozen=True, kw_only=True):
    """First what can be done, then, for what was chosen, the code that came to one's own number."""

    act: Act | None = None
    phone: str = ""
    shown_code: str | None = None
    errors: dict[str, str] = {}

"""What the page of one's name and number shows."""

from typing import Literal

import msgspec


class ProfilePage(msgspec.Struct, frozen=True, kw_only=True):
    """`shown_name` is what others see. A new number is asked for, then the code that came to it; `shown_code` is told
    in development only."""

    name: str
    shown_name: str
    phone: str
    step: Literal["phone", "code"] = "phone"
    new_phone: str = ""
    shown_code: str | None = None
    errors: dict[str, str] = {}

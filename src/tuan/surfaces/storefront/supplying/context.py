"""What somebody sees who wants to supply, or does."""

from datetime import date, datetime
from typing import Literal

import msgspec

State = Literal["submitted", "in_check", "approved", "refused", "expired", "renewed", "withdrawn"]


class OwnLicence(msgspec.Struct, frozen=True, kw_only=True):
    """One licence. `ends`: it runs out soon, and nothing newer waits for its check."""

    licence: str
    kind: str
    number: str
    state: State
    words: str
    tone: str
    valid_until: date | None
    picture: str
    reason: str = ""
    ends: bool = False


class OwnApplication(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    contact: str
    promise: str
    state: State
    words: str
    submitted_at: datetime
    reason: str = ""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    value: str
    label: str
    is_chosen: bool = False


class SupplyingPage(msgspec.Struct, frozen=True, kw_only=True):
    """The last application, if any, and the licences. The forms stand where they would be taken.

    is_supplier: he was admitted. rests: his goods are off the shelf, since no licence says any more who he is.
    """

    is_supplier: bool
    rests: bool
    application: OwnApplication | None
    licences: list[OwnLicence]
    can_apply: bool
    can_add: bool
    can_withdraw: bool
    kinds: list[Choice]
    today: date
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    key: str = ""

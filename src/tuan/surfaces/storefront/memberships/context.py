"""What a person sees of the organisations whose member he is."""

import msgspec


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """One organisation: invited, active or left. `asks` is the sentence that he would agree to."""

    url: str
    name: str
    state: str
    asks: str
    key: str


class MembershipsPage(msgspec.Struct, frozen=True, kw_only=True):
    """His memberships, and joining by a code. `version` names the sentence that is shown."""

    memberships: list[Membership]
    code: str
    asks: str
    version: str
    key: str

"""The three choices of a place in China, as a form shows them."""

import msgspec


class Choice(msgspec.Struct, frozen=True):
    """A division: its six-digit code and its name in Chinese."""

    code: str
    name: str


class Divisions(msgspec.Struct, frozen=True, kw_only=True):
    """What can be chosen after what is chosen. `province` may be `elsewhere`: then the place is written freely."""

    province: str = ""
    city: str = ""
    district: str = ""
    provinces: list[Choice]
    cities: list[Choice] = []
    districts: list[Choice] = []
    region: str = ""
    errors: dict[str, str] = {}

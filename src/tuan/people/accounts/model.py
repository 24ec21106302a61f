"""Persons, addresses and sign-in codes: pure rules."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from tuan.kit import ids
from tuan.kit.refusals import NotFound, Refusal
from tuan.people.accounts.errors import AddressInvalid, Blocked

PersonId = NewType("PersonId", UUID)
AddressId = NewType("AddressId", UUID)

PERSON: ids.IdKind[PersonId] = ids.IdKind("person")
ADDRESS: ids.IdKind[AddressId] = ids.IdKind("addr")


class CodePurpose(StrEnum):
    """What a code was asked for; it opens nothing else."""

    SIGN_IN = "sign_in"
    NEW_PHONE = "new_phone"
    COPY = "copy"
    ERASURE = "erasure"


CODE_LENGTH = 6
CODE_LIFE = timedelta(minutes=5)
CODE_PAUSE = timedelta(seconds=30)
CODE_TRIES = 5
CODES_PER_HOUR_MAX = 10
CODES_PER_CLIENT_AND_HOUR_MAX = 60
"""To all numbers together, from one network address."""
WRONG_CODES_PER_CLIENT_AND_HOUR_MAX = 60
TEXT_LENGTH_MAX = 200
NAME_LENGTH_MAX = 40


class Address(msgspec.Struct, frozen=True):
    """Where goods go; this is what an order keeps a copy of."""

    recipient: str
    phone: str
    region: str
    street: str

    def stripped(self) -> "Address":
        """The same without spaces around its fields: as it is kept."""
        return Address(*(getattr(self, name).strip() for name in self.__struct_fields__))

    def why_not_use(self) -> Refusal | None:
        """The first field that is empty or too long, by name."""
        for name in self.__struct_fields__:
            if not 0 < len(getattr(self, name).strip()) <= TEXT_LENGTH_MAX:
                return AddressInvalid(field=name, longest=TEXT_LENGTH_MAX)
        return None


@dataclass(frozen=True, slots=True)
class AddressRow:
    id: AddressId
    person_id: PersonId
    address: Address


class Addresses:
    """The addresses named by a batch of commands, which of those who command are blocked, and which are `bound`: customers
    of a shop, of whom whoever places their orders asks whose."""

    def __init__(self, rows: Iterable[AddressRow], blocked: Iterable[UUID] = (), bound: Iterable[UUID] = ()) -> None:
        self._rows = {row.id: row for row in rows}
        self._blocked = frozenset(blocked)
        self.bound = frozenset(bound)

    def why_not_use(self, person: UUID, address: UUID | None) -> Refusal | None:
        """Somebody else's address is not found, as one that never was; who is blocked has goods sent nowhere."""
        if person in self._blocked:
            return Blocked()
        if address is None:
            return None
        row = self._rows.get(AddressId(address))
        return None if row and row.person_id == person else NotFound()

    def get(self, address: UUID | None) -> Address | None:
        return None if address is None else self._rows[AddressId(address)].address


def masked_name(name: str) -> str:
    """The first letter and two stars: enough to know a friend by, too little to find a stranger."""
    return f"{name[:1]}**" if name else "**"


def masked_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"


def code_hash(secret: bytes, phone: str, code: str) -> bytes:
    """What is kept of a code; what it is for and who asked stand beside it."""
    return hmac.digest(secret, f"sign-in {phone} {code}".encode(), hashlib.sha256)

"""A name and an identity number, and what may be seen of them. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import date
from uuid import UUID

import msgspec

from tuan.kit.refusals import Refusal
from tuan.people.identities.errors import IdentityInvalid, IdentityMissing, TooYoung

PURPOSE = "identities"
"""What the keys of these envelopes are made for; they open nothing else."""
NAME_LENGTH_MAX = 50
NUMBER_LENGTH = 18
YOUNGEST_YEARS = 14
"""Personal data of a child under fourteen need the consent of its parents, which nobody can give here (PIPL, art. 31)."""
EARLIEST_YEAR = 1900
PROVINCES = frozenset(
    (11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54,
     61, 62, 63, 64, 65, 71, 81, 82, 83)
)  # fmt: skip
"""The first two digits of a region (GB/T 2260), with those of residents from Hong Kong, Macao and Taiwan."""
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_LETTERS = "10X98765432"
"""By the weighted sum modulo 11 (ISO 7064, MOD 11-2)."""
SHOWN_FIRST, SHOWN_LAST = 3, 2


class Identity(msgspec.Struct, frozen=True):
    """What customs ask of whoever goods from abroad are for; `number` as of GB 11643."""

    name: str
    number: str

    def __repr__(self) -> str:
        """Never the contents: a log, a trace or a failed assertion may show this."""
        return "Identity(***)"

    def read(self) -> "Identity":
        """The same as it is kept: without spaces around it, the check letter a capital."""
        return Identity(self.name.strip(), self.number.strip().upper())

    def why_not_keep(self, today: date) -> Refusal | None:
        """The first field that does not fit, or that it is a child's; `today` is the market's day."""
        if not 0 < len(self.name) <= NAME_LENGTH_MAX or not self.name.isprintable():
            return IdentityInvalid(field="name")
        born = born_on(self.number)
        if born is None or born > today:
            return IdentityInvalid(field="number")
        return TooYoung(years=YOUNGEST_YEARS) if years_between(born, today) < YOUNGEST_YEARS else None

    @property
    def shown_name(self) -> str:
        return f"{self.name[:1]}**"

    @property
    def shown_number(self) -> str:
        """The first three and the last two: enough for its owner to know it by."""
        stars = "*" * (NUMBER_LENGTH - SHOWN_FIRST - SHOWN_LAST)
        return f"{self.number[:SHOWN_FIRST]}{stars}{self.number[-SHOWN_LAST:]}"

    def digest(self, secret: bytes, market: int) -> bytes:
        """Tells whether two are the same without opening them; keyed, since numbers can be counted through."""
        said = f"identity {market}\n{self.number}\n{self.name}".encode()
        return hmac.digest(secret, said, hashlib.sha256)


def born_on(number: str) -> date | None:
    """The day of birth in a number whose region, day and check letter are right; None for any other text."""
    digits, check = number[:-1], number[-1:]
    if len(number) != NUMBER_LENGTH or not (digits.isascii() and digits.isdigit()) or int(digits[:2]) not in PROVINCES:
        return None
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True))
    if check != CHECK_LETTERS[total % len(CHECK_LETTERS)]:
        return None
    year, month, day = int(digits[6:10]), int(digits[10:12]), int(digits[12:14])
    try:
        return date(year, month, day) if year >= EARLIEST_YEAR else None
    except ValueError:
        return None


def years_between(born: date, today: date) -> int:
    """Whole years on that day; whoever was born on the last of February turns a year older on the first of March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def about(market: int, person: UUID) -> bytes:
    """What an envelope is bound to: in another person's row, or another market's, it does not open."""
    return f"{market} {person}".encode()


class Identities:
    """The sealed identities of buyers of a batch, read under the lock of these persons."""

    def __init__(self, sealed: Mapping[UUID, bytes] | None = None) -> None:
        self._sealed = dict(sealed or {})

    def why_not_declare(self, person: UUID) -> Refusal | None:
        return None if person in self._sealed else IdentityMissing()

    def get(self, person: UUID) -> bytes:
        return self._sealed[person]

"""Ids are UUIDv7 (RFC 9562) made by the application; in public they carry a prefix that names their kind."""

import os
import time
from typing import Generic, TypeVar
from uuid import UUID

T = TypeVar("T", bound=UUID)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base32: no i, l, o, u
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_AS_DIGITS = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")
"""Python reads base 32 in its own digits."""
_KNOWN = frozenset(_ALPHABET)
_LETTERS = 26
_SHIFTS = range(120, -1, -10)

_entropy = b""
_entropy_at = 0
_last = 0


def new_uuid() -> UUID:
    """A fresh UUIDv7: 48 bits of milliseconds, then 74 random bits, so that new rows sit at the end of an index.

    Above every other one of this process (RFC 9562, 6.2, method 2): what was made first comes first, also within a millisecond.
    """
    global _entropy, _entropy_at, _last
    if _entropy_at + 10 > len(_entropy):
        _entropy, _entropy_at = os.urandom(1000), 0  # one system call for a hundred ids
    random = int.from_bytes(_entropy[_entropy_at : _entropy_at + 10], "big")
    _entropy_at += 10
    fresh = (time.time_ns() // 1_000_000) << 74 | random >> 6
    if fresh <= _last:
        fresh = _last + 1 + (random >> 36)
    _last = fresh
    high = (fresh >> 74 & 0xFFFF_FFFF_FFFF) << 80 | 0x7000 << 64 | (fresh >> 62 & 0xFFF) << 64
    return UUID(int=high | 1 << 63 | fresh & 0x3FFF_FFFF_FFFF_FFFF)


def _forget_entropy() -> None:
    global _entropy, _entropy_at, _last
    _entropy, _entropy_at, _last = b"", 0, 0


os.register_at_fork(after_in_child=_forget_entropy)  # else parent and child would hand out the same bits


class IdKind(Generic[T]):
    """How the ids of one kind are made, shown and read: `team_01j…`."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def new(self) -> T:
        return new_uuid()  # type: ignore[return-value]

    def show(self, value: UUID) -> str:
        number = value.int
        return f"{self.prefix}_{''.join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])}"

    def parse(self, text: str) -> T | None:
        """The id, or None when the text is not one of this kind."""
        prefix, _, letters = text.rpartition("_")
        if prefix != self.prefix or len(letters) != _LETTERS or not _KNOWN.issuperset(letters):
            return None
        number = int(letters.translate(_AS_DIGITS), 32)
        return UUID(int=number) if number < 1 << 128 else None  # type: ignore[return-value]

"""Keyset pages: a list goes on after the last key seen, so that page one thousand costs what page one costs."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")

PAGE_SIZE = 20
BIGINT_BITS = 64
INT_BITS = 32
"""Of a database's numbers, their sign among them."""


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Items and the key of the next page, or None at the end."""

    items: Sequence[T]
    next_key: str | None = None
    count: int | None = None
    """Of the whole list, where it was asked for."""


def encode_key(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def decode_key(text: str | None, shape: Any) -> Any | None:
    """The key as `shape` (a tuple type); None for no key and for one that nobody of ours has made."""
    if not text:
        return None
    try:
        key = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=shape)
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError):
        return None
    return key if all(map(_can_be_asked_for, key)) else None


def _can_be_asked_for(value: Any) -> bool:
    """Whether the database can be asked with this value: not a text with NUL, nor a number of more than 64 bits, nor an
    instant without a zone, or outside the years in UTC."""
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, int):
        return value.bit_length() < BIGINT_BITS
    if not isinstance(value, datetime):
        return True
    try:
        return value.tzinfo is not None and value.astimezone(UTC) is not None
    except OverflowError:
        return False


def page_of(rows: Sequence[T], size: int, key_of: Callable[[T], Sequence[Any]]) -> Page[T]:
    """A page from `size + 1` fetched rows; the extra row only tells that there are more."""
    shown = rows[:size]
    return Page(shown, encode_key(key_of(shown[-1])) if len(rows) > size else None)

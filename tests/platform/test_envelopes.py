"""Envelopes: what was closed opens with the same secret, for the same purpose, about the same; all else stays closed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuan.platform.envelopes import HEAD_BYTES, EnvelopeBroken, close, open_envelope

SECRET, TEXT = b"s" * 32, "王小明".encode()
SEALED = close(TEXT, SECRET, "identities", b"1 a")


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_what_was_closed_opens(text: bytes, about: bytes) -> None:
    sealed = close(text, SECRET, "identities", about)
    assert open_envelope(sealed, SECRET, "identities", about) == text
    assert not text or len(text) < 4 or text not in sealed


def test_twice_the_same_is_never_the_same_bytes() -> None:
    again = close(TEXT, SECRET, "identities", b"1 a")
    assert again != SEALED and again[1:HEAD_BYTES] != SEALED[1:HEAD_BYTES]


@pytest.mark.parametrize(
    ("secret", "purpose", "about"),
    [(b"t" * 32, "identities", b"1 a"), (SECRET, "accounts", b"1 a"), (SECRET, "identities", b"2 a")],
)
def test_nothing_else_opens_it(secret: bytes, purpose: str, about: bytes) -> None:
    with pytest.raises(EnvelopeBroken):
        open_envelope(SEALED, secret, purpose, about)


@pytest.mark.parametrize("place", range(len(SEALED)))
def test_whatever_is_changed_is_seen(place: int) -> None:
    changed = SEALED[:place] + bytes([SEALED[place] ^ 1]) + SEALED[place + 1 :]
    with pytest.raises(EnvelopeBroken):
        open_envelope(changed, SECRET, "identities", b"1 a")


@given(st.binary(max_size=80))
def test_what_is_no_envelope_does_not_open(raw: bytes) -> None:
    with pytest.raises(EnvelopeBroken):
        open_envelope(raw, SECRET, "identities", b"")

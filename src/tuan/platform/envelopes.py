"""Sealed texts: what has to be read again one day, and by nobody who only has the database.

A key of its own for each envelope is made from the installation's secret and a salt that lies beside it; so a backup with its
secret opens them, and a new secret opens none.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
SALT_BYTES, NONCE_BYTES, KEY_BYTES = 16, 12, 32
HEAD_BYTES = len(VERSION) + SALT_BYTES + NONCE_BYTES


class EnvelopeBroken(ValueError):
    """It was closed with another secret, for something else, or has been changed."""


def close(text: bytes, secret: bytes, purpose: str, about: bytes) -> bytes:
    """The text, to be opened with the same secret, purpose and `about` only; twice the same text is never the same bytes."""
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    return VERSION + salt + nonce + _cipher(secret, salt, purpose).encrypt(nonce, text, about)


def open_envelope(sealed: bytes, secret: bytes, purpose: str, about: bytes) -> bytes:
    """What was closed. Raises EnvelopeBroken."""
    if len(sealed) <= HEAD_BYTES or not sealed.startswith(VERSION):
        raise EnvelopeBroken("no envelope of ours")
    salt, nonce = sealed[len(VERSION) : HEAD_BYTES - NONCE_BYTES], sealed[HEAD_BYTES - NONCE_BYTES : HEAD_BYTES]
    try:
        return _cipher(secret, salt, purpose).decrypt(nonce, sealed[HEAD_BYTES:], about)
    except InvalidTag:
        raise EnvelopeBroken("it does not open") from None


def _cipher(secret: bytes, salt: bytes, purpose: str) -> AESGCM:
    return AESGCM(HKDF(hashes.SHA256(), KEY_BYTES, salt=salt, info=f"envelopes of {purpose}".encode()).derive(secret))

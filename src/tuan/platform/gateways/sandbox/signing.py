"""Signed notices in the manner of the Standard Webhooks specification 1.0 (standardwebhooks.com), `v1` signatures.

Signed is `id.timestamp.body`, so that neither the body nor its age can be changed on the way. The timestamp is that of
the sending, so a notice that is sent again is young again under the same id.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.platform.gateways.errors import NoticeOld, SignatureWrong

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE_SECONDS = 5 * 60
DIGITS_MAX = 12


def signed(key: bytes, notice: str, at: Instant, body: bytes) -> dict[str, str]:
    """The three headers of a notice that is sent now."""
    timestamp = str(int(at.timestamp()))
    return {ID: notice, TIMESTAMP: timestamp, SIGNATURE: _signature(key, notice, timestamp, body)}


def why_not_believe(key: bytes, headers: Mapping[str, str], body: bytes, now: Instant) -> Refusal | None:
    """Whether somebody with the key sent this within five minutes of now. Headers have lower-case names.

    The signature comes first, so that whoever has no key learns nothing about our clock.
    """
    notice, timestamp = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    expected = _signature(key, notice, timestamp, body).encode()
    offered = headers.get(SIGNATURE, "").split()  # several while a key is being changed
    if not any([hmac.compare_digest(expected, one.encode()) for one in offered]):
        return SignatureWrong()
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= DIGITS_MAX):
        return NoticeOld()
    return NoticeOld() if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS else None


def _signature(key: bytes, notice: str, timestamp: str, body: bytes) -> str:
    content = f"{notice}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(key, content, sha256)).decode()

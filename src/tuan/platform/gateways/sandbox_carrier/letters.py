"""The letters of the sandbox carrier: JSON in the shape of the Standard Webhooks specification (type, timestamp, data)."""

from typing import Annotated

import msgspec

from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.platform.gateways.carrier import Scan, ScanStatus, Tracked
from tuan.platform.gateways.errors import NoticeUnreadable

TYPE = "parcel.moved"
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=r"\A[!-~]*\Z")]
"""Printable ASCII without spaces."""
Text = Annotated[str, msgspec.Meta(max_length=120, pattern=r"\A[^\x00-\x1f]*\Z")]
Moment = Annotated[Instant, msgspec.Meta(tz=True)]


class Data(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    carrier: Word
    tracking: Word
    number: Word
    status: ScanStatus
    at: Moment
    place: Text
    words: Text


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    type: Word
    timestamp: Moment
    data: Data


def write(carrier: str, tracking: str, scan: Scan) -> str:
    data = Data(
        carrier=carrier, tracking=tracking, number=scan.number, status=scan.status, at=scan.at, place=scan.place, words=scan.words
    )  # fmt: skip
    return msgspec.json.encode(Body(type=TYPE, timestamp=scan.at, data=data)).decode()


def read(raw: bytes) -> Tracked | Refusal:
    """The news in a body whose signature was right."""
    try:
        body = msgspec.json.decode(raw, type=Body)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors; brackets within brackets
        return NoticeUnreadable()
    if body.type != TYPE:
        return NoticeUnreadable()
    said = body.data
    scan = Scan(said.number, said.status, said.at, said.place, said.words)
    return Tracked(said.carrier, said.tracking, [scan])

"""Reading what visitors send: forms and JSON into shapes, ids, units, local paths. What cannot be meant is refused."""

import base64
import binascii
import io
import re
from typing import Any, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from babel.numbers import get_currency_precision
from litestar import Request
from multipart import MultipartError, MultipartParser, parse_options_header  # type: ignore[import-untyped]

from tuan.kit.ids import IdKind
from tuan.kit.refusals import NotFound, Refused
from tuan.surfaces.web.errors import BodyUnknown, FieldInvalid, FormUnreadable, TooLarge, UnitsUnreadable
from tuan.trade.orders.model import UNSEEN

FIELDS_MAX = 100
UNITS_MAX = 999
URLENCODED = "application/x-www-form-urlencoded"
JSON = "application/json"
MULTIPART = "multipart/form-data"
FILE_BODY_BYTES_MAX = 12 * 2**20
"""Of a body with a file in it, which in JSON is a third longer than the file."""
AMOUNT = re.compile(r"(-?)(\d{1,13})(?:[.,](\d+))?", re.ASCII)

Shape = TypeVar("Shape", bound=msgspec.Struct)
Id = TypeVar("Id", bound=UUID)


async def whole_body(request: Request[Any, Any, Any], announced: str) -> bytes:
    """The body as it came, no longer than its route takes. Raises Refused(TooLarge), or FormUnreadable where it breaks off.

    announced: what its Content-Length says. One that is too long is refused before any of it is asked for. The framework's own
    reading makes an object of all headers to look at this one, which is a twentieth of what a join costs.
    """
    most = request.route_handler.resolve_request_max_body_size() or 0
    if announced.isdecimal() and int(announced) > most:
        raise Refused(TooLarge())
    parts, length = [], 0
    while True:
        message = await request.receive()
        if message["type"] != "http.request":
            raise Refused(FormUnreadable())
        part = message.get("body", b"")
        length += len(part)
        if length > most:
            raise Refused(TooLarge())
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def read_query(raw: bytes) -> dict[str, str]:
    """The query's fields, the last of a name; raises Refused(FormUnreadable) for what is no text."""
    return _read_pairs(raw, FIELDS_MAX)


def read_body(
    raw: bytes, content_type: str, *, takes_file: bool = False, fields_max: int = FIELDS_MAX
) -> dict[str, Any]:
    """The fields of a form or the members of a JSON object; how long a body may be, the app says. Raises Refused.

    takes_file: a form may come in parts as well; a file among them is the text that a program sends, its bytes in base64.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == MULTIPART and takes_file:
        return _read_parts(raw, content_type)
    if kind == URLENCODED or not raw:
        return dict(_read_pairs(raw, fields_max))
    if kind != JSON:
        raise Refused(BodyUnknown())
    try:
        found: dict[str, Any] = msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):  # the last for brackets within brackets
        raise Refused(FormUnreadable()) from None
    return found


def _read_parts(raw: bytes, content_type: str) -> dict[str, str]:
    """What a file is called and of what kind it says it is, nobody reads. Several files of one name stand with commas between."""
    boundary = parse_options_header(content_type)[1].get("boundary", "")
    bounds: dict[str, Any] = {
        "part_limit": FIELDS_MAX,
        "spool_limit": len(raw),
        "memory_limit": len(raw),
        "disk_limit": 0,
    }
    try:
        parser = MultipartParser(io.BytesIO(raw), boundary, content_length=len(raw), strict=True, **bounds)
        found: dict[str, str] = {}
        for part in parser:
            if part.filename is None:
                found[part.name] = part.value
            else:
                before, sent = found.get(part.name, ""), base64.b64encode(part.raw).decode()
                found[part.name] = f"{before},{sent}" if before else sent
    except (MultipartError, ValueError, LookupError):  # the last for a charset that there is not
        raise Refused(FormUnreadable()) from None
    if any("\0" in name or "\0" in value for name, value in found.items()):
        raise Refused(FormUnreadable())
    return found


def read_file(text: str, field: str = "picture") -> bytes:
    """The bytes of a file among the fields of a form; raises Refused(FieldInvalid)."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(FieldInvalid(field=field)) from None


def files_of(text: str, most: int, field: str = "pictures") -> list[str]:
    """The files of one field of a form, each still in base64; one that was left empty is none. Raises Refused(FieldInvalid) for
    more than `most`, before any of them is looked at."""
    files = [one for one in text.split(",") if one]
    if len(files) > most:
        raise Refused(FieldInvalid(field=field))
    return files


def _read_pairs(raw: bytes, fields_max: int) -> dict[str, str]:
    """The database takes no NUL in a text, and nobody types one."""
    try:
        pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=fields_max)
    except ValueError:
        raise Refused(FormUnreadable()) from None
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise Refused(FormUnreadable())
    return dict(pairs)


def shaped(fields: dict[str, Any], shape: type[Shape]) -> Shape:
    """The fields as `shape`, whose members are texts; raises Refused(FieldInvalid) naming the first that is not.

    A field that the shape does not know is refused too: whoever sends it believes that it does something.
    """
    known = shape.__struct_fields__
    for name, value in fields.items():
        if name not in known or not isinstance(value, str | int) or isinstance(value, bool) or "\0" in str(value):
            raise Refused(FieldInvalid(field=name[:40]))
    try:
        return msgspec.convert({name: str(value) for name, value in fields.items()}, type=shape)
    except msgspec.ValidationError:
        missing = next((name for name in known if name not in fields), "")
        raise Refused(FieldInvalid(field=missing)) from None


def read_json(raw: bytes, content_type: str, shape: type[Shape]) -> Shape:
    """A JSON body as `shape`, strictly: numbers are numbers, and a member it does not know is refused. Raises Refused."""
    if content_type.partition(";")[0].strip().lower() != JSON:
        raise Refused(BodyUnknown())
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as error:
        raise Refused(FieldInvalid(field=_field_of(error))) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Refused(FormUnreadable()) from None


def read_fields(fields: dict[str, str], shape: type[Shape]) -> Shape:
    """The fields of a query as `shape`, numbers read from their digits. Raises Refused."""
    try:
        return msgspec.convert(fields, type=shape, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(FieldInvalid(field=_field_of(error))) from None


def _field_of(error: msgspec.ValidationError) -> str:
    """Which member is wrong, as the decoder says it: `$.lines[0].units`, or a name between backquotes."""
    found = re.search(r"at `\$\.?([^`]*)`", str(error))
    named = re.search(r"field `([^`]*)`", str(error))
    parts = [one[1] for one in (found, named) if one and one[1]]
    return ".".join(parts)[:80]


def read_id(kind: IdKind[Id], text: str) -> Id:
    """The id; a text that is none of this kind names nothing, so it is not found."""
    found = kind.parse(text)
    if found is None:
        raise Refused(NotFound())
    return found


def read_units(text: str) -> int:
    """1 to 999 in ASCII digits; other scripts' digits, signs and spaces are refused rather than guessed."""
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= UNITS_MAX):
        raise Refused(UnitsUnreadable(most=UNITS_MAX))
    return int(text)


def read_amount(text: str) -> int | None:
    """Minor units that a page showed; None where nothing was said."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 14):
        raise Refused(FieldInvalid(field="quoted_minor"))
    return int(text)


def read_quote(text: str) -> int:
    """The total that the page showed, in minor units; whoever sends none is told the price instead of being charged it."""
    found = read_amount(text)
    return UNSEEN if found is None else found


def read_money(text: str, currency: str, field: str) -> int:
    """Minor units of `19.90` as people type it; raises Refused(FieldInvalid) for what is none, or has too many digits."""
    digits: int = get_currency_precision(currency)
    found = AMOUNT.fullmatch(text.strip())
    if found is None or len(found[3] or "") > digits:
        raise Refused(FieldInvalid(field=field))
    minor: int = int(found[2]) * 10**digits + int((found[3] or "0").ljust(digits, "0") if digits else 0)
    return -minor if found[1] else minor


def read_cookies(header: str) -> dict[str, str]:
    """A Cookie header's pairs, the last of a name."""
    pairs = (part.partition("=") for part in header.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def local_path(text: str, otherwise: str) -> str:
    """A path of this site to go on to; anything that could lead elsewhere is left aside."""
    plain = text.isascii() and text.isprintable() and "\\" not in text and len(text) <= 500
    return text if plain and text.startswith("/") and not text.startswith("//") else otherwise

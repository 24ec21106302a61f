"""What the reference page shows: the document, laid out for people."""

import re
from typing import Any
from urllib.parse import urlencode

import msgspec

from tuan.kit.refusals import Refusal
from tuan.people.developers.model import BUYER_SCOPES, MARKET_SCOPES, SHOP_SCOPES, SUPPLIER_SCOPES
from tuan.surfaces.api.reference.document import JSON, document
from tuan.surfaces.web.i18n import Words

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """Something that an operation reads besides its body."""

    name: str
    place: str
    kind: str
    words: str
    is_required: bool


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One operation. `example` is a request as it is typed, `answer` what comes back."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    fields: list[Field]
    example: str
    status: str
    answer: str


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The operations of a module."""

    name: str
    words: str
    operations: list[Shown]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal that the API may answer, in the reader's language; data stands as {name}."""

    code: str
    status: int
    happened: str
    advice: str


class ReferencePage(msgspec.Struct, frozen=True, kw_only=True):
    """Every operation, every scope, every refusal."""

    paragraphs: list[str]
    groups: list[Group]
    scopes: list[str]
    refusals: list[Told]


def page_of(words: Words) -> ReferencePage:
    """The page in a language; what operations do is said in English, as in the document."""
    whole = document()
    groups = {tag["name"]: Group(name=tag["name"], words=tag["description"], operations=[]) for tag in whole["tags"]}
    for path, methods in whole["paths"].items():
        for method, one in methods.items():
            groups[one["tags"][0]].operations.append(_shown(method.upper(), path, one))
    return ReferencePage(
        paragraphs=whole["info"]["description"].split("\n\n"),
        groups=list(groups.values()),
        scopes=[*BUYER_SCOPES, *SUPPLIER_SCOPES, *SHOP_SCOPES, *MARKET_SCOPES],
        refusals=[_told(words, code, kind) for code, kind in sorted(Refusal.named.items()) if words.has(code)],
    )


def _shown(method: str, path: str, one: dict[str, Any]) -> Shown:
    ((status, answer), *_) = one["responses"].items()
    fields = [
        Field(
            name=p["name"], place=p["in"], kind=_kind(p["schema"]), words=p["schema"].get("description", ""),
            is_required=p["required"],
        )
        for p in one["parameters"] if p["name"] != "lang"
    ]  # fmt: skip
    return Shown(
        name=one["operationId"], method=method, path=path, summary=one["summary"],
        description=one.get("description", ""), scope=one.get("x-scope", ""), fields=fields,
        example=_typed(method, path, one), status=status, answer=_pretty(answer.get("content", {})),
    )  # fmt: skip


def _kind(shape: dict[str, Any]) -> str:
    if "enum" in shape:
        return " | ".join(map(str, shape["enum"]))
    return str(shape.get("type", ""))


def _typed(method: str, path: str, one: dict[str, Any]) -> str:
    """The request as one would type it."""
    for p in one["parameters"]:
        if p["in"] == "path":
            path = path.replace(f"{{{p['name']}}}", p["schema"]["examples"][0])
    asked = {p["name"]: p["schema"]["examples"][0] for p in one["parameters"] if p["in"] == "query" and p["required"]}
    lines = [f"{method} {path}" + (f"?{urlencode(asked)}" if asked else "")]
    lines += ["Authorization: Bearer tuan_…"] if "x-scope" in one else []
    lines += [f"Idempotency-Key: {p['schema']['examples'][0]}" for p in one["parameters"] if p["in"] == "header"]
    body = _pretty(one.get("requestBody", {}).get("content", {}))
    return "\n".join([*lines, "", body] if body else lines)


def _pretty(content: dict[str, Any]) -> str:
    if JSON not in content:
        return ""
    return msgspec.json.format(msgspec.json.encode(content[JSON]["example"]), indent=2).decode()


def _told(words: Words, code: str, kind: type[Refusal]) -> Told:
    happened, _, advice = PLACEHOLDER.sub(r"{\1}", words.gettext(code)).split("\n")
    return Told(code=code, status=kind.status, happened=happened, advice=advice)

"""A Python client made from the API's OpenAPI document, and from nothing else, each time the tests run.

Ours rather than a generator from the registry: it is a page long, brings a dozen packages less, and is stricter than those:
a shape it makes refuses what the document does not name, so that every call in a test also holds the answer to the document.
"""

import sys
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from itertools import count
from types import ModuleType
from typing import Any

import httpx
import msgspec
from litestar import Litestar

JSON = "application/json"
HEAD = '''"""Made from an OpenAPI document."""

from datetime import datetime
from typing import Any, Literal

from msgspec import UNSET, Struct

class Calls:
    async def call(self, method, path, query, headers, body, status, gives):
        raise AssertionError("a subclass says how")

'''
PLAIN = {"string": "str", "integer": "int", "boolean": "bool", "number": "float", "null": "None"}

_numbers = count(1)


def source(document: dict[str, Any]) -> str:
    """The module: a Struct for each schema, and a class with a method for each operation."""
    shapes = [_struct(name, shape) for name, shape in document["components"]["schemas"].items()]
    methods = [
        line
        for path, of in document["paths"].items()
        for method, one in of.items()
        for line in _method(method.upper(), path, one)
    ]
    return "\n".join([HEAD, *shapes, "class Client(Calls):", *methods])


def _struct(name: str, shape: dict[str, Any]) -> str:
    required = shape.get("required", [])
    lines = [f"class {name}(Struct, kw_only=True, forbid_unknown_fields=True):"]
    for each, kind in shape.get("properties", {}).items():
        lines.append(f"    {each}: {_kind(kind)}{'' if each in required else ' = UNSET'}")
    return "\n".join([*lines, "    pass", ""])


def _kind(shape: dict[str, Any]) -> str:
    """The annotation of a schema, in quotes where it names another shape."""
    if "$ref" in shape:
        return f'"{shape["$ref"].rpartition("/")[2]}"'
    if "anyOf" in shape:
        inner = [_kind(one).strip('"') for one in shape["anyOf"]]
        return f'"{" | ".join(inner)}"'
    if "enum" in shape:
        return f'"Literal[{", ".join(map(repr, shape["enum"]))}]"'
    if shape.get("type") == "array":
        return f'"list[{_kind(shape["items"]).strip(chr(34))}]"'
    if shape.get("type") == "object":
        return "dict[str, Any]"
    return "datetime" if shape.get("format") == "date-time" else PLAIN.get(shape.get("type", ""), "Any")


def _method(method: str, path: str, one: dict[str, Any]) -> Iterator[str]:
    """One operation: its path's parts by position, its query and the key by name, its body as members."""
    parts = [p["name"] for p in one["parameters"] if p["in"] == "path"]
    query = [p["name"] for p in one["parameters"] if p["in"] == "query"]
    is_keyed = any(p["in"] == "header" for p in one["parameters"])
    ((status, answer), *_) = one["responses"].items()
    gives = _kind(answer["content"][JSON]["schema"]) if "content" in answer else "None"
    named = [*(f"{name}=None" for name in query), *(["key=None"] if is_keyed else []), "**body"]
    yield f"    async def {one['operationId']}({', '.join(['self', *parts, '*', *named])}):"
    asked = ", ".join(f"{name!r}: {name}" for name in query)
    headers = "{'Idempotency-Key': key}" if is_keyed else "{}"
    has_body = "body" if "requestBody" in one else "None"
    yield f"        return await self.call({method!r}, f{path!r}, {{{asked}}}, {headers}, {has_body}, {status}, {gives.strip(chr(34))})"


class Refused(Exception):
    """What the API answered instead: its status and its problem."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem}")
        self.status, self.problem, self.code = status, problem, problem["code"]


async def refused(call: Awaitable[Any]) -> Refused:
    """What this call is refused with; one that is not refused is a failure."""
    try:
        answer = await call
    except Refused as error:
        return error
    raise AssertionError(f"not refused, but answered {answer}")


@dataclass
class Program:
    """Somebody's program: calls the app as the generated client says, with a token or none."""

    app: Litestar
    host: str
    token: str | None = None
    language: str = "en"
    last: httpx.Response | None = None
    headers: dict[str, str] = field(default_factory=dict)

    async def call(
        self, method: str, path: str, query: dict[str, Any], headers: dict[str, Any], body: Any, status: int, gives: Any
    ) -> Any:
        if "Idempotency-Key" in headers and headers["Idempotency-Key"] is None:
            headers = {"Idempotency-Key": f"program-{next(_numbers)}"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app, client=("192.0.2.7", 50000)), base_url=f"http://{self.host}",
        ) as http:  # fmt: skip
            self.last = answer = await http.request(
                method, path, params={name: value for name, value in query.items() if value is not None},
                headers={"accept-language": self.language, **headers, **self.headers},
                json=body,
            )  # fmt: skip
        if answer.status_code >= 400:
            raise Refused(answer.status_code, answer.json())
        assert answer.status_code == status, (answer.status_code, answer.text)
        return None if gives is None else msgspec.json.decode(answer.content, type=gives)


def made(document: dict[str, Any]) -> type[Any]:
    """The generated client's class, over an app."""
    module = ModuleType("generated_client")
    sys.modules[module.__name__] = module  # where the shapes look for each other
    exec(compile(source(document), module.__name__, "exec"), vars(module))
    return type("ApiClient", (Program, module.Client), {})

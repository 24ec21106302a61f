"""An OpenAPI document of the pages, made from the app: its routes, and what their handlers read, followed in the source.

A route that changes something must read exactly one form, or the document cannot be made; a hook reads what its provider
signed. The API has a document of its own, made by the product from what its operations declare.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers.http_handlers import HTTPRouteHandler

from tuan.surfaces.web.policies import API, CHANGING, HOOK, POLICY, handlers_of
from tuan.surfaces.web.problems import PROBLEM, Problem

JSON = "application/json"
EVERYWHERE = ("lang",)
"""Read from every query, before any handler."""

Samples = Mapping[str, Sequence[str]]
"""Values by the name of the field they fit; a field without samples is any text."""


@dataclass(frozen=True, slots=True)
class Reads:
    """What a handler reads besides its path: the shapes of its body, the names it looks up in the query."""

    forms: tuple[type[msgspec.Struct], ...]
    query: tuple[str, ...]


def reads_of(handler: HTTPRouteHandler) -> Reads:
    """Found in the source of the handler and of every function of ours that it calls by its name."""
    forms: dict[str, type[msgspec.Struct]] = {}
    query: dict[str, None] = {}
    for function, node in _nodes(inspect.unwrap(handler.fn)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name("visit"), attr="form"), args=[ast.Name(shape)]):
                forms[shape] = function.__globals__[shape]
            case ast.Call(func=ast.Attribute(value=looked_up, attr="get"), args=[ast.Constant(str(name)), *_]):
                query |= dict.fromkeys([name] if _is_query(looked_up) else [])
            case ast.Subscript(value=looked_up, slice=ast.Constant(str(name))):
                query |= dict.fromkeys([name] if _is_query(looked_up) else [])
    return Reads(tuple(forms.values()), tuple(query))


def _is_query(node: ast.AST) -> bool:
    return ast.unparse(node) == "visit.query"


def _nodes(start: Callable[..., Any]) -> Iterator[tuple[FunctionType, ast.AST]]:
    """Every node of the function's source with the function it stands in, and so on through what it calls."""
    waiting, seen = [start], {start}
    while waiting:
        function = waiting.pop()
        assert isinstance(function, FunctionType)
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
            yield function, node
            called = function.__globals__.get(node.func.id) if _is_plain_call(node) else None
            if inspect.isfunction(called) and called.__module__.startswith("tuan.surfaces.") and called not in seen:
                seen.add(called)
                waiting.append(called)


def _is_plain_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


def document(app: Litestar, samples: Samples) -> dict[str, Any]:
    """OpenAPI 3.1 of every route and method. What `samples` knows is drawn from there, all else is any text."""
    paths: dict[str, dict[str, Any]] = {}
    for handler in handlers_of(app):
        if handler.opt[POLICY] == API:
            continue
        for path in handler.paths:
            for method in handler.http_methods:
                shown = re.sub(r"{(\w+):\w+}", r"{\1}", path)
                paths.setdefault(shown, {})[method.lower()] = _operation(handler, method, path, samples)
    _, components = msgspec.json.schema_components([Problem], ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tuan", "version": "1"},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": components},
    }


def _operation(handler: HTTPRouteHandler, method: str, path: str, samples: Samples) -> dict[str, Any]:
    reads = reads_of(handler)
    inside = [_parameter("path", name, samples) for name in re.findall(r"{(\w+):\w+}", path)]
    asked = [_parameter("query", name, samples) for name in (*reads.query, *EVERYWHERE)]
    found: dict[str, Any] = {
        "x-policy": handler.opt[POLICY],
        "parameters": inside + asked,
        "responses": {
            "200": {"description": "done or shown"},
            "default": {
                "description": "refused",
                "content": {PROBLEM: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}},
            },
        },
    }
    if handler.opt[POLICY] == HOOK[POLICY]:
        found["requestBody"] = {"content": {JSON: {"schema": {"type": "object"}}}, "required": True}
    elif method in CHANGING:
        (form,) = reads.forms
        found["requestBody"] = {"content": {JSON: {"schema": _shape(form, samples)}}, "required": True}
    return found


def _parameter(place: str, name: str, samples: Samples) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": _text(name, samples)}


def _text(name: str, samples: Samples) -> dict[str, Any]:
    return {"type": "string", "enum": list(samples[name])} if name in samples else {"type": "string"}


def _shape(form: type[msgspec.Struct], samples: Samples) -> dict[str, Any]:
    """The form's own JSON schema, its texts drawn from the samples; unknown fields are refused, so none is offered."""
    _, components = msgspec.json.schema_components([form])
    found = components[form.__name__]
    properties = {
        name: {"enum": shape["enum"]} if "enum" in shape else _text(name, samples)
        for name, shape in found["properties"].items()
    }
    required = found.get("required", [])
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}

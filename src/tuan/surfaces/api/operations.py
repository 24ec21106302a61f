"""An operation of the API: one function whose annotations are what is read and answered, and what the document says.

    @operation("POST", "/orders", scope="orders.write", status=201)
    async def place_order(visit: Visit, data: NewOrder, key: str) -> Placed | Refusal:
        '''Buy alone. …'''

`data` is the JSON body, `query` the query's fields, `key` the Idempotency-Key; every other argument is a part of the path.
What changes something takes a key, unless a code or a token that it uses up makes it happen once (`is_single`).
"""

import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers.http_handlers import HTTPRouteHandler, delete, get, post, put

from tuan.kit.refusals import Refusal
from tuan.surfaces.web.policies import API, CHANGING, POLICY, SCOPE
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX, read_fields
from tuan.surfaces.web.visits import API_PATHS, Visit

OPERATION = "operation"
METHODS: dict[str, Any] = {"GET": get, "POST": post, "PUT": put, "DELETE": delete}
PART = re.compile(r"{(\w+)}")
EVERYWHERE = "lang"
"""Read from every query, before any handler."""


class NoFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of an operation that asks nothing in its query: whoever sends a field believes that it does something."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What the document says of an operation; made from its function, so that it cannot say anything else.

    is_keyed: it takes an Idempotency-Key. gives: what a success answers, None for nothing.
    """

    name: str
    tag: str
    method: str
    path: str
    scope: str | None
    status: int
    words: str
    parts: dict[str, Any]
    query: type[msgspec.Struct]
    body: type[msgspec.Struct] | None
    gives: Any
    is_keyed: bool


def operation(
    method: str,
    path: str,
    *,
    scope: str | None = None,
    status: int = 200,
    is_single: bool = False,
    takes_file: bool = False,
) -> Callable[[Callable[..., Awaitable[Any]]], HTTPRouteHandler]:
    """Make a route of the API from a function. `scope`: what a key must have; None lets everybody in.

    is_single: it happens once by what it uses up, so that it takes no Idempotency-Key. takes_file: its body may be as long as a
    file in base64.
    """

    def declare(function: Callable[..., Awaitable[Any]]) -> HTTPRouteHandler:
        one = _read(function, method, path, scope, status)
        assert (one.gives is None) == (one.status == 204), f"{one.name} answers nothing with 204, and only so"
        assert is_single != one.is_keyed or method not in CHANGING, f"{one.name} needs a key, or to be single"

        async def handle(visit: NamedDependency[Visit]) -> Response[Any]:
            outcome = await function(visit, **await _arguments(one, visit))
            if isinstance(outcome, Refusal):
                return refuse(visit, outcome)
            if one.gives is None:
                return Response(content=None, status_code=one.status)
            return visit.json(outcome, one.status)

        handle.__name__, handle.__module__ = function.__name__, function.__module__
        full = API_PATHS + PART.sub(r"{\1:str}", path).lstrip("/")
        bounds = {"request_max_body_size": FILE_BODY_BYTES_MAX} if takes_file else {}
        options = {POLICY: API, SCOPE: scope, OPERATION: one}
        made: HTTPRouteHandler = METHODS[method](full, opt=options, status_code=200, **bounds)(
            handle
        )  # each answer has its own
        return made

    return declare


def _read(function: Callable[..., Awaitable[Any]], method: str, path: str, scope: str | None, status: int) -> Operation:
    hints = get_type_hints(function, include_extras=True)
    gives = _success(hints.pop("return"))
    named = PART.findall(path)
    assert set(hints) - {"visit", "data", "query", "key"} == set(named), f"{path} and {function.__name__} differ"
    is_keyed = "key" in hints
    return Operation(
        function.__name__, function.__module__.rpartition(".")[2], method, path, scope, status,
        inspect.getdoc(function) or "", {name: hints[name] for name in named}, hints.get("query", NoFields),
        hints.get("data"), gives, is_keyed,
    )  # fmt: skip


def _success(annotation: Any) -> Any:
    """What is answered when nothing is refused."""
    if get_origin(annotation) in (Union, UnionType):
        kept = [one for one in get_args(annotation) if one is not NoneType and not _is_refusal(one)]
        return kept[0] if kept else None
    return None if annotation is NoneType else annotation


def _is_refusal(one: Any) -> bool:
    return isinstance(one, type) and issubclass(one, Refusal)


async def _arguments(one: Operation, visit: Visit) -> dict[str, Any]:
    """What the function is called with. Raises Refused for what cannot be read."""
    assert visit.request is not None
    found: dict[str, Any] = {name: visit.request.path_params[name] for name in one.parts}
    fields = {name: value for name, value in visit.query.items() if name != EVERYWHERE}
    query = read_fields(fields, one.query)
    if one.query is not NoFields:
        found["query"] = query
    if one.is_keyed:
        found["key"] = visit.key
    if one.body is not None:
        found["data"] = await visit.body(one.body)
    return found

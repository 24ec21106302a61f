"""The document for programs, the reference page for people."""

from functools import cache
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from tuan.surfaces.api.reference.context import page_of
from tuan.surfaces.api.reference.document import document
from tuan.surfaces.web.policies import API, POLICY, PUBLIC, SCOPE
from tuan.surfaces.web.visits import API_PATHS, Visit

DOCUMENT_PATH = f"{API_PATHS}openapi.json"


@cache
def _encoded() -> bytes:
    return msgspec.json.encode(document())


@get(DOCUMENT_PATH, opt={POLICY: API, SCOPE: None})
async def show_document(visit: NamedDependency[Visit]) -> Response[Any]:
    return Response(content=_encoded(), media_type="application/json")


@get("/api/docs", opt=PUBLIC)
async def show_reference(visit: NamedDependency[Visit]) -> Response[Any]:
    return visit.page("api/reference/page.html", page_of(visit.words))


HANDLERS = (show_document, show_reference)

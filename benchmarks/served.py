"""`tuan serve` with three more routes: an empty POST through the same session, form token, logging and answering, an empty
page for anybody, and a static response of so many bytes, which knows nobody, as browser files do.

python -m benchmarks.served DATA PORT
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

import uvloop
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.launch import stand_on, stop_on_signals
from tuan.main import open_house
from tuan.platform.telemetry import set_up_logs
from tuan.surfaces.web.app import make_app
from tuan.surfaces.web.policies import MACHINE, PUBLIC, SIGNED_IN
from tuan.surfaces.web.server import serve
from tuan.surfaces.web.visits import Visit


@post("/empty", opt=SIGNED_IN)
async def empty(visit: NamedDependency[Visit]) -> Response[Any]:
    return visit.json({}, 201)


@get("/empty-page", opt=PUBLIC)
async def empty_page(visit: NamedDependency[Visit]) -> Response[Any]:
    return visit.html("")


@get("/health/static/{size:int}", opt=MACHINE)
async def static(size: FromPath[int]) -> Response[Any]:
    return Response(content=b"x" * size, media_type="text/html")


async def main(data: Path, port: int) -> None:
    set_up_logs(as_json=True)
    stop = asyncio.Event()
    stop_on_signals(stop)
    with stand_on(data, say=print, development=True) as ground:
        async with open_house(ground.settings) as house:
            await serve(make_app(house, empty, empty_page, static), "127.0.0.1", port, stop)


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))

"""One side of `benchmarks.join_cost`: joins by the code that PYTHONPATH names, a round for each line of its standard input.

    python -P benchmarks/join_side.py           nobody recommended anything
    python -P benchmarks/join_side.py link      whoever joins or opens came by a shop's link

It is run by its path, in either checkout, and without `link` uses only what the older one has too. Each round answers with one line of
JSON: microseconds of this process and of the database's processes for a seat, and the statements of a batch.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import UUID

import psutil
import uvloop

from benchmarks.stage import Goods, Shopper, Stage, stage
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import granted
from tuan.play import groupbuy
from tuan.play.groupbuy.model import JoinTeam, OpenTeam

BATCH = 64
"""What a lane gathers from as many clients; half of a batch opens a team, half joins one."""
BATCHES = 40
SHOPPERS, TEAMS, TEAM_SIZE = 4096, 16, 1000
PRODUCT_SQL = "SELECT product_id FROM catalog.skus WHERE market_id = $1 AND id = $2"


async def main() -> None:
    async with stage(lambda text: print(text, file=sys.stderr)) as here:
        (goods,) = await here.goods(1, size=TEAM_SIZE)
        people = await here.shoppers(TEAMS + SHOPPERS)
        teams = await here.teams([goods], people[:TEAMS])
        await here.gather_statistics()
        more = {"share": await _link(here, people.pop(), goods)} if sys.argv[1:] == ["link"] else {}
        seats = _seats(people[TEAMS:], teams, goods, more)
        print(json.dumps({"ready": True}), flush=True)
        for _ in sys.stdin:
            rows = [[next(seats) for _ in range(BATCH)] for _ in range(BATCHES)]
            print(json.dumps(await _round(here, rows)), flush=True)


async def _link(here: Stage, owner: Shopper, of: Goods) -> str:
    """The code of a link to the goods by which a shop recommends them."""
    # What an older checkout need not have.
    from tuan.people import parties, sharing
    from tuan.people.sharing.model import Target

    async with here.work() as work:
        await parties.admit_shop(work, "小店", owner.person, reason="benchmark")
        (product,) = await work.fetch(PRODUCT_SQL, of.sku)
        new = sharing.MakeLink(owner.person, Target("product", product["product_id"]), "web")
        return str(granted(await sharing.make_link(work, new)))


def _seats(people: list[Shopper], teams: list[UUID], of: Goods, more: dict[str, str]) -> Iterator[OpenTeam | JoinTeam]:
    """Opens a team and joins one, in turn; a team is left before it is full, and nobody sits in one twice."""
    for number in count():
        who, team = people[number % len(people)], teams[number // (TEAM_SIZE - 1)]
        yield OpenTeam(who.person, new_uuid().hex, of.campaign, of.sku, 1, who.address, **more)
        yield JoinTeam(who.person, new_uuid().hex, team, of.sku, 1, who.address, **more)


async def _round(here: Stage, batches: list[list[Any]]) -> dict[str, float]:
    """All batches, one after the other, each as a lane runs it: one Work of the system, and its commit."""
    gc.collect()
    database, process, statements = _database_seconds(here), time.process_time(), 0
    for batch in batches:
        async with here.work() as work:
            for outcome in await groupbuy.seat_buyers(work, batch):
                granted(outcome)
        statements = max(statements, work.statements)
    process, database = time.process_time() - process, _database_seconds(here) - database
    seats = sum(map(len, batches))
    return {
        "process_us": process * 1e6 / seats,
        "database_us": database * 1e6 / seats,
        "statements": statements,
    }


def _database_seconds(here: Stage) -> float:
    """Processor time of the server and of all its processes so far."""
    (file,) = here.data.rglob("postmaster.pid")
    postmaster = psutil.Process(int(file.read_text().split("\n", 1)[0]))
    times = [process.cpu_times() for process in [postmaster, *postmaster.children(recursive=True)]]
    return sum(one.user + one.system for one in times)


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(main())

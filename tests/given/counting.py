"""A pool that writes down every statement its connections run, BEGIN and COMMIT included."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from tuan.platform.database import open_pool

ROUND_TRIPS = ("BEGIN", "COMMIT", "ROLLBACK")


@dataclass(slots=True)
class CountingPool:
    pool: asyncpg.Pool
    texts: list[str] = field(default_factory=list)

    def _note(self, record: Any) -> None:
        self.texts.append(record.query)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Any]:
        async with self.pool.acquire() as connection:
            connection.add_query_logger(self._note)
            try:
                yield connection
            finally:
                if not connection.is_closed():
                    connection.remove_query_logger(self._note)

    def commits(self) -> int:
        return sum(text.startswith("COMMIT") for text in self.texts)

    def statements(self) -> list[str]:
        """What was asked of the database, without the ends of transactions."""
        return [text for text in self.texts if not text.startswith(ROUND_TRIPS)]


@asynccontextmanager
async def counting_pool(url: str, *, most: int = 2) -> AsyncIterator[CountingPool]:
    pool = await open_pool(url, least=1, most=most, name="counting")
    try:
        yield CountingPool(pool)
    finally:
        pool.terminate()

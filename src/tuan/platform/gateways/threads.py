"""Client libraries that block, run beside the event loop: few threads, a time limit, and no transaction around them."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TypeVar

import structlog

log = structlog.get_logger()

Q = TypeVar("Q")
A = TypeVar("A")

THREADS_MAX = 8
CALL_SECONDS_MAX = 20
"""A thread cannot be ended from outside; the libraries' own time-outs are shorter, so that each comes back."""
CONNECT_SECONDS_MAX, ANSWER_SECONDS_MAX = 4, 8


def signing_time() -> datetime:
    """What a request is signed with: this host's clock, as the client libraries do, and not a market's moved one."""
    return datetime.now(UTC)


class ProviderFailed(ConnectionError):
    """No answer, or one that says nothing about what became of what was asked."""


class Threads:
    """The threads of one provider. A call beyond them waits for its turn without holding anything."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._pool = ThreadPoolExecutor(THREADS_MAX, thread_name_prefix=f"tuan-{name}")
        self._turn = asyncio.Semaphore(THREADS_MAX)

    async def run(self, call: Callable[[], A]) -> A:
        """What the call returns; raises what it raises, TimeoutError after the limit: then its outcome is unknown."""
        async with self._turn, asyncio.timeout(CALL_SECONDS_MAX):
            return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    async def each(self, items: Sequence[Q], call: Callable[[Q], A]) -> list[A]:
        """An answer for each that has one; what failed is left out and said. Raises where all failed."""
        found = await asyncio.gather(*(self.run(lambda one=one: call(one)) for one in items), return_exceptions=True)  # type: ignore[misc]
        failures = [one for one in found if isinstance(one, BaseException)]
        for failure in failures:
            log.warning("provider.failed", provider=self._name, error=repr(failure))
        if failures and len(failures) == len(items):
            raise ProviderFailed(f"{self._name}: {failures[0]!r}") from failures[0]
        return [one for one in found if not isinstance(one, BaseException)]

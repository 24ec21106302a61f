"""A process that dies in the middle of an act: at its first await of the outside, at its second, at every one."""

import asyncio
import gc
import os
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, NoReturn

import asyncpg

from tuan.platform.gateways.sandbox import Sandbox

ENDED, FAILED, KILLED = 0, 1, 9

OF_DATABASE = ("execute", "executemany", "fetch", "fetchrow", "fetchval")
OF_PROVIDER = ("start", "query", "close", "refund", "query_refunds", "transfer", "query_transfers", "split", "query_splits",
               "decide")  # fmt: skip

Act = Callable[[Callable[[], None]], Coroutine[Any, Any, None]]
"""What the process does. It gets a function that starts the counting, so that getting ready does not count."""


class ActFailed(AssertionError):
    """The act ended by an error of its own instead of by our hand; its traceback is on standard error."""


def die_at(number: int, act: Act, owners: tuple[type, ...] = ()) -> int | None:
    """Run `act` in a fork of this process, which ends without a word before its n-th call to database or provider.

    None if it died; else the act was over before, and the answer is how many calls it made. Not to be called from a
    running event loop: the fork has what this process has imported and known, and opens everything else anew. owners:
    classes of other providers than the sandbox whose calls count.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _live(number, act, writing, owners)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code == KILLED:
        return None
    if code != ENDED:
        raise ActFailed(f"ended with {code} instead of at await {number}")
    return int(told)


def _live(number: int, act: Act, writing: int, owners: tuple[type, ...]) -> NoReturn:
    """Nothing of the parent may be tidied up, flushed or closed from here."""
    gc.disable()
    calls = 0

    def counting(call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def counted(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == number:
                os._exit(KILLED)
            return await call(*args, **kwargs)

        return counted

    def begin() -> None:
        providers = ((owner, OF_PROVIDER) for owner in (Sandbox, *owners))
        for owner, names in ((asyncpg.Connection, OF_DATABASE), *providers):
            for name in filter(partial(hasattr, owner), names):
                setattr(owner, name, counting(getattr(owner, name)))

    try:
        asyncio.run(act(begin))
    except BaseException:
        traceback.print_exc()
        os._exit(FAILED)
    os.write(writing, str(calls).encode())
    os._exit(ENDED)

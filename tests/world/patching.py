"""Bugs are kept as patches against `src/tuan` and applied to a copy of it; neither git nor patch need be installed."""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUGS = sorted((Path(__file__).parent / "bugs").glob("*.patch"))


class DoesNotApply(AssertionError):
    """The patch speaks of lines that are not there, or there twice: make it anew for the code of today."""


def patched(patch: str) -> dict[str, str]:
    """The texts of the files that a unified diff changes, by path, as they are afterwards. Raises DoesNotApply.

    A hunk is found by its lines, wherever they stand by now.
    """
    texts: dict[str, str] = {}
    for part in re.split(r"^--- a/", patch, flags=re.MULTILINE)[1:]:
        path = part.partition("\n")[0]
        texts[path] = (ROOT / path).read_text()
        for hunk in re.split(r"^@@ .*\n", part, flags=re.MULTILINE)[1:]:
            lines = hunk.splitlines(keepends=True)
            old = "".join(line[1:] for line in lines if line[0] in " -")
            new = "".join(line[1:] for line in lines if line[0] in " +")
            if texts[path].count(old) != 1:
                raise DoesNotApply(f"{path} has {texts[path].count(old)} times:\n{old}")
            texts[path] = texts[path].replace(old, new)
    return texts


def copy_with(patch: str, folder: Path) -> Path:
    """A copy of the package below this folder with the patch applied; what PYTHONPATH needs."""
    source = folder / "src"
    shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__", "dist"))
    for path, text in patched(patch).items():
        (folder / path).write_text(text)
    return source

"""What the checks read: the files of the house, each read and parsed once, and the names of its modules."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tuan"
STRATA = ("people", "goods", "value", "trade", "standing", "play", "voice")
MODULE = re.compile(rf"^tuan\.({'|'.join(STRATA)})\.(\w+)")


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), str(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of the file; walking is what the checks would else spend their time on."""
    return tuple(ast.walk(tree(path)))


def name(path: Path) -> str:
    """The path as a person would type it from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


@cache
def files(*folders: str, suffix: str = ".py") -> tuple[Path, ...]:
    """Every file below these folders of the repository that exist; what a build made is no source."""
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob(f"*{suffix}")) if path.is_file())
    return tuple(path for path in found if not {"dist", "__pycache__"} & set(path.parts))


@cache
def modules() -> tuple[Path, ...]:
    """The folders of the modules: src/tuan/<stratum>/<module>."""
    folders = (folder for stratum in STRATA for folder in sorted((SOURCE / stratum).glob("*")))
    return tuple(folder for folder in folders if (folder / "__init__.py").exists())


@cache
def tracked() -> tuple[Path, ...]:
    """What git keeps, and what it is about to: the index, without what was deleted."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return tuple(path for line in listed.decode().split("\0") if line and (path := ROOT / line).is_file())


def room(folder: Path, room: str) -> tuple[Path, ...]:
    """The files of a room: `model.py`, or all of `model/`; nothing where the room is empty."""
    single = folder / f"{room}.py"
    return (single,) if single.exists() else tuple(sorted((folder / room).glob("*.py")))

"""Bugs are kept as patches against `src/tuan` and applied to a copy of it; neither git nor patch need be installed."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

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


@contextmanager
def running_with(patch: str) -> Iterator[None]:
    """This process as it would run with the patch: each function that it changes has its new code until the end.

    For bugs inside functions; whatever else a patch changes is not seen.
    """
    before: dict[FunctionType, CodeType] = {}
    for path, text in patched(patch).items():
        codes = dict(_codes(compile(text, str(ROOT / path), "exec")))
        module = import_module(".".join(Path(path).with_suffix("").parts[1:]))
        for function in _functions(module):
            code = codes.get(
                function.__qualname__, function.__code__
            )  # a dataclass's own methods are not written there
            if code != function.__code__:
                before[function], function.__code__ = function.__code__, code
    assert before, "the patch changes no function"
    try:
        yield
    finally:
        for function, code in before.items():
            function.__code__ = code


def _codes(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    """What is compiled inside, by qualified name."""
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one.co_qualname, one
            yield from _codes(one)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """The functions of a module and the methods and properties of its classes."""
    for one in vars(module).values():
        for member in vars(one).values() if isinstance(one, type) else (one,):
            function = member.fget if isinstance(member, property) else member
            if (
                isinstance(function, FunctionType)
                and function.__module__ == module.__name__
                and "<" not in function.__qualname__
            ):
                yield function

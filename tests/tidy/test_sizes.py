"""Files of at most 400 lines, functions of at most 70."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.tidy.house import ROOT, files, name, nodes, text

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
SUFFIXES = (".py", ".html", ".css", ".js", ".sql", ".md", ".toml")

FREE = {
    "src/tuan/migrations/": "a migration is history: nobody edits it again",
}


def is_free(path: Path) -> bool:
    return any(name(path).startswith(folder) for folder in FREE)


def long_functions(found: Iterable[ast.AST]) -> Iterator[str]:
    for node in found:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{node.name} has {lines} lines"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_files_are_short(suffix: str) -> None:
    lengths = {
        name(p): text(p).count("\n") for p in files("src", "tests", "benchmarks", suffix=suffix) if not is_free(p)
    }
    assert {path: lines for path, lines in lengths.items() if lines > FILE_LINES_MAX} == {}


def test_functions_are_short() -> None:
    paths = [path for path in files("src", "tests", "benchmarks") if not is_free(path)]
    assert [f"{name(path)}: {found}" for path in paths for found in long_functions(nodes(path))] == []


def test_a_long_function_is_seen() -> None:
    long = "async def act():\n" + "    pass\n" * FUNCTION_LINES_MAX
    assert list(long_functions(ast.walk(ast.parse(long)))) == ["act has 71 lines"]
    assert list(long_functions(ast.walk(ast.parse(long.removesuffix("    pass\n"))))) == []


def test_the_free_folders_are_there() -> None:
    assert [folder for folder in FREE if not (ROOT / folder).is_dir()] == []

"""Every module has its one page, and what the page tells and hears is what the code tells and hears."""

import ast
import re
from pathlib import Path

import pytest

from tests.tidy.house import modules, room, text, tree

HEADINGS = ("Words", "Always", "Money", "Tells", "Hears")
LINES_MAX = 40


def sections(page: str) -> dict[str, str]:
    """The text after each bold heading, in the order of the page."""
    parts = re.split(r"\*\*(\w+)\.\*\*", page)
    return {heading: words.strip() for heading, words in zip(parts[1::2], parts[2::2], strict=True)}


def names_in(section: str) -> set[str] | None:
    """The facts that a section begins with; empty for one that begins with Nothing, None for one that does neither."""
    if re.match(r"Nothing\b", section):
        return set()
    listed = re.match(r"((?:[A-Z]\w+,\s)*[A-Z]\w+)\.(?:\s|$)", section)
    return set(re.split(r",\s", listed[1])) if listed else None


def told(folder: Path) -> set[str]:
    """The facts that facts.py declares."""
    classes = [node for path in room(folder, "facts") for node in tree(path).body if isinstance(node, ast.ClassDef)]
    return {node.name for node in classes}


def heard(folder: Path) -> set[str]:
    """The facts that handlers.py reacts to: `@on(OrderPaid)`."""
    functions = [n for p in room(folder, "handlers") for n in tree(p).body if isinstance(n, ast.AsyncFunctionDef)]
    calls = [d for node in functions for d in node.decorator_list if isinstance(d, ast.Call) and d.args]
    return {ast.unparse(call.args[0]).rpartition(".")[2] for call in calls if ast.unparse(call.func) == "on"}


@pytest.mark.parametrize("folder", modules(), ids=lambda folder: folder.name)
def test_module_has_its_page(folder: Path) -> None:
    page = text(folder / "README.md")
    assert page.startswith(f"# {folder.parent.name}/{folder.name}: ")
    assert tuple(sections(page)) == HEADINGS
    assert all(sections(page).values()), "no heading without a sentence"
    assert page.count("\n") <= LINES_MAX


@pytest.mark.parametrize("folder", modules(), ids=lambda folder: folder.name)
def test_page_tells_and_hears_what_the_code_does(folder: Path) -> None:
    page = sections(text(folder / "README.md"))
    assert names_in(page["Tells"]) == told(folder)
    assert names_in(page["Hears"]) == heard(folder)


def test_pages_are_read_as_they_are_meant() -> None:
    page = sections("# x\n\n**Words.** A b.\n\n**Tells.** OrderPaid,\nRefunded. **Hears.** Nothing; it stands low.\n")
    assert list(page) == ["Words", "Tells", "Hears"]
    assert names_in("OrderPaid, Refunded. And so on.") == {"OrderPaid", "Refunded"}
    assert names_in(page["Hears"]) == set()
    assert names_in("whatever it likes") is None


def test_somebody_tells_and_somebody_hears() -> None:
    assert set().union(*map(told, modules())) >= {"OrderPaid", "TeamFormed"}
    assert set().union(*map(heard, modules())) >= {"OrderPaid"}

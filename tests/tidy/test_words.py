"""Names and sentences: docstrings where strangers enter, codes and facts that say whose they are, states from one table."""

import ast
import importlib
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.tidy.house import MODULE, SOURCE, files, modules, name, room, tree
from tuan.kit import facts
from tuan.kit.refusals import Refusal
from tuan.kit.states import StateTable
from tuan.main import load_modules
from tuan.platform.schema import metadata

WITHOUT_SENTENCE = {
    "src/tuan/surfaces": "the faces, as section 2 of the plan lists them",
    "src/tuan/surfaces/*": "a face; its folders are its places",
    "src/tuan/surfaces/*/*": "a place is a page; its routes and context say what it shows",
}
"""Packages whose `__init__.py` may be empty, by pattern."""

CODES_OF_ALL = {"not_found": "not there and not yours answer alike, whoever is asked"}
"""Refusal codes that belong to no module."""

STATES_WITHOUT_TABLE = {
    "catalog.products": "a shelf, not a course: listed and off are set by two verbs and nothing is due between them",
    "sandbox.charges": "the books of another company",
    "sandbox.splits": "the books of another company",
    "sandbox.transfers": "the books of another company",
}
"""Tables whose `state` has no declared moves."""

FACT_NAME = re.compile(r"(?P<module>[a-z_]+)\.[a-z_]+\.v[1-9]\d*")


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    load_modules()
    for path in files("src"):
        if path.name == "errors.py" and path.is_relative_to(SOURCE) and "surfaces" not in path.parts:
            importlib.import_module(".".join(path.relative_to(SOURCE.parent).with_suffix("").parts))


def without_docstring(module: ast.Module, wanted: set[str] | None = None) -> list[str]:
    """What a module offers (or what is wanted of it) without a word about it, followed to where it is defined."""
    found = []
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if (wanted is None or node.name in wanted) and not ast.get_docstring(node):
                found.append(node.name)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("tuan."):
            names = {alias.name for alias in node.names if wanted is None or (alias.asname or alias.name) in wanted}
            origin = SOURCE.parent.joinpath(*node.module.split("."))
            file = origin.with_suffix(".py")
            found += without_docstring(tree(file if file.exists() else origin / "__init__.py"), names) if names else []
    return found


@pytest.mark.parametrize("folder", modules(), ids=lambda folder: folder.name)
def test_front_door_says_what_it_offers(folder: Path) -> None:
    assert without_docstring(tree(folder / "__init__.py")) == []


def test_a_silent_verb_is_seen() -> None:
    door = "from tuan.kit.money import split\nfrom tuan.kit.refusals import Forbidden as No\ndef verb(): ..."
    assert without_docstring(ast.parse(door)) == ["Forbidden", "verb"]
    assert without_docstring(ast.parse(door), {"split"}) == []


def test_packages_say_what_they_are() -> None:
    silent = [p for p in files("src") if p.name == "__init__.py" and not ast.get_docstring(tree(p))]
    assert [name(p.parent) for p in silent if not any(p.parent.match(free) for free in WITHOUT_SENTENCE)] == []
    assert all(any(p.parent.match(free) for p in silent) for free in WITHOUT_SENTENCE), "an escape is not needed"


def test_no_file_for_what_has_no_place() -> None:
    homeless = ("utils", "util", "helpers", "helper", "common", "misc")
    assert [name(path) for path in files("src", "tests", "benchmarks") if path.stem in homeless] == []


def test_refusals_carry_the_name_of_their_module() -> None:
    """Uniqueness is asserted where a refusal is declared; here it is that everybody can tell whose it is."""
    strays = {}
    for code, kind in Refusal.named.items():
        places = kind.__module__.split(".")
        if code not in CODES_OF_ALL and code.partition(".")[0] not in places:
            strays[code] = kind.__module__
        assert code in CODES_OF_ALL or re.fullmatch(r"[a-z_]+\.[a-z_]+", code), code
    assert strays == {}
    assert set(CODES_OF_ALL) <= set(Refusal.named)
    assert len(Refusal.named) > 20


def test_two_refusals_may_not_share_a_code() -> None:
    with pytest.raises(ValueError, match="share the code not_found"):
        type("Another", (Refusal,), {"code": "not_found"})


def test_facts_are_versioned_and_carry_the_name_of_their_module() -> None:
    strays = {}
    for fact, kind in facts.kinds.items():
        module, shape = MODULE.match(kind.__module__), FACT_NAME.fullmatch(fact)
        if not module or not shape or shape["module"] != module[2]:
            strays[fact] = kind.__module__
    assert strays == {}
    assert len(facts.kinds) > 5
    assert not FACT_NAME.fullmatch("orders.paid") and FACT_NAME.fullmatch("orders.paid.v1")


def state_tables() -> dict[str, list[frozenset[str]]]:
    """By module, the states of each state table that its model declares."""
    found: dict[str, list[frozenset[str]]] = {}
    for folder in modules():
        if room(folder, "model"):
            model = importlib.import_module(f"tuan.{folder.parent.name}.{folder.name}.model")
            tables = [value for value in vars(model).values() if isinstance(value, StateTable)]
            found[folder.name] = [frozenset(map(str, table.moves)) for table in tables]
    return found


def states_written(table: sa.Table) -> frozenset[str] | None:
    """The words that the CHECK of `state` lets through; None without one."""
    for constraint in table.constraints:
        if isinstance(constraint, sa.CheckConstraint) and (
            listed := re.fullmatch(r"state IN \((.*)\)", str(constraint.sqltext))
        ):
            return frozenset(re.findall(r"'(\w+)'", listed[1]))
    return None


def test_states_are_checked_by_the_table_of_their_model() -> None:
    declared = state_tables()
    stray = []
    for table in metadata.sorted_tables:
        if "state" in table.c:
            written = states_written(table)
            free = table.fullname in STATES_WITHOUT_TABLE
            if written is None or (written in declared.get(table.schema or "", ())) == free:
                stray.append(table.fullname)
    assert stray == [], "the CHECK (one_of) and the state table of the model have to name the same states"


def test_every_state_table_is_the_check_of_a_table() -> None:
    written = {(table.schema, states_written(table)) for table in metadata.sorted_tables if "state" in table.c}
    assert [
        (module, states)
        for module, tables in state_tables().items()
        for states in tables
        if (module, states) not in written
    ] == []

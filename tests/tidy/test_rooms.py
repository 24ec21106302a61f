"""What the contracts of imports cannot say: front doors, pure rooms, and who is imported by nobody."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import grimp
import pytest

from tests.tidy.house import MODULE

Edge: TypeAlias = tuple[str, str]

DOORS = ("", "facts", "model")
"""What may be imported of a module from outside: its front door, what it tells, its pure words."""

PURE_LIBRARIES = frozenset(
    ("collections", "csv", "dataclasses", "datetime", "decimal", "difflib", "enum", "functools", "hashlib", "hmac", "itertools", "re",
     "typing", "unicodedata", "uuid")
)  # fmt: skip
"""Of the standard library: no I/O, no clock, no chance. hmac and hashlib turn bytes into bytes, csv turns lines into rows,
difflib compares texts."""

PURE_OUTSIDE = {"model": ("kit", "model", "errors", "facts"), "errors": ("kit",), "facts": ("kit",)}
"""Which rooms of the house a pure room may import."""


@pytest.fixture(scope="session")
def edges(graph: grimp.ImportGraph) -> list[Edge]:
    return sorted((one, other) for one in graph.modules for other in graph.find_modules_directly_imported_by(one))


def split(module: str) -> tuple[str, str]:
    """`tuan.trade.orders.model.book` is the module `tuan.trade.orders` and the rest `model.book`."""
    found = MODULE.match(module)
    return (found[0], module[found.end() + 1 :]) if found else ("", module)


def forced_doors(edges: Iterable[Edge]) -> Iterator[str]:
    """Imports that go past a front door; tables may name the tables below for their foreign keys."""
    for importer, imported in edges:
        (inside, room), (module, rest) = split(importer), split(imported)
        both_tables = inside and room == rest == "tables"
        if module and module != inside and rest not in DOORS and not both_tables:
            yield f"{importer} imports {imported}"


def impurities(edges: Iterable[Edge]) -> Iterator[str]:
    """Imports of a pure room that are not pure themselves."""
    for importer, imported in edges:
        room = split(importer)[1].partition(".")[0]
        if not split(importer)[0] or room not in PURE_OUTSIDE:
            continue
        kind = "kit" if imported.startswith("tuan.kit") else split(imported)[1].partition(".")[0]
        library = not imported.startswith("tuan")
        if imported not in PURE_LIBRARIES | {"msgspec"} if library else kind not in PURE_OUTSIDE[room]:
            yield f"{importer} imports {imported}"


def test_modules_are_entered_by_their_front_door(edges: list[Edge]) -> None:
    advice = "what others need, refusals too, is exported by the module's __init__.py"
    assert list(forced_doors(edges)) == [], advice


def test_forced_doors_are_seen() -> None:
    orders, payments = "tuan.trade.orders", "tuan.trade.payments"
    bad = [
        (f"{orders}.store", f"{payments}.store"),
        ("tuan.surfaces.x", f"{orders}.tables"),
        (orders, f"{payments}.errors"),
    ]
    good = [
        (f"{orders}.store", payments),
        (f"{orders}.tables", f"{payments}.tables"),
        (f"{orders}.store", f"{orders}.tables"),
    ]
    assert len(list(forced_doors(bad))) == len(bad)
    assert list(forced_doors(good)) == []


def test_words_errors_and_facts_are_pure(edges: list[Edge]) -> None:
    assert list(impurities(edges)) == []


def test_impurities_are_seen() -> None:
    model = "tuan.trade.orders.model.book"
    bad = [
        (model, "time"),
        (model, "tuan.platform.work"),
        (model, "tuan.trade.payments"),
        (model, "tuan.trade.orders.store"),
    ]
    assert len(list(impurities([*bad, ("tuan.trade.orders.facts", "tuan.trade.orders.model")]))) == len(bad) + 1
    assert list(impurities([(model, "tuan.trade.payments.model"), (model, "uuid")])) == []


def test_kit_imports_only_python_and_msgspec(edges: list[Edge]) -> None:
    outside = {(one, other) for one, other in edges if one.startswith("tuan.kit") and not other.startswith("tuan.kit")}
    assert outside, "kit imports something, so the graph shows it"
    assert {edge for edge in outside if edge[1] not in sys.stdlib_module_names | {"msgspec"}} == set()


def test_nobody_imports_reactions_and_sweeps(edges: list[Edge]) -> None:
    """They are loaded by the composition root, which finds them by name."""
    assert [edge for edge in edges if split(edge[1])[1] in ("handlers", "sweeps")] == []

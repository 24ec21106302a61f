"""Which data each refusal carries, read from the code that refuses; and what templates and routes say."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment
from jinja2.ext import babel_extract

import tuan
from tuan.kit.refusals import Refusal
from tuan.main import load_modules
from tuan.surfaces.web.routes import load_routes

SOURCE = Path(tuan.__file__).parent
SURFACES = SOURCE / "surfaces"
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@cache
def refusals() -> dict[str, type[Refusal]]:
    """Every refusal that the program knows by its code."""
    load_modules()
    load_routes()
    return {code: kind for code, kind in Refusal.named.items() if kind.__module__.startswith("tuan.")}


@cache
def _calls() -> dict[tuple[str, str], list[frozenset[str]]]:
    """Names of the data of each call `Kind(name=…)`, by the file it stands in and the name it is called by."""
    found: dict[tuple[str, str], list[frozenset[str]]] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.args:
                names = frozenset(keyword.arg or "" for keyword in node.keywords)
                found.setdefault((_module(path), node.func.id), []).append(names)
    return found


def _module(path: Path) -> str:
    return ".".join(("tuan", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")


def data_of(kind: type[Refusal]) -> frozenset[str]:
    """The data that this refusal always carries, wherever it is given."""
    package = kind.__module__.rpartition(".")[0]
    home = package.removesuffix(".model")
    given = [
        names
        for (module, name), calls in _calls().items()
        if name == kind.__name__ and (module.startswith(home) or _imports(module, kind))
        for names in calls
    ]
    return frozenset.intersection(*given) if given else frozenset()


@cache
def _imports(module: str, kind: type[Refusal]) -> bool:
    path = SOURCE.joinpath(*module.split(".")[1:]).with_suffix(".py")
    doors = (kind.__module__, kind.__module__.removesuffix(".errors"))
    return path.exists() and any(f"from {door} import" in path.read_text() for door in doors)


def sample(kind: type[Refusal]) -> Refusal:
    """The refusal with data of the right names."""
    return kind(**dict.fromkeys(data_of(kind), 7))


def texts() -> Iterator[tuple[str, str]]:
    """(file, message id) of every text in templates and routes."""
    environment = Environment(extensions=["jinja2.ext.i18n"])
    options = {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true"}
    for path in SURFACES.rglob("*.html"):
        environment.parse(path.read_text())
        with path.open("rb") as file:
            for _, _, said, _ in babel_extract(file, ("_", "gettext", "ngettext"), [], options):
                yield path.name, said if isinstance(said, str) else said[0]
    for path in SURFACES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(attr="gettext"), args=[ast.Constant(value=said), *_]):
                    yield path.name, str(said)
                case ast.keyword(arg="label", value=ast.Constant(value=said)) if said:
                    yield path.name, str(said)
                case ast.Call(func=ast.Name("Column" | "Filter"), args=[_, ast.Constant(value=said), *_]):
                    yield path.name, str(said)

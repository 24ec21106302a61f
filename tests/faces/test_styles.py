"""Every page brings the styles of the parts it is made of: what one of our sheets dresses, a sheet of that page dresses."""

import re
from functools import cache
from pathlib import Path

from litestar import Litestar

from tests.faces.attacks.trying import ask, who
from tests.faces.matrix import made_matrix, routes_of
from tests.faces.test_every_route import request_of
from tests.given.houses import Place
from tuan.surfaces.web.policies import MACHINE, POLICY

DIST = Path(__file__).parents[2] / "src" / "tuan" / "surfaces" / "assets" / "dist"
WORN = re.compile(r'\sclass="([^"]*)"')
LINKED = re.compile(r'<link rel="stylesheet" href="/assets/([^"]+)"')
DRESSED = re.compile(r"\.([a-z][\w-]*)")


@cache
def dressed_by(sheet: str) -> set[str]:
    """The classes that a sheet has rules for."""
    rules = re.sub(r"/\*.*?\*/|:not\([^)]*\)", "", (DIST / sheet).read_text(), flags=re.DOTALL)
    return {name for selector in re.findall(r"([^{};]+)\{", rules) for name in DRESSED.findall(selector)}


def undressed(page: str) -> set[str]:
    """What this page wears, another page's sheet dresses and none of its own."""
    worn = {name for names in WORN.findall(page) for name in names.split()}
    known = {sheet.relative_to(DIST).as_posix() for sheet in DIST.rglob("*.css")}
    linked = LINKED.findall(page)
    return worn & set().union(*map(dressed_by, known)) - set().union(*map(dressed_by, linked))


async def test_every_page_brings_the_styles_of_its_parts(app: Litestar, place: Place) -> None:
    probe = await made_matrix(app, place)
    bare, seen = dict[str, set[str]](), 0
    for route in routes_of(app):
        method, path = route.name.split()
        if method != "GET" or "/dev/" in path or route.opt[POLICY] == MACHINE[POLICY]:
            continue
        for visitor in probe.world.visitors:  # the first of them who may see it
            sent = request_of(method, path, probe.lawful(route.name, who(probe, visitor.name)))
            answer = await ask(probe, visitor, sent, (b"accept", b"text/html"))
            if answer.status == 200 and answer.kind.startswith("text/html"):
                seen += 1
                if lacks := undressed(answer.body.decode()):
                    bare[path] = lacks
                break
    assert not bare, "\n".join(f"{path}: {sorted(lacks)}" for path, lacks in bare.items())
    assert seen > 150


def test_a_part_without_its_sheet_is_found() -> None:
    (table,) = (sheet.relative_to(DIST).as_posix() for sheet in DIST.rglob("table.*.css"))
    page = '<link rel="stylesheet" href="/assets/{}"><ol class="acts mine"><li class="table">'
    assert undressed(page.format(table)) == {"acts"}

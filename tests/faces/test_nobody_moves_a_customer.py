"""Whose customer somebody is, the market cannot move: shown by walking every verb and every route that its staff may use.

Three nets, each with a control that has to be caught in it:
1. the text of the program: what writes a binding is two verbs of sharing, and neither is called from the office;
2. what staff can send: every route of the office, every id there is, as an owner who has just shown his second factor; and every
   verb of every module, called as a member of staff would, with whatever ids fit. Not one binding has moved by other than its buyer;
3. the rows: each change of a customer names a link that he opened or says that he went himself.
"""

import ast
import importlib
import inspect
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar

from tests.faces.test_every_route import made
from tests.given import office
from tests.given import shops as shopping
from tests.given.houses import Place
from tests.tidy.house import SOURCE, modules
from tuan.people import sharing
from tuan.people.accounts.model import PERSON
from tuan.people.parties.model import SHOP
from tuan.people.sharing import store
from tuan.platform.work import Work
from tuan.surfaces.web.policies import STAFF, staff

WRITES = (
    "KEEP_BINDINGS",
    "END_BINDING_SQL",
    "sharing.bindings SET",
    "INTO sharing.bindings",
    "FROM sharing.bindings WHERE",
)
"""What a statement that changes a binding is called, or says."""
MOVERS = {
    "come_through": "the buyer opens a link, and the market's rule decides",
    "leave_shop": "the buyer goes",
    "end_run_out": "the time that the rule gave him is over: he is nobody's customer then",
    "forget": "the buyer is forgotten, which he has asked for: he is nobody's customer then, and nobody else's",
}
"""Verbs that change a binding, and by whose will. None of them takes a shop."""
CALLERS = {
    "src/tuan/surfaces/web/shares.py": "a visit through a link",
    "src/tuan/play/shops/actions/customers.py": "leaving, by who leaves",
}
"""Who calls one of them beside sharing itself: nothing of the office, nothing of the desks."""
BINDINGS_SQL = "SELECT person_id, shop_id FROM sharing.bindings WHERE market_id = $1 ORDER BY person_id"
CHANGES_SQL = (
    "SELECT c.why, c.code, l.sharer_id, s.owner_id FROM sharing.changes c LEFT JOIN sharing.links l ON l.market_id = c.market_id "
    "AND l.code = c.code LEFT JOIN parties.shops s ON s.market_id = c.market_id AND s.id = c.to_shop_id WHERE c.market_id = $1"
)


# ── 1. the text of the program ──
def functions_that_write(source: str) -> set[str]:
    """Names of the functions in this text that change a binding, by themselves or by another one of this text."""
    tree = ast.parse(source)
    bodies = {
        node.name: ast.unparse(node) for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    found = {name for name, body in bodies.items() if any(word in body for word in WRITES)}
    while more := {
        name for name, body in bodies.items() if name not in found and any(f" {one}(" in body for one in found)
    }:
        found |= more
    return found


def texts_that_write(root: Path) -> set[str]:
    """Files of the program whose SQL changes a binding."""
    return {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if any(f"{verb} sharing.bindings" in path.read_text() for verb in ("UPDATE", "INTO", "DELETE FROM"))
        or "tables.bindings" in path.read_text()
    }


def test_a_binding_is_written_in_one_file_by_verbs_that_take_no_shop() -> None:
    assert texts_that_write(SOURCE) == {"people/sharing/store.py"}
    writers = functions_that_write((SOURCE / "people/sharing/actions.py").read_text())
    assert {name for name in writers if not name.startswith("_")} == set(MOVERS)
    for name in MOVERS:
        verb = getattr(importlib.import_module("tuan.people.sharing.actions"), name)
        assert not {"shop", "shop_id", "to", "actor", "operator", "staff"} & set(inspect.signature(verb).parameters), (
            name
        )


def test_control_a_verb_that_moves_one_is_seen_in_the_text() -> None:
    bad = (
        "async def give_customers(work, shop, person):\n    await _hand(work, shop, person)\n"
        "async def _hand(work, shop, person):\n    await work.write(store.KEEP_BINDINGS, [shop, person])\n"
    )
    assert functions_that_write(bad) == {"give_customers", "_hand"}


def test_nothing_of_the_office_calls_a_verb_that_moves_one() -> None:
    calls = {
        path.relative_to(SOURCE.parents[1]).as_posix()
        for path in SOURCE.rglob("*.py")
        if path.parts[-2] != "sharing" and any(f"sharing.{name}(" in path.read_text() for name in MOVERS)
    }
    assert calls <= set(CALLERS), "who else moves a customer?"
    assert not any("backoffice" in path for path in calls)


# ── 2. what staff can send ──
async def bindings(place: Place) -> list[tuple[UUID, UUID]]:
    async with place.work() as work:
        return [tuple(row.values()) for row in await work.fetch(BINDINGS_SQL)]


async def whole_world(app: Litestar, place: Place) -> tuple[Any, list[tuple[UUID, UUID]]]:
    """A market with something of everything, and besides two shops with a customer each, whom nobody's own acts concern."""
    probe = await made(app, place, rounds=1)
    for _ in range(2):
        await shopping.customer(place, *await shopping.shop(place))
    return probe, await bindings(place)


@pytest.mark.parametrize("is_whole", [False, pytest.param(True, marks=pytest.mark.nightly)], ids=["lawful", "every id"])
async def test_no_route_of_the_office_moves_a_customer(app: Litestar, place: Place, is_whole: bool) -> None:
    """Every route that staff may use, by an owner of the market: as it is meant, and with every person and shop there is; each
    night with every id of every kind."""
    probe, before = await whole_world(app, place)
    owner = next(one for one in probe.world.visitors if one.name == "staff")
    erased = [
        route for route in probe.routes if "erasure" in route
    ]  # which the buyer has asked for; it gives him to nobody
    routes = [route for route, of in probe.routes.items() if of["x-policy"] == STAFF and route not in erased]
    named = [PERSON.show(person) for person, _ in before] + [SHOP.show(shop) for _, shop in before]
    for public in named:
        probe.world.know(None, **{public.partition("_")[0]: public})
    assert len(routes) > 100 and len(before) >= 4
    for route in routes:
        wanted = list(probe.variants(route, owner))
        about = [sent for sent in wanted if any(one in sent.target or one.encode() in sent.body for one in named)]
        for sent in wanted if is_whole else [wanted[0], *about]:
            await probe.ask(route, owner, sent)
    used = [route for route in routes if route in probe.done]
    assert len(used) * 4 > len(routes) * 3, "most of them were really used, so that nothing is shown by refusals"
    assert await bindings(place) == before
    for route in erased:
        for sent in probe.variants(route, owner):
            await probe.ask(route, owner, sent)
    assert set(await bindings(place)) <= set(before), "nobody has come to a shop by being forgotten"


def verbs() -> Iterator[tuple[str, Any]]:
    """Every verb of every module, by its name: what its front door offers that takes a Work."""
    for folder in modules():
        door: ModuleType = importlib.import_module(f"tuan.{folder.parent.name}.{folder.name}")
        for name in getattr(door, "__all__", ()):
            verb = getattr(door, name)
            if inspect.iscoroutinefunction(verb) and next(iter(inspect.signature(verb).parameters), "") == "work":
                yield f"{folder.name}.{name}", verb


BUYERS_OWN = {"sharing.come_through", "sharing.leave_shop", "shops.leave_shop"}
"""By the buyer and his visit; the routes that call them take the person from the session (the matrix holds that)."""
CALLS_MAX = 60
"""Of one verb, so that those with many parameters come to an end."""


async def called(place: Place, verb: Any, ids: list[UUID], staff_member: UUID) -> int:
    """Call a verb as a member of staff with every way of filling its parameters by these ids; how often it could be."""
    parameters = [
        p for p in list(inspect.signature(verb).parameters.values())[1:] if p.default is inspect.Parameter.empty
    ]
    tried = 0
    for values in list(product(*[_fitting(p, ids) for p in parameters]))[:CALLS_MAX]:
        by_place = [v for p, v in zip(parameters, values, strict=True) if p.kind is not inspect.Parameter.KEYWORD_ONLY]
        by_name = {
            p.name: v for p, v in zip(parameters, values, strict=True) if p.kind is inspect.Parameter.KEYWORD_ONLY
        }
        try:
            async with place.work(staff_member) as work:
                await verb(work, *by_place, **by_name)
        except Exception:
            continue  # it does not take these; nothing has been done
        tried += 1
    return tried


def _fitting(parameter: inspect.Parameter, ids: list[UUID]) -> list[Any]:
    """What could stand for a parameter: ids alone and in lists, the reason, small numbers, words."""
    said = str(parameter.annotation)
    if parameter.name == "reason":
        return ["because the market wants it"]
    if "Collection" in said or "Sequence" in said or "list" in said:
        return [ids]
    if "int" in said and "UUID" not in said:
        return [1]
    if "UUID" in said or "Id" in said or "TypeVar" in said:
        return list(ids)
    return ["x"] if "str" in said else [None]


async def walk(place: Place, offered: list[tuple[str, Any]]) -> tuple[dict[str, int], list[str]]:
    """How often each verb could be called with the ids of customers and shops, and which of them moved somebody."""
    (one, owner), (two, rival) = await shopping.shop(place), await shopping.shop(place)
    people = [await shopping.customer(place, one, owner), await shopping.customer(place, two, rival)]
    clerk = await office.clerk(place)
    ids = [one, two, *(who.id for who in people)]
    before, done, movers = await bindings(place), {}, []
    for name, verb in offered:
        done[name] = await called(place, verb, ids, clerk.person)
        if (now := await bindings(place)) != before:
            movers.append(name)
            before = now
    return done, movers


async def test_no_verb_moves_a_customer_whatever_ids_it_is_given(place: Place) -> None:
    offered = [(name, verb) for name, verb in verbs() if name not in BUYERS_OWN]
    done, movers = await walk(place, offered)
    assert set(movers) <= {"accounts.erase_person"}, "by the market's hand somebody has become another shop's customer"
    assert len(offered) > 200 and sum(count > 0 for count in done.values()) > 100, "most of them could really be called"


async def test_control_a_verb_that_would_move_one_is_found(place: Place) -> None:
    """The walk, with one verb more: an operator gives a customer to another shop."""

    async def reassign_customer(work: Work, person: UUID, shop: UUID, *, reason: str) -> None:
        assert reason
        held = (await sharing.bindings_of(work, [person]))[person]
        moved = type(held)(person, shop, held.since, held.protected_until, held.until)
        await work.write(store.KEEP_BINDINGS, [moved])

    done, movers = await walk(place, [("sharing.reassign_customer", reassign_customer)])
    assert movers == ["sharing.reassign_customer"] and done["sharing.reassign_customer"] > 0
    assert any(name.startswith("I40:") for name in await place.breaches()), (
        "`tuan check` finds it too: no change tells of it"
    )


def test_no_permission_of_staff_speaks_of_a_customer_of_a_shop() -> None:
    with pytest.raises(ValueError, match="no such permission"):
        staff("customers.move")


# ── 3. the rows ──
async def test_each_change_names_its_link_or_says_that_he_went_himself(place: Place) -> None:
    (one, owner), (two, rival) = await shopping.shop(place), await shopping.shop(place)
    who = await shopping.customer(place, one, owner)
    await shopping.customer(place, two, rival)
    assert await place.do(sharing.leave_shop, who.id) is None
    async with place.work() as work:
        rows = await work.fetch(CHANGES_SQL)
    assert len(rows) == 3
    assert all((row["why"] == "link") == (row["sharer_id"] == row["owner_id"] is not None) for row in rows)
    assert {row["why"] for row in rows} == {"link", "left"}

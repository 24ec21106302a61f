"""E26: another shop of the same market names everything that the first one has, and gets at nothing.

What schemathesis makes of the whole document, as nobody, buyers, a supplier, keys without a scope and people of another market, is in
test_api_every_route.py; staff without the right are in test_matrix.py.
"""

from typing import Any

import pytest
from litestar import Litestar

from tests.faces import test_api_every_route as api
from tests.faces import test_every_route as pages
from tests.faces.test_every_route import named
from tests.faces.visiting import Visitor
from tests.given import goods as given
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import developers, parties
from tuan.people.developers.model import SCOPES, SUPPLIER_SCOPES
from tuan.surfaces.web.policies import SUPPLIER

Capsys = pytest.CaptureFixture[str]
OF_EVERYBODY = ("category", "template", "report", "after")
"""Kinds of ids, or of names, that a shop may give although they are none of its own."""


async def other_shop(place: Place) -> Visitor:
    """Whoever answers for a shop of which the world of the tests knows nothing."""
    of = await given.goods(place)
    visitor = Visitor("other shop", place.host, await place.do(parties.owner_of, of.supplier))
    await visitor.arrive(place)
    return visitor


async def test_no_operation_of_the_api_gives_another_shop_anything(app: Litestar, place: Place, capsys: Capsys) -> None:
    probe = await api.made(app, place, rounds=1)
    before = await probe.world.elsewhere.snapshot()
    visitor = await other_shop(place)
    key = await place.do(developers.make_key, visitor.person, "test", SCOPES, expires_at=None, reason="test")
    stranger = api.Program("other shop", place.host, granted(key).text, visitor)
    (owner,) = [program for program in probe.programs if program.name == "supplier"]
    asked, reached = 0, set()
    for name, (_, _, operation) in probe.operations.items():
        if operation.get("x-scope") not in SUPPLIER_SCOPES:
            continue
        for kind in probe.kinds(name) - set(OF_EVERYBODY):
            for public in probe.world.ids[kind]:
                probe.done.discard(name)
                await probe.ask(name, stranger, probe.lawful(name, stranger, **{kind: public}))
                assert name not in probe.done, f"{name} of {public}"
                asked += 1
                await probe.ask(name, owner, probe.lawful(name, owner, **{kind: public}))
                reached |= probe.done & {name}
    assert asked > 10 and len(reached) > 2, "the control: the shop itself gets at its own"
    await api.settle(probe, before, capsys)


async def test_no_page_of_the_desk_gives_another_shop_anything(app: Litestar, place: Place, capsys: Capsys) -> None:
    probe = await pages.made(app, place, rounds=1)
    before = await probe.world.elsewhere.snapshot()
    visitor = await other_shop(place)
    (owner,) = [one for one in probe.world.visitors if one.name == "supplier"]
    shared: set[Any] = {public for kind in OF_EVERYBODY for public in probe.world.ids.get(kind, ())}
    everything = {public for ids in probe.world.ids.values() for public in ids} - shared
    asked, reached = 0, set()
    for route, operation in probe.routes.items():
        if operation["x-policy"] != SUPPLIER["policy"]:
            continue
        for sent in probe.variants(route, visitor):
            if named(sent) & everything:
                probe.done.discard(route)
                await probe.ask(route, visitor, sent)
                assert route not in probe.done, f"{route}: {sent}"
                asked += 1
        for sent in probe.variants(route, owner):
            await probe.ask(route, owner, sent)
            reached |= probe.done & {route}
    assert asked > 10 and len(reached) > 2, "the control: the shop itself gets at its own"
    await pages.settle(probe, before, capsys)

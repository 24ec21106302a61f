"""The contracts of `.importlinter` hold, and each of them can break."""

from copy import deepcopy
from typing import Any

import grimp
import pytest
from importlinter import Contract, api
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract

from tests.tidy.house import ROOT

KINDS: dict[str, type[Contract]] = {
    "acyclic_siblings": AcyclicSiblingsContract,
    "forbidden": ForbiddenContract,
    "layers": LayersContract,
    "protected": ProtectedContract,
}
CONFIGURATION = api.read_configuration(str(ROOT / ".importlinter"))
CONTRACTS: dict[str, dict[str, Any]] = {options["id"]: options for options in CONFIGURATION["contracts_options"]}

PLANTED = {
    "strata": ("tuan.kit.money", "tuan.platform.work"),
    "people": ("tuan.people.accounts.queries", "tuan.people.parties"),
    "goods": ("tuan.goods.catalog.actions", "tuan.goods.supply"),
    "value": ("tuan.value.ledger.store", "tuan.value.points"),
    "trade": ("tuan.trade.payments.actions", "tuan.trade.orders"),
    "voice": ("tuan.voice.content.queries", "tuan.voice.insight"),
    "play": ("tuan.play.bargain.actions", "tuan.play.groupbuy.model"),
    "rooms": ("tuan.trade.orders.store", "tuan.trade.orders.actions"),
    "cycles": ("tuan.platform.bulk", "tuan.platform.work"),
    "web": ("tuan.trade.orders.actions", "litestar"),
    "driver": ("tuan.goods.catalog.store", "asyncpg"),
    "alembic": ("tuan.platform.schema", "alembic"),
    "migrations": ("tuan.surfaces.storefront.parts", "tuan.migrations.migrate"),
}
"""For each contract an import that must break it."""


def is_kept(contract_id: str, graph: grimp.ImportGraph) -> bool:
    """Check one contract on a copy of the graph; a broken one says what broke it."""
    options = CONTRACTS[contract_id]
    contract = KINDS[options["type"]](options["name"], CONFIGURATION["session_options"], options)
    check = contract.check(deepcopy(graph), verbose=False)
    if not check.kept:
        contract.render_broken_contract(check)
    return bool(check.kept)


@pytest.mark.parametrize("contract_id", CONTRACTS)
def test_contract_is_kept(contract_id: str, graph: grimp.ImportGraph) -> None:
    assert is_kept(contract_id, graph), f"{CONTRACTS[contract_id]['name']}: see the output"


@pytest.mark.parametrize("contract_id", CONTRACTS)
def test_contract_can_break(contract_id: str, graph: grimp.ImportGraph) -> None:
    importer, imported = PLANTED[contract_id]
    planted = deepcopy(graph)
    for module in (importer, imported):
        parts = module.split(".")
        for end in range(2, len(parts) + 1):  # a module that is only planned stands in a package that is only planned
            planted.add_module(".".join(parts[:end]))
    planted.add_import(importer=importer, imported=imported)
    assert not is_kept(contract_id, planted)


def test_a_package_without_a_place_breaks_the_strata(graph: grimp.ImportGraph) -> None:
    planted = deepcopy(graph)
    planted.add_module("tuan.helpers")
    assert not is_kept("strata", planted)

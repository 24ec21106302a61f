"""`tuan bench`: the scripts of `benchmarks/`, which measure from a checkout and are no part of the package."""

import importlib
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from tuan.platform.settings import SettingsError

CHECKOUT = Path(__file__).resolve().parents[2]


def benchmark(name: str) -> Callable[..., Coroutine[Any, Any, dict[str, Any]]]:
    """The `run` of `benchmarks.<name>`: gets `say` and its options, returns one JSON object. SettingsError without a checkout."""
    if not (CHECKOUT / "benchmarks" / "__init__.py").exists():
        raise SettingsError("Benchmarks need a checkout of the repository: run ./tuan bench there.")
    if str(CHECKOUT) not in sys.path:
        sys.path.insert(0, str(CHECKOUT))
    run: Callable[..., Coroutine[Any, Any, dict[str, Any]]] = importlib.import_module(f"benchmarks.{name}").run
    return run

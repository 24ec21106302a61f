"""Mutation testing of the money: is every rule of `value/` and `trade/` held by a test that notices when it is changed?

    python -m tests.mutation models                         every model of value/ and trade/
    python -m tests.mutation --show models value.points     one of them, and what was changed in those that survived
    python -m tests.mutation sample --count 200 --seed 5    so many mutants of the other files there, drawn by chance

mutmut (docs/decisions/0058-mutation-testing.md) writes the mutants and runs for each the tests that reach the changed
function, in a copy of this checkout. Models are tried by the rules (tests/model), other files by verbs over a database:
at first by the few that are nearest to the function, those of its own module before others; what survives them by many.
Which tests reach what is found out once and kept with `--folder`, as is what became of each mutant: a run that was stopped goes on.
It takes too long for `./tuan test` and stands in the nightly run; docs/design/mutation.md has the figures.
"""

from __future__ import annotations

import argparse
import contextlib
import fnmatch
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.utils.file_utils import walk_mutatable_files
from mutmut.utils.format_utils import get_mutant_name

from tests.conftest import SETTINGS
from tuan.platform.embedded import ensure_running

ROOT = Path(__file__).resolve().parent.parent
MAP, ALL_OF_MAP = Path("mutants", "mutmut-stats.json"), Path("mutants", "all-stats.json")
"""Which tests reach which function, as mutmut reads it, and before most of them were left out."""
COPIED = ("src", "tests", "benchmarks", "pyproject.toml")
KILLED_PERCENT_MIN = 90
FEW, MANY = 8, 60
"""So many tests are asked about a mutant of the sample first, and so many about one that survived these."""
TESTS_OF = {
    "value.ledger": ("ledger", "invariants", "settlement", "points"),
    "value.membership": ("organisations",),
    "value.points": ("points", "paying_by_points", "loyalty"),
    "value.promotions": ("promotions", "gifts", "bundles"),
    "trade.aftersales": ("aftersales", "cases", "cases_late", "late_claims"),
    "trade.carts": ("carts",),
    "trade.imports": ("imports", "goods_import"),
    "trade.invoices": ("invoices",),
    "trade.orders": ("orders", "payments", "freight", "office", "presale"),
    "trade.payments": ("payments", "providers", "sandbox", "office", "presale"),
    "trade.quality": ("quality",),
    "trade.reconciliation": ("reconciliation",),
    "trade.settlement": ("settlement", "transfers", "promises", "late_claims"),
    "trade.shipping": ("shipping", "carriers"),
}
"""Which files of tests/verbs are about which module; the sample is tried by all of these."""
KILLED, TIMED_OUT, UNREACHED, SURVIVED, UNTRIED = STATES = ("killed", "timed_out", "unreached", "survived", "untried")
BY_EXIT_CODE = {None: UNTRIED, 0: SURVIVED, 1: KILLED, 3: KILLED, 5: UNREACHED, 33: UNREACHED}
BY_EXIT_CODE |= dict.fromkeys((-24, 24, 36, 152, 255), TIMED_OUT)
"""As mutmut writes them down. A mutant that runs for ever was noticed as well; one that no test reaches survived."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which files are changed, which tests may notice it, and how long these may take beyond what they took before."""

    changed: tuple[str, ...]
    left_alone: tuple[str, ...]
    tests: tuple[str, ...]
    options: tuple[str, ...]
    grace_seconds: int


# Without the small world: it plays orders through in a minute, and each mutant that survives the rules would wait for it.
MODELS = Plan(
    changed=("src/tuan/value/*/model*", "src/tuan/trade/*/model*"),
    left_alone=(),
    tests=("tests/model",),
    options=("--hypothesis-profile=mutation", "--ignore=tests/model/test_small_world.py"),
    grace_seconds=6,
)
OTHERS = Plan(
    changed=("src/tuan/value/*", "src/tuan/trade/*"),
    left_alone=("*/model.py", "*/model/*", "*/tables.py", "*/errors.py"),
    tests=("tests/verbs",),
    options=("-m", "not nightly"),
    grace_seconds=30,
)


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for, print the table; 1 where less than nine of ten mutants of a model were killed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="the table as one JSON object")
    parser.add_argument("--show", action="store_true", help="what was changed in those that survived")
    parser.add_argument(
        "--folder", type=Path, help="where to work; kept, and gone on from: only what survived or changed"
    )
    parser.add_argument("--children", type=int, default=1, help="how many mutants are tried at once")
    plans = parser.add_subparsers(dest="plan", required=True)
    models = plans.add_parser("models")
    models.add_argument("modules", nargs="*", metavar="module", help="such as value.points; all without any")
    sample = plans.add_parser("sample")
    sample.add_argument("modules", nargs="*", metavar="module", help="only what was drawn of these; all without any")
    sample.add_argument("--count", type=int, default=200)
    sample.add_argument("--seed", type=int, default=5)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="tuan-mutants-") as temporary:
        folder = (asked.folder or Path(temporary)).resolve()
        copy(folder)
        if asked.plan == "models":
            found = try_models(asked.modules, asked.children, folder, shows=asked.show)
        else:
            found = try_sample(asked, folder)
        report(found, as_json=asked.json)
    return int(asked.plan == "models" and any(percent(row) < KILLED_PERCENT_MIN for row in by_module(found).values()))


def models_of(modules: Sequence[str]) -> Plan:
    """Only their files are written anew: what is not changed runs as quickly as ever."""
    changed = tuple(f"src/tuan/{module.replace('.', '/')}/model*" for module in modules)
    return replace(MODELS, changed=changed or MODELS.changed)


def try_models(modules: Sequence[str], children: int, folder: Path, *, shows: bool) -> dict[str, str]:
    """What becomes of the mutants of these modules' models, or of all."""
    configure(folder, models_of(modules))
    patterns = [f"tuan.{module}.model*" for module in modules or ["*"]]
    with contextlib.chdir(folder):
        forget_survivors(patterns)
        # Without names: who is named is tried again even where he was killed.
        run((), children, folder / "kept")
        return results(patterns, shows=shows)


def try_sample(asked: argparse.Namespace, folder: Path) -> dict[str, str]:
    """What becomes of those that are drawn, of these modules or of all."""
    files = sorted({file for files in TESTS_OF.values() for file in files})
    plan = replace(OTHERS, tests=tuple(f"tests/verbs/test_{file}.py" for file in files))
    configure(folder, plan)
    with contextlib.chdir(folder):
        everyone = drawn(asked.count, asked.seed)
        configure(folder, replace(plan, changed=tuple(sorted({str(path) for path in everyone.values()}))))
        names = [name for name in everyone if not asked.modules or module_of(name) in asked.modules]
        if names:
            try_drawn(names, asked.children, folder / "kept")
        return results(names, shows=asked.show)


def try_drawn(names: Sequence[str], children: int, kept: Path) -> None:
    """Each by the few tests that are nearest to its function, then those that survived by many."""
    if not ALL_OF_MAP.exists():
        run(names[:1], children, kept)  # finds out which tests reach what, of all of them
        shutil.copy2(MAP, ALL_OF_MAP)
    codes = exit_codes()
    if alive := [name for name in names if not is_noticed(codes.get(name))]:
        keep_nearest(json.loads(ALL_OF_MAP.read_text()), FEW)
        run(alive, children, kept)
    codes = exit_codes()
    if survived := [name for name in names if BY_EXIT_CODE.get(codes[name]) == SURVIVED]:
        keep_nearest(json.loads(ALL_OF_MAP.read_text()), MANY)
        run(survived, children, kept)


def keep_nearest(told: dict[str, Any], most: int) -> None:
    """Write mutmut's map anew with so many tests for each function: first those of its own module, the quickest of them first."""
    seconds = told["duration_by_test"]
    by_function: dict[str, list[str]] = told["tests_by_mangled_function_name"]

    def distance(test: str, own: Sequence[str]) -> tuple[bool, float]:
        return Path(test.split("::")[0]).stem.removeprefix("test_") not in own, seconds.get(test, 0)

    told["tests_by_mangled_function_name"] = {
        name: sorted(tests, key=lambda test: distance(test, TESTS_OF[module_of(name)]))[:most]
        for name, tests in by_function.items()
    }
    MAP.write_text(json.dumps(told))


def copy(folder: Path) -> None:
    """Copy what the tests need."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, folder / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy2(ROOT / name, folder / name)


def configure(folder: Path, plan: Plan) -> None:
    """Say to mutmut in the copy's pyproject.toml what is to be done there."""
    shutil.copy2(ROOT / "pyproject.toml", folder / "pyproject.toml")
    words = {
        "source_paths": ["src"],
        "only_mutate": list(plan.changed),
        "do_not_mutate": list(plan.left_alone),
        "also_copy": ["benchmarks"],
        "pytest_add_cli_args": list(plan.options),
        "pytest_add_cli_args_test_selection": list(plan.tests),
        "timeout_constant": plan.grace_seconds,
        "timeout_multiplier": 5,
        "use_git_change_detection": False,
    }
    table = "".join(f"{name} = {json.dumps(value)}\n" for name, value in words.items())
    with (folder / "pyproject.toml").open("a") as file:
        file.write(f"\n[tool.mutmut]\n{table}")
    # mutmut takes a copy that is newer than its file for changed already; a run that was stopped or was for another module may
    # have left it half written or as it was.
    for path in (folder / "mutants" / "src").rglob("*.py"):
        is_to_change = is_of(str(path.relative_to(folder / "mutants")), plan.changed)
        if is_to_change and not (path.with_name(f"{path.name}.meta").exists() and "__mutmut_" in path.read_text()):
            path.unlink()


def forget_survivors(patterns: Sequence[str]) -> None:
    """Have those that an earlier run in this folder left alive tried again; who was killed stays so until his code changes."""
    for file in Path("mutants").rglob("*.meta"):
        told = json.loads(file.read_text())
        codes: dict[str, int | None] = told["exit_code_by_key"]
        told["exit_code_by_key"] = {
            name: code if is_noticed(code) or not is_of(name, patterns) else None for name, code in codes.items()
        }
        file.write_text(json.dumps(told))
    # Which tests reach what is asked anew: tests that were there before may reach more by now.
    MAP.unlink(missing_ok=True)


def is_noticed(code: int | None) -> bool:
    return code is not None and BY_EXIT_CODE.get(code) in (KILLED, TIMED_OUT)


def is_of(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def drawn(count: int, seed: int) -> dict[str, Path]:
    """So many mutants of the files that the plan changes, the same ones for the same seed and code; by name, where they stand."""
    everyone = [
        (get_mutant_name(path, name), path)
        for path in sorted(walk_mutatable_files())
        for name in mutate_file_contents(str(path), path.read_text()).mutant_names
    ]
    return dict(random.Random(seed).sample(everyone, min(count, len(everyone))))


def run(names: Sequence[str], children: int, kept: Path) -> None:
    """Let mutmut try these mutants (or patterns of names), or all; its own lines go to stderr.

    One server and one template in `kept` serve all of them, since making these takes longer than most tests.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["TUAN_TEST_DATA"] = str(kept)
    command = [Path(sys.executable).with_name("mutmut"), "run", "--max-children", str(children), *names]
    with ensure_running(kept / "data", settings=SETTINGS):
        subprocess.run(command, check=True, env=environment, stdout=sys.stderr)


def exit_codes() -> dict[str, int | None]:
    """As mutmut keeps them, by name; None for who was not tried yet."""
    found: dict[str, int | None] = {}
    for file in sorted(Path("mutants").rglob("*.meta")):
        found |= json.loads(file.read_text())["exit_code_by_key"]
    return found


def results(patterns: Sequence[str], *, shows: bool) -> dict[str, str]:
    """What became of each mutant, by its name; what was changed in those that survived is printed where asked for."""
    found = {
        name: BY_EXIT_CODE.get(code, f"code {code}") for name, code in exit_codes().items() if is_of(name, patterns)
    }
    for name, state in found.items():
        if shows and state not in (KILLED, TIMED_OUT, UNTRIED):
            print(f"── {name}: {state}\n{get_diff_for_mutant(name)}\n")
    return found


def by_module(found: Mapping[str, str]) -> dict[str, Counter[str]]:
    """Counts of what became of them, such as for `trade.orders`."""
    counts: dict[str, Counter[str]] = {}
    for name, state in sorted(found.items()):
        counts.setdefault(module_of(name), Counter())[state] += 1
    return counts


def module_of(name: str) -> str:
    """Of a mutant, such as trade.orders."""
    return ".".join(name.split(".")[1:3])


def percent(row: Counter[str]) -> int:
    """Of those that were tried, how many were noticed, rounded down; 0 where none was."""
    return 100 * (row[KILLED] + row[TIMED_OUT]) // max(row.total() - row[UNTRIED], 1)


def report(found: Mapping[str, str], *, as_json: bool) -> None:
    """Print the table."""
    counts = by_module(found)
    if as_json:
        rows = {module: {**row, "mutants": row.total(), "percent": percent(row)} for module, row in counts.items()}
        print(json.dumps(rows))
        return
    print("module".ljust(24) + "mutants".rjust(10) + "".join(state.rjust(11) for state in STATES) + "percent".rjust(9))
    for module, row in counts.items():
        cells = "".join(f"{row[state]:>11}" for state in STATES)
        others = ", ".join(f"{state}: {count}" for state, count in row.items() if state not in STATES)
        print(f"{module:<24}{row.total():>10}{cells}{percent(row):>9}  {others}".rstrip())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

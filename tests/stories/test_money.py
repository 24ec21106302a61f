"""E22: every verb of money in any order, against books in plain Python, to the cent, to the point and to the unit.

SEED=7 ./tuan test stories      exactly the machines of that seed; what they did is printed when one of them is wrong

The night does ACTS=100000 of them, by seeds one after the other from SEED on (a random one, if none is said). It may be split: ten runs
with ACTS=10000 and seeds that are far enough apart are the same night, and each of them says the seed to go on from.
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stories.money_machine import Money
from tests.stories.money_market import Side
from tests.world.patching import running_with

SEED_MAX = 2**32
STEPS = 50
EXAMPLES, NIGHT_EXAMPLES = 3, 10
NIGHT_ACTS = int(os.environ.get("ACTS", "100000"))
BUGS = sorted((Path(__file__).parent / "bugs").glob("*.patch"))
FOUND_BY = {"coupon-free-after-one-line": 11, "failed-payout-without-its-fee": 1, "points-come-back-young": 4}
"""A seed near which each bug is met; what is drawn also depends on the market that it is drawn in."""
SEEDS_TRIED = 16
FAR_FROM_THE_BUGS = (
    "launches_a_deal", "buys_at_a_deal", "ends_a_deal", "joins_or_leaves_the_tier", "books_in_a_presale", "sits_down",
    "a_team_comes_together", "changes_a_cart", "checks_out", "a_letter_names_another_amount", "gives_a_coupon_on", "takes_a_gift",
    "takes_a_gift_back", "helps_to_open_a_coupon", "calls_the_operator", "asks_for_an_invoice",
)  # fmt: skip
"""Acts that none of the three needs: the fewer there are, the sooner one meets another."""


def play(side: Side, number: int, examples: int, left_out: Sequence[str] = ()) -> None:
    """Machines in markets of their own, drawn from this seed; the first that is wrong ends it and is told step by step."""
    machine = seed(number)(type("Money", (Money,), {"side": side, **dict.fromkeys(left_out)}))
    how = settings(max_examples=examples, stateful_step_count=STEPS, deadline=None, database=None,
                   phases=(Phase.generate,), suppress_health_check=list(HealthCheck))  # fmt: skip
    run_state_machine_as_test(machine, settings=how)


def test_whatever_is_done_comes_to_what_the_books_say(side: Side, capsys: pytest.CaptureFixture[str]) -> None:
    number = int(os.environ.get("SEED", Random().randrange(SEED_MAX)))
    with capsys.disabled():
        print(f"\nSEED={number}", end=" ", flush=True)
    play(side, number, EXAMPLES)
    with capsys.disabled():
        print(f"{side.acts} acts")
    assert side.acts > EXAMPLES * STEPS // 2


@pytest.mark.nightly
def test_a_night_of_acts_comes_to_what_the_books_say(side: Side, capsys: pytest.CaptureFixture[str]) -> None:
    began, number = time.monotonic(), int(os.environ.get("SEED", Random().randrange(SEED_MAX)))
    while side.acts < NIGHT_ACTS:
        with capsys.disabled():
            print(f"\nSEED={number}", end=" ", flush=True)
        play(side, number, NIGHT_EXAMPLES)
        number += 1
        with capsys.disabled():
            print(f"{side.acts} acts, {side.acts / (time.monotonic() - began):.0f} a second", end="", flush=True)


@pytest.mark.parametrize("bug", BUGS, ids=lambda path: path.stem)
def test_the_machine_finds(side: Side, bug: Path) -> None:
    with running_with(bug.read_text()), pytest.raises(AssertionError):
        for number in range(FOUND_BY[bug.stem], FOUND_BY[bug.stem] + SEEDS_TRIED):
            play(side, number, EXAMPLES, FAR_FROM_THE_BUGS)


def test_without_the_bugs_the_same_seeds_are_right(side: Side) -> None:
    for number in sorted({*FOUND_BY.values()}):
        play(side, number, EXAMPLES, FAR_FROM_THE_BUGS)


def test_there_are_three_bugs() -> None:
    assert len(BUGS) == 3 and {bug.stem for bug in BUGS} == FOUND_BY.keys()

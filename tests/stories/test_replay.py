"""A launches file is played to its oracle, twice without doubling, and through kills of every process."""

import random
from pathlib import Path

from benchmarks import replay_kills
from tuan.replay import replay

PRICE = 1000


def launches(folder: Path, count: int) -> Path:
    """A made-up file with the same shape as the real one: skewed items, pairs, a few larger teams, many that never form."""
    rng = random.Random(7)
    lines = []
    for line in range(count):
        people = [f"p{line}-{place}" for place in range(rng.choice((1, 1, 2, 2, 2, 3, 5)))]
        lines.append("\t".join([people[0], f"item{rng.choice((1, 1, 1, 2, 3))}", *people[1:]]))
    file = folder / "launches.tsv"
    file.write_text("\n".join(lines) + "\n")
    return file


async def test_a_file_played_twice_meets_its_oracle_and_doubles_nothing(tmp_path: Path) -> None:
    file = launches(tmp_path, 120)
    wanted = replay_kills.oracle(file, 10**9, PRICE)
    for _ in range(2):
        result = await replay(file, tmp_path / "data", workers=3, price_minor=PRICE, lines=10**9, say=lambda _: None)
        assert {name: result[name] for name in wanted} == wanted
    assert replay_kills.check(tmp_path / "data")["ok"]


def test_a_replay_whose_processes_are_killed_completes(tmp_path: Path) -> None:
    file = launches(tmp_path, 400)
    trial = replay_kills.Trial(file, tmp_path / "data", 10**9, 1, random.Random(3), pause=(0.3, 1.2))
    result = trial.run()
    wanted = replay_kills.oracle(file, 10**9, PRICE)
    assert trial.killed == dict.fromkeys(replay_kills.VICTIMS, 1)
    assert {name: result[name] for name in wanted} == wanted
    assert replay_kills.check(trial.data)["ok"]

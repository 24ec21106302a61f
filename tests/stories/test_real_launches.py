"""The head of a real group-buying log, played to the oracle that was counted apart from us; skipped where it is absent."""

import os
from pathlib import Path

import pytest

from benchmarks import replay_kills
from tuan.replay import replay

SHARED = Path(os.environ.get("TUAN_SHARED") or Path(__file__).resolve().parents[3] / "shared")
SAMPLE = SHARED / "data" / "groupbuy" / "sample-2000.tsv"
ORACLE = {
    "launches": 2000,
    "formed": 1153,
    "lapsed": 847,
    "member_orders": 2320,
    "refunds": 847,
    "captured_minor": 3_167_000,
    "refunded_minor": 847_000,
    "ledger_imbalance": 0,
    "oversold": 0,
}


@pytest.mark.skipif(not SAMPLE.exists(), reason="the real launches are not here; TUAN_SHARED names their folder")
async def test_two_thousand_real_launches_meet_their_oracle(tmp_path: Path) -> None:
    result = await replay(SAMPLE, tmp_path / "data", workers=6, price_minor=1000, lines=10**9, say=lambda _: None)
    assert {name: result[name] for name in ORACLE} == ORACLE
    assert replay_kills.check(tmp_path / "data")["ok"]

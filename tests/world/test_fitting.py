"""The chances that the planner uses are those that real launches give, and hold for launches that they were not fitted to."""

import os
from pathlib import Path

import pytest

from tests.tidy.house import ROOT
from tuan.simulate.fitting import calibrate
from tuan.voice.planning.model import CHANCES

SHARED = Path(os.environ.get("TUAN_SHARED", ROOT.parent / "shared"))
LAUNCHES = SHARED / "data" / "groupbuy" / "launches.tsv.gz"


@pytest.mark.skipif(not LAUNCHES.exists(), reason="the real launches are not here (TUAN_SHARED names their folder)")
def test_the_planners_chances_are_fitted_to_real_launches_and_hold_on_the_other_half() -> None:
    found = calibrate(LAUNCHES)
    assert found["chances_millionths"] == list(CHANCES)
    assert abs(found["difference"]) < 100, "the share of teams that form, within one in a hundred"
    assert found["tenths_apart_mean"] < 200 and found["tenths_apart_most"] < 400

"""The formatter and the linter find nothing."""

import subprocess
import sys

import pytest

from tests.tidy.house import ROOT

PLACES = [place for place in ("src", "tests", "benchmarks", "hatch_build.py") if (ROOT / place).exists()]
"""Not the pages: their samples are set by hand."""


@pytest.mark.parametrize("words", (("check",), ("format", "--check")), ids=" ".join)
def test_ruff_finds_nothing(words: tuple[str, ...]) -> None:
    ran = subprocess.run([sys.executable, "-m", "ruff", *words, *PLACES], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr

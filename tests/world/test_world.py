"""Fresh seeds of the world: nothing unlawful happens in any of them.

SEED=7 STEP=120 ./tuan test world      exactly that seed, up to that step, with an account of the last steps
"""

import os
import time
from random import Random

import pytest

from tuan.platform.settings import SettingsError
from tuan.simulate import play_seed
from tuan.simulate.run import SEED_MAX, STEPS
from tuan.simulate.site import Site, open_site

FRESH_SECONDS = 22
NIGHT_SECONDS = 3600


async def play_for(site: Site, seconds: float) -> int:
    """Play fresh seeds, one after the other; how many."""
    began, played = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        ended = await play_seed(site, Random().randrange(SEED_MAX))
        assert not ended.wrong, f"\n{ended}"
        played += 1
    return played


@pytest.mark.skipif("SEED" in os.environ, reason="one seed was asked for")
async def test_fresh_seeds_are_lawful(site: Site) -> None:
    assert await play_for(site, FRESH_SECONDS)


async def test_two_worlds_are_not_played_in_one_folder(site: Site) -> None:
    with pytest.raises(SettingsError, match="Another world is being played"):
        async with open_site(site.settings.data, say=lambda _: None):
            pass
    assert await site.owner.fetchval("SELECT 1") == 1


@pytest.mark.nightly
async def test_a_night_of_seeds_is_lawful(site: Site) -> None:
    assert await play_for(site, NIGHT_SECONDS)


@pytest.mark.skipif("SEED" not in os.environ, reason="no seed was asked for")
async def test_the_seed_that_was_asked_for(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    ended = await play_seed(site, int(os.environ["SEED"]), int(os.environ.get("STEP", STEPS)))
    with capsys.disabled():
        print(f"\n{ended}")
    assert not ended.wrong

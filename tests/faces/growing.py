"""Courses and seasons of the market that visitors meet, and what the fields of their forms may say."""

from typing import Any

from tests.given import leagues as play
from tests.given import training as learn
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people.training.model import COURSE_ID
from tuan.play.leagues.model import SEASON_ID

REVISIONS = ("2", *(str(number) for number in range(60, 2, -1)))
"""A draft's number grows with each change; asked for from the highest down, one of them is the one there is."""
LEVEL = {"name": "新芽", "sales": "0", "service": "0", "rights": "", "benefits": ""}
TEXTS = {
    "version": ("1", "2", "x"),
    "step": ("", "divisions", "1", "99", "x"),
    "question": ("1", "", "x"),
    "summary": ("", "x" * 201),
    "video": ("", "https://evil.example/x"),
    "pass_mark": ("1", "x"),
    "tries_per_day": ("20", "0"),
    "rights": ("open_shop", "No Word"),
    "answers": ("* 不用\n要", "x"),
    "settling_days": ("15", "x"),
    "moved": ("1", "99"),
    "benefits": ("badge", "cash"),
    **{f"{part}{row}": (first if row == 1 else "", "x") for row in range(1, 7) for part, first in LEVEL.items()},
    "name2": ("小店", "x" * 99),
    "sales2": ("100.00", "x"),
    **{f"q{number}": ("", "0", "x") for number in range(1, 16)},
}


async def know_growth(world: Any, place: Place) -> None:
    """One course that is written at, one that is taught."""
    for course in (await learn.course(place), await learn.drafted(place)):
        world.know(None, course=COURSE_ID.show(course))
    await play.shops(place, 3)
    await play.levels(place)
    season = await play.begun(place)
    for visitor in world.visitors:  # hours have passed, and the office asks whoever was idle to come in again
        await visitor.arrive(place)
    later = granted(await play.plan(place, after=4 * play.CLOSES))
    for one in (season, later):
        world.know(None, season=SEASON_ID.show(one))
    world.know(None, step="1")
    for revision in REVISIONS:
        world.know(None, revision=revision)

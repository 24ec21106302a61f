"""The ladder of a team: what comes off at how many members, and which ladders there may be."""

from hypothesis import given
from hypothesis import strategies as st

from tuan.play.groupbuy.model import deepest, is_ladder, next_step, off_at, read_ladder

LADDER = ((5, 1000), (10, 2000))


@st.composite
def ladders(draw: st.DrawFn) -> tuple[int, tuple[tuple[int, int], ...]]:
    """(members from which it forms, steps above): both rise strictly."""
    members = sorted(draw(st.sets(st.integers(2, 60), min_size=2, max_size=7)))
    offs = sorted(draw(st.sets(st.integers(1, 9000), min_size=len(members) - 1, max_size=len(members) - 1)))
    return members[0], tuple(zip(members[1:], offs, strict=True))


def test_each_step_holds_from_its_members_on() -> None:
    assert [off_at(LADDER, members) for members in (2, 4, 5, 9, 10, 60)] == [0, 0, 1000, 1000, 2000, 2000]
    assert [next_step(LADDER, members) for members in (2, 5, 10)] == [(5, 1000), (10, 2000), None]
    assert (deepest(LADDER), deepest(())) == (2000, 0)
    assert read_ladder([[5, 1000], [10, 2000]]) == LADDER and read_ladder(None) == ()


@given(ladders(), st.integers(1, 70))
def test_one_more_member_never_makes_it_dearer(ladder: tuple[int, tuple[tuple[int, int], ...]], members: int) -> None:
    least, steps = ladder
    assert is_ladder(steps, steps[-1][0], least)
    assert off_at(steps, members) <= off_at(steps, members + 1) <= deepest(steps)
    step = next_step(steps, members)
    if step is None:
        assert off_at(steps, members) == deepest(steps)
    else:
        assert off_at(steps, members) < off_at(steps, step[0]) == step[1]


def test_what_is_no_ladder() -> None:
    assert is_ladder((), 10, None)
    assert is_ladder(LADDER, 10, 2)
    assert not is_ladder(LADDER, 9, 2), "its last step is beyond the size"
    assert not is_ladder(LADDER, 10, None), "it does not say from how many on it forms"
    assert not is_ladder(LADDER, 10, 5), "its second step is where it begins"
    assert not is_ladder(((5, 1000), (5, 2000)), 10, 2)
    assert not is_ladder(((5, 1000), (10, 1000)), 10, 2)
    assert not is_ladder(((5, 0),), 10, 2)
    assert not is_ladder(tuple((3 + n, 1 + n) for n in range(10)), 100, 2), "nobody reads so many steps"

"""Simulations: what was asked for, on which graph, and what each run has given so far."""

from tuan.platform.schema import INSTANT, INT, JSONB, TEXT, UUID, check, column, index, market_table, one_of
from tuan.voice.planning.model import JobState

jobs = market_table(
    "planning",
    "jobs",
    column("id", UUID),
    column("name", TEXT),
    column("state", TEXT),
    column("terms", JSONB),
    column("edges", JSONB, null=True),
    column("wanted", INT),
    column("done", INT, default="0"),
    column("runs", JSONB, default="'[]'"),
    column("made_by", UUID),
    column("made_at", INSTANT),
    column("ended_at", INSTANT, null=True),
    one_of("state", tuple(JobState)),
    check("done_within_wanted", "done BETWEEN 0 AND wanted AND wanted > 0"),
    check("done_is_all", "(state = 'done') = (done = wanted) AND (state = 'done') = (ended_at IS NOT NULL)"),
    index("jobs_due_idx", "id", where="state = 'due'"),
    key=("id",),
    relay=("market_id, state", "state = 'due'"),
)
"""`edges` are of the market's own graph, people as numbers that mean nobody: the graph stays the same while it is played."""

"""Small worlds, and campaigns and plans played on them: the same answer for the same seed, more appeal never fewer teams, every cent accounted for."""

from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from tuan.people.compliance.model import Rule
from tuan.voice.planning.model import (
    BOUNDS,
    CHANCES,
    Book,
    Graph,
    Piece,
    Run,
    Shops,
    Terms,
    What,
    World,
    chance_of,
    draw,
    from_edges,
    kleinberg,
    legality,
    made_graph,
    measures,
    quantiles,
    reach,
    simulate,
    watts_strogatz,
    why_not_simulate,
)

SMALL = st.builds(
    Terms,
    what=st.sampled_from(What),
    world=st.sampled_from((World.WATTS_STROGATZ, World.KLEINBERG)),
    people=st.integers(20, 120),
    friends=st.sampled_from((2, 4, 8)),
    rewired=st.integers(0, 10_000),
    opened=st.integers(1, 25),
    size=st.integers(2, 6),
    price_minor=st.integers(1, 5_000),
    single_minor=st.integers(5_000, 9_000),
    leader_off_minor=st.just(1),
    appeal=st.integers(0, 60_000),
    passed_on=st.integers(1, 3),
    shops=st.integers(1, 10_000),
    rate_one=st.integers(0, 3_000),
    rate_two=st.integers(0, 1_000),
    runs=st.integers(1, 4),
    seed=st.integers(0, 10_000),
)


def played(terms: Terms) -> list[Run]:
    return list(simulate(terms, made_graph(terms)))


# ── the same again ──
@given(SMALL)
def test_the_same_seed_gives_the_same_answer_whoever_plays_which_part(terms: Terms) -> None:
    graph = made_graph(terms)
    whole = list(simulate(terms, graph))
    assert whole == list(simulate(terms, graph)) and len(whole) == terms.runs
    parts = [run for done in range(terms.runs) for run in simulate(terms, graph, done=done, count=1)]
    assert parts == whole


def test_another_seed_gives_another_answer() -> None:
    assert played(Terms(runs=5)) != played(Terms(runs=5, seed=2))


# ── more never gives less ──
@given(SMALL, st.integers(0, 60_000))
def test_more_appeal_never_forms_fewer_teams(terms: Terms, more: int) -> None:
    for what in What:
        fewer, many = played(replace(terms, what=what)), played(replace(terms, what=what, appeal=terms.appeal + more))
        for low, high in zip(fewer, many, strict=True):
            assert (low.formed, low.joined) <= (high.formed, high.joined) and low.joined <= high.joined


@given(SMALL)
def test_a_larger_team_never_forms_more_and_passing_on_never_fewer(terms: Terms) -> None:
    terms = replace(terms, what=What.CAMPAIGN)
    larger, further = played(replace(terms, size=terms.size + 1)), played(replace(terms, passed_on=terms.passed_on + 1))
    for run, one, other in zip(played(terms), larger, further, strict=True):
        assert one.formed <= run.formed <= other.formed


def test_independent_draws_would_not_be_monotone() -> None:
    """The control: with a draw of its own for each appeal, more appeal has formed fewer teams."""
    lower, higher = Terms(runs=40, opened=20), Terms(runs=40, opened=20, appeal=10_500, seed=2)
    assert any(one.formed > other.formed for one, other in zip(played(lower), played(higher), strict=True))


# ── every cent ──
@given(SMALL)
def test_every_cent_is_somewhere(terms: Terms) -> None:
    for run in played(terms):
        if terms.what is What.CAMPAIGN:
            assert run.formed + run.lapsed == terms.opened and run.joined == run.formed * terms.size
            led = terms.leader_off_minor
            assert run.captured_minor == (run.joined + run.lapsed_seats) * terms.price_minor - terms.opened * led
            assert run.refunded_minor == run.lapsed_seats * terms.price_minor - run.lapsed * led
            asked = run.joined * terms.single_minor
            assert run.kept_minor + run.discount_minor + run.leader_off_minor == asked
            assert run.lapsed <= run.lapsed_seats <= run.lapsed * (terms.size - 1)
        assert run.cost_minor == run.discount_minor + run.leader_off_minor + run.first_minor + run.second_minor
        assert 0 <= run.outside_minor <= run.recommended_minor <= run.joined * terms.price_minor
        assert 0 <= run.top_minor <= run.commission_minor and (run.earners == 0) == (run.commission_minor == 0)
        sales = run.recommended_minor // terms.price_minor
        assert run.first_minor == sales * (terms.price_minor * terms.rate_one // 10_000)
        assert run.second_minor <= sales * (terms.price_minor * terms.rate_two // 10_000)


# ── who comes ──
GRAPHS = st.integers(3, 40).flatmap(
    lambda people: st.lists(st.tuples(st.integers(0, people - 1), st.integers(0, people - 1)), max_size=90).map(
        lambda edges: from_edges(people, edges)
    )
)


@given(GRAPHS, st.integers(0, 1_000_000), st.integers(1, 4), st.integers(0, 99))
def test_who_comes_is_who_can_be_reached_over_open_ways(graph: Graph, chance: int, steps: int, seed: int) -> None:
    """Against a search that knows nothing of waves: everybody within so many steps over edges whose draw is below the chance."""
    near = {0}
    for _ in range(steps):
        near |= {b for a in near for b in graph[a] if draw(seed, a, b) < chance}
    came = reach(graph, 0, chance, steps, len(graph), (seed,))
    assert {person for person, _ in came} == near and len(came) == len(near)
    assert all(person in graph[asked] for person, asked in came[1:])
    assert reach(graph, 0, chance, steps, 2, (seed,)) == came[:2]


def test_nobody_is_paid_for_himself_or_by_the_third_hand() -> None:
    """A line of four shops, each invited by the one before it, and a buyer at its end: the last is paid, and the one above him."""
    graph = from_edges(5, [(0, 1), (1, 2), (2, 3), (3, 4)])
    shops = Shops([True, True, True, True, False], [-1, 0, 1, 2, -1], [0, 1, 2, 3])
    book = Book((Piece(price_minor=1_000, weight=1, pays=(100, 10)),), shops)
    book.credit(reach(graph, 3, 1_000_000, 1, 9, (1,)), (1,))
    assert book.earned == {3: 200, 2: 10}
    assert (book.first_minor, book.second_minor, book.outside_minor, book.recommended_minor) == (200, 10, 1_000, 2_000)
    assert shops.chain() == (4, 3)


MIX = st.lists(
    st.builds(
        Piece,
        price_minor=st.integers(200, 5_000),
        weight=st.integers(1, 50),
        pays=st.tuples(st.integers(0, 150), st.integers(0, 50)),
    ),
    min_size=1,
    max_size=6,
).map(tuple)


@given(SMALL, MIX, st.none() | st.integers(0, 2_000))
def test_of_a_mix_every_cent_is_somewhere_and_a_budget_is_never_passed(
    terms: Terms, mix: tuple[Piece, ...], budget: int | None
) -> None:
    terms = replace(terms, what=What.PLAN, mix=mix, budget_minor=budget)
    free = played(replace(terms, budget_minor=None))
    for run, unbounded in zip(played(terms), free, strict=True):
        least, most = (of(piece.price_minor for piece in mix) for of in (min, max))
        assert run.joined * least <= run.captured_minor == run.recommended_minor <= run.joined * most
        assert run.captured_minor == unbounded.captured_minor, "who buys what does not hang on who is paid"
        promised = unbounded.commission_minor
        assert run.commission_minor == (promised if budget is None else min(promised, budget))


def test_what_weighs_more_is_bought_more_often() -> None:
    mix = (Piece(price_minor=100, weight=9, pays=(10, 0)), Piece(price_minor=1_000, weight=1, pays=(0, 0)))
    runs = played(Terms(what=What.PLAN, mix=mix, runs=30))
    bought, captured = (sum(getattr(run, name) for run in runs) for name in ("joined", "captured_minor"))
    dear = (captured - 100 * bought) // 900
    assert bought > 1_000 and bought * 8 < dear * 100 < bought * 12
    assert sum(run.first_minor for run in runs) == (bought - dear) * 10


def test_one_kind_of_goods_is_the_two_rates() -> None:
    """A mix of one piece that is paid as the rates pay gives the same runs, to the cent."""
    flat = Terms(what=What.PLAN, rate_one=1_000, rate_two=300, runs=5)
    assert played(flat) == played(replace(flat, rate_one=0, rate_two=0, mix=flat.pieces))


# ── graphs ──
@settings(max_examples=30)
@given(st.integers(10, 80), st.sampled_from((2, 4, 6)), st.integers(0, 10_000), st.integers(0, 99))
def test_knowing_is_mutual_and_a_ring_without_chance_is_a_ring(
    people: int, friends: int, rewired: int, seed: int
) -> None:
    graphs = [watts_strogatz(people, friends, rewired, seed), kleinberg(people // 8 + 2, 1, seed)]
    for graph in graphs:
        for one, known in enumerate(graph):
            assert one not in known and list(known) == sorted(set(known))
            assert all(one in graph[other] for other in known)
    ring = watts_strogatz(people, friends, 0, seed)
    assert all(len(known) == friends for known in ring) and ring == watts_strogatz(people, friends, 0, seed + 1)


def steps_between(graph: Graph, first: int) -> int:
    """The sum of the steps from one person to all others."""
    seen, wave, steps, total = {first}, [first], 0, 0
    while wave:
        total, steps = total + steps * len(wave), steps + 1
        wave = sorted({other for one in wave for other in graph[one]} - seen)
        seen |= set(wave)
    return total


def closed(graph: Graph) -> int:
    """How many of ten thousand pairs of somebody's friends know each other."""
    pairs = [(a, b) for friends in graph for at, a in enumerate(friends) for b in friends[at + 1 :]]
    return sum(b in graph[a] for a, b in pairs) * 10_000 // len(pairs)


def test_a_small_world_is_close_and_clustered() -> None:
    """Watts and Strogatz: a little rewiring shortens the ways by far more than it opens the circles of friends."""
    ring, small = (watts_strogatz(1_000, 10, rewired, 1) for rewired in (0, 500))
    assert steps_between(small, 0) * 4 < steps_between(ring, 0)
    assert closed(small) * 10 > closed(ring) * 7


def test_far_friends_are_rarer_the_farther() -> None:
    side = 40
    graph = kleinberg(side, 2, 1)
    steps = [
        sum(min(abs(x - y), side - abs(x - y)) for x, y in zip(divmod(a, side), divmod(b, side), strict=True))
        for a, known in enumerate(graph) for b in known if a < b
    ]  # fmt: skip
    assert sum(step == 1 for step in steps) >= 2 * side * side
    assert (
        sum(2 <= step <= 4 for step in steps)
        > sum(5 <= step <= 7 for step in steps)
        > sum(12 <= step <= 14 for step in steps)
    )


# ── summing up ──
def test_quantiles_are_values_that_were_seen() -> None:
    assert quantiles(list(range(101))) == (5, 25, 50, 75, 95) and quantiles([7]) == (7,) * 5


def test_what_is_told_fits_what_was_asked() -> None:
    plain = {one.name for one in measures(Terms(runs=3), played(Terms(runs=3)))}
    assert {"formed", "success", "cost"} <= plain and not plain & {"first", "gini"}
    terms = Terms(what=What.PLAN, rate_one=1_000, runs=3)
    paid = {one.name: one for one in measures(terms, played(terms))}
    assert {"first", "gini", "retail", "joined"} <= paid.keys() and "formed" not in paid
    runs = played(terms)
    assert paid["first"].mean == sum(run.first_minor for run in runs) // 3
    assert paid["first"].quantiles[2] == sorted(run.first_minor for run in runs)[1]


def test_an_unlawful_plan_is_named_with_its_article() -> None:
    def breaches(**more: Any) -> set[str]:
        terms = Terms(what=What.PLAN, runs=1, people=50, opened=2, **more)
        return {breach.rule for breach in legality(terms, made_graph(terms), played(terms)).breaches}

    assert breaches() == breaches(rate_one=1_000) == set()
    assert breaches(rate_one=1_000, rate_two=200) == {Rule.LEVEL_NOT_SIGNED}
    assert breaches(rate_one=1_000, rate_two=200, is_signed=True) == set()
    assert breaches(rate_one=4_000, hold_days=1) == {Rule.RATE_TOO_HIGH, Rule.HOLD_TOO_SHORT}


def test_a_market_of_shops_only_has_too_little_retail() -> None:
    terms = Terms(what=What.PLAN, rate_one=1_000, shops=10_000, runs=5, people=200, opened=50)
    runs = played(terms)
    assert all(run.outside_minor == 0 and run.recommended_minor == run.joined * terms.price_minor for run in runs)
    assert legality(terms, made_graph(terms), runs).retail_low == sum(run.recommended_minor > 0 for run in runs) > 0


def test_terms_out_of_bounds_are_refused_by_name() -> None:
    assert why_not_simulate(Terms()) is None
    assert set(BOUNDS) < {field.name for field in fields(Terms)}
    for name, (least, most) in BOUNDS.items():
        for value in (least - 1, most + 1):
            refusal = why_not_simulate(replace(Terms(), **{name: value}))
            assert refusal is not None and refusal.data == {"field": name}
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("friends", {"friends": 3}), ("friends", {"people": 10, "friends": 10}), ("profile", {"profile": "XX"}),
        ("price_minor", {"price_minor": 2_000}), ("leader_off_minor", {"leader_off_minor": 1_000}),
        ("runs", {"runs": 1_000, "opened": 5_000, "passed_on": 4}),
        ("plan", {"version": 1}), ("plan", {"plan": UUID(int=1), "what": What.PLAN}),
        ("plan", {"plan": UUID(int=1), "version": 1}),
    ]  # fmt: skip
    for field, more in wrong:
        refusal = why_not_simulate(replace(Terms(), **more))
        assert refusal is not None and refusal.data == {"field": field}


def test_chances_rise_and_appeal_is_bounded() -> None:
    assert list(CHANCES) == sorted(CHANCES) and len(CHANCES) == 10
    assert {chance_of(Terms(seed=7), number) for number in range(300)} == set(CHANCES)
    assert max(chance_of(Terms(appeal=100_000), number) for number in range(300)) == 1_000_000

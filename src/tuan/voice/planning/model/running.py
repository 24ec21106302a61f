"""A campaign or a plan played on a graph, run by run. Pure and seeded: the same terms on the same graph give the same answer.

A higher appeal never forms fewer teams: whether a friend comes is one draw, made for this run, this team and these two people, and he
comes when it lies below the chance. Raising the chance only adds who comes, so every team reaches at least whom it reached before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from tuan.voice.planning.model.draws import MILLION, below, draw
from tuan.voice.planning.model.graphs import Graph
from tuan.voice.planning.model.words import PERMYRIAD, Piece, Run, Terms, What

CHANCES = (5_750, 20_593, 38_546, 59_398, 83_904, 113_166, 148_698, 194_558, 260_000, 377_012)
"""That an invited friend comes, in millionths, for each tenth of the goods there are from the least to the most attractive; see
docs/design/planner.md for what they were fitted to and how well."""
GOODS, LEADERS, ASKED, SHOPS, SHARERS, BASKETS = 11, 12, 13, 14, 15, 16
"""What draws are for, so that no two of them are the same one."""
TOP = 10
NOBODY = -1


@dataclass(slots=True)
class Shops:
    """Who of the graph's people has a shop, and who invited whom to open it: a neighbour who was there before."""

    is_shop: list[bool]
    inviter: list[int]
    everybody: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, graph: Graph, terms: Terms) -> "Shops":
        least = terms.shops * (MILLION // PERMYRIAD)
        is_shop = [draw(terms.seed, SHOPS, one) < least for one in range(len(graph))]
        inviter = [
            next((other for other in friends if other < one and is_shop[other]), NOBODY) if is_shop[one] else NOBODY
            for one, friends in enumerate(graph)
        ]
        return cls(is_shop, inviter, [one for one, has in enumerate(is_shop) if has])

    def chain(self) -> tuple[int, int]:
        """(the longest chain of invitations, the most shops under one), as the law counts: whoever stands at the top is 1."""
        depth, under = [0] * len(self.inviter), [0] * len(self.inviter)
        for one in self.everybody:
            depth[one] = 1 + (depth[self.inviter[one]] if self.inviter[one] != NOBODY else 0)
        for one in reversed(self.everybody):
            if self.inviter[one] != NOBODY:
                under[self.inviter[one]] += 1 + under[one]
        return max(depth, default=0), max(under, default=0)


def simulate(terms: Terms, graph: Graph, *, done: int = 0, count: int | None = None) -> Iterator[Run]:
    """The runs from number `done` on, all that are left or so many; each is the same whoever makes it and when."""
    shops = Shops.of(graph, terms)
    last = terms.runs if count is None else min(done + count, terms.runs)
    play = _campaign if terms.what is What.CAMPAIGN else _plan
    for number in range(done, last):
        yield play(terms, graph, shops, number)


def chance_of(terms: Terms, number: int) -> int:
    """That an invited friend comes in this run, in millionths: whose goods they are nobody knows before, so each run draws them."""
    goods = below(len(CHANCES), terms.seed, GOODS, number)
    return min(CHANCES[goods] * terms.appeal // PERMYRIAD, MILLION)


def reach(
    graph: Graph, first: int, chance: int, steps: int, most: int, drawn_for: Sequence[int]
) -> list[tuple[int, int]]:
    """(person, who asked him) of all who come, the first one first and asked by nobody; no more than `most` of them."""
    came = [(first, NOBODY)]
    seen, wave = {first}, [first]
    for _ in range(steps):
        following: list[int] = []
        for asks in wave:
            for friend in graph[asks]:
                if len(came) >= most:
                    return came
                if friend not in seen and draw(*drawn_for, asks, friend) < chance:
                    seen.add(friend)
                    came.append((friend, asks))
                    following.append(friend)
        wave = following
    return came


@dataclass(slots=True)
class Book:
    """What is summed up in a run; `left_minor` may still be promised, None without an end."""

    pieces: tuple[Piece, ...]
    shops: Shops
    left_minor: int | None = None
    earned: dict[int, int] = field(default_factory=dict)
    first_minor: int = 0
    second_minor: int = 0
    outside_minor: int = 0
    recommended_minor: int = 0

    def _bought(self, drawn_for: Sequence[int], person: int) -> Piece:
        """What this person buys this time: a piece as often as it weighs."""
        if len(self.pieces) == 1:
            return self.pieces[0]
        edges = list(accumulate(piece.weight for piece in self.pieces))
        drawn = below(edges[-1], *drawn_for, BASKETS, person)
        return next(piece for piece, edge in zip(self.pieces, edges, strict=True) if drawn < edge)

    def credit(self, came: Sequence[tuple[int, int]], drawn_for: Sequence[int]) -> None:
        """Pay for what was kept: the nearest shop above the buyer, and whoever invited that shop; nobody for himself."""
        recommender = {NOBODY: NOBODY}
        for person, asks in came:
            through = asks if asks != NOBODY and self.shops.is_shop[asks] else recommender[asks]
            recommender[person] = through
            if through == NOBODY or asks == NOBODY:
                continue
            piece = self._bought(drawn_for, person)
            self.recommended_minor += piece.price_minor
            if not self.shops.is_shop[person]:
                self.outside_minor += piece.price_minor
            self.first_minor += self._earn(through, piece.pays[0])
            above = self.shops.inviter[through]
            if above not in (NOBODY, person):
                self.second_minor += self._earn(above, piece.pays[1])

    def _earn(self, who: int, minor: int) -> int:
        """What of it there is still money for."""
        paid = minor if self.left_minor is None else min(minor, self.left_minor)
        if self.left_minor is not None:
            self.left_minor -= paid
        if paid:
            self.earned[who] = self.earned.get(who, 0) + paid
        return paid


def _campaign(terms: Terms, graph: Graph, shops: Shops, number: int) -> Run:
    chance, formed, joined, lapsed_seats = chance_of(terms, number), 0, 0, 0
    book = Book(terms.pieces, shops)
    for team in range(terms.opened):
        leader, drawn_for = below(len(graph), terms.seed, LEADERS, number, team), (terms.seed, ASKED, number, team)
        came = reach(graph, leader, chance, terms.passed_on, terms.size, drawn_for)
        if len(came) < terms.size:
            lapsed_seats += len(came)
            continue
        formed, joined = formed + 1, joined + len(came)
        book.credit(came, drawn_for)
    captured = (joined + lapsed_seats) * terms.price_minor - terms.opened * terms.leader_off_minor
    return _run(terms, book, formed, joined, lapsed_seats, terms.opened - formed, captured)


def _plan(terms: Terms, graph: Graph, shops: Shops, number: int) -> Run:
    """Shops share links, and whoever comes buys one piece; the shop itself buys nothing."""
    chance, bought = chance_of(terms, number), 0
    book = Book(terms.pieces, shops, terms.budget_minor)
    for link in range(terms.opened if shops.everybody else 0):
        shop = shops.everybody[below(len(shops.everybody), terms.seed, SHARERS, number, link)]
        drawn_for = (terms.seed, ASKED, number, link)
        came = reach(graph, shop, chance, terms.passed_on, len(graph), drawn_for)
        bought += len(came) - 1
        book.credit(came, drawn_for)
    return _run(terms, book, 0, bought, 0, 0, book.recommended_minor)


def _run(
    terms: Terms, book: Book, formed: int, joined: int, lapsed_seats: int, lapsed: int, captured_minor: int
) -> Run:
    incomes = sorted(book.earned.values())
    is_campaign = terms.what is What.CAMPAIGN
    return Run(
        formed=formed,
        lapsed=lapsed,
        joined=joined,
        lapsed_seats=lapsed_seats,
        captured_minor=captured_minor,
        refunded_minor=lapsed_seats * terms.price_minor - lapsed * terms.leader_off_minor,
        discount_minor=joined * (terms.single_minor - terms.price_minor) if is_campaign else 0,
        leader_off_minor=formed * terms.leader_off_minor,
        first_minor=book.first_minor,
        second_minor=book.second_minor,
        top_minor=sum(incomes[-TOP:]),
        earners=len(incomes),
        weighted=sum(place * amount for place, amount in enumerate(incomes, 1)),
        outside_minor=book.outside_minor,
        recommended_minor=book.recommended_minor,
    )

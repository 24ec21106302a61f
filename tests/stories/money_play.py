"""What every rule of the money machine does: act in the market and in the books, and compare the two."""

from collections.abc import Sequence
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from tests.stories import terms
from tests.stories.money_market import Market, Side, differences, open_market
from tests.stories.reference import Books, Refused, Row
from tuan.kit.refusals import Refusal


class Play(RuleBasedStateMachine):
    """Made anew for each example, with a market of its own."""

    side: Side

    def __init__(self) -> None:
        super().__init__()
        self.books = Books()
        self.market: Market = self.side.run(open_market(self.side.house, self.side.relay))
        self.place, self.sandbox = self.market.place, self.side.house.sandbox
        self.ids: dict[Row, Any] = {}
        self.codes: dict[Row, str] = {}
        self.offers: dict[str, Any] = {}
        self.deals: dict[str, Any] = {}
        self.letters: list[tuple[Row, str, Any]] = []
        self.placed: list[tuple[int, Any, Any]] = []
        self.is_right = True

    @staticmethod
    def expect(act: Any, *args: Any, **more: Any) -> Any:
        """What an act of the books has made, or True; None if it must be refused."""
        try:
            made = act(*args, **more)
        except Refused:
            return None
        return True if made is None else made

    def act(self, expected: Any, verb: Any, *args: Any, **more: Any) -> Any:
        """Do it really; it is refused where the books say so, and changes what they say. The verb's answer."""
        self.is_right = False
        outcome = self.side.run(self.place.do(verb, *args, **more))
        outcome = outcome[0] if isinstance(outcome, list) else outcome
        is_refused = isinstance(outcome, Refusal)
        assert is_refused == (expected is None), f"{verb.__name__}: {outcome}"
        return outcome

    def compare(self) -> None:
        self.side.acts += 1
        for number, case in enumerate(self.books.cases):
            self.market.names[f"{self.ids[case.order]}/{case.number}"] = f"case {number}"
        found = self.side.run(self._said())
        assert not (wrong := differences(self.books.tables(), found)), "\n".join(wrong)
        self.is_right = True

    async def _said(self) -> dict[tuple[str, str], str]:
        await self.market.deliver()
        return await self.market.said()

    def know(self, row: Row, rows: Sequence[Row], kind: str, of: Any) -> None:
        """Remember the id of a row of the books, and by which name the tables are told to speak of it."""
        self.ids[row] = of
        self.market.names[str(of)] = f"{kind} {rows.index(row)}"

    def person(self, buyer: int) -> Any:
        return self.market.buyers[buyer].id

    def wait(self, seconds: int) -> None:
        self.is_right = False
        self.books.advance(seconds + terms.NOISE)
        self.side.run(self.market.advance(seconds + terms.NOISE))
        self.compare()

    def teardown(self) -> None:
        """Unless something was wrong already."""
        if self.is_right:
            self.side.run(self.place.quiet())
            assert self.side.run(self.place.breaches()) == {}

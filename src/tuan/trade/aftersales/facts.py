"""What aftersales tell. A reader looks up the case; the fact only says that something happened to it."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("aftersales.case_opened.v1")
class CaseOpened(Fact, frozen=True):
    """Something of an order is asked back, exchanged or sent again; until it ends, nobody settles those lines."""

    order: UUID
    number: int


@fact("aftersales.case_ended.v1")
class CaseEnded(Fact, frozen=True):
    """It is decided and done: `amount_minor` went back, 0 where nothing did."""

    order: UUID
    number: int
    outcome: str
    amount_minor: int


@fact("aftersales.line_given_back.v1")
class LineGivenBack(Fact, frozen=True):
    """Units or money of one line went back through a case. Of an order given back whole only `orders.cancelled` is told."""

    order: UUID
    line: int
    units: int
    amount_minor: int

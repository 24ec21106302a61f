"""What leagues may refuse."""

from tuan.kit.refusals import Conflict, Invalid


class TableInvalid(Invalid):
    """Levels that do not climb, or give what is no benefit; `field` says what is wrong."""

    code = "leagues.table_invalid"


class SeasonInvalid(Invalid):
    """The first field of a season that does not fit, by name."""

    code = "leagues.season_invalid"


class SeasonClash(Conflict):
    """Another season is planned or runs in this time; its time to give goods back belongs to it."""

    code = "leagues.season_clash"


class SeasonNotDue(Conflict):
    """Goods may still go back, so its ranks are not final."""

    code = "leagues.season_not_due"


class SeasonBegun(Conflict):
    """It runs or is over; only a season that has not begun can be called off."""

    code = "leagues.season_begun"

"""What points may refuse."""

from tuan.kit.refusals import Conflict, Invalid


class PointsShort(Conflict):
    """Fewer points can be spent than were asked for; how many can is in the data."""

    code = "points.short"


class PointsTooFew(Invalid):
    """Below what may be spent at once."""

    code = "points.too_few"


class PointsTooMany(Conflict):
    """Above the share of the goods that points may pay for."""

    code = "points.too_many"


class TermsInvalid(Invalid):
    """A rule of points is out of its bounds; `field` says which."""

    code = "points.terms_invalid"


class UnitsInvalid(Invalid):
    """Points are given and taken in whole numbers from one to the bound."""

    code = "points.units_invalid"

"""What a level asks for, in words."""

from tuan.play.leagues.model import Lack
from tuan.surfaces.desks.level.context import Need
from tuan.surfaces.storefront.growing import right_words
from tuan.surfaces.storefront.showing import amount
from tuan.surfaces.web.visits import Visit


def need_of(visit: Visit, lack: Lack) -> Need:
    """What a level asks for, in words and figures."""
    if lack.kind == "sales":
        return Need(
            kind=lack.kind, words=visit.gettext("Sales that buyers kept"), need=lack.need, have=lack.have,
            need_money=amount(visit, lack.need), have_money=amount(visit, lack.have), is_met=lack.is_met,
        )  # fmt: skip
    if lack.kind == "service":
        words = visit.gettext("Service, of 1000")
        return Need(kind=lack.kind, words=words, need=lack.need, have=lack.have, is_met=lack.is_met)
    (name,) = right_words(visit, [lack.word])
    words = visit.gettext("Learned: %(right)s", right=name)
    return Need(kind=lack.kind, words=words, need=lack.need, have=lack.have, is_met=lack.is_met)

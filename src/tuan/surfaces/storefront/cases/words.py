"""What kinds, states, reasons and acts of after-sales are called by people."""

from collections.abc import Mapping

from tuan.surfaces.web.visits import Visit
from tuan.trade.aftersales.model import Side

TONES: Mapping[str, str] = {
    "asked": "ripe", "refused": "amber", "to_return": "amber", "returning": "amber", "to_send": "ripe",
    "sent": "amber", "arbitration": "amber", "done": "leaf",
}  # fmt: skip


def kinds(visit: Visit) -> dict[str, str]:
    return {
        "cancel": visit.gettext("Take some of it back before it is shipped"),
        "refund_only": visit.gettext("Money back, without sending anything back"),
        "return": visit.gettext("Send it back, money back"),
        "exchange": visit.gettext("Exchange it"),
        "reship": visit.gettext("Have it sent again"),
    }


def notes_of_kinds(visit: Visit) -> dict[str, str]:
    return {
        "cancel": visit.gettext("Done at once; what is left is shipped."),
        "refund_only": visit.gettext("Something is broken or missing; you keep what you have."),
        "return": visit.gettext("Within seven days without a reason, or because something is wrong."),
        "exchange": visit.gettext("You send it back and get another one."),
        "reship": visit.gettext("Something did not come, or not as it should."),
    }


def states(visit: Visit) -> dict[str, str]:
    return {
        "asked": visit.gettext("Waits for the supplier"),
        "refused": visit.gettext("The supplier refused"),
        "to_return": visit.gettext("Agreed: send it back"),
        "returning": visit.gettext("On its way back"),
        "to_send": visit.gettext("The supplier sends it"),
        "sent": visit.gettext("Other goods are on their way"),
        "arbitration": visit.gettext("The market decides"),
        "done": visit.gettext("Done"),
        "closed": visit.gettext("Ended"),
    }


def sentences(visit: Visit) -> dict[str, str]:
    """What happens by itself where nobody speaks; an end has none."""
    return {
        "asked": visit.gettext("If the supplier says nothing in time, it counts as agreed."),
        "refused": visit.gettext("The buyer may ask the market to decide. If nobody does in time, it ends here."),
        "to_return": visit.gettext("The parcel's number is needed in time, else it ends here."),
        "returning": visit.gettext("If the supplier says nothing in time, it counts as received."),
        "to_send": visit.gettext("If nothing is sent in time, the money comes back instead."),
        "sent": visit.gettext("If the buyer says nothing in time, it counts as received."),
        "arbitration": visit.gettext(
            "Both sides have until then to say what they have to say; then the market decides."
        ),
    }


def outcomes(visit: Visit) -> dict[str, str]:
    return {
        "given_back": visit.gettext("The money was given back."),
        "replaced": visit.gettext("Other goods were sent and have come."),
        "withdrawn": visit.gettext("The buyer withdrew it."),
        "buyer_silent": visit.gettext("The buyer said nothing in time."),
        "denied": visit.gettext("The market decided that nothing comes back."),
        "order_ended": visit.gettext("The whole order was given back."),
    }


def reasons(visit: Visit) -> dict[str, str]:
    return {
        "no_reason": visit.gettext("No reason, within seven days"),
        "damaged": visit.gettext("It is damaged"),
        "wrong_goods": visit.gettext("It is something else"),
        "not_as_described": visit.gettext("It is not as described"),
        "bad_quality": visit.gettext("The quality is bad"),
        "missing": visit.gettext("Something is missing"),
        "not_arrived": visit.gettext("It never came"),
        "changed_mind": visit.gettext("I changed my mind"),
        "wrong_order": visit.gettext("I ordered the wrong thing"),
        "too_slow": visit.gettext("It takes too long"),
        "unsaid": visit.gettext("I would rather not say"),
        "price_fell": visit.gettext("More people came, and the price fell"),
    }


def acts(visit: Visit) -> dict[str, str]:
    return {
        "opened": visit.gettext("asked for it"),
        "said": visit.gettext("wrote"),
        "agreed": visit.gettext("agreed"),
        "refused": visit.gettext("refused"),
        "withdrawn": visit.gettext("withdrew it"),
        "sent_back": visit.gettext("sent it back"),
        "received": visit.gettext("received it"),
        "not_as_agreed": visit.gettext("received something else"),
        "sent": visit.gettext("sent it"),
        "confirmed": visit.gettext("has received it"),
        "disputed": visit.gettext("asked the market to decide"),
        "decided": visit.gettext("decided"),
        "ended": visit.gettext("ended it"),
    }


def sides(visit: Visit) -> dict[str, str]:
    return {
        Side.BUYER: visit.gettext("The buyer"),
        Side.SUPPLIER: visit.gettext("The supplier"),
        Side.OPERATOR: visit.gettext("The market"),
        Side.NOBODY: visit.gettext("The time that passed"),
    }

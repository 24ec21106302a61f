"""States and ways of delivery in words."""

from tuan.surfaces.web.visits import Visit


def state_words(visit: Visit, state: str) -> str:
    words = {
        "draft": visit.gettext("Draft"),
        "listed": visit.gettext("On the shelf"),
        "off": visit.gettext("Off the shelf"),
    }
    return words[state]


def exception_words(visit: Visit) -> dict[str, str]:
    """Kinds of goods that are not taken back without a reason; nothing is none of them."""
    return {
        "": visit.gettext("Taken back within seven days without a reason"),
        "made_to_order": visit.gettext("Made to order"),
        "perishable": visit.gettext("Fresh, spoils easily"),
        "opened_digital": visit.gettext("Digital, once downloaded or unsealed"),
        "newspaper": visit.gettext("Newspapers and magazines"),
        "agreed": visit.gettext("By its nature, if the buyer agrees when he buys"),
    }


def fulfilment_words(visit: Visit, fulfilment: str) -> str:
    words = {
        "shipped": visit.gettext("Sent as a parcel"),
        "picked_up": visit.gettext("Picked up"),
        "address_later": visit.gettext("Sent once an address is named"),
        "digital": visit.gettext("Nothing is sent"),
    }
    return words[fulfilment]

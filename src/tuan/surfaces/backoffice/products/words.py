"""States and ways of delivery in words."""

from tuan.surfaces.web.visits import Visit


def state_words(visit: Visit, state: str) -> str:
    words = {
        "draft": visit.gettext("Draft"),
        "listed": visit.gettext("On the shelf"),
        "off": visit.gettext("Off the shelf"),
    }
    return words[state]


def fulfilment_words(visit: Visit, fulfilment: str) -> str:
    words = {
        "shipped": visit.gettext("Sent as a parcel"),
        "picked_up": visit.gettext("Picked up"),
        "address_later": visit.gettext("Sent once an address is named"),
        "digital": visit.gettext("Nothing is sent"),
    }
    return words[fulfilment]

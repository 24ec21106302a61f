"""What shipping may refuse."""

from tuan.kit.refusals import Conflict, Invalid


class CarrierUnknown(Invalid):
    """No carrier of this name, or none that takes parcels from here by itself."""

    code = "shipping.carrier_unknown"


class NotToShip(Conflict):
    """The order does not wait for a parcel: it is not paid, was sent already, or is given back."""

    code = "shipping.not_to_ship"


class AlreadyAnnounced(Conflict):
    """The order has a parcel that a carrier knows of, or is about to."""

    code = "shipping.already_announced"


class LabelMissing(Conflict):
    """The carrier has not given a number yet."""

    code = "shipping.label_missing"

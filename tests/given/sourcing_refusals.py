"""What sourcing and shipping refuse: one scenario each, in the table of all."""

from dataclasses import replace

from tests.given import goods as given
from tests.given import shipping as parcels
from tests.given import sourcing as suppliers
from tests.given.houses import Place
from tests.given.identities import born_years_ago, importer
from tests.given.refusals import Act, gives
from tuan.goods import catalog, sourcing
from tuan.goods.catalog.errors import CustomsInvalid
from tuan.goods.catalog.model import Customs
from tuan.goods.sourcing import errors
from tuan.kit.refusals import granted
from tuan.people import identities
from tuan.people.identities import errors as identity_errors
from tuan.people.identities.model import Identity
from tuan.trade import orders, shipping
from tuan.trade.orders.errors import ImportLimit
from tuan.trade.shipping import errors as shipping_errors


@gives(errors.ApplicationInvalid)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    return lambda: place.do(sourcing.apply, who.id, suppliers.ORCHARD, [suppliers.FOOD])


@gives(errors.LicenceInvalid)
async def _(place: Place) -> Act:
    who, _ = await suppliers.admitted(place)
    return lambda: place.do(sourcing.send_licence, who, replace(suppliers.FOOD, kind="driving"))


@gives(errors.AlreadyApplied)
async def _(place: Place) -> Act:
    who, _ = await suppliers.applied(place)
    return lambda: place.do(sourcing.apply, who, suppliers.ORCHARD, [suppliers.BUSINESS])


@gives(errors.CheckMoved)
async def _(place: Place) -> Act:
    who, _ = await suppliers.in_check(place)
    return lambda: place.do(sourcing.withdraw, who)


@gives(errors.LicencesUndecided)
async def _(place: Place) -> Act:
    _, application = await suppliers.in_check(place)
    return lambda: place.do(sourcing.decide_application, application, approve=True, reason="test")


@gives(errors.NoFoundingLicence)
async def _(place: Place) -> Act:
    _, application = await suppliers.in_check(place)
    await suppliers.decide_licences(place, application, approve=False)
    return lambda: place.do(sourcing.decide_application, application, approve=True, reason="test")


@gives(errors.ProposalInvalid)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    wanted = replace(await suppliers.shown(place, of.product), pictures=())
    return lambda: place.do(sourcing.propose, of.supplier, of.product, wanted)


@gives(errors.NothingChanged)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    wanted = await suppliers.shown(place, of.product)
    return lambda: place.do(sourcing.propose, of.supplier, of.product, wanted)


@gives(errors.AlreadyProposed)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    await suppliers.proposed(place, of)
    wanted = replace(await suppliers.shown(place, of.product), title="另一种脐橙")
    return lambda: place.do(sourcing.propose, of.supplier, of.product, wanted)


@gives(errors.ProposalNeeded)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    return lambda: place.do(sourcing.why_not_add, of.product)


@gives(errors.ProposalOver)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    proposal = await suppliers.proposed(place, of)
    assert await place.do(sourcing.withdraw_proposal, proposal, of.supplier) is None
    return lambda: suppliers.approve(place, proposal)


@gives(errors.ProposalOvertaken)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    proposal = await suppliers.proposed(place, of)
    assert await place.do(catalog.set_price, of.sku, 1, reason="test") is None
    return lambda: suppliers.approve(place, proposal)


@gives(errors.PriceBeyondBand)
async def _(place: Place) -> Act:
    of = await given.goods(place, price_minor=1000)
    return lambda: place.do(sourcing.reprice, of.sku, 1101, reason="test")


@gives(shipping_errors.CarrierUnknown)
async def _(place: Place) -> Act:
    of, order = await parcels.to_ship(place)
    return lambda: place.do(shipping.announce, order, of.supplier, "sf")


@gives(shipping_errors.NotToShip)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    return lambda: place.do(shipping.announce, placed.orders[0], of.supplier, parcels.CARRIER)


@gives(shipping_errors.AlreadyAnnounced)
async def _(place: Place) -> Act:
    of, order = await parcels.to_ship(place)
    granted(await place.do(shipping.announce, order, of.supplier, parcels.CARRIER))
    return lambda: place.do(shipping.announce, order, of.supplier, parcels.CARRIER)


@gives(shipping_errors.LabelMissing)
async def _(place: Place) -> Act:
    of, order = await parcels.to_ship(place)
    parcel = granted(await place.do(shipping.announce, order, of.supplier, parcels.CARRIER))
    return lambda: place.do(shipping.hand_over, parcel, of.supplier)


@gives(CustomsInvalid)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    wrong = Customs("123", "NZ", 1, 910)
    return lambda: place.do(catalog.set_customs, of.supplier, of.sku, wrong, reason="test")


@gives(identity_errors.IdentityMissing)
async def _(place: Place) -> Act:
    of, who = await suppliers.from_abroad(place), await given.buyer(place)
    return lambda: given.place_order(place, who, of)


@gives(identity_errors.IdentityInvalid)
async def _(place: Place) -> Act:
    who, secret = await given.buyer(place), place.house.settings.secret
    return lambda: place.do(
        identities.keep_identity, who.id, Identity("王小明", "110105194912310021"), secret, agrees=True
    )


@gives(identity_errors.TooYoung)
async def _(place: Place) -> Act:
    who, secret = await given.buyer(place), place.house.settings.secret
    child = Identity("王小宝", await born_years_ago(place, 13))
    return lambda: place.do(identities.keep_identity, who.id, child, secret, agrees=True)


@gives(identity_errors.IdentityUnreadable)
async def _(place: Place) -> Act:
    """The installation has another secret by now."""
    of, who = await suppliers.from_abroad(place), await importer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    return lambda: place.do(orders.read_declaration, placed.orders[0], of.supplier, b"another" * 5)


@gives(ImportLimit)
async def _(place: Place) -> Act:
    of, who = await suppliers.from_abroad(place, price_minor=500_001), await importer(place)
    return lambda: given.place_order(place, who, of)

"""What invoices refuse: one scenario each, in the table of all."""

from dataclasses import replace

from tests.given import goods as given
from tests.given import invoicing
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.kit.refusals import granted
from tuan.trade import invoices
from tuan.trade.invoices import errors


@gives(errors.TitleInvalid)
async def _(place: Place) -> Act:
    who, _, order = await invoicing.bought(place)
    return lambda: invoicing.ask(place, who, order, replace(invoicing.PERSON, title=""))


@gives(errors.TaxNumberWrong)
async def _(place: Place) -> Act:
    who, _, order = await invoicing.bought(place)
    return lambda: invoicing.ask(place, who, order, replace(invoicing.COMPANY, tax_number="91350100M000100Y44"))


@gives(errors.NothingToInvoice)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    return lambda: invoicing.ask(place, who, placed.orders[0])


@gives(errors.AlreadyAsked)
async def _(place: Place) -> Act:
    who, _, order, _ = await invoicing.issued(place)
    return lambda: invoicing.ask(place, who, order, invoicing.PERSON)


@gives(errors.InvoiceOver)
async def _(place: Place) -> Act:
    who, _, _, invoice = await invoicing.issued(place)
    return lambda: place.do(invoices.withdraw, invoice, who.id)


@gives(errors.NumberInvalid)
async def _(place: Place) -> Act:
    who, of, order = await invoicing.bought(place)
    invoice = granted(await invoicing.ask(place, who, order))
    return lambda: invoicing.issue(place, of, invoice, "no number")


@gives(errors.NumberTaken)
async def _(place: Place) -> Act:
    who, of, _, _ = await invoicing.issued(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    invoice = granted(await invoicing.ask(place, who, placed.orders[0]))
    return lambda: invoicing.issue(place, of, invoice)

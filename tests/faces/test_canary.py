"""E22, the canary: a number, a name and an account are driven through all that money does, and looked for where they do not belong.

Logs, metrics and error pages are looked through in test_personal.py, spans in test_spans.py.
"""

from typing import Any

from litestar import Litestar

from tests.faces.browser import Browser
from tests.given import goods as given
from tests.given import settling
from tests.given.aftersales import ask
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import accounts, parties
from tuan.people.accounts.model import Address
from tuan.trade import aftersales, orders, settlement
from tuan.trade.aftersales.model import Kind, Saying
from tuan.trade.settlement.model import AccountState

PHONE, NAME, STREET, WORDS, NUMBER = "13912340987", "金丝雀", "canarystreet 7", "canary words", "6222029999123456"
CANARIES = (PHONE, NAME, "canary", NUMBER)
KEPT_IN = {
    "accounts.persons",
    "accounts.addresses",
    "orders.orders",
    "aftersales.messages",
    "settlement.accounts",
}
"""Where it is meant to be: each is emptied when its person is forgotten, or kept as long as the law asks for."""


async def driven(place: Place) -> Any:
    """A buyer with names that are found again buys, asks some of it back with words and gets it; his seller is paid out."""
    async with place.work() as work:
        person = await accounts.admit(work, f"+86{PHONE}", name=NAME, locale="en")
        home = granted(await accounts.add_address(work, person, Address(NAME, PHONE, "浙江省 杭州市", STREET)))
    who, of = given.Buyer(person, home), await given.goods(place, price_minor=5000)
    order = await settling.received(place, of, who, 3)
    granted(await ask(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 1), saying=Saying(WORDS)))
    assert await place.do(aftersales.agree, order, 1, of.supplier, Saying(WORDS)) is None
    late = granted(await given.place_order(place, who, of))
    assert await place.do(orders.cancel_unpaid, late.orders[0], who.id, reason="changed_mind") is None
    await place.later(settling.KEPT)
    account = granted(await place.do(settlement.add_account, of.supplier, "sandbox", "transfer", NAME, NUMBER))
    assert await place.do(settlement.move_account, account, AccountState.ACTIVE, reason="checked") is None
    out = granted(await place.do(settlement.withdraw, of.supplier, account, 5000, who.id))
    assert await place.do(settlement.approve, out, (await given.buyer(place)).id, reason="test") is None
    await place.quiet()
    assert await place.breaches() == {}
    return of


async def test_no_table_has_it_but_those_that_are_to_keep_it(place: Place) -> None:
    """Facts, outbox, audit, idempotency keys, ledger, what is told to providers and what they said: none of them names anybody."""
    await driven(place)
    rows = await place.snapshot()
    found = {table for table, of in rows.items() for row in of if any(c in str(dict(row)) for c in CANARIES)}
    assert found == KEPT_IN
    assert (
        rows["payments.refunds"] and rows["settlement.withdrawals"] and rows["outbox.facts"] and rows["audit.entries"]
    )


async def test_no_export_of_money_names_a_buyer_or_a_whole_account(app: Litestar, place: Place, visitors: Any) -> None:
    of = await driven(place)
    async with place.work() as work:
        owner = await parties.owner_of(work, of.supplier)
    desk: Browser = await visitors(given.Buyer(owner, owner))
    month = (await desk.read("/desk/money")).partition("month=")[2][:7]
    for path in ("/desk/money", f"/desk/money?month={month}", f"/desk/money.csv?month={month}"):
        answer = await desk.get(path)
        assert answer.status_code == 200, path
        assert [one for one in CANARIES if one != NAME and one in answer.text] == [], (
            path
        )  # the account is in his own name

"""Sets of bundles in a cart, as a person sends its forms and as a program asks for the same."""

import re
from uuid import UUID

from tests.faces.browser import JSON, form_to
from tests.faces.conftest import Visitors
from tests.given import carts as mine
from tests.given import goods as given
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tuan.goods import catalog
from tuan.goods.catalog.model import SKU
from tuan.people.accounts.model import ADDRESS
from tuan.trade import carts
from tuan.value import promotions
from tuan.value.promotions.model import RULE


async def bundled(place: Place) -> tuple[Buyer, Goods, Goods, UUID]:
    """A buyer, and goods of two suppliers at 10.00 and 5.00 of which a set is 19.99 instead of 25.00."""
    one, other = await given.goods(place, price_minor=1000), await given.goods(place, price_minor=500)
    return await given.buyer(place), one, other, await mine.bundle(place, one, other)


async def test_sets_are_put_in_changed_and_bought_with_other_goods(place: Place, visitors: Visitors) -> None:
    who, one, _, bundle = await bundled(place)
    third, name = await given.goods(place), RULE.show(bundle)
    await mine.put(place, who, (one, 1), (third, 1))
    buyer = await visitors(who)
    form = form_to(await buyer.read(f"/bundles/{name}"), "/cart/sets")
    for _ in range(2):
        assert (await buyer.send(form)).headers["location"] == "/cart"
    assert await mine.sets(place, who) == {bundle: (1, 1999)}, "one form is one time, however often it is sent"
    page = await buyer.read("/cart")
    assert (await buyer.send(form_to(page, f"/cart/sets/{name}/units"), units="2")).status_code == 303
    assert form_to(await buyer.read("/cart"), f"/cart/sets/{name}/removal").fields["key"]
    ticked = f"{SKU.show(one.sku)}=1&{SKU.show(third.sku)}=1&{name}=2"  # type: ignore[arg-type]
    checkout = await buyer.read(f"/checkout?mode=cart&{ticked}")
    form = form_to(checkout, "/cart/orders")
    assert form.fields["quoted_minor"] == str(2 * 1999 + 1000 + 1990) and form.fields["items"].endswith(f"{name}:2")
    placed = await buyer.send(form, address=ADDRESS.show(who.address))  # type: ignore[arg-type]
    assert placed.status_code == 303 and placed.headers["location"].startswith("/pay/")
    assert (await mine.lines(place, who), await mine.sets(place, who)) == ({}, {})
    late = await buyer.send(form, key="another", address=ADDRESS.show(who.address))  # type: ignore[arg-type]
    assert late.status_code == 409 and 'href="/cart"' in late.text
    assert await place.breaches() == {}


async def test_a_cart_of_sets_alone_is_counted_checked_out_and_told_to_programs(
    place: Place, visitors: Visitors
) -> None:
    who, _, _, bundle = await bundled(place)
    name = RULE.show(bundle)
    assert await mine.put_sets(place, who, bundle, 3) is None
    buyer = await visitors(who)
    program = buyer.asking_for(JSON)
    for query, total in (("", 5997), ("?ticked=1", None), (f"?ticked=1&{name}=3", 5997)):
        found = await program.json(f"/cart{query}")
        assert (found["total"] and found["total"]["amount_minor"]) == total, query
    (line,) = found["sets"]
    assert (line["sets"], line["sets_max"], line["price"]["amount_minor"], line["was"]) == (3, 3, 1999, None)
    assert len(line["goods"]) == 2 and found["groups"] == [] and found["ticked"] == 1
    page = await program.json(f"/checkout?mode=cart&{name}=3")
    assert (page["items"], page["sku"], page["total"]["amount_minor"]) == (f"{name}:3", "", 5997)
    assert [one["units"] for parcel in page["parcels"] for one in parcel["lines"]] == [6, 3]
    for wrong in (f"{name}:1,{name}:1", f"{name}:0", "rule_x:1"):
        assert (await buyer.get(f"/checkout?mode=cart&items={wrong}")).status_code in (404, 422), wrong
    assert (await buyer.get(f"/checkout?mode=cart&items={name}:4")).status_code == 409


async def test_what_ended_stands_apart_and_another_price_is_said(place: Place, visitors: Visitors) -> None:
    who, one, other, bundle = await bundled(place)
    over, name = await mine.bundle(place, other, one), RULE.show(bundle)
    for of in (bundle, over):
        assert await mine.put_sets(place, who, of) is None
    assert await place.do(promotions.end_rule, over, reason="test") is None
    buyer = await visitors(who)
    program = buyer.asking_for(JSON)
    shown = form_to(await buyer.read(f"/checkout?mode=cart&{name}=1"), "/cart/orders")
    assert await place.do(catalog.set_price, one.sku, 700, reason="test") is None
    cart = await program.json("/cart")
    ((line,), (gone,)) = cart["sets"], cart["gone_sets"]
    assert (line["price"]["amount_minor"], line["was"]["amount_minor"]) == (1900, 1999) and line["is_ticked"]
    assert (gone["why_not"], gone["sets_max"], gone["is_ticked"]) == ("This bundle is no longer sold", 0, False)
    page = await buyer.read("/cart")
    said = re.sub(r"<[^>]+>", "", page)
    assert "it was ¥19.99 when you put it in" in said and "This bundle is no longer sold" in said
    again = await buyer.send(shown, address=ADDRESS.show(who.address))  # type: ignore[arg-type]
    assert again.status_code == 409 and form_to(again.text, "/cart/orders").fields["quoted_minor"] == "1900"
    gone_form = form_to(page, f"/cart/sets/{RULE.show(over)}/removal")
    assert (await buyer.send(gone_form)).status_code == 303
    assert await mine.sets(place, who) == {bundle: (1, 1999)}
    assert await place.do(carts.set_sets, who.id, bundle, 1) is None
    assert (await program.json("/cart"))["sets"][0]["was"] is None, "who says it anew has seen the price"

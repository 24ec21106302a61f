"""Whose customer the viewer is, since when and why; what that shop sees of him; leaving it."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import Refusal
from tuan.people import parties, sharing
from tuan.people.compliance.model import CONSENTS, SHOP_CUSTOMER
from tuan.people.parties.model import SHOP
from tuan.people.sharing.model import Why
from tuan.platform.work import Work
from tuan.play import shops
from tuan.play.shops.model import Shows
from tuan.surfaces.storefront.belonging.context import BelongingPage, Consent, Move
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.visits import Visit

HERE = "/me/shop"
ASKED = CONSENTS[SHOP_CUSTOMER]
TEMPLATE = "storefront/belonging/page.html"


class ConsentForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is ticked is shown. sentence: the version of the one that he was shown. birthday: `MM-DD`, where that is ticked."""

    key: str
    sentence: str
    show_name: str = ""
    show_orders: str = ""
    show_phone: str = ""
    show_birthday: str = ""
    birthday: str = ""


class KeyForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str


@get(HERE, opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        page = await belonging_page(work, visit, visit.fresh_key())
    return visit.page(TEMPLATE, page, place="me")


async def belonging_page(work: Work, visit: Visit, key: str) -> BelongingPage:
    held = (await sharing.bindings_of(work, [visit.person])).get(visit.person)
    live = held if held is not None and held.is_live(work.now) else None
    changes = await sharing.changes_of_person(work, visit.person)
    named = {shop for row in changes for shop in (row["from_shop_id"], row["to_shop_id"]) if shop}
    cards = await parties.shop_cards(work, named | ({live.shop_id} if live else set()))
    row = await shops.consent_of(work, visit.person)
    consent = Consent(shows=sorted(row["shows"]), birthday=row["birthday"], given_at=row["given_at"]) if row else None
    is_seen = consent is not None and live is not None and row is not None and row["shop_id"] == live.shop_id
    return BelongingPage(
        shop=cards[live.shop_id].name if live else None,
        shop_url=f"/shop/{SHOP.show(live.shop_id)}" if live else "",
        since=live.since if live else None,
        until=live.until if live else None,
        protected_until=live.protected_until if live and live.protected_until > work.now else None,
        moves=[_move(visit, one, cards) for one in reversed(changes)],
        consent=consent if consent is not None and is_seen else Consent(shows=[]),
        asks=visit.gettext(ASKED.text, name=cards[live.shop_id].name) if live else "",
        boxes={what: visit.gettext(said) for what, said in ASKED.details.items()},
        version=ASKED.version,
        key=key,
    )


def _move(visit: Visit, row: Any, cards: dict[Any, Any]) -> Move:
    names = {name: cards[row[name]].name if row[name] else "" for name in ("from_shop_id", "to_shop_id")}
    if row["why"] == Why.LINK:
        said = visit.gettext("You came by a link of %(shop)s.", shop=names["to_shop_id"])
    elif row["why"] == Why.EXPIRED:
        said = visit.gettext("Your time as a customer of %(shop)s ran out.", shop=names["from_shop_id"])
    else:
        said = visit.gettext("You left %(shop)s.", shop=names["from_shop_id"])
    return Move(at=row["at"], words=said)


@post(f"{HERE}/consent", opt=SIGNED_IN)
async def consent(visit: NamedDependency[Visit]) -> Response[Any]:
    """Let the shop see what is ticked, instead of what was ticked before."""
    form = await visit.form(ConsentForm)
    ticked = {Shows.NAME: form.show_name, Shows.ORDERS: form.show_orders, Shows.PHONE: form.show_phone,
              Shows.BIRTHDAY: form.show_birthday}  # fmt: skip
    chosen = sorted(what for what, is_ticked in ticked.items() if is_ticked)
    birthday = form.birthday.strip() if form.show_birthday else ""

    async def act(work: Work) -> Refusal | None:
        given = await shops.give_consent(
            work, visit.person, chosen, birthday, version=form.sentence, language=visit.words.tag
        )
        return given if isinstance(given, Refusal) else None

    outcome = await once(visit, "web.consent", form.key, f"{chosen} {birthday} {form.sentence}", act)
    if outcome is None:
        return visit.go_on(HERE)
    if visit.wants_json or outcome.code != "shops.consent_invalid":
        return refuse(visit, outcome, Step(label=visit.gettext("My shopkeeper"), url=HERE))
    async with visit.reading() as work:
        page = await belonging_page(work, visit, form.key)
    typed = Consent(shows=[str(one) for one in chosen], birthday=form.birthday)  # type: ignore[misc]
    page = msgspec.structs.replace(page, consent=typed, errors=errors_of(visit, outcome, str(outcome.data["field"])))
    return visit.page(TEMPLATE, page, place="me", status=outcome.status)


@post(f"{HERE}/consent/removal", opt=SIGNED_IN)
async def take_back(visit: NamedDependency[Visit]) -> Response[Any]:
    """The shop sees nothing any more, and what it wrote about him is gone."""
    form = await visit.form(KeyForm)

    async def act(work: Work) -> Refusal | None:
        return await shops.end_consent(work, visit.person, language=visit.words.tag)

    outcome = await once(visit, "web.end_consent", form.key, "", act)
    return (
        refuse(visit, outcome, Step(label=visit.gettext("My shopkeeper"), url=HERE)) if outcome else visit.go_on(HERE)
    )


@post(f"{HERE}/leaving", opt=SIGNED_IN)
async def leave(visit: NamedDependency[Visit]) -> Response[Any]:
    """To be nobody's customer."""
    form = await visit.form(KeyForm)

    async def act(work: Work) -> Refusal | None:
        return await shops.leave_shop(work, visit.person, language=visit.words.tag)

    outcome = await once(visit, "web.leave_shop", form.key, "", act)
    return (
        refuse(visit, outcome, Step(label=visit.gettext("My shopkeeper"), url=HERE)) if outcome else visit.go_on(HERE)
    )


HANDLERS = (show, consent, take_back, leave)

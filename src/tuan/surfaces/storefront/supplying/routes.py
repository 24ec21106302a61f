"""Supplying the market: applying with a licence, adding one, and what became of them."""

from datetime import date
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.goods import sourcing
from tuan.goods.sourcing.model import LICENCE_ID, WARNED_BEFORE, ApplicationState, Applying, LicenceState, NewLicence
from tuan.goods.sourcing.model import why_not_sell as why_not_sell_by
from tuan.kit.refusals import Refusal, Refused
from tuan.kit.time import day_of
from tuan.people import parties
from tuan.platform.work import Work
from tuan.surfaces.storefront.cases.filing import read_pictures
from tuan.surfaces.storefront.supplying import words
from tuan.surfaces.storefront.supplying.context import Choice, OwnApplication, OwnLicence, SupplyingPage
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN, TAKES_FILE
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX
from tuan.surfaces.web.visits import Visit

TEMPLATE = "storefront/supplying/page.html"
URL = "/me/supplier"
FIELD_OF = {"name": "supplier_name", "promise": "supplier_promise", "kind": "licence_kind", "number": "licence_number"}
"""Fields of the rules by what they are called in the form."""
A, L = ApplicationState, LicenceState


class ApplyForm(msgspec.Struct, frozen=True, kw_only=True):
    """valid_until: the last day, empty for a licence without one. picture: of the licence."""

    key: str
    supplier_name: str
    contact: str
    supplier_promise: str = ""
    licence_kind: str
    licence_number: str
    valid_until: str = ""
    picture: str = ""


class LicenceForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    licence_kind: str
    licence_number: str
    valid_until: str = ""
    picture: str = ""


class WithdrawalForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str


@get(URL, opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _show(visit)


@post(URL, opt=SIGNED_IN | TAKES_FILE, request_max_body_size=FILE_BODY_BYTES_MAX)
async def apply(visit: NamedDependency[Visit]) -> Response[Any]:
    """Ask to be a supplier. What does not fit is shown in the form again, but for the picture, which has to be chosen anew."""
    form = await visit.form(ApplyForm)
    applying = Applying(form.supplier_name.strip(), form.contact.strip(), form.supplier_promise.strip())

    async def act(work: Work, licence: NewLicence) -> Refusal | None:
        outcome = await sourcing.apply(work, visit.person, applying, [licence])
        return outcome if isinstance(outcome, Refusal) else None

    return await _with_licence(visit, "web.apply_supplier", form, act)


@post(f"{URL}/licences", opt=SIGNED_IN | TAKES_FILE, request_max_body_size=FILE_BODY_BYTES_MAX)
async def add_licence(visit: NamedDependency[Visit]) -> Response[Any]:
    """One more licence, or the next of one that runs out."""
    form = await visit.form(LicenceForm)

    async def act(work: Work, licence: NewLicence) -> Refusal | None:
        outcome = await sourcing.send_licence(work, visit.person, licence)
        return outcome if isinstance(outcome, Refusal) else None

    return await _with_licence(visit, "web.send_licence", form, act)


async def _with_licence(visit: Visit, verb: str, form: ApplyForm | LicenceForm, act: Any) -> Response[Any]:
    """Keep the picture, act, and forget the picture again where the act was refused."""
    until = read_last_day(form.valid_until)
    async with read_pictures(visit, (form.picture,)) as pictures:
        if isinstance(pictures.refused, Refusal):
            return await _again(visit, form, pictures.refused, "picture")
        picture = pictures.names[0] if pictures.names else ""
        licence = NewLicence(form.licence_kind, form.licence_number.strip(), until, picture)

        async def acted(work: Work) -> Refusal | None:
            refusal: Refusal | None = await act(work, licence)
            pictures.are_used = refusal is None
            return refusal

        subject = repr(msgspec.structs.replace(form, key="", picture=""))
        outcome = await once(visit, verb, form.key, subject, acted)
    if outcome is None:
        return visit.go_on(URL)
    field = str(outcome.data.get("field", ""))
    return await _again(visit, form, outcome, FIELD_OF.get(field, field))


async def _again(visit: Visit, form: ApplyForm | LicenceForm, refusal: Refusal, field: str) -> Response[Any]:
    if visit.wants_json or not field:
        return refuse(visit, refusal, Step(label=visit.gettext("Supply this market"), url=URL))
    typed = {name: getattr(form, name) for name in form.__struct_fields__ if name not in ("key", "picture")}
    return await _show(visit, typed, errors_of(visit, refusal, field), refusal.status)


def read_last_day(text: str) -> date | None:
    """A day of the calendar; None for nothing. Raises Refused(FieldInvalid)."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused(FieldInvalid(field="valid_until")) from None


@post(f"{URL}/withdrawal", opt=SIGNED_IN)
async def withdraw(visit: NamedDependency[Visit]) -> Response[Any]:
    form = await visit.form(WithdrawalForm)

    async def act(work: Work) -> Refusal | None:
        return await sourcing.withdraw(work, visit.person)

    outcome = await once(visit, "web.withdraw_application", form.key, "withdraw", act)
    if outcome is None:
        return visit.go_on(URL)
    return refuse(visit, outcome, Step(label=visit.gettext("Supply this market"), url=URL))


async def _show(
    visit: Visit, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None, status: int = 200
) -> Response[Any]:
    async with visit.reading() as work:
        page = await supplying_page(work, visit)
    page = msgspec.structs.replace(page, typed=typed or {}, errors=errors or {}, key=visit.fresh_key())
    return visit.page(TEMPLATE, page, place="me", status=status)


async def supplying_page(work: Work, visit: Visit) -> SupplyingPage:
    """How things stand between this person and the market's suppliers."""
    supplier = await parties.supplier_of(work, visit.person)
    row = await sourcing.application_of(work, visit.person)
    application = row["id"] if row is not None and row["state"] != A.WITHDRAWN else None
    rows = await sourcing.licence_rows(work, application=application, supplier=supplier)
    today = day_of(work.now, work.market.time_zone)
    standing = await sourcing.standing_of(work, supplier) if supplier else []
    is_open = row is not None and row["state"] in (A.SUBMITTED, A.IN_CHECK)
    return SupplyingPage(
        is_supplier=supplier is not None,
        rests=supplier is not None and why_not_sell_by(standing, today) is not None,
        application=_application(visit, row) if application and row is not None else None,
        licences=own_licences(visit, rows, today),
        can_apply=supplier is None and not is_open,
        can_add=supplier is not None or (row is not None and row["state"] == A.SUBMITTED),
        can_withdraw=row is not None and row["state"] == A.SUBMITTED,
        kinds=[Choice(value=kind, label=label) for kind, label in words.kinds(visit).items()],
        today=today,
    )


def _application(visit: Visit, row: Any) -> OwnApplication:
    return OwnApplication(
        name=row["name"],
        contact=row["contact"],
        promise=row["promise"],
        state=row["state"],
        words=words.states(visit)[row["state"]],
        submitted_at=row["submitted_at"],
        reason=row["reason"],
    )


def own_licences(visit: Visit, rows: list[Any], today: date) -> list[OwnLicence]:
    """Licences as their owner and whoever checks them see them."""
    kinds, states = words.kinds(visit), words.states(visit)
    waiting = {row["kind"] for row in rows if row["state"] in (L.SUBMITTED, L.IN_CHECK)}
    return [
        OwnLicence(
            licence=LICENCE_ID.show(row["id"]),
            kind=kinds[row["kind"]],
            number=row["number"],
            state=row["state"],
            words=states[row["state"]],
            tone=words.TONES.get(row["state"], "stone"),
            valid_until=row["valid_until"],
            picture=visit.front.assets.picture(row["picture"]),
            reason=row["reason"] if row["state"] == L.REFUSED else "",
            ends=row["state"] == L.APPROVED
            and row["valid_until"] is not None
            and row["valid_until"] < today + WARNED_BEFORE
            and row["kind"] not in waiting,
        )
        for row in rows
    ]


HANDLERS = (show, apply, add_licence, withdraw)

"""Applications and licences: what is asked for, what is checked, and until when it stands. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.goods.sourcing.errors import ApplicationInvalid, LicenceInvalid, LicencesUndecided, NoFoundingLicence
from tuan.kit import ids, states
from tuan.kit.refusals import Refusal

ApplicationId = NewType("ApplicationId", UUID)
LicenceId = NewType("LicenceId", UUID)

APPLICATION_ID: ids.IdKind[ApplicationId] = ids.IdKind("apl")
LICENCE_ID: ids.IdKind[LicenceId] = ids.IdKind("lic")

NAME_MAX, CONTACT_MAX, PROMISE_MAX, NUMBER_MAX = 60, 80, 60, 40
LICENCES_MAX = 8
"""Of one application, or waiting for a check of one supplier."""
WARNED_BEFORE = timedelta(days=30)


class Kind(StrEnum):
    """What a licence says. Whoever sells what he has grown himself needs no registration (E-Commerce Law, art. 10)."""

    BUSINESS = "business"
    OWN_PRODUCE = "own_produce"
    FOOD = "food"
    BRAND = "brand"
    IMPORT = "import"
    OTHER = "other"


KINDS = tuple(Kind)
FOUNDING = (Kind.BUSINESS, Kind.OWN_PRODUCE)
"""Those that say who the supplier is; without a valid one nothing of his is sold (E-Commerce Law, art. 27)."""


class ApplicationState(StrEnum):
    SUBMITTED = "submitted"
    IN_CHECK = "in_check"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class LicenceState(StrEnum):
    SUBMITTED = "submitted"
    IN_CHECK = "in_check"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"
    RENEWED = "renewed"
    WITHDRAWN = "withdrawn"


A, L = ApplicationState, LicenceState

APPLICATION = states.table(
    {
        A.SUBMITTED: {A.IN_CHECK, A.WITHDRAWN},
        A.IN_CHECK: {A.APPROVED, A.REFUSED},
        A.APPROVED: (),
        A.REFUSED: (),
        A.WITHDRAWN: (),
    },
    start=A.SUBMITTED,
)
# Renewed: a newer licence of the same kind was approved, before this one ran out or after.
LICENCE = states.table(
    {
        L.SUBMITTED: {L.IN_CHECK, L.WITHDRAWN},
        L.IN_CHECK: {L.APPROVED, L.REFUSED},
        L.APPROVED: {L.EXPIRED, L.RENEWED},
        L.EXPIRED: {L.RENEWED},
        L.REFUSED: (),
        L.RENEWED: (),
        L.WITHDRAWN: (),
    },
    start=L.SUBMITTED,
)
WAITING = (L.SUBMITTED, L.IN_CHECK)


@dataclass(frozen=True, slots=True)
class Applying:
    """What somebody says of himself: the name he will sell under, whom to ask, and what he promises buyers."""

    name: str
    contact: str
    promise: str


@dataclass(frozen=True, slots=True)
class NewLicence:
    """valid_until: the last day on which it stands, None for one without an end. picture: a name of `platform/files`."""

    kind: str
    number: str
    valid_until: date | None
    picture: str


@dataclass(frozen=True, slots=True)
class Licence:
    id: LicenceId
    application_id: UUID | None
    supplier_id: UUID | None
    kind: str
    state: str
    valid_until: date | None

    def stands(self, today: date) -> bool:
        return self.state == L.APPROVED and (self.valid_until is None or self.valid_until >= today)


def why_not_apply(applying: Applying, licences: Sequence[NewLicence], today: date) -> Refusal | None:
    """The first field that does not fit, by name; one of the licences says who he is."""
    wrong = {
        "name": not _is_text(applying.name, NAME_MAX),
        "contact": not _is_text(applying.contact, CONTACT_MAX),
        "promise": applying.promise != "" and not _is_text(applying.promise, PROMISE_MAX),
        "licences": not 0 < len(licences) <= LICENCES_MAX or not any(one.kind in FOUNDING for one in licences),
    }
    if field := next((name for name, bad in wrong.items() if bad), None):
        return ApplicationInvalid(field=field)
    return next((refusal for one in licences if (refusal := why_not_licence(one, today))), None)


def why_not_licence(new: NewLicence, today: date) -> Refusal | None:
    wrong = {
        "kind": new.kind not in KINDS,
        "number": not _is_text(new.number, NUMBER_MAX) or not any(letter.isalnum() for letter in new.number),
        "valid_until": new.valid_until is not None and not today <= new.valid_until <= date(today.year + 100, 1, 1),
        "picture": not new.picture,
    }
    field = next((name for name, bad in wrong.items() if bad), None)
    return LicenceInvalid(field=field) if field else None


def has_standing(licences: Iterable[Licence], today: date) -> bool:
    """Whether one of these says today who the supplier is."""
    return any(one.kind in FOUNDING and one.stands(today) for one in licences)


def why_not_sell(licences: Sequence[Licence], today: date) -> Refusal | None:
    """Whoever once said by a licence who he is needs one that still stands; whom the house admitted without one does not."""
    once = any(one.kind in FOUNDING and one.state in (L.APPROVED, L.EXPIRED, L.RENEWED) for one in licences)
    return NoFoundingLicence() if once and not has_standing(licences, today) else None


def why_not_admit(licences: Sequence[Licence], today: date) -> Refusal | None:
    """Each licence has its own decision before there is one about the whole."""
    if any(one.state in WAITING for one in licences):
        return LicencesUndecided()
    return None if has_standing(licences, today) else NoFoundingLicence()


def _is_text(text: str, longest: int) -> bool:
    return 0 < len(text.strip()) <= longest and text.isprintable()

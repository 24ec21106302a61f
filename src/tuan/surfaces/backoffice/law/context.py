"""What the office shows of the law: which one counts, what was measured, who signed, what a plan would break."""

from datetime import date, datetime

import msgspec

from tuan.surfaces.backoffice.saying import Act, Chip
from tuan.surfaces.backoffice.tables import Choice
from tuan.surfaces.backoffice.today.context import Chart


class Ringing(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm of the last day that was measured, with the article behind it."""

    words: str
    article: str
    since: datetime | None


class LawPage(msgspec.Struct, frozen=True, kw_only=True):
    """The law that counts, the last day and the last month. `unmeasured`: what of the last day nobody has counted."""

    places: list[Chip]
    profile: str
    profiles: list[Choice]
    may_choose: bool
    day: date | None
    ringing: list[Ringing]
    unmeasured: list[str]
    figures: list[tuple[str, str]]
    charts: list[Chart]
    acts: list[Act]
    key: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the playground; with choices it is one of them."""

    name: str
    label: str
    value: str
    choices: list[Choice] = []


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A reward or a rank of a plan."""

    number: int
    questions: list[Question]


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that is not kept, where, and who says so."""

    words: str
    where: str
    article: str


class CheckPage(msgspec.Struct, frozen=True, kw_only=True):
    """The playground: a plan, or something else that the law asks about. `asked`: it was looked at."""

    places: list[Chip]
    kinds: list[Chip]
    examples: list[Chip]
    kind: str
    profiles: list[Choice]
    questions: list[Question]
    rewards: list[Row] = []
    ranks: list[Row] = []
    channels: list[Question] = []
    asked: bool = False
    wrong: str = ""
    broken: list[Broken] = []
    fingerprint: str = ""
    sign_url: str = ""


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-off as it stands now."""

    url: str
    law: str
    rule: str
    fingerprint: str
    document: str
    document_hash: str
    from_at: datetime
    until: datetime
    state: str
    tone: str
    asked_by: str
    given_by: str
    revoked_by: str
    can_give: bool
    can_revoke: bool
    give_key: str = ""
    revoke_key: str = ""


class SignaturesPage(msgspec.Struct, frozen=True, kw_only=True):
    """What was signed for, and a form to ask for more."""

    places: list[Chip]
    signatures: list[Signature]
    may_sign: bool
    fingerprint: str
    from_at: str
    until: str
    key: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report that was made."""

    url: str
    from_day: date
    until_day: date
    made_by: str
    made_at: datetime
    sha256: str
    size: str


class ReportsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Reports, and a form for one. `fingerprint`: of the key that signs."""

    places: list[Chip]
    reports: list[Report]
    may_report: bool
    fingerprint: str
    from_day: str
    until_day: str
    key: str

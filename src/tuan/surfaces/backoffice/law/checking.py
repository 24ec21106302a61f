"""The playground: what a plan, a lottery, a price or a way of keeping reviews would break, and by which article. Nothing changes here."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from tuan.kit.refusals import Refused
from tuan.people import compliance
from tuan.people.compliance.model import (
    PROFILES,
    WHOLE,
    Breach,
    Channel,
    Plan,
    Profile,
    Rule,
    check_plan,
    fingerprint_of,
)
from tuan.platform.work import Work
from tuan.surfaces.backoffice.law import words
from tuan.surfaces.backoffice.law.asking import (
    CHECKS,
    CHOICES,
    PLAN,
    RANK,
    RANKS,
    REWARD,
    REWARDS,
    SUBJECTS,
    Ask,
    on,
    read,
    read_plan,
    typed,
)
from tuan.surfaces.backoffice.law.context import Broken, CheckPage, Question, Row
from tuan.surfaces.backoffice.saying import Chip
from tuan.surfaces.backoffice.tables import Choice
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.visits import Visit

HERE = f"{words.HERE}/check"
PLAN_KIND = "plan"
KINDS = (
    (PLAN_KIND, "A plan of pay"),
    ("lottery", "A lottery"),
    ("struck", "A struck price"),
    ("offer", "An offer"),
    ("reviews", "Reviews"),
    ("share", "A share"),
)
EXAMPLES = (
    ("One level, of goods that were kept", {"r1_trigger": "kept_purchase", "r1_rate": "15"}),
    (
        "A yearly fee and ranks by recruits (Yunji, 2017)",
        {"joining": "365", "r1_trigger": "kept_purchase", "r1_rate": "15", "r2_trigger": "fee", "r2_depth": "2",
         "r2_fixed": "170", "r3_trigger": "fee", "r3_depth": "3", "r3_fixed": "70", "r4_trigger": "kept_purchase",
         "r4_depth": "2", "r4_base": "team_sales", "r4_rate": "5", "k1_fee": "365", "k2_recruits": "160",
         "k3_recruits": "1000", "hold_days": "8"},
    ),
    (
        "Pay by the sales of everybody below (Huasheng, 2019)",
        {"r1_trigger": "kept_purchase", "r1_base": "team_sales", "r1_rate": "5", "r2_trigger": "kept_purchase",
         "r2_base": "team_sales", "r2_depth": "2", "r2_rate": "3", "r3_trigger": "kept_purchase", "r3_base": "team_sales",
         "r3_depth": "51", "r3_rate": "1", "r4_trigger": "fee", "r4_fixed": "30", "k1_fee": "99", "k2_recruits": "50",
         "k2_team": "1", "hold_days": "8"},
    ),
)  # fmt: skip
"""What may be, and two that were punished, as tests/model/test_compliance.py has them whole."""


@get(HERE, opt=staff("law.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    """The form, and with `look` what it breaks."""
    kind = visit.query.get("kind", PLAN_KIND)
    kind = kind if kind in SUBJECTS else PLAN_KIND
    async with visit.reading() as work:
        counts = await compliance.profile_of(work)
        profile = PROFILES.get(visit.query.get("profile", ""), counts)
        page = _form(visit, kind, profile)
        if visit.query.get("look"):
            page = await _looked(visit, work, page, profile, counts)
    return visit.page("backoffice/law/check.html", page, place="law")


def _form(visit: Visit, kind: str, profile: Profile) -> CheckPage:
    is_plan = kind == PLAN_KIND
    return CheckPage(
        places=words.places(visit),
        kinds=[Chip(label=visit.gettext(label), url=f"{HERE}?kind={name}", is_chosen=name == kind) for name, label in KINDS],
        examples=[_example(visit, label, said) for label, said in EXAMPLES] if is_plan else [],
        kind=kind,
        profiles=[Choice(value=code, label=code, is_chosen=code == profile.code) for code in PROFILES],
        questions=_questions(visit, PLAN if is_plan else SUBJECTS[kind]),
        rewards=_rows(visit, REWARD, "r", REWARDS) if is_plan else [],
        ranks=_rows(visit, RANK, "k", RANKS) if is_plan else [],
        channels=_questions(visit, map(on, Channel)) if is_plan else [],
    )  # fmt: skip


def _example(visit: Visit, label: str, said: dict[str, str]) -> Chip:
    query = urlencode({**said, "look": "1"})
    return Chip(
        label=visit.gettext(label),
        url=f"{HERE}?{query}",
        is_chosen=visit.query.items() - {("look", "1")} == said.items(),
    )


def _rows(visit: Visit, asks: Iterable[Ask], letter: str, count: int) -> list[Row]:
    every = tuple(asks)
    return [Row(number=n, questions=_questions(visit, every, f"{letter}{n}_")) for n in range(1, count + 1)]


def _questions(visit: Visit, asks: Iterable[Ask], before: str = "") -> list[Question]:
    return [_question(visit, ask, before) for ask in asks]


def _question(visit: Visit, ask: Ask, before: str) -> Question:
    said = typed(visit, ask, before)
    choices = [
        Choice(value=value, label=visit.gettext(label), is_chosen=value == said)
        for value, label in CHOICES.get(ask.kind, ())
    ]
    return Question(name=before + ask.name, label=visit.gettext(ask.label), value=said, choices=choices)


async def _looked(visit: Visit, work: Work, page: CheckPage, profile: Profile, counts: Profile) -> CheckPage:
    """The page with what is broken. Under the law that counts the signatures of the market count, too."""
    try:
        if page.kind != PLAN_KIND:
            said = {ask.name: read(visit, ask) for ask in SUBJECTS[page.kind]}
            return _answered(visit, page, CHECKS[page.kind](said, profile))
        plan = read_plan(visit)
    except Refused as refused:
        told = visit.words.told(refused.refusal, visit.market.currency)
        return msgspec.structs.replace(page, wrong=f"{told.happened}{visit.words.gap}{told.advice}")
    found = await compliance.breaches_of(work, plan) if profile == counts else check_plan(plan, profile)
    return _signable(visit, _answered(visit, page, found), plan, found)


def _answered(visit: Visit, page: CheckPage, found: Iterable[Breach]) -> CheckPage:
    broken = [
        Broken(words=visit.gettext(words.RULES[one.rule]), where=str(one.place) if one.place != WHOLE else "",
               article=one.article)
        for one in found
    ]  # fmt: skip
    return msgspec.structs.replace(page, asked=True, broken=broken)


def _signable(visit: Visit, page: CheckPage, plan: Plan, found: Iterable[Breach]) -> CheckPage:
    """With the way to ask for a signature, where that is all that is missing."""
    mark = fingerprint_of(plan)
    lacks_only_names = {one.rule for one in found} == {Rule.LEVEL_NOT_SIGNED} and visit.may("law.sign")
    url = f"{words.HERE}/signatures?fingerprint={mark}" if lacks_only_names else ""
    return msgspec.structs.replace(page, fingerprint=mark, sign_url=url)


HANDLERS = (show,)

"""Signatures in the office: asked for by one, given by another, taken back by anyone who may sign."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.people import accounts, compliance
from tuan.people.compliance.model import SIGN_OFF, AskSignOff, Rule, SignOff, SignState
from tuan.platform.work import Work
from tuan.surfaces.backoffice.acting import acted, read_instant, written_instant
from tuan.surfaces.backoffice.law import words
from tuan.surfaces.backoffice.law.context import Signature, SignaturesPage
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

HERE = f"{words.HERE}/signatures"
A_YEAR = timedelta(days=365)


class AskForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    fingerprint: str
    document: str
    document_hash: str
    role: str
    from_at: str
    until: str


class GiveForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    role: str


class RevokeForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


@get(HERE, opt=staff("law.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    """What was signed for, the newest first."""
    async with visit.reading() as work:
        found, now = await compliance.sign_offs(work), work.now
        who = {person for one in found for person in (one.asked_by, one.given_by, one.revoked_by) if person}
        names = await accounts.names(work, who)
    page = SignaturesPage(
        places=words.places(visit),
        signatures=[_signature(visit, one, names, now) for one in found],
        may_sign=visit.may("law.sign"),
        fingerprint=visit.query.get("fingerprint", "")[:64],
        from_at=written_instant(visit, now),
        until=written_instant(visit, now + A_YEAR),
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/law/signatures.html", page, place="law")


def _signature(visit: Visit, one: SignOff, names: dict[UUID, str], now: Instant) -> Signature:
    label, tone = words.SIGN_STATES[SignState(one.state)]
    if one.state != SignState.REVOKED and now >= one.until:
        label, tone = words.OVER
    elif one.state == SignState.GIVEN and now < one.from_at:
        label, tone = words.LATER

    def by(person: UUID | None, role: str = "") -> str:
        return " · ".join(part for part in (names.get(person, ""), role) if part) if person else ""

    may = visit.may("law.sign")
    return Signature(
        url=f"{HERE}/{SIGN_OFF.show(one.id)}", law=one.profile, rule=visit.gettext(words.RULES[Rule(one.rule)]),
        fingerprint=one.fingerprint, document=one.document, document_hash=one.document_hash, from_at=one.from_at,
        until=one.until, state=visit.gettext(label), tone=tone, asked_by=by(one.asked_by, one.asked_role),
        given_by=by(one.given_by, one.given_role), revoked_by=by(one.revoked_by),
        can_give=may and one.state == SignState.ASKED and now < one.until and one.asked_by != visit.person,
        can_revoke=may and one.state != SignState.REVOKED, give_key=visit.fresh_key(), revoke_key=visit.fresh_key(),
    )  # fmt: skip


@post(HERE, opt=staff("law.sign", fresh=True))
async def ask(visit: NamedDependency[Visit]) -> Response[Any]:
    """One person puts his name under it."""
    form = await visit.form(AskForm)
    new = AskSignOff(
        Rule.LEVEL_NOT_SIGNED, form.fingerprint.strip(), form.document, form.document_hash.strip().lower(), form.role,
        read_instant(visit, form.from_at, "from_at"), read_instant(visit, form.until, "until"),
    )  # fmt: skip

    async def act(work: Work) -> Refusal | None:
        outcome = await compliance.ask_sign_off(work, new, reason=form.reason)
        return outcome if isinstance(outcome, Refusal) else None

    return await acted(visit, "office.ask_sign_off", form.key, form.reason, repr(new), act, HERE)


@post(f"{HERE}/{{signature:str}}/giving", opt=staff("law.sign", fresh=True))
async def give(visit: NamedDependency[Visit], signature: FromPath[str]) -> Response[Any]:
    """The second person."""
    found, form = read_id(SIGN_OFF, signature), await visit.form(GiveForm)

    async def act(work: Work) -> Refusal | None:
        return await compliance.give_sign_off(work, found, form.role, reason=form.reason)

    return await acted(visit, "office.give_sign_off", form.key, form.reason, f"{signature} {form.role}", act, HERE)


@post(f"{HERE}/{{signature:str}}/revoking", opt=staff("law.sign", fresh=True))
async def revoke(visit: NamedDependency[Visit], signature: FromPath[str]) -> Response[Any]:
    """What rests on it is refused from now on."""
    found, form = read_id(SIGN_OFF, signature), await visit.form(RevokeForm)

    async def act(work: Work) -> Refusal | None:
        return await compliance.revoke_sign_off(work, found, reason=form.reason)

    return await acted(visit, "office.revoke_sign_off", form.key, form.reason, signature, act, HERE)


HANDLERS = (show, ask, give, revoke)

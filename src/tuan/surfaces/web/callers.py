"""Programs at the door: a key or a token in the Authorization header, and a limit that all processes count together."""

from tuan.kit.refusals import Refused
from tuan.people import developers
from tuan.people.developers.model import KEY_START, PERSONAL_SCOPES, Caller
from tuan.platform import limits
from tuan.platform.lanes import ServerBusy
from tuan.platform.limits import Allowance
from tuan.surfaces.web import sessions
from tuan.surfaces.web.errors import CredentialsWrong, ScopeMissing, SignInNeeded
from tuan.surfaces.web.sessions import Session
from tuan.surfaces.web.visits import Visit

WINDOW_SECONDS = 60
REQUESTS_OF_A_KEY_MAX = 1200
REQUESTS_OF_A_PERSON_MAX = 300
REQUESTS_FROM_AN_ADDRESS_MAX = 300
"""In each window; the last for whoever says no name, and for wrong keys."""
TOKEN_TEXT_MAX = 200


async def meet_program(visit: Visit, scope: str | None) -> None:
    """Who calls, whether he may still, and whether he may do this. Raises Refused; what is left is told in any case."""
    visit.session = None  # what a cookie says is nothing here
    token = _bearer(visit.headers.get("authorization"))
    session = await _session(visit, token) if token else None
    async with visit.writing() as work:
        caller = await developers.use_key(work, token) if token and token.startswith(KEY_START) else None
        bucket, most = _bucket(visit, caller, session)
        allowance = await limits.allow(work, bucket, most=most, window_seconds=WINDOW_SECONDS)
    _tell(visit, allowance)
    if allowance.refusal is not None:
        raise Refused(allowance.refusal)
    if token is not None and caller is None and session is None:
        raise Refused(CredentialsWrong())
    if caller is not None:
        visit.session = Session(caller.person, "", False)
    elif session is not None and token is not None:
        visit.session, visit.token = session, token
    if scope is None:
        return
    if visit.session is None:
        raise Refused(SignInNeeded())
    if scope not in (caller.scopes if caller is not None else PERSONAL_SCOPES):
        raise Refused(ScopeMissing(scope=scope))


def _bearer(header: str | None) -> str | None:
    """The token, None where none was shown; a header that shows something else shows a wrong one."""
    if header is None:
        return None
    kind, _, token = header.partition(" ")
    fits = kind.lower() == "bearer" and token.isascii() and token.isprintable() and len(token) <= TOKEN_TEXT_MAX
    return token.strip() if fits else ""


async def _session(visit: Visit, token: str) -> Session | None:
    if not sessions.is_token(token):
        return None
    found: Session | ServerBusy | None = await visit.front.house.lanes.read(sessions.read, visit.market.id, token)
    if isinstance(found, ServerBusy):
        raise Refused(found)
    return found


def _bucket(visit: Visit, caller: Caller | None, session: Session | None) -> tuple[str, int]:
    if caller is not None:
        return f"api key {caller.key}", REQUESTS_OF_A_KEY_MAX
    if session is not None:
        return f"api person {session.person}", REQUESTS_OF_A_PERSON_MAX
    return f"api from {visit.client}", REQUESTS_FROM_AN_ADDRESS_MAX


def _tell(visit: Visit, allowance: Allowance) -> None:
    """The header fields of draft-ietf-httpapi-ratelimit-headers-10."""
    policy = f'"api";q={allowance.most};w={allowance.window_seconds}'
    left = f'"api";r={allowance.left};t={allowance.reset_seconds}'
    visit.told += [(b"ratelimit-policy", policy.encode()), (b"ratelimit", left.encode())]

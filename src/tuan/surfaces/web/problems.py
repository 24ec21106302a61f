"""Refusals told: problem+json (RFC 9457) for programs, a page with a next step for people."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException

from tuan.kit.refusals import NotFound, Refusal, Refused, TooMany
from tuan.platform.database import LOST_CONNECTION, RETRIED_SQLSTATES
from tuan.platform.lanes import ServerBusy
from tuan.platform.telemetry import REFUSALS
from tuan.platform.work import OutcomeUnknown, trace
from tuan.surfaces.web.errors import (
    BodyUnknown,
    Broken,
    ConfirmNeeded,
    FormUnreadable,
    MethodUnknown,
    OfficeSignInNeeded,
    OutOfReach,
    PasswordNeeded,
    SignInNeeded,
    TooLarge,
    Unconfirmed,
)
from tuan.surfaces.web.pages import ErrorPage, Step, UnsentPage
from tuan.surfaces.web.policies import CHANGING
from tuan.surfaces.web.reading import local_path
from tuan.surfaces.web.visits import Visit

log = structlog.get_logger()

PROBLEM = "application/problem+json"

DOORS: dict[type[Refusal], str] = {
    SignInNeeded: "/sign-in",
    OfficeSignInNeeded: "/office/sign-in",
    ConfirmNeeded: "/office/confirm",
    PasswordNeeded: "/office/password",
}
"""Where a person is sent who has only to show who he is; he comes back from there."""
BY_STATUS: dict[int, type[Refusal]] = {404: NotFound, 405: MethodUnknown, 413: TooLarge, 415: BodyUnknown}


class Problem(msgspec.Struct, frozen=True):
    """RFC 9457, with the refusal's code and data. `detail` is in the visitor's language."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    data: dict[str, int | str | None]
    trace: str


def refuse(visit: Visit, refusal: Refusal, *steps: Step) -> Response[Any]:
    """The answer to a refusal. Whoever only has to sign in is sent there, and comes back."""
    REFUSALS.labels(refusal.code).inc()
    if visit.is_unconfirmed and visit.unsent and not visit.wants_json and not isinstance(refusal, TooMany):
        return _ask_code(visit, refusal)
    door = DOORS.get(type(refusal))
    if door is not None and not visit.wants_json:
        return visit.go_on(f"{door}?next={quote(_page_of(visit), safe='/')}")
    told = visit.words.told(refusal, visit.market.currency)
    if visit.wants_json:
        detail = " ".join(line for line in (told.happened, told.safe, told.advice) if line)
        problem = Problem(f"/problems/{refusal.code}", told.title, refusal.status, detail, refusal.code,
                          refusal.data, trace.get())  # fmt: skip
        answer = visit.json(problem, refusal.status, media_type=PROBLEM)
    else:
        shown = ErrorPage(status=refusal.status, code=refusal.code, title=told.title, happened=told.happened,
                          safe=told.safe, advice=told.advice, trace=trace.get() if refusal.status >= 500 else "",
                          steps=list(steps))  # fmt: skip
        answer = visit.page(
            "backoffice/error.html" if visit.is_office else "storefront/error.html", shown, status=refusal.status
        )
    if visit.is_api and refusal.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if seconds := refusal.data.get("retry_after_seconds"):
        answer.headers["Retry-After"] = str(seconds)
    elif refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = "2"
    return answer


def _ask_code(visit: Visit, refusal: Refusal) -> Response[Any]:
    """The form once more, with nothing lost, and the question that comes before it."""
    told = visit.words.told(refusal, visit.market.currency)
    wrong = "" if isinstance(refusal, ConfirmNeeded) else f"{told.happened} {told.advice}"
    page = UnsentPage(action=visit.path, fields=list(visit.unsent.items()), wrong=wrong)
    return visit.page("backoffice/doors/unsent.html", page, status=refusal.status)


def _page_of(visit: Visit) -> str:
    """The page to come back to: this one, or the one whose form was sent."""
    assert visit.request is not None
    if visit.request.method not in CHANGING:
        return visit.url_with()
    try:
        came_from = urlsplit(visit.headers.get("referer", ""))
    except ValueError:  # brackets without an address in them
        return "/"
    if f"{came_from.scheme}://{came_from.netloc}" != visit.origin:
        return "/"
    return local_path(came_from.path + (f"?{came_from.query}" if came_from.query else ""), "/")


def refusal_of(error: Exception, method: str) -> Refusal:
    """Any exception as what may be told. A command whose answer was lost is never told as failed or as done."""
    if isinstance(error, Refused):
        return error.refusal
    if isinstance(error, HTTPException) and error.status_code < 500:
        kind = BY_STATUS.get(error.status_code, FormUnreadable)
        return kind()
    if isinstance(error, (OutcomeUnknown, *LOST_CONNECTION)):
        return Unconfirmed() if method in CHANGING else OutOfReach()
    if getattr(error, "sqlstate", None) in RETRIED_SQLSTATES:
        return ServerBusy(retry_after_seconds=1)
    return Broken()


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The app's one exception handler."""
    refusal = refusal_of(error, request.method)
    if isinstance(refusal, Broken):
        log.exception("request.broken", exc_info=error)
    elif refusal.status >= 500:
        log.warning("request.uncertain", code=refusal.code, error=repr(error))
    visit: Visit | None = request.scope["state"].get("visit")
    if visit is None:
        return bare(refusal)
    visit.request = request
    answer = refuse(visit, refusal)
    if isinstance(error, MethodNotAllowedException):
        answer.headers.update(error.headers or {})
    return answer


def bare(refusal: Refusal) -> Response[Any]:
    """For requests that belong to no market: a problem without a face."""
    title = HTTPStatus(refusal.status).phrase
    problem = Problem(
        f"/problems/{refusal.code}", title, refusal.status, title, refusal.code, refusal.data, trace.get()
    )
    return Response(content=msgspec.json.encode(problem), status_code=refusal.status, media_type=PROBLEM)


def errors_of(visit: Visit, refusal: Refusal, field: str) -> dict[str, str]:
    """A refusal beside the field it is about."""
    told = visit.words.told(refusal, visit.market.currency)
    REFUSALS.labels(refusal.code).inc()
    return {field: " ".join(line for line in (told.happened, told.advice) if line)}

"""Payout accounts in the office: checked before anything is paid to them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.pages import Page
from tuan.kit.refusals import Refusal, Refused
from tuan.people import accounts as persons
from tuan.people import parties
from tuan.people import staff as members
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted
from tuan.surfaces.backoffice.settlement import words
from tuan.surfaces.backoffice.settlement.context import AccountPage, ListPage, Move
from tuan.surfaces.backoffice.settlement.words import ACCOUNTS, PLACE
from tuan.surfaces.backoffice.tables import Cell, Column, Filter, table_page, wanted
from tuan.surfaces.storefront.ways import way_words
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.pages import Place, Step
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import settlement
from tuan.trade.settlement.model import ACCOUNT, ACCOUNT_ID, AccountState, masked

HERE = Place(name="payout_accounts", label="Accounts", url=ACCOUNTS, permission=PLACE.permission)
COLUMNS = (
    Column("made", "Added", sort="newest"),
    Column("supplier", "Paid to"),
    Column("holder", "Holder"),
    Column("number", "Account number"),
    Column("way", "Way"),
    Column("state", "State"),
)
NO_FILTERS: Sequence[Filter] = ()


class MoveForm(msgspec.Struct, frozen=True, kw_only=True):
    """after: the state that it goes to."""

    key: str
    after: str
    reason: str


class WhyForm(msgspec.Struct, frozen=True, kw_only=True):
    reason: str


@get(ACCOUNTS, opt=staff("settlement.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    state = visit.query.get("state", "")
    async with visit.reading() as work:
        states = [state] if state in tuple(AccountState) else ()
        found = await settlement.payout_accounts(work, wanted(visit, COLUMNS), states=states)
        names = await parties.payee_names(work, {row["payee_id"] for row in found.items})
        views = await members.views(work, visit.person, HERE.name)
    rows = [{**row, "supplier": names[row["payee_id"]]} for row in found.items]
    table = table_page(
        visit, HERE, COLUMNS, NO_FILTERS, Page(rows, found.next_key, found.count), _cells(visit), views,
        opens_beside=True,
    )  # fmt: skip
    page = ListPage(
        table=table,
        places=words.places(visit),
        states=saying.chips(visit, "state", words.account_states(visit).items()),
    )
    return visit.page("backoffice/settlement/list.html", page, place=PLACE.name)


def _cells(visit: Visit) -> Any:
    states = words.account_states(visit)

    def cells(row: Any) -> list[Cell]:
        return [
            Cell(at=row["made_at"], url=words.account_url(row["id"])),
            Cell(text=row["supplier"]),
            Cell(text=row["holder"]),
            Cell(text=masked(row["number"])),
            Cell(text=way_words(visit, row["provider"], row["mode"])),
            Cell(text=states[row["state"]], tone=words.ACCOUNT_TONES.get(row["state"], "stone")),
        ]

    return cells


@get("/office/settlement/accounts/{account:str}", opt=staff("settlement.see"))
async def show_one(visit: NamedDependency[Visit], account: FromPath[str]) -> Response[Any]:
    found = read_id(ACCOUNT_ID, account)
    async with visit.reading() as work:
        page = await _page(work, visit, found)
    return visit.page("backoffice/settlement/account.html", page, place=PLACE.name, blocks=("main",))


async def _page(work: Work, visit: Visit, account: UUID, whole: str = "") -> AccountPage:
    """Raises Refused(NotFound)."""
    row = await settlement.access_account(work, account)
    payees = await parties.payee_names(work, [row["payee_id"]])
    acts = await audit.about(work, ACCOUNT_ID.show(account))
    names = await persons.names(work, {act["actor_id"] for act in acts})
    may_pay = visit.may("settlement.pay")
    return AccountPage(
        url=words.account_url(account),
        supplier=payees[row["payee_id"]],
        supplier_url=words.payee_url(row["payee_id"], row["kind"]),
        holder=row["holder"],
        number=whole or masked(row["number"]),
        is_whole=bool(whole),
        way=way_words(visit, row["provider"], row["mode"]),
        words=words.account_states(visit)[row["state"]],
        tone=words.ACCOUNT_TONES.get(row["state"], "stone"),
        made_at=row["made_at"],
        moves=_moves(visit, row["state"]) if may_pay else [],
        may_pay=may_pay,
        acts=saying.acts(acts, names),
    )


def _moves(visit: Visit, state: str) -> list[Move]:
    """What may be done with an account of this state, each with what it does."""
    opens = visit.gettext("Open it again") if state == AccountState.RESTRICTED else visit.gettext("It is right")
    every = {
        AccountState.ACTIVE: (opens, visit.gettext("Money may be paid to it from now on.")),
        AccountState.RESTRICTED: (
            visit.gettext("Restrict it"), visit.gettext("Nothing more can be asked for or paid to it, until it is opened again.")
        ),
        AccountState.REJECTED: (visit.gettext("Refuse it"), visit.gettext("Whoever added it sees that, and may add another.")),
    }  # fmt: skip
    return [
        Move(state=after, label=label, says=says, key=visit.fresh_key())
        for after, (label, says) in every.items()
        if ACCOUNT.allows(state, after)
    ]


@post("/office/settlement/accounts/{account:str}/state", opt=staff("settlement.pay", fresh=True))
async def move(visit: NamedDependency[Visit], account: FromPath[str]) -> Response[Any]:
    """Check it, restrict it, open it again or refuse it."""
    found, form = read_id(ACCOUNT_ID, account), await visit.form(MoveForm)
    if form.after not in (AccountState.ACTIVE, AccountState.RESTRICTED, AccountState.REJECTED):
        raise Refused(FieldInvalid(field="after"))
    after = AccountState(form.after)

    async def act(work: Work) -> Refusal | None:
        return await settlement.move_account(work, found, after, reason=form.reason.strip())

    subject = f"{account} {after}"
    return await acted(visit, "office.move_account", form.key, form.reason, subject, act, words.account_url(found))


@post("/office/settlement/accounts/{account:str}/number", opt=staff("settlement.pay", fresh=True), status_code=200)
async def show_number(visit: NamedDependency[Visit], account: FromPath[str]) -> Response[Any]:
    """The same page with the whole number, this once; who looked and why stands in the audit."""
    found, form = read_id(ACCOUNT_ID, account), await visit.form(WhyForm)
    async with visit.writing() as work:
        number = await settlement.show_number(work, found, reason=form.reason.strip())
        if isinstance(number, Refusal):
            return refuse(visit, number, Step(label=visit.gettext("Back"), url=words.account_url(found)))
        page = await _page(work, visit, found, number)
    return visit.page("backoffice/settlement/account.html", page, place=PLACE.name)


HANDLERS = (show, show_one, move, show_number)

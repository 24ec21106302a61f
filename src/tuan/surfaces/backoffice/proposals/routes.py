"""What suppliers want shown, beside what is shown, and deciding it."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog, sourcing
from tuan.goods.catalog.model import PRODUCT
from tuan.goods.sourcing.model import PROPOSAL, PROPOSAL_ID, Change, ProposalState, Proposed, changes, read_proposed
from tuan.kit.refusals import Refusal
from tuan.people import accounts, parties
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted
from tuan.surfaces.backoffice.products.words import exception_words, fulfilment_words
from tuan.surfaces.backoffice.proposals.context import ProposalPage, ProposalsPage, Side, SkuSide
from tuan.surfaces.backoffice.suppliers.routes import DecisionForm, read_verdict
from tuan.surfaces.backoffice.tables import Cell, Column, table_page, wanted
from tuan.surfaces.storefront.supplying.words import TONES, proposal_states
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

URL = "/office/proposals"
TABLE = Place(name="proposals", label="Proposals", url=URL, permission="suppliers.see", icon="kept")
COLUMNS = (
    Column("made", "Proposed", sort="new"),
    Column("title", "Product"),
    Column("what", "What"),
    Column("supplier", "Supplier"),
    Column("state", "State"),
)

NOTHING = Proposed("", "", "", "", "", (), ())
"""What stands beside a product that nobody has seen."""


@get(URL, opt=staff("suppliers.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    state = visit.query.get("state", "")
    async with visit.reading() as work:
        states = (state,) if state in PROPOSAL.moves else ()
        rows = await sourcing.search_proposals(work, wanted(visit, COLUMNS), states=states)
        cards = await parties.supplier_cards(work, {row["supplier_id"] for row in rows.items})
    named = proposal_states(visit)

    def cells(row: Any) -> list[Cell]:
        return [
            Cell(at=row["made_at"], url=f"{URL}/{PROPOSAL_ID.show(row['id'])}"),
            Cell(text=row["title"]),
            Cell(text=visit.gettext("New product") if row["is_new"] else visit.gettext("Change")),
            Cell(text=cards[row["supplier_id"]]["name"]),
            Cell(text=named[row["state"]], tone=TONES.get(row["state"], "stone")),
        ]

    page = ProposalsPage(
        table=table_page(visit, TABLE, COLUMNS, (), rows, cells),
        states=saying.chips(visit, "state", [(one, named[one]) for one in PROPOSAL.moves]),
    )
    return visit.page("backoffice/proposals/list.html", page, place="suppliers")


@get(f"{URL}/{{proposal:str}}", opt=staff("suppliers.see"))
async def show(visit: NamedDependency[Visit], proposal: FromPath[str]) -> Response[Any]:
    """Both sides of each field that differs, words that go and words that come."""
    found = read_id(PROPOSAL_ID, proposal)
    async with visit.reading() as work:
        row = await sourcing.access_proposal(work, found)
        _, now = await sourcing.shown_of(work, row["product_id"])
        cards = await parties.supplier_cards(work, [row["supplier_id"]])
        categories = {str(one["id"]): one["name"] for one in await catalog.categories(work)}
        log = await audit.about(work, proposal)
        by = await accounts.names(work, {one["actor_id"] for one in log})
    before = read_proposed(row["shown"]) if row["shown"] is not None else None
    after, is_open = read_proposed(row["proposed"]), row["state"] == ProposalState.OPEN
    page = ProposalPage(
        proposal=proposal,
        title=after.title,
        supplier=cards[row["supplier_id"]]["name"],
        product_url=f"/office/products/{PRODUCT.show(row['product_id'])}" if visit.may("products.see") else "",
        is_new=before is None,
        is_overtaken=is_open and before is not None and now != before,
        state=row["state"],
        words=proposal_states(visit)[row["state"]],
        tone=TONES.get(row["state"], "stone"),
        made_at=row["made_at"],
        reason=row["reason"],
        sides=[_side(visit, change, categories) for change in changes(before or NOTHING, after)],
        can_decide=is_open and visit.may("suppliers.check"),
        log=saying.acts(log, by),
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/proposals/page.html", page, place="suppliers")


def _side(visit: Visit, change: Change, categories: dict[str, str]) -> Side:
    labels = {
        "title": visit.gettext("Title"),
        "story": visit.gettext("What its page says"),
        "category": visit.gettext("Category"),
        "fulfilment": visit.gettext("How it is delivered"),
        "return_exception": visit.gettext("If it is sent back"),
        "pictures": visit.gettext("Pictures"),
        "skus": visit.gettext("Options and prices"),
    }
    label = labels[change.field]
    if change.words:
        return Side(label=label, words=list(change.words))
    if change.field == "pictures":
        shown, wanted_now = (
            [visit.front.assets.picture(name) for name in side] for side in (change.before, change.after)
        )
        return Side(label=label, pictures_before=shown, pictures_after=wanted_now)
    if change.field == "skus":
        return Side(label=label, skus=_skus(visit, change))
    named = {"category": categories, "return_exception": exception_words(visit)}.get(change.field, {})
    old, new = (
        fulfilment_words(visit, side) if change.field == "fulfilment" and side else named.get(side, side)
        for side in (change.before, change.after)
    )
    return Side(label=label, before=old, after=new)


def _skus(visit: Visit, change: Change) -> list[SkuSide]:
    there = {sku.sku: sku for sku in change.before}
    sides = []
    for sku in change.after:
        old = there.get(sku.sku) if sku.sku else None
        sides.append(
            SkuSide(
                options_before=old.options if old else "",
                price_before=saying.money(visit, old.price_minor) if old else None,
                options_after=sku.options,
                price_after=saying.money(visit, sku.price_minor),
                is_changed=old != sku,
            )
        )
    return sides


@post(f"{URL}/{{proposal:str}}/decision", opt=staff("suppliers.check"))
async def decide(visit: NamedDependency[Visit], proposal: FromPath[str]) -> Response[Any]:
    """It is shown from now on, or the supplier reads why not."""
    found, form = read_id(PROPOSAL_ID, proposal), await visit.form(DecisionForm)
    approve = read_verdict(form.verdict)

    async def act(work: Work) -> Refusal | None:
        return await sourcing.decide_proposal(work, found, approve=approve, reason=form.reason.strip())

    subject = f"{proposal} {form.verdict}"
    return await acted(visit, "office.decide_proposal", form.key, form.reason, subject, act, f"{URL}/{proposal}")


HANDLERS = (show_all, show, decide)

"""A team as one viewer may see it."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.time import Instant
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import TEAM_ID, SeatState, TeamState, read_reward
from tuan.surfaces.storefront import disclosing, showing
from tuan.surfaces.storefront.cases.viewing import beside_words
from tuan.surfaces.storefront.ladders import ladder_of
from tuan.surfaces.storefront.offers import ProductOffer, offers_of
from tuan.surfaces.storefront.team.context import Seat, Share, TeamGoods, TeamPage
from tuan.surfaces.web.visits import Visit
from tuan.trade import aftersales, orders, payments
from tuan.trade.orders.model import ORDER_ID, OrderState
from tuan.trade.payments.model import PAYABLE

Action = Literal["join", "pay", "invite", "order", "open", "none"]

SAT = (SeatState.TAKEN, SeatState.LAPSED)
"""Seats of people who paid: also in a team that lapsed, whose page still says who had come."""


@dataclass(frozen=True, slots=True)
class Mine:
    """The viewer's newest seat here, with its order."""

    seat: Any
    order: Any

    @property
    def has_paid(self) -> bool:
        """Also while the news of the payment is on its way to the team."""
        is_heard_late = self.seat["state"] == SeatState.HELD and self.order["paid_at"] is not None
        return is_heard_late or self.seat["state"] == SeatState.TAKEN

    @property
    def is_to_pay(self) -> bool:
        state: str = self.order["state"]
        return self.seat["state"] == SeatState.HELD and state == OrderState.PLACED


async def team_page(work: Work, visit: Visit, team_id: UUID) -> TeamPage:
    """Raises Refused(NotFound)."""
    team = await groupbuy.access_team(work, team_id)
    seats = (await groupbuy.seats_of(work, [team_id]))[team_id]
    mine = await _mine(work, visit, seats)
    offer = (await offers_of(work, [team["product_id"]]))[team["product_id"]]
    refunds = (await payments.refunds_of(work, [mine.order["id"]])).get(mine.order["id"], []) if mine else []
    shown = _seats(visit, team, seats, mine)
    taken = sum(seat.state == "taken" for seat in shown)
    seats_left = sum(seat.state == "empty" for seat in shown)
    action, action_url = _action(team, mine, offer, seats_left, work.now)
    goods = await _goods(work, visit, team, offer, mine)
    can_leave = mine is not None and mine.seat["state"] == SeatState.TAKEN and team["may_leave"]
    can_leave = can_leave and team["state"] == TeamState.GATHERING
    foreseen = await aftersales.preview_whole(work, mine.order["id"]) if mine and can_leave else None
    return TeamPage(
        team=TEAM_ID.show(team_id),
        url=f"/t/{TEAM_ID.show(team_id)}",
        state=team["state"],
        size=team["size"],
        needed=team["size"] - taken,
        seats_left=seats_left,
        seats=shown,
        goods=goods,
        action=action,
        action_url=action_url,
        deadline=team["deadline"],
        pay_by=mine.order["pay_by"] if mine and mine.is_to_pay else None,
        ended_at=team["ended_at"],
        forms_from=team["promise_min"],
        leader_points=read_reward(team["leader_reward"]),
        ladder=ladder_of(visit, team, goods.team_price.amount_minor, taken),
        is_member=mine is not None and mine.has_paid,
        can_leave=can_leave,
        leave_key=visit.fresh_key() if can_leave else "",
        back=showing.amount(visit, foreseen.total_minor) if foreseen else None,
        beside=beside_words(visit, foreseen.beside) if foreseen else [],
        disclosed=await disclosing.of_visit(work, visit, [team["product_id"]], [team["campaign_id"]]),
        order_url=f"/orders/{ORDER_ID.show(mine.order['id'])}" if mine else None,
        refund=showing.refunds(visit, refunds[-1:])[0] if refunds else None,
        share=Share(
            url=f"{visit.origin}/t/{TEAM_ID.show(team_id)}",
            qr_url=f"/t/{TEAM_ID.show(team_id)}/code.svg",
            words=visit.gettext(
                "%(name)s for %(price)s when we buy it together. Will you join me?",
                name=goods.name,
                price=visit.words.money_text(goods.team_price),
            ),
        ),
    )


async def _mine(work: Work, visit: Visit, seats: list[Any]) -> Mine | None:
    own = [seat for seat in seats if seat["person_id"] == visit.viewer]
    if not own:
        return None
    return Mine(own[-1], await orders.access_order(work, own[-1]["order_id"], visit.person))


def _seats(visit: Visit, team: Any, rows: list[Any], mine: Mine | None) -> list[Seat]:
    """Taken ones in order of payment, then held, then empty, as many as the team has."""
    paid_now = mine.seat["order_id"] if mine and mine.has_paid else None
    taken = [row for row in rows if row["state"] in SAT or row["order_id"] == paid_now]
    held = [row for row in rows if row["state"] == SeatState.HELD and row["order_id"] != paid_now]
    # A payment the team has not heard of yet stands last, since its time is not written down here.
    taken.sort(key=lambda row: (row["taken_at"] is None, row["taken_at"] or row["held_at"], row["order_id"]))
    shown = [_seat(visit, team, row, "taken") for row in taken] + [_seat(visit, team, row, "held") for row in held]
    return shown[: team["size"]] + [Seat(state="empty")] * (team["size"] - len(shown))


def _seat(visit: Visit, team: Any, row: Any, state: Literal["taken", "held"]) -> Seat:
    return Seat(
        state=state,
        face=showing.face(row["person_id"], row["name"]),
        is_leader=row["person_id"] == team["leader_id"],
        is_viewer=row["person_id"] == visit.viewer,
        since=row["taken_at"] if state == "taken" else None,
    )


def _action(
    team: Any, mine: Mine | None, offer: ProductOffer, seats_left: int, now: Instant
) -> tuple[Action, str | None]:
    """The one thing this viewer can do next."""
    if mine is not None and mine.is_to_pay and team["state"] in (TeamState.OPENING, TeamState.GATHERING):
        return "pay", f"/pay/{PAYABLE.show(mine.order['payable_id'])}"
    if team["state"] == TeamState.GATHERING:
        if mine is not None and mine.has_paid:
            return "invite", None
        is_open = seats_left > 0 and team["deadline"] is not None and now < team["deadline"]
        return ("join", None) if is_open else ("none", None)
    if mine is not None and mine.has_paid:
        return "order", f"/orders/{ORDER_ID.show(mine.order['id'])}"
    if team["state"] != TeamState.OPENING and offer.campaign is not None and not offer.is_sold_out:
        return "open", showing.product_url(team["product_id"])
    return "none", None


async def _goods(work: Work, visit: Visit, team: Any, offer: ProductOffer, mine: Mine | None) -> TeamGoods:
    """What the team buys: the viewer's own option, else the first one that the team's campaign sells."""
    prices = (await groupbuy.prices_of(work, [team["campaign_id"]]))[team["campaign_id"]]
    bought: set[UUID] = set()
    if mine is not None:
        bought = {line["sku_id"] for line in (await orders.lines_of(work, [mine.order["id"]]))[mine.order["id"]]}
    sold = [sku for sku in offer.skus if sku.sku in prices]
    sku = next((one for one in sold if one.sku in bought), sold[0])
    card = (await catalog.cards(work, [team["product_id"]]))[team["product_id"]]
    return TeamGoods(
        product=PRODUCT.show(team["product_id"]),
        sku=SKU.show(sku.sku),
        name=card["title"],
        option=sku.options,
        url=showing.product_url(team["product_id"], sku.sku),
        picture=showing.picture(visit, card["picture"], card["title"]),
        team_price=showing.amount(visit, prices[sku.sku]),
        single_price=showing.amount(visit, sku.price_minor),
    )

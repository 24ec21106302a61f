"""What the places of plans and commissions say alike."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from tuan.goods import catalog
from tuan.goods.catalog.model import CATEGORY, PRODUCT, SKU
from tuan.kit.ids import IdKind
from tuan.kit.refusals import Refused
from tuan.kit.time import Instant, day_of, start_of
from tuan.people.compliance.model import Channel
from tuan.platform.work import Work
from tuan.play.distribution import model
from tuan.play.distribution.model import (
    COMMISSION_ID,
    PLAN_ID,
    RATES_MAX,
    Phase,
    Rate,
    Scope,
    Terms,
    Version,
)
from tuan.play.groupbuy.model import CAMPAIGN_ID
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import read_amount, read_whole
from tuan.surfaces.backoffice.law.words import CHANNELS
from tuan.surfaces.backoffice.settlement.words import read_percent, written_percent
from tuan.surfaces.backoffice.tables import Choice
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.visits import Visit

PLANS, COMMISSIONS = "/office/commissions/plans", "/office/commissions"
VERSION_TONES = {Phase.ON: "leaf", Phase.ENDING: "amber", Phase.COMING: "amber", Phase.DRAFT: "ripe"}
EVERYWHERE = ",".join(model.CHANNELS)
WHERES = {
    EVERYWHERE: "Everywhere",
    ",".join(sorted(model.channels_of(2))): "Not in WeChat",
    ",".join(channel for channel in model.CHANNELS if channel not in model.channels_of(2)): "In WeChat only",
}
"""Where a rate is paid, as the form offers it; a program names the channels one by one."""
IDS: dict[Scope, IdKind[Any]] = {
    Scope.CATEGORY: CATEGORY,
    Scope.PRODUCT: PRODUCT,
    Scope.SKU: SKU,
    Scope.CAMPAIGN: CAMPAIGN_ID,
}


def places(visit: Visit) -> list[saying.Chip]:
    pages = {COMMISSIONS: visit.gettext("Commissions"), PLANS: visit.gettext("Plans")}
    return [saying.Chip(label=label, url=url, is_chosen=visit.path == url) for url, label in pages.items()]


def plan_url(plan: UUID) -> str:
    return f"{PLANS}/{PLAN_ID.show(plan)}"


def simulate_url(one: Version) -> str:
    """The planner with this version: what would come of it, before it is switched on."""
    return f"/office/planner?simulate=plan&paid_by={PLAN_ID.show(one.plan_id)}.{one.number}"


def commission_url(commission: UUID) -> str:
    return f"{COMMISSIONS}/{COMMISSION_ID.show(commission)}"


def version_states(visit: Visit) -> dict[str, str]:
    return {
        "draft": visit.gettext("Draft"),
        "coming": visit.gettext("Coming"),
        "on": visit.gettext("On"),
        "ending": visit.gettext("Ending"),
        "off": visit.gettext("Off"),
    }


def where(visit: Visit, rate: Rate) -> str:
    """The channels through which it is paid, in words."""
    known = WHERES.get(",".join(channel for channel in model.CHANNELS if channel in rate.channels))
    if known is not None:
        return visit.gettext(known)
    return ", ".join(visit.gettext(CHANNELS[one]) for one in model.CHANNELS if one in rate.channels)


def where_choices(visit: Visit) -> list[Choice]:
    return [Choice(value=value, label=visit.gettext(label), is_chosen=False) for value, label in WHERES.items()]


def states(visit: Visit) -> dict[str, str]:
    """How a commission stands."""
    return {
        "pending": visit.gettext("Still pending"),
        "held": visit.gettext("Held"),
        "matured": visit.gettext("Yours"),
        "reversed": visit.gettext("Given back"),
        "void": visit.gettext("Will not be paid"),
    }


def whys(visit: Visit) -> dict[str, str]:
    """What a commission is held for."""
    return {
        "same_address": visit.gettext("The goods go where the shop's owner lives."),
        "same_device": visit.gettext("Buyer and owner have signed in on one device."),
        "same_account": visit.gettext("What the buyer earns is paid to the shop's own account."),
        "same_payer": visit.gettext("The goods were paid from an account that has paid for the shop's owner."),
        "ring": visit.gettext("Shops buy from each other in a ring."),
        "looked_at": visit.gettext("Somebody of the market looks at it."),
    }


def goods_of(row: Any) -> str:
    """The line that it is for, in words."""
    return " ".join(filter(None, (row["title"], row["options"], f"× {row['units']}")))


def scopes(visit: Visit) -> dict[str, str]:
    return {
        "market": visit.gettext("Whole market"),
        "category": visit.gettext("Category"),
        "product": visit.gettext("Product"),
        "sku": visit.gettext("Option"),
        "campaign": visit.gettext("Campaign"),
    }


def scope_choices(visit: Visit) -> list[Choice]:
    return [Choice(value=scope, label=label, is_chosen=False) for scope, label in scopes(visit).items()]


def rules(visit: Visit) -> dict[str, str]:
    """Why the law of the place refuses a plan."""
    return {
        "rate_too_high": visit.gettext("All that is paid on a line together is more than may be paid."),
        "hold_too_short": visit.gettext("It is paid before the buyer's time to send back is over."),
        "level_not_signed": visit.gettext("A second level needs a sign-off of two persons."),
        "too_deep": visit.gettext("There is no third level."),
        "not_a_reward": visit.gettext("One of the rates pays nothing."),
        "not_disclosed": visit.gettext("It is not said that the sharer is paid."),
        "downline_in_channel": visit.gettext("In this channel nobody may be paid for what those below him sell."),
        "pay_for_shares": visit.gettext("Something is given for an act that may not be rewarded in this channel."),
    }


def pays(visit: Visit, rate: Rate) -> str:
    if rate.fixed_minor:
        money = visit.words.money_text(saying.money(visit, rate.fixed_minor))
        return visit.gettext("%(amount)s a piece", amount=money)
    return f"{written_percent(rate.rate_bp)} %"


async def names_of(work: Work, rates: Iterable[Rate]) -> dict[UUID, str]:
    """What the categories and products of these rates are called."""
    products = {r.object_id for r in rates if r.scope == Scope.PRODUCT and r.object_id}
    names = {key: card["title"] for key, card in (await catalog.cards(work, products)).items()}
    return names | {row["id"]: row["name"] for row in await catalog.categories(work)}


def shown(rate: Rate, names: dict[UUID, str]) -> str:
    if rate.object_id is None:
        return ""
    return names.get(rate.object_id) or IDS[Scope(rate.scope)].show(rate.object_id)


def read_terms(visit: Visit, typed: dict[str, str]) -> Terms:
    """What was typed: rates in percent or as an amount a piece; raises Refused(FieldInvalid) naming the first
    field that means nothing."""
    rates = []
    for place in range(RATES_MAX):
        share, fixed = typed.get(f"rate{place}", "").strip(), typed.get(f"fixed{place}", "").strip()
        if not share and not fixed:
            continue
        rates.append(_read_rate(visit, typed, place, share, fixed))
    budget = typed.get("budget", "").strip()
    return Terms(
        tuple(rates),
        read_percent(typed.get("line_most", ""), "line_most"),
        read_amount(visit, budget, "budget") if budget else None,
        read_whole(typed.get("hold_days", ""), "hold_days"),
    )


def _read_rate(visit: Visit, typed: dict[str, str], place: int, share: str, fixed: str) -> Rate:
    scope, level = typed.get(f"scope{place}", "market"), typed.get(f"level{place}", "1")
    if scope not in tuple(Scope) or level not in ("1", "2"):
        raise Refused(FieldInvalid(field="rates"))
    found: Any = None
    if scope != Scope.MARKET:
        found = IDS[Scope(scope)].parse(typed.get(f"object{place}", "").strip())
        if found is None:
            raise Refused(FieldInvalid(field="rates"))
    rate_bp = read_percent(share, "rates") if share else 0
    fixed_minor = read_amount(visit, fixed, "rates") if fixed else 0
    return Rate(scope, found, int(level), rate_bp, fixed_minor, _read_channels(typed.get(f"where{place}", EVERYWHERE)))


def _read_channels(typed: str) -> frozenset[Channel]:
    if typed not in WHERES:
        raise Refused(FieldInvalid(field="rates"))
    return frozenset(map(Channel, typed.split(",")))


def read_since(work: Work, typed: str) -> Instant | None:
    """The beginning of the day that was typed, for today this moment; None where none was. Raises Refused(FieldInvalid)."""
    if not typed.strip():
        return None
    zone = work.market.time_zone
    try:
        day = date.fromisoformat(typed.strip())
        begins = start_of(day, zone)
    except (ValueError, OverflowError):
        raise Refused(FieldInvalid(field="since")) from None
    return work.now if day == day_of(work.now, zone) else begins

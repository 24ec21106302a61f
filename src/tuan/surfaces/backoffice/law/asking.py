"""What the playground asks about each subject, and how its answers become one: never a refusal that is not told at its field."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tuan.kit.refusals import Refused
from tuan.people.compliance.model import (
    Base,
    Breach,
    Channel,
    Lottery,
    Offer,
    Plan,
    Profile,
    Rank,
    Reviews,
    Reward,
    Share,
    StruckPrice,
    Trigger,
    check_lottery,
    check_offer,
    check_reviews,
    check_share,
    check_struck_price,
)
from tuan.surfaces.backoffice.acting import read_amount, read_whole
from tuan.surfaces.backoffice.law import words
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.visits import Visit

REWARDS, RANKS = 4, 3
"""Rows of a plan that the playground offers; the API takes any number."""
PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?", re.ASCII)
YES, NO = "yes", "no"
ANSWERS = ((YES, "Yes"), (NO, "No"))


@dataclass(frozen=True, slots=True)
class Ask:
    """A field: of which kind it is, and what stands in it before anything was typed."""

    name: str
    label: str
    kind: str = "amount"
    default: str = "0"


def _bool(name: str, label: str, default: str) -> Ask:
    return Ask(name, label, "bool", default)


PLAN = (
    Ask("joining", "Joining costs"),
    Ask("quota", "Staying asks for purchases of"),
    Ask("unit_price", "Cheapest unit that a fixed amount is paid on"),
    Ask("hold_days", "Days from receipt to pay-out", "whole", "15"),
    Ask("notice_days", "Days from telling to counting", "whole", "15"),
    _bool("discloses", "Pages say who is paid", YES),
)
REWARD = (
    Ask("trigger", "For what", "trigger", ""),
    Ask("base", "A part of", "base", Base.LINE),
    Ask("depth", "Level", "whole", "1"),
    Ask("rate", "Percent", "percent", "0"),
    Ask("fixed", "Fixed amount"),
)
RANK = (
    Ask("own", "Own kept sales"),
    Ask("recruits", "People brought", "whole"),
    Ask("team", "Sales of those below"),
    Ask("fee", "Fee"),
    Ask("purchase", "Purchase"),
)
SUBJECTS: Mapping[str, tuple[Ask, ...]] = {
    "lottery": (
        Ask("prizes_minor", "Worth of the highest prize"),
        Ask("entry_minor", "Taking part costs"),
        Ask("losers_paid_minor", "Those who do not win get"),
        _bool("fixed_before", "Odds and seed stand before the start", YES),
    ),
    "struck": (
        Ask("shown_minor", "Struck price"),
        Ask("price_minor", "What is asked now"),
        Ask("least_minor", "Lowest price really paid before; empty: none", "optional", ""),
        Ask("days", "in so many days", "whole", "30"),
        Ask("percent", "Percent less that is told; 0: none", "whole"),
    ),
    "offer": (
        Ask("parts_minor", "Sum of what is shown"),
        Ask("total_minor", "Total that is asked"),
        Ask("listed_minor", "Price in the list"),
        Ask("detail_minor", "Price on the page of the goods"),
        _bool("reads_person", "The price depends on who looks", NO),
        Ask("pre_ticked", "Paid options that are chosen already", "whole"),
        Ask("deposit_minor", "Deposit"),
        _bool("tells_deposit_terms", "It is told when a deposit comes back", YES),
        _bool("scarcity_is_real", "What is left and until when are true", YES),
        _bool("is_paid_place", "Somebody pays for the place", NO),
        _bool("is_marked_ad", "It is marked as advertising", NO),
        _bool("tells_ranking", "It is told how the list is ordered", YES),
        _bool("names_seller", "It is told who sells", YES),
    ),
    "reviews": (
        _bool("only_of_kept_lines", "Only who bought may review", YES),
        _bool("deletes", "Reviews are deleted", NO),
        _bool("hides_by_stars", "Bad ones are hidden", NO),
        _bool("rewards_praise", "A reward depends on what it says", NO),
        _bool("names_insiders", "Who is paid or works here carries a sign", YES),
        _bool("tells_checks", "It is told how reviews are checked", YES),
        _bool("counts_are_counted", "Sales and followers are counted, not wished", YES),
    ),
    "share": (
        Ask("channel", "Where", "channel", Channel.WEB),
        Ask("reward", "Something is given for", "reward", Trigger.KEPT_PURCHASE),
        _bool("gates", "Something stays shut until one has shared", NO),
        _bool("discloses", "Pages say who is paid", YES),
    ),
}
CHECKS: Mapping[str, Callable[[dict[str, Any], Profile], list[Breach]]] = {
    "lottery": lambda said, law: check_lottery(Lottery(**{**said, "prizes_minor": (said["prizes_minor"],)}), law),
    "struck": lambda said, law: check_struck_price(StruckPrice(**said), law),
    "offer": lambda said, law: check_offer(Offer(**{**said, "parts_minor": (said["parts_minor"],)}), law),
    "reviews": lambda said, law: check_reviews(Reviews(**said), law),
    "share": lambda said, law: check_share(Share(**said), law),
}
CHOICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "bool": ANSWERS,
    "trigger": (("", "—"), *words.TRIGGERS.items()),
    "reward": (("", "—"), *words.TRIGGERS.items()),
    "base": tuple(words.BASES.items()),
    "channel": tuple(words.CHANNELS.items()),
}


def typed(visit: Visit, ask: Ask, before: str = "") -> str:
    return visit.query.get(before + ask.name, ask.default).strip()


def read(visit: Visit, ask: Ask, before: str = "") -> Any:
    """The answer as the model takes it; raises Refused(FieldInvalid)."""
    text, field = typed(visit, ask, before), before + ask.name
    if ask.kind in CHOICES:
        if text not in {value for value, _ in CHOICES[ask.kind]}:
            raise Refused(FieldInvalid(field=field))
        return _chosen(ask.kind, text)
    if ask.kind == "optional" and not text:
        return None
    if ask.kind == "whole":
        return read_whole(text, field)
    return _basis_points(text, field) if ask.kind == "percent" else read_amount(visit, text, field)


def _chosen(kind: str, text: str) -> Any:
    if kind == "bool":
        return text == YES
    if kind in ("trigger", "reward"):
        return Trigger(text) if text else None
    return Base(text) if kind == "base" else Channel(text)


def _basis_points(text: str, field: str) -> int:
    found = PERCENT.fullmatch(text)
    if not found:
        raise Refused(FieldInvalid(field=field))
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def read_plan(visit: Visit) -> Plan:
    """The plan that was typed; a row without a trigger is none, nor is a rank that asks for nothing. Raises Refused(FieldInvalid)."""
    said = {ask.name: read(visit, ask) for ask in PLAN}
    rewards = [
        Reward(row["trigger"], row["depth"], row["rate"], row["fixed"], row["base"])
        for number in range(1, REWARDS + 1)
        if (row := {ask.name: read(visit, ask, f"r{number}_") for ask in REWARD})["trigger"]
    ]
    ranks = [
        Rank(str(number), row["own"], row["recruits"], row["team"], row["fee"], row["purchase"])
        for number in range(1, RANKS + 1)
        if any((row := {ask.name: read(visit, ask, f"k{number}_") for ask in RANK}).values())
    ]
    channels = frozenset(channel for channel in Channel if read(visit, on(channel)))
    return Plan(
        tuple(rewards), tuple(ranks), said["joining"], said["quota"], said["hold_days"], said["notice_days"],
        said["discloses"], said["unit_price"], channels,
    )  # fmt: skip


def on(channel: Channel) -> Ask:
    return _bool(f"on_{channel}", words.CHANNELS[channel], YES if channel == Channel.WEB else NO)

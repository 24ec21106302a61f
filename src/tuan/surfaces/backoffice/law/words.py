"""The words of the law's places: rules, alarms, triggers, and the fields of the playground."""

from collections.abc import Mapping

from tuan.people.compliance.model import Alarm, Base, Channel, Rule, SignState, Trigger
from tuan.surfaces.backoffice.saying import Chip
from tuan.surfaces.backoffice.tables import Tone
from tuan.surfaces.web.visits import Visit

HERE = "/office/law"
PLACES = (
    (HERE, "What counts"),
    (f"{HERE}/check", "Try a plan"),
    (f"{HERE}/signatures", "Signatures"),
    (f"{HERE}/reports", "Reports"),
)

RULES: Mapping[str, str] = {
    Rule.PAY_FOR_RECRUITS: "Somebody is paid for bringing people in, or ranks by it.",
    Rule.PAID_ENTRY: "Belonging or rising costs money or a purchase.",
    Rule.PAY_FOR_FEES: "Somebody is paid out of what others paid to belong.",
    Rule.TEAM_PAY: "Somebody is paid, or ranks, by what those below him sold.",
    Rule.TOO_DEEP: "It pays deeper than two levels; nobody can sign for that.",
    Rule.LEVEL_NOT_SIGNED: "It pays a level that nobody has signed for.",
    Rule.PURCHASE_QUOTA: "Staying asks for purchases.",
    Rule.PAY_FOR_OWN_PURCHASE: "Somebody is paid for what he buys himself.",
    Rule.RATE_TOO_HIGH: "All that is paid on a line is more than may be, on its cheapest goods.",
    Rule.HOLD_TOO_SHORT: "It pays out before the buyer's days to send back are over.",
    Rule.NOT_DISCLOSED: "Who looks is not told that somebody is paid.",
    Rule.PAY_FOR_SHARES: "Something is given for an act that may not be rewarded in this channel.",
    Rule.PAY_FOR_PRAISE: "What is given for a review depends on what it says.",
    Rule.NOT_A_REWARD: "A reward without a level, or with no amount, or with one below zero.",
    Rule.DOWNLINE_IN_CHANNEL: "In this channel nobody may be paid for what those below him sell.",
    Rule.NOTICE_TOO_SHORT: "Those whom it binds are told too late before it counts.",
    Rule.FORCED_SHARE: "Something stays shut until one has shared.",
    Rule.PRIZE_TOO_HIGH: "A prize is worth more than may be given.",
    Rule.PAID_CHANCE: "Taking part in the lottery costs something.",
    Rule.PAID_LOSERS: "Those who do not win are paid for having taken part.",
    Rule.ODDS_NOT_FIXED: "Odds and seed do not stand before the start.",
    Rule.STRUCK_TOO_HIGH: "The struck price was not really paid lately, or is not above what is asked.",
    Rule.PERCENT_WRONG: "The reduction is not counted from the lowest price before.",
    Rule.PROFILED_PRICE: "The price is made from who looks at it.",
    Rule.HIDDEN_CHARGE: "The total is not the sum of what is shown.",
    Rule.PRICES_DIFFER: "The list says another price than the page of the goods.",
    Rule.PRE_TICKED: "Something that costs more is chosen already.",
    Rule.DEPOSIT_TERMS_MISSING: "A deposit is asked for, and it is not told when it comes back.",
    Rule.FALSE_SCARCITY: "What is left, or until when, is not true.",
    Rule.AD_NOT_MARKED: "A paid place is not marked as advertising.",
    Rule.RANKING_NOT_TOLD: "It is not told how the list is ordered.",
    Rule.SELLER_NOT_NAMED: "It is not told who sells, and as what.",
    Rule.INVENTED_REVIEWS: "Reviews need not be of goods that were bought here.",
    Rule.REVIEWS_SUPPRESSED: "Reviews that do not please go away.",
    Rule.INSIDERS_NOT_NAMED: "Who is paid or works here reviews without a sign.",
    Rule.CHECKS_NOT_TOLD: "It is not told how reviews are checked.",
    Rule.INVENTED_COUNTS: "Sales, followers or members are shown that there are not.",
}
ALARMS: Mapping[str, str] = {
    Alarm.CHAIN_BOTH: "One chain has three levels and thirty people: what the criminal standard names.",
    Alarm.CHAIN_LONG: "A chain has three levels, its organiser counted.",
    Alarm.CHAIN_WIDE: "A chain has thirty people.",
    Alarm.RETAIL_LOW: "Less than two thirds of the pay come from buyers who sell nothing.",
    Alarm.RECRUITS_PAID: "Somebody was paid for bringing people in.",
    Alarm.UNLAWFUL_PLANS: "A plan in force is refused by the checker.",
}
TRIGGERS: Mapping[str, str] = {
    Trigger.KEPT_PURCHASE: "Goods bought and kept",
    Trigger.OWN_PURCHASE: "His own purchase",
    Trigger.RECRUIT: "Somebody joined",
    Trigger.FEE: "Somebody paid to belong",
    Trigger.SHARE: "A link was passed on",
    Trigger.REVIEW: "A review, whatever it says",
    Trigger.GOOD_REVIEW: "A good review",
}
BASES: Mapping[str, str] = {
    Base.LINE: "the goods of the line",
    Base.TEAM_SALES: "what those below sold",
    Base.HEADS: "how many people",
}
CHANNELS: Mapping[str, str] = {
    Channel.WEB: "Web",
    Channel.APP: "App",
    Channel.WECHAT_H5: "WeChat page",
    Channel.WECHAT_MP: "Mini-program",
}
SIGN_STATES: Mapping[str, tuple[str, Tone]] = {
    SignState.ASKED: ("Waits for a second person", "amber"),
    SignState.GIVEN: ("Counts", "leaf"),
    SignState.REVOKED: ("Taken back", "stone"),
}
OVER: tuple[str, Tone] = ("Over", "stone")
LATER: tuple[str, Tone] = ("Counts later", "amber")


def places(visit: Visit) -> list[Chip]:
    return [Chip(label=visit.gettext(label), url=url, is_chosen=visit.path == url) for url, label in PLACES]

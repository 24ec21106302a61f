"""What a plan is, as far as the law asks about it, and how a profile answers. Anybody's: also plans that may not be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

HOUSE = "Tuan"
"""The source of what Tuan refuses everywhere, whatever the law of a place leaves open."""
WHOLE = 0
"""The place of a breach that no single reward or rank is to blame for."""


class Trigger(StrEnum):
    """What must happen for somebody to be paid."""

    KEPT_PURCHASE = "kept_purchase"
    """A buyer paid for goods and kept them."""
    OWN_PURCHASE = "own_purchase"
    """Whoever is paid bought something himself."""
    RECRUIT = "recruit"
    """Somebody registered, joined or was brought in."""
    FEE = "fee"
    """Somebody paid to belong: a joining fee, a starter pack, a membership, a recharge."""
    SHARE = "share"
    """A link was passed on, whatever came of it."""
    REVIEW = "review"
    GOOD_REVIEW = "good_review"


class Base(StrEnum):
    """What an amount is a part of."""

    LINE = "line"
    """The goods of one order line that were paid for and kept, without freight."""
    TEAM_SALES = "team_sales"
    """What the people under somebody sold, summed up."""
    HEADS = "heads"
    """How many people somebody brought, or their people did."""


class Channel(StrEnum):
    """Where a link is opened; the platform that owns the place has rules of its own."""

    WEB = "web"
    WECHAT_H5 = "wechat_h5"
    WECHAT_MP = "wechat_mp"
    APP = "app"


@dataclass(frozen=True, slots=True)
class Reward:
    """Who is paid for what: depth 1 is the shop that sold, 2 whoever invited that shop, and so on.

    rate_bp: of the base, in ten-thousandths. fixed_minor: an amount per unit of the base instead.
    """

    trigger: Trigger
    depth: int
    rate_bp: int = 0
    fixed_minor: int = 0
    base: Base = Base.LINE


@dataclass(frozen=True, slots=True)
class Rank:
    """What somebody must have reached to stand here; 0 where it is not asked."""

    name: str
    own_kept_sales_minor: int = 0
    recruits: int = 0
    team_sales_minor: int = 0
    fee_minor: int = 0
    purchase_minor: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """How those who recommend are paid, and what it takes to be one of them.

    unit_price_minor: the least price of a unit that a fixed amount is paid on, so that it can be weighed as a rate; 0 without fixed amounts.
    joining_minor: a fee or a purchase that joining asks for. quota_minor: what one has to buy to stay. hold_days: from receipt to pay-out.
    notice_days: from telling those whom it binds until it counts; a plan before which there was none changes nobody's terms.
    """

    rewards: tuple[Reward, ...]
    ranks: tuple[Rank, ...] = ()
    joining_minor: int = 0
    quota_minor: int = 0
    hold_days: int = 0
    notice_days: int = 15
    discloses: bool = True
    unit_price_minor: int = 0
    channels: frozenset[Channel] = frozenset({Channel.WEB})
    signed_levels: frozenset[int] = frozenset()
    """Levels that a person of the market has signed for by name, where the profile lets that be done."""


class Rule(StrEnum):
    """What a plan, a lottery, a price or a review's reward can be refused for; every profile says by which article."""

    PAY_FOR_RECRUITS = "pay_for_recruits"
    PAID_ENTRY = "paid_entry"
    PAY_FOR_FEES = "pay_for_fees"
    TEAM_PAY = "team_pay"
    TOO_DEEP = "too_deep"
    LEVEL_NOT_SIGNED = "level_not_signed"
    PURCHASE_QUOTA = "purchase_quota"
    PAY_FOR_OWN_PURCHASE = "pay_for_own_purchase"
    RATE_TOO_HIGH = "rate_too_high"
    HOLD_TOO_SHORT = "hold_too_short"
    NOT_DISCLOSED = "not_disclosed"
    PAY_FOR_SHARES = "pay_for_shares"
    PAY_FOR_PRAISE = "pay_for_praise"
    NOT_A_REWARD = "not_a_reward"
    DOWNLINE_IN_CHANNEL = "downline_in_channel"
    NOTICE_TOO_SHORT = "notice_too_short"
    FORCED_SHARE = "forced_share"
    PRIZE_TOO_HIGH = "prize_too_high"
    PAID_CHANCE = "paid_chance"
    PAID_LOSERS = "paid_losers"
    ODDS_NOT_FIXED = "odds_not_fixed"
    STRUCK_TOO_HIGH = "struck_too_high"
    PERCENT_WRONG = "percent_wrong"
    PROFILED_PRICE = "profiled_price"
    HIDDEN_CHARGE = "hidden_charge"
    PRICES_DIFFER = "prices_differ"
    PRE_TICKED = "pre_ticked"
    DEPOSIT_TERMS_MISSING = "deposit_terms_missing"
    FALSE_SCARCITY = "false_scarcity"
    AD_NOT_MARKED = "ad_not_marked"
    RANKING_NOT_TOLD = "ranking_not_told"
    SELLER_NOT_NAMED = "seller_not_named"
    INVENTED_REVIEWS = "invented_reviews"
    REVIEWS_SUPPRESSED = "reviews_suppressed"
    INSIDERS_NOT_NAMED = "insiders_not_named"
    CHECKS_NOT_TOLD = "checks_not_told"
    INVENTED_COUNTS = "invented_counts"


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that is not kept, where (a reward's or rank's number from 1, 0 for the whole), and the article that says so."""

    rule: Rule
    place: int
    article: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What the law of a place asks, as data. `articles` has each rule's source; a rule without one there is the house's own.

    levels: paid without a signature. signable: paid with one. line_most_bp: all that may be paid on a line, in ten-thousandths of its goods.
    return_days: how long a buyer may send back without a reason. struck_days: how far back a struck price looks.
    notice_days: how long before it counts a change of terms is told to those whom it binds.
    prize_most_minor: None where no sum is named. retail_least_bp: the least share of pay that stems from buyers who sell nothing themselves.
    """

    code: str
    levels: frozenset[int]
    signable: frozenset[int]
    line_most_bp: int
    return_days: int
    struck_days: int
    prize_most_minor: int | None
    retail_least_bp: int
    notice_days: int
    articles: Mapping[Rule, str] = field(default_factory=dict)

    def article(self, rule: Rule) -> str:
        return self.articles.get(rule, HOUSE)

"""What else is asked about than plans: lotteries, struck prices, offers, reviews, shares. A subject as it is by default breaks nothing."""

from dataclasses import dataclass

from tuan.people.compliance.model.words import Channel, Trigger


@dataclass(frozen=True, slots=True)
class Lottery:
    """prizes_minor: what each prize is worth. entry_minor: what taking part costs. losers_paid_minor: what those get who do not win
    (拼不中返利: a team that is bought into for the money of not getting the goods). fixed_before: odds and seed stand before the start.
    """

    prizes_minor: tuple[int, ...]
    entry_minor: int = 0
    losers_paid_minor: int = 0
    fixed_before: bool = True


@dataclass(frozen=True, slots=True)
class StruckPrice:
    """shown_minor: the struck price. least_minor: the lowest deal of the last so many `days`; None where there was none.
    percent: how much less is said to be asked; 0 where nothing is said."""

    shown_minor: int
    price_minor: int
    least_minor: int | None
    days: int
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """What a page asks of whoever looks at it.

    parts_minor: what is shown as the parts of total_minor. listed_minor: the price beside which it is found, detail_minor the one on its
    own page. reads_person: a price is made from who somebody is or what he did before, but for a tier that is published.
    pre_ticked: options that cost something and are chosen already. deposit_minor, tells_deposit_terms: what is paid ahead, and whether the
    page says when it comes back. scarcity_is_real: what is left and until when come from stock and campaign. is_paid_place, is_marked_ad:
    somebody pays for where it stands, and it says so. tells_ranking: how the list is ordered. names_seller: who sells, and as what.
    """

    parts_minor: tuple[int, ...] = ()
    total_minor: int = 0
    listed_minor: int = 0
    detail_minor: int = 0
    reads_person: bool = False
    pre_ticked: int = 0
    deposit_minor: int = 0
    tells_deposit_terms: bool = True
    scarcity_is_real: bool = True
    is_paid_place: bool = False
    is_marked_ad: bool = False
    tells_ranking: bool = True
    names_seller: bool = True


@dataclass(frozen=True, slots=True)
class Reviews:
    """How a market keeps its reviews and its numbers.

    only_of_kept_lines: a review is of goods that its writer bought here. deletes, hides_by_stars: what becomes of those that do not
    please. rewards_praise: what is paid depends on what is said. names_insiders: who is paid or works here carries a sign.
    tells_checks: the page says how reviews are checked. counts_are_counted: sales, followers and members of teams are rows, not wishes.
    """

    only_of_kept_lines: bool = True
    deletes: bool = False
    hides_by_stars: bool = False
    rewards_praise: bool = False
    names_insiders: bool = True
    tells_checks: bool = True
    counts_are_counted: bool = True


@dataclass(frozen=True, slots=True)
class Share:
    """Passing something on: what is paid for it, whether something stays shut until it was done, and whether the page says who is paid."""

    channel: Channel = Channel.WEB
    reward: Trigger | None = Trigger.KEPT_PURCHASE
    gates: bool = False
    discloses: bool = True

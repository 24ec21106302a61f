"""What lotteries, struck prices, offers, reviews and shares break. Pure, as the checker of plans is."""

from collections.abc import Iterable

from tuan.people.compliance.model.channels import CHANNELS, check_reward
from tuan.people.compliance.model.subjects import Lottery, Offer, Reviews, Share, StruckPrice
from tuan.people.compliance.model.words import WHOLE, Breach, Profile, Rule

Found = Iterable[tuple[Rule, bool]]


def _breaches(profile: Profile, found: Found) -> list[Breach]:
    return [Breach(rule, WHOLE, profile.article(rule)) for rule, is_broken in found if is_broken]


def check_lottery(lottery: Lottery, profile: Profile) -> list[Breach]:
    """A prize worth more than may be given, a chance that is paid for, losers who are paid, odds that may still be changed."""
    most = profile.prize_most_minor
    return _breaches(
        profile,
        (
            (Rule.PRIZE_TOO_HIGH, most is not None and any(worth > most for worth in lottery.prizes_minor)),
            (Rule.PAID_CHANCE, lottery.entry_minor > 0),
            (Rule.PAID_LOSERS, lottery.losers_paid_minor > 0),
            (Rule.ODDS_NOT_FIXED, not lottery.fixed_before),
        ),
    )


def check_struck_price(struck: StruckPrice, profile: Profile) -> list[Breach]:
    """A struck price is a price that was really paid, lately enough, and more than is asked now; a per cent is counted from it."""
    is_honest = (
        struck.least_minor is not None
        and struck.price_minor < struck.shown_minor <= struck.least_minor
        and struck.days >= profile.struck_days
    )
    least = struck.least_minor or 0
    is_less = struck.percent * least <= 100 * (least - struck.price_minor)
    return _breaches(
        profile, ((Rule.STRUCK_TOO_HIGH, not is_honest), (Rule.PERCENT_WRONG, struck.percent > 0 and not is_less))
    )


def check_offer(offer: Offer, profile: Profile) -> list[Breach]:
    """What is asked is what is shown, the same for everybody, with nothing chosen ahead and nothing hurried."""
    return _breaches(
        profile,
        (
            (Rule.PROFILED_PRICE, offer.reads_person),
            (Rule.HIDDEN_CHARGE, sum(offer.parts_minor) != offer.total_minor),
            (Rule.PRICES_DIFFER, offer.listed_minor != offer.detail_minor),
            (Rule.PRE_TICKED, offer.pre_ticked > 0),
            (Rule.DEPOSIT_TERMS_MISSING, offer.deposit_minor > 0 and not offer.tells_deposit_terms),
            (Rule.FALSE_SCARCITY, not offer.scarcity_is_real),
            (Rule.AD_NOT_MARKED, offer.is_paid_place and not offer.is_marked_ad),
            (Rule.RANKING_NOT_TOLD, not offer.tells_ranking),
            (Rule.SELLER_NOT_NAMED, not offer.names_seller),
        ),
    )


def check_reviews(reviews: Reviews, profile: Profile) -> list[Breach]:
    """Reviews are of what was bought, stay whatever they say, and are paid for, if at all, whatever they say."""
    return _breaches(
        profile,
        (
            (Rule.INVENTED_REVIEWS, not reviews.only_of_kept_lines),
            (Rule.REVIEWS_SUPPRESSED, reviews.deletes or reviews.hides_by_stars),
            (Rule.PAY_FOR_PRAISE, reviews.rewards_praise),
            (Rule.INSIDERS_NOT_NAMED, not reviews.names_insiders),
            (Rule.CHECKS_NOT_TOLD, not reviews.tells_checks),
            (Rule.INVENTED_COUNTS, not reviews.counts_are_counted),
        ),
    )


def check_share(share: Share, profile: Profile) -> list[Breach]:
    """Nobody is paid for passing on, made to pass on, or left in the dark that somebody is paid."""
    refused = check_reward(share.channel, share.reward) if share.reward else None
    forced = [Breach(Rule.FORCED_SHARE, WHOLE, CHANNELS[share.channel].source)] if share.gates else []
    hidden = share.reward is not None and not share.discloses
    return [*([refused] if refused else []), *forced, *_breaches(profile, ((Rule.NOT_DISCLOSED, hidden),))]

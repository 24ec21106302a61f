"""The market that the money machine plays in: what its goods cost, what its coupons take, how long each thing waits."""

from typing import NamedTuple

HOUR, DAY, WEEK = 3600, 86_400, 7 * 86_400
BUYERS = range(3)
SKUS = {"a1": ("A", 333), "a2": ("A", 1000), "b1": ("B", 1990), "b2": ("B", 47), "a3": ("A", 233_333)}
"""Seller and price in minor units; prices that no share divides evenly. The provider pays A out and knows no account of B."""
TAXED = {"a3": 910}
"""From abroad, with the tax of 10,000 that is in the price. Only whoever is known to customs may have it, and no more at once than
their law says; what it says of a year is more than there is."""
AT_CUSTOMS, IMPORT_MOST = (0, 1), 500_000
UNITS = 9
"""Of each in stock, few enough to run out."""
LIMITS = {"b1": 4, "a1": 5}
"""As much as one person may have of it, where he buys it alone; what he has of teams and presales counts."""
RATES = {"A": (200, 0), "B": (500, 1000)}
"""The market's fee and the tax withheld, of 10,000."""
REWARD = ((2000, 150), (4500, 420))
"""From so much on so much less, of everything that is bought alone; the market bears it."""
PAY_SECONDS, RECEIVED_AFTER, CLAIMS_FOR = 900, 15 * DAY, 40 * DAY
INVOICE_RATE = 1300
POINT_HUNDRED, POINT_CAP, POINT_DAYS, EARN_PER = 33, 7000, 20, 100
"""A hundred points are worth this much and pay this share of the goods; they live so many days; one for so much money."""
LADDER, DAY_BEGAN = (450, 170), 6 * HOUR
"""What checking in gives, day by day; and how old the market's first day is when it begins."""
PAYOUT_MIN, PAYOUT_FEE, PAYOUT_TWO = 100, 150, 2500


class Way(NamedTuple):
    """Sending: so many units for so much, each further step for so much more, nothing from this much on."""

    first: int
    cost: int
    step: int
    more: int
    free: int


NEAR, FAR = "浙江省 杭州市 西湖区", "新疆维吾尔自治区 喀什地区 喀什市"
SENDING = {
    ("A", NEAR): Way(2, 300, 1, 170, 2500),
    ("A", FAR): Way(1, 900, 2, 333, 10**9),
    ("B", NEAR): Way(3, 250, 2, 99, 3500),
}
"""By seller and place; B does not send far away."""


class Game(NamedTuple):
    """Teams of one SKU: a price, how many sit in one and from how many it forms at its deadline, what a unit costs less from
    so many on, what its leader pays less."""

    sku: str
    price: int
    size: int
    promise: int
    ladder: tuple[tuple[int, int], ...]
    leader_off: int


GAMES = {"pair": Game("a2", 701, 2, 99, (), 0), "ladder": Game("b1", 1511, 3, 1, ((2, 133), (3, 420)), 77)}
TEAM_SECONDS, TEAM_PAY_SECONDS = 3500, 500


class Offer(NamedTuple):
    """A presale: price and deposit of a unit, and what of the price is earnest money at most, of 10,000."""

    price: int
    deposit: int
    earnest: int


PRESALES = {"a1": Offer(299, 101, 2000), "b2": Offer(43, 11, 0), "b1": Offer(1790, 207, 2000)}
BOOK_SECONDS, BALANCE_FROM, BALANCE_UNTIL = DAY, 2 * DAY, 5 * DAY
"""How long deposits are taken, and when balances are; from the launch on."""


class Deal(NamedTuple):
    """A price for a while: whose it is (None: the market's), of which SKU and how much; of a session how many are set aside,
    of a bundle what a set has; the most that are bought at once."""

    seller: str | None
    sku: str
    price: int
    lasts: int
    units: int = 0
    most: int = 0
    parts: tuple[tuple[str, int], ...] = ()


DEALS = {
    "limited": Deal("A", "a1", 301, 2 * DAY),
    "flash": Deal(None, "a2", 811, DAY, units=3, most=2),
    "bundle": Deal(None, "a2", 1003, 3 * DAY, most=2, parts=(("a2", 1), ("b2", 3))),
}
TIER = {"a1": 317, "b1": 1851}
"""What the market's tier pays for one; the market bears the difference."""


class Kind(NamedTuple):
    """A coupon: whose it is (None: the market's), what it takes off, from which sum on, how many a person gets, whether he
    takes it himself, how many friends open it, and who bears it where it is no seller's."""

    seller: str | None
    off: int
    share: int
    cap: int | None
    threshold: int
    stacks: bool
    per_person: int
    lasts: int
    is_giftable: bool
    is_taken: bool = True
    friends: int = 0
    bearer: str = "market"


KINDS = {
    "tenth": Kind("A", 0, 1000, 300, 0, False, 3, 2 * DAY, False),
    "quarter": Kind(None, 250, 0, None, 800, True, 4, 30 * DAY, True),
    "all": Kind(None, 100_000, 0, None, 0, False, 2, 9 * DAY, True),
    "thanks": Kind("B", 130, 0, None, 300, True, 3, 9 * DAY, True, is_taken=False),
    "bank": Kind(None, 370, 0, None, 0, True, 3, 9 * DAY, False, is_taken=False, bearer="organisation"),
    "friends": Kind(None, 190, 0, None, 0, True, 3, 30 * DAY, False, friends=2),
}
GATHER_SECONDS = 2 * DAY
"""So long a coupon waits for the friends who open it."""
NOISE = 2
"""Added to every step of the clock: no deadline is ever met to the second, so that how long a test takes decides nothing, as long
as it is some minutes; a hundred steps must not add up to one of the clock's. Teams end three seconds late: no step is their time."""
STEPS = (600, 600, 3 * HOUR, DAY, 3 * DAY, 8 * DAY, 16 * DAY)

"""What reports, their columns and their values are called; looked up when they are shown."""

from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "waterfall": "From orders to what is kept",
    "shops": "What shops sell",
    "channels": "Funnel by channel",
    "campaigns": "Funnel by campaign",
    "sharers": "Funnel by sharer",
    "referrals": "How far links bring buyers",
    "shop_concentration": "How much the largest shops sell",
    "shop_tiers": "Which shops grow",
    "cohorts": "Who comes back",
    "invitations": "How far friends bring friends",
    "teams": "Which teams form",
    "concentration": "How much the largest suppliers sell",
    "tiers": "Which suppliers grow",
    "retail": "Bought by people who sell nothing",
}
ABOUT: Mapping[str, str] = {
    "waterfall": (
        "Orders by the month they were placed in, and what has become of their money up to now. Kept is what was paid and not given "
        "back; of that a part waits for its return window, and the rest was settled: fee, promised to others, tax withheld, share of the "
        "sellers. Settled and borne together are fee, promised, withheld and share."
    ),
    "shops": (
        "What shops have sold through their links and to their customers, by the month it was placed in. The commission is what of the "
        "promised amount is still the shop's after what came back; matured is what has landed in its balance."
    ),
    "channels": (
        "From a visit to what is kept, by the channel of the link. A visitor is counted once per link and day, programs apart. An order "
        "belongs to the link that was decided when it was placed; kept are orders whose return window is over."
    ),
    "campaigns": (
        "From a visit to what is kept, by the campaign of the link. A visitor is counted once per link and day, programs apart. An order "
        "belongs to the link that was decided when it was placed; kept are orders whose return window is over."
    ),
    "sharers": (
        "From a visit to what is kept, by who shared the link. A visitor is counted once per link and day, programs apart. An order "
        "belongs to the link that was decided when it was placed; kept are orders whose return window is over."
    ),
    "referrals": (
        "People whose links were opened in a month. Invites are visitors for each of them; conversion is how many of the visitors became "
        "buyers who had never paid before; the factor is one times the other: new buyers for each sharer. Above 1 the market grows by itself."
    ),
    "shop_concentration": (
        "What the ten largest shops keep of all that was recommended, and the Gini coefficient over every shop that sold something in the "
        "month: 0 where all sell alike, near 100 where one sells everything."
    ),
    "shop_tiers": (
        "The second half of these months against the first. Shops are ranked by what they sold in the first half: the head is the largest "
        "tenth, the middle comes up to one half, then the tail; new shops had sold nothing. The middle should be able to grow."
    ),
    "cohorts": (
        "Buyers by the month of their first kept order, and how many of them kept an order again so many months later. A kept order is one "
        "whose return window is over and of which something was kept."
    ),
    "invitations": (
        "Teams by the month they were opened in. Invites are the paid seats of others for each person who led a team; conversion is how "
        "many of those had never paid for an order before; the factor is one times the other: new buyers for each leader. Above 1 the "
        "market grows by itself."
    ),
    "teams": (
        "Teams opened in these months, by size and by the lowest price of their campaign. Success is formed against formed and lapsed; "
        "promised are formed teams that were not full. Teams that still gather count in neither."
    ),
    "concentration": (
        "What the ten largest sellers keep of all that was sold, and the Gini coefficient over everybody who sold something in the month: 0 "
        "where all sell alike, near 100 where one sells everything."
    ),
    "tiers": (
        "The second half of these months against the first. Sellers are ranked by what they sold in the first half: the head is the "
        "largest tenth, the middle comes up to one half, then the tail; new sellers had sold nothing."
    ),
    "retail": (
        "How much of what was kept was bought by people who answer for no shop, of everything and of what shops recommended. A market that "
        "lives by its own sellers' purchases has a small share here."
    ),
}
_RECOMMENDED = "Only orders that your shop has recommended count here."
_LED = "A team counts here where whoever led it came by your shop."
OF_SHOPS: Mapping[str, str] = {"cohorts": _RECOMMENDED, "invitations": _LED, "teams": _LED}
_GOODS = "Only links to your goods and to teams for them count here, and only what was bought of you by them."
_OTHERS = (
    "Only links to your goods and to teams for them count here, and only what was bought of you by them; the row without a name is of "
    "links that others made."
)
OF_SUPPLIERS: Mapping[str, str] = {"channels": _GOODS, "campaigns": _OTHERS}
"""What a shop and a supplier are told besides, since they see a part of what the market sees."""
COLUMNS: Mapping[str, str] = {
    "month": "Month",
    "orders": "Orders",
    "placed": "Placed",
    "unpaid": "Left unpaid",
    "paid": "Paid",
    "refunded": "Given back",
    "kept": "Kept",
    "waiting": "Not settled yet",
    "settled": "Settled so far",
    "late": "Given back later",
    "borne": "Borne by others",
    "fee": "Fee",
    "cut": "Promised to others",
    "withheld": "Tax withheld",
    "share": "Share of the sellers",
    "channel": "Channel",
    "campaign": "Campaign",
    "sharer": "Sharer",
    "bots": "Programs",
    "visits": "Visits",
    "visitors": "Visitors",
    "later": "Months later",
    "buyers": "Buyers",
    "leaders": "Leaders",
    "joined": "Joined",
    "newcomers": "New buyers",
    "invites": "Invites for each",
    "conversion": "Conversion",
    "factor": "Factor",
    "size": "Team size",
    "price": "Price",
    "opened": "Opened",
    "formed": "Formed",
    "promised": "By promise",
    "lapsed": "Lapsed",
    "gathering": "Gathering",
    "success": "Success",
    "sellers": "Sellers",
    "top": "Share of the ten largest",
    "gini": "Gini coefficient",
    "tier": "Tier",
    "before": "First half",
    "now": "Second half",
    "growth": "Growth",
    "outside": "By people who sell nothing",
    "retail": "Their share",
    "recommended": "Recommended by shops",
    "recommended_outside": "Of that, by people who sell nothing",
    "recommended_retail": "Their share of it",
    "paid_orders": "Paid orders",
    "kept_orders": "Kept orders",
    "bought": "Orders per visitor",
    "sharers": "Sharers",
    "promised_minor": "Promised commission",
    "commission": "Commission",
    "matured": "Matured",
}
TIERS: Mapping[str, str] = {"head": "Head", "middle": "Middle", "tail": "Tail", "new": "New sellers"}

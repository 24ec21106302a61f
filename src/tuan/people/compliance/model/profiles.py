"""Legal profiles: what the law of a place asks of plans, lotteries, prices and reviews, with the article that says it.

An engineer's reading, not legal advice. Sources: 禁止传销条例 (国务院令 444), 直销管理条例 (国务院令 443), 反不正当竞争法,
电子商务法, 个人信息保护法, 消费者权益保护法, 明码标价和禁止价格欺诈规定 (2022), 网络反不正当竞争暂行规定 (2024); Directive 2005/29/EC (UCPD),
98/6/EC, 2011/83/EU, Regulation (EU) 2019/1150; FTC Act § 5, 16 CFR 255 and 465; FTC v. Herbalife (2016) for the share of retail.
"""

from tuan.people.compliance.model.words import Profile, Rule

DEEPEST = 2
"""There is no third level, in no place and by nobody's signature; the tables hold the same bound."""

RETURN_BUFFER_DAYS = 1
"""A parcel that is sent back on the last day has not arrived."""

CN = Profile(
    "CN",
    levels=frozenset({1}),
    signable=frozenset({2}),
    line_most_bp=3000,
    return_days=7,
    struck_days=7,
    prize_most_minor=5_000_000,
    retail_least_bp=6667,
    notice_days=7,
    articles={
        Rule.PAY_FOR_RECRUITS: "禁止传销条例 art. 7 (1)",
        Rule.PAID_ENTRY: "禁止传销条例 art. 7 (2)",
        Rule.PAY_FOR_FEES: "禁止传销条例 art. 7 (2)",
        Rule.TEAM_PAY: "禁止传销条例 art. 7 (3)",
        Rule.TOO_DEEP: "禁止传销条例 art. 7 (3)",
        Rule.LEVEL_NOT_SIGNED: "禁止传销条例 art. 7 (3)",
        Rule.PURCHASE_QUOTA: "禁止传销条例 art. 7 (2)",
        Rule.PAY_FOR_OWN_PURCHASE: "直销管理条例 art. 24",
        Rule.RATE_TOO_HIGH: "直销管理条例 art. 24",
        Rule.HOLD_TOO_SHORT: "消费者权益保护法 art. 25",
        Rule.PAY_FOR_SHARES: "微信外部链接内容管理规范 2.1.2",
        Rule.PAY_FOR_PRAISE: "网络反不正当竞争暂行规定 art. 9",
        Rule.PRIZE_TOO_HIGH: "反不正当竞争法 art. 11",
        Rule.DOWNLINE_IN_CHANNEL: "禁止传销条例 art. 7 (3)",
        Rule.NOTICE_TOO_SHORT: "电子商务法 art. 34",
        Rule.ODDS_NOT_FIXED: "反不正当竞争法 art. 11",
        Rule.PAID_LOSERS: "禁止传销条例 art. 7 (2)",
        Rule.STRUCK_TOO_HIGH: "明码标价和禁止价格欺诈规定 art. 16–17",
        Rule.PERCENT_WRONG: "明码标价和禁止价格欺诈规定 art. 17",
        Rule.PROFILED_PRICE: "个人信息保护法 art. 24",
        Rule.HIDDEN_CHARGE: "明码标价和禁止价格欺诈规定 art. 6",
        Rule.PRICES_DIFFER: "明码标价和禁止价格欺诈规定 art. 19",
        Rule.PRE_TICKED: "电子商务法 art. 19",
        Rule.DEPOSIT_TERMS_MISSING: "电子商务法 art. 21",
        Rule.FALSE_SCARCITY: "网络反不正当竞争暂行规定 art. 9",
        Rule.AD_NOT_MARKED: "电子商务法 art. 40",
        Rule.SELLER_NOT_NAMED: "电子商务法 art. 15, 37",
        Rule.INVENTED_REVIEWS: "电子商务法 art. 17",
        Rule.REVIEWS_SUPPRESSED: "电子商务法 art. 39",
        Rule.INVENTED_COUNTS: "网络反不正当竞争暂行规定 art. 9",
    },
)

EU = Profile(
    "EU",
    levels=frozenset({1}),
    signable=frozenset({2}),
    line_most_bp=3000,
    return_days=14,
    struck_days=30,
    prize_most_minor=None,
    retail_least_bp=6667,
    notice_days=15,
    articles={
        Rule.PAY_FOR_RECRUITS: "2005/29/EC Annex I 14",
        Rule.PAID_ENTRY: "2005/29/EC Annex I 14",
        Rule.PAY_FOR_FEES: "2005/29/EC Annex I 14",
        Rule.HOLD_TOO_SHORT: "2011/83/EU art. 9",
        Rule.NOT_DISCLOSED: "2005/29/EC Annex I 11, 22",
        Rule.NOTICE_TOO_SHORT: "(EU) 2019/1150 art. 3 (2)",
        Rule.PAY_FOR_PRAISE: "2005/29/EC Annex I 23c",
        Rule.STRUCK_TOO_HIGH: "98/6/EC art. 6a",
        Rule.PERCENT_WRONG: "98/6/EC art. 6a, C-330/23",
        Rule.PROFILED_PRICE: "2011/83/EU art. 6 (1) (ea)",
        Rule.HIDDEN_CHARGE: "2011/83/EU art. 22",
        Rule.PRE_TICKED: "2011/83/EU art. 22",
        Rule.FALSE_SCARCITY: "2005/29/EC Annex I 7",
        Rule.AD_NOT_MARKED: "2005/29/EC Annex I 11a",
        Rule.RANKING_NOT_TOLD: "2005/29/EC art. 7 (4a)",
        Rule.SELLER_NOT_NAMED: "2011/83/EU art. 6a",
        Rule.INVENTED_REVIEWS: "2005/29/EC Annex I 23b, 23c",
        Rule.REVIEWS_SUPPRESSED: "2005/29/EC Annex I 23c",
        Rule.CHECKS_NOT_TOLD: "2005/29/EC art. 7 (6)",
    },
)

US = Profile(
    "US",
    levels=frozenset({1}),
    signable=frozenset({2}),
    line_most_bp=3000,
    return_days=7,
    struck_days=30,
    prize_most_minor=None,
    retail_least_bp=6667,
    notice_days=7,
    articles={
        Rule.PAY_FOR_RECRUITS: "FTC Act § 5, Koscot (1975)",
        Rule.PAID_ENTRY: "FTC Act § 5, Koscot (1975)",
        Rule.PAY_FOR_FEES: "FTC Act § 5, Koscot (1975)",
        Rule.TEAM_PAY: "FTC v. Herbalife (2016)",
        Rule.PURCHASE_QUOTA: "FTC v. Herbalife (2016)",
        Rule.PAY_FOR_OWN_PURCHASE: "FTC v. Herbalife (2016)",
        Rule.NOT_DISCLOSED: "16 CFR 255.5",
        Rule.PAY_FOR_PRAISE: "16 CFR 465.4",
        Rule.INVENTED_REVIEWS: "16 CFR 465.2",
        Rule.INSIDERS_NOT_NAMED: "16 CFR 465.5",
        Rule.REVIEWS_SUPPRESSED: "16 CFR 465.7",
        Rule.INVENTED_COUNTS: "16 CFR 465.8",
    },
)

PROFILES = {profile.code: profile for profile in (CN, EU, US)}

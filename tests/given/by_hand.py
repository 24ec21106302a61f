"""Every report of a market, worked out by hand from its plain rows."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from tests.given.insight import Rows
from tuan.voice.insight.model import PRICE_BANDS_MINOR, Row, Span, Viewer

UNPAID = ("placed", "closed")


def permyriad(part: int, whole: int) -> int | None:
    return part * 10_000 // whole if whole else None


def month_of(span: Span, at: Any) -> int | None:
    """Which month of the span this instant lies in, from 1; None outside of it."""
    if not span.since <= at < span.end:
        return None
    return sum(start <= at for start in span.starts)


def grouped(rows: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    found = defaultdict(list)
    for row in rows:
        if (group := key(row)) is not None:
            found[group].append(row)
    return dict(sorted(found.items()))


def of_viewer(rows: Rows, viewer: Viewer) -> list[Any]:
    mine = recommended(rows, viewer)
    return [o for o in rows["orders.orders"] if viewer.supplier in (None, o["supplier_id"]) and o["id"] in mine]


def recommended(rows: Rows, viewer: Viewer) -> set[UUID]:
    """The orders that this shop has recommended; for whoever is no shop all of them."""
    if not viewer.shop:
        return {o["id"] for o in rows["orders.orders"]}
    return {a["order_id"] for a in rows["orders.attributions"] if a["shop_id"] == viewer.shop}


def led_by(rows: Rows, viewer: Viewer) -> set[UUID]:
    """The teams whose leader has such an order in them."""
    mine, leaders = recommended(rows, viewer), {t["id"]: t["leader_id"] for t in rows["groupbuy.teams"]}
    seats = [s for s in rows["groupbuy.seats"] if s["taken_at"] and s["person_id"] == leaders[s["team_id"]]]
    return {s["team_id"] for s in seats if s["order_id"] in mine}


def goods_of(rows: Rows, viewer: Viewer) -> set[UUID]:
    """What a link may lead to for this supplier: his products, and teams for them."""
    sells = {p["id"] for p in rows["catalog.products"] if p["supplier_id"] == viewer.supplier}
    runs = {c["id"] for c in rows["groupbuy.campaigns"] if c["product_id"] in sells}
    return sells | {t["id"] for t in rows["groupbuy.teams"] if t["campaign_id"] in runs}


def kept_of(order: Any) -> int:
    return 0 if order["state"] in UNPAID else order["total_minor"] - order["refunded_minor"]


def waterfall(rows: Rows, span: Span, viewer: Viewer) -> list[Row]:
    lines = grouped(rows["orders.lines"], lambda line: line["order_id"])
    claims = {(c["order_id"], c["line_number"]): c for c in rows["settlement.claims"]}
    found: list[Row] = []
    for month, some in grouped(of_viewer(rows, viewer), lambda o: month_of(span, o["placed_at"])).items():
        pairs = [(o, line) for o in some for line in lines[o["id"]]]
        placed = sum(line["amount_minor"] + line["later_minor"] for _, line in pairs)
        paid = sum(line["amount_minor"] for o, line in pairs if o["state"] not in UNPAID)
        refunded = sum(line["refunded_minor"] for _, line in pairs)
        mine = [(line, claims[o["id"], line["number"]]) for o, line in pairs if (o["id"], line["number"]) in claims]
        still = sum(line["amount_minor"] - line["refunded_minor"] for line, _ in mine)
        sums = {
            name: sum(c[f"{name}_minor"] for _, c in mine)
            for name in ("kept", "borne", "fee", "cut", "withheld", "share")
        }
        found.append(
            (month, len(some), placed, placed - paid, paid, refunded, paid - refunded, paid - refunded - still,
             sums["kept"], sums["kept"] - still, sums["borne"], sums["fee"], sums["cut"], sums["withheld"], sums["share"])
        )  # fmt: skip
    return found


def attributed(rows: Rows, span: Span) -> list[tuple[Any, Any, Any]]:
    """(attribution, order, line) of what was placed in the span."""
    orders = {o["id"]: o for o in rows["orders.orders"]}
    lines = {(line["order_id"], line["number"]): line for line in rows["orders.lines"]}
    found = [(a, orders[a["order_id"]], lines[a["order_id"], a["line_number"]]) for a in rows["orders.attributions"]]
    return [one for one in found if month_of(span, one[1]["placed_at"]) is not None]


def funnel(what: str) -> Callable[[Rows, Span, Viewer], list[Row]]:
    def count(rows: Rows, span: Span, viewer: Viewer) -> list[Row]:
        goods = goods_of(rows, viewer)
        links = {
            link["code"]: link for link in rows["sharing.links"]
            if viewer.shop in (None, link["shop_id"]) and (not viewer.supplier or link["object_id"] in goods)
        }  # fmt: skip
        seen = [v for v in rows["sharing.visits"] if span.days[0] <= v["day"] < span.last_day and v["code"] in links]
        bought = [
            one for one in attributed(rows, span)
            if one[0]["code"] in links and viewer.supplier in (None, one[1]["supplier_id"])
        ]  # fmt: skip
        unnamed = {  # what others call their own links is no supplier's business
            code for code, link in links.items() if what == "campaign" and viewer.supplier and link["sharer_id"]
        }
        named = {code: "" if code in unnamed else str(link[what] or "") for code, link in links.items()}
        found: list[Row] = []
        for who in {named[v["code"]] for v in seen} | {named[a["code"]] for a, _, _ in bought}:
            visits = [v for v in seen if named[v["code"]] == who]
            mine = [one for one in bought if named[one[0]["code"]] == who]
            counts = [sum(v[name] for v in visits) for name in ("bots", "visits", "visitors")]
            done = [(o, line) for _, o, line in mine if o["state"] == "completed"]
            kept = {o["id"] for o, line in done if line["amount_minor"] > line["refunded_minor"]}
            placed, paid = {o["id"] for _, o, _ in mine}, {o["id"] for _, o, _ in mine if o["state"] not in UNPAID}
            money = sum(line["amount_minor"] - line["refunded_minor"] for _, line in done)
            found.append((who, *counts, len(placed), len(paid), len(kept), money, permyriad(len(placed), counts[2])))
        return sorted(found, key=lambda row: (-int(row[3] or 0), str(row[0])))

    return count


def referrals(rows: Rows, span: Span, viewer: Viewer) -> list[Row]:
    links = {link["code"]: link["sharer_id"] for link in rows["sharing.links"]}
    found: list[Row] = []
    for month in range(1, len(span.days) + 1):
        days = [*span.days, span.last_day][month - 1 : month + 1]
        seen = [
            v for v in rows["sharing.visits"] if days[0] <= v["day"] < days[1] and v["visitors"] and links[v["code"]]
        ]
        sharers, visitors = len({links[v["code"]] for v in seen}), sum(v["visitors"] for v in seen)
        new = {
            o["person_id"]
            for a, o, _ in attributed(rows, span)
            if month_of(span, o["placed_at"]) == month and a["code"] and links[a["code"]] not in (None, o["person_id"])
            and o["state"] not in UNPAID and is_first(rows, o)
        }  # fmt: skip
        if seen or new:
            shares = permyriad(visitors, sharers), permyriad(len(new), visitors), permyriad(len(new), sharers)
            found.append((month, sharers, visitors, len(new), *shares))
    return found


def shops(rows: Rows, span: Span, viewer: Viewer) -> list[Row]:
    mine = [one for one in attributed(rows, span) if one[0]["shop_id"] and viewer.shop in (None, one[0]["shop_id"])]
    paid_of = {(c["order_id"], c["line_number"]): c for c in rows["distribution.commissions"] if c["depth"] == 1}
    found: list[Row] = []
    for month, some in grouped(mine, lambda one: month_of(span, one[1]["placed_at"])).items():
        paid = sum(line["amount_minor"] for _, o, line in some if o["state"] not in UNPAID)
        back = sum(line["refunded_minor"] for _, _, line in some)
        pays = [paid_of[at] for a, _, _ in some if (at := (a["order_id"], a["line_number"])) in paid_of]
        sums = [sum(c[name] or 0 for c in pays) for name in ("amount_minor", "kept_minor")]
        sums.append(sum(c["kept_minor"] for c in pays if c["state"] == "matured"))
        found.append((month, len({o["id"] for _, o, _ in some}), paid, back, paid - back, *sums))
    return found


def cohorts(rows: Rows, span: Span, viewer: Viewer) -> list[Row]:
    kept = [
        o for o in of_viewer(rows, viewer) if o["state"] == "completed" and kept_of(o) and o["placed_at"] < span.end
    ]
    first = {
        person: min(o["placed_at"] for o in some) for person, some in grouped(kept, lambda o: o["person_id"]).items()
    }

    def cell(order: Any) -> tuple[int, int] | None:
        month, now = month_of(span, first[order["person_id"]]), month_of(span, order["placed_at"])
        return None if month is None or now is None else (month, now - month)

    return [
        (month, later, len({o["person_id"] for o in some}), sum(map(kept_of, some)))
        for (month, later), some in grouped(kept, cell).items()
    ]


def is_first(rows: Rows, order: Any) -> bool:
    """Whether its buyer had never paid before: it is of his first checkout, however many suppliers that had."""
    own = [o for o in rows["orders.orders"] if o["person_id"] == order["person_id"] and o["state"] not in UNPAID]
    return order["payable_id"] == min((o["placed_at"], o["payable_id"]) for o in [*own, order])[1]


def invitations(rows: Rows, span: Span, viewer: Viewer) -> list[Row]:
    orders = {o["id"]: o for o in rows["orders.orders"]}
    seats = grouped((s for s in rows["groupbuy.seats"] if s["taken_at"]), lambda s: s["team_id"])
    teams = [t for t in rows["groupbuy.teams"] if t["state"] not in ("opening", "void") and t["id"] in seats]
    teams = [t for t in teams if viewer.supplier in (None, orders[seats[t["id"]][0]["order_id"]]["supplier_id"])]
    teams = [t for t in teams if not viewer.shop or t["id"] in led_by(rows, viewer)]
    found: list[Row] = []
    for month, some in grouped(teams, lambda t: month_of(span, t["opened_at"])).items():
        friends = [s for t in some for s in seats[t["id"]] if s["person_id"] != t["leader_id"]]
        leaders, new = len({t["leader_id"] for t in some}), sum(is_first(rows, orders[s["order_id"]]) for s in friends)
        found.append(
            (month, leaders, len(friends), new, permyriad(len(friends), leaders), permyriad(new, len(friends)), permyriad(new, leaders))
        )  # fmt: skip
    return found


def teams(rows: Rows, span: Span, viewer: Viewer) -> list[Row]:
    campaigns = {c["id"]: c for c in rows["groupbuy.campaigns"]}
    sellers = {p["id"]: p["supplier_id"] for p in rows["catalog.products"]}
    led = led_by(rows, viewer)
    least = {c: min(p["price_minor"] for p in some) for c, some in grouped(rows["groupbuy.campaign_prices"], lambda p: p["campaign_id"]).items()}  # fmt: skip

    def group(team: Any) -> tuple[int, int] | None:
        seller = sellers[campaigns[team["campaign_id"]]["product_id"]]
        if team["state"] in ("opening", "void") or viewer.supplier not in (None, seller):
            return None
        if month_of(span, team["opened_at"]) is None or (viewer.shop and team["id"] not in led):
            return None
        return team["size"], sum(edge <= least[team["campaign_id"]] for edge in PRICE_BANDS_MINOR)

    found: list[Row] = []
    for (size, band), some in grouped(rows["groupbuy.teams"], group).items():
        count = {state: sum(t["state"] == state for t in some) for state in ("formed", "lapsed", "gathering")}
        promised = sum(t["formed_by_promise"] for t in some)
        success = permyriad(count["formed"], count["formed"] + count["lapsed"])
        found.append((size, band, len(some), count["formed"], promised, count["lapsed"], count["gathering"], success))
    return found


Sales = list[tuple[Any, UUID, int]]
"""(placed at, seller, kept) of everything that was paid."""


def of_suppliers(rows: Rows) -> Sales:
    return [(o["placed_at"], o["supplier_id"], kept_of(o)) for o in rows["orders.orders"] if o["state"] not in UNPAID]


def of_shops(rows: Rows) -> Sales:
    orders = {o["id"]: o for o in rows["orders.orders"]}
    lines = {(line["order_id"], line["number"]): line for line in rows["orders.lines"]}
    found = []
    for a in rows["orders.attributions"]:
        order, line = orders[a["order_id"]], lines[a["order_id"], a["line_number"]]
        if a["shop_id"] and order["state"] not in UNPAID:
            found.append((order["placed_at"], a["shop_id"], line["amount_minor"] - line["refunded_minor"]))
    return found


def sold(sales: Iterable[tuple[Any, UUID, int]]) -> dict[UUID, int]:
    found: dict[UUID, int] = defaultdict(int)
    for _, seller, kept in sales:
        found[seller] += kept
    return found


def concentration(of: Callable[[Rows], Sales]) -> Callable[[Rows, Span, Viewer], list[Row]]:
    def count(rows: Rows, span: Span, viewer: Viewer) -> list[Row]:
        found: list[Row] = []
        for month, some in grouped(of(rows), lambda sale: month_of(span, sale[0])).items():
            amounts = sorted((kept for kept in sold(some).values() if kept), reverse=True)
            if amounts:
                pairs = sum(abs(one - other) for one in amounts for other in amounts)
                gini = pairs * 10_000 // (2 * len(amounts) * sum(amounts))
                found.append((month, len(amounts), sum(amounts), permyriad(sum(amounts[:10]), sum(amounts)), gini))
        return found

    return count


def tiers(of: Callable[[Rows], Sales]) -> Callable[[Rows, Span, Viewer], list[Row]]:
    def count(rows: Rows, span: Span, viewer: Viewer) -> list[Row]:
        middle = span.starts[len(span.starts) // 2]
        here = [sale for sale in of(rows) if span.since <= sale[0] < span.end]
        before, now = (sold(sale for sale in here if (sale[0] >= middle) is is_now) for is_now in (False, True))
        ranked = sorted((s for s in before if before[s]), key=lambda s: (-before[s], s))
        tier = {s: "head" if at * 10 < len(ranked) else "middle" if at * 2 < len(ranked) else "tail" for at, s in enumerate(ranked)}  # fmt: skip
        found: list[Row] = []
        for name in ("head", "middle", "tail", "new"):
            some = [s for s in {*before, *now} if tier.get(s, "new") == name and (before.get(s) or now.get(s))]
            if some:
                was, then = sum(before.get(s, 0) for s in some), sum(now.get(s, 0) for s in some)
                found.append((name, len(some), was, then, (then - was) * 10_000 // was if was else None))
        return found

    return count


def retail(rows: Rows, span: Span, viewer: Viewer) -> list[Row]:
    owners = {shop["owner_id"] for shop in rows["parties.shops"]}
    lines = grouped(rows["orders.lines"], lambda line: line["order_id"])
    told = {(a["order_id"], a["line_number"]) for a in rows["orders.attributions"] if a["shop_id"]}
    paid = [o for o in rows["orders.orders"] if o["state"] not in UNPAID]
    found: list[Row] = []
    for month, some in grouped(paid, lambda o: month_of(span, o["placed_at"])).items():
        sales = [
            (line["amount_minor"] - line["refunded_minor"], o["person_id"] not in owners, (o["id"], line["number"]) in told)
            for o in some for line in lines[o["id"]]
        ]  # fmt: skip
        kept, outside = sum(minor for minor, _, _ in sales), sum(minor for minor, is_out, _ in sales if is_out)
        shown = sum(minor for minor, _, is_told in sales if is_told)
        shown_outside = sum(minor for minor, is_out, is_told in sales if is_out and is_told)
        shares = permyriad(outside, kept), permyriad(shown_outside, shown)
        found.append((month, kept, outside, shares[0], shown, shown_outside, shares[1]))
    return found


BY_HAND: dict[str, Callable[[Rows, Span, Viewer], list[Row]]] = {
    "waterfall": waterfall,
    "shops": shops,
    "channels": funnel("channel"),
    "campaigns": funnel("campaign"),
    "sharers": funnel("sharer_id"),
    "referrals": referrals,
    "invitations": invitations,
    "cohorts": cohorts,
    "teams": teams,
    "shop_concentration": concentration(of_shops),
    "shop_tiers": tiers(of_shops),
    "concentration": concentration(of_suppliers),
    "tiers": tiers(of_suppliers),
    "retail": retail,
}

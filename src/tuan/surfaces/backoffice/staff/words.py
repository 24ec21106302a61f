"""What staff may do, in words."""

from tuan.surfaces.web.visits import Visit


def permission_words(visit: Visit) -> dict[str, str]:
    """By permission what it lets somebody do."""
    return {
        "audit.see": visit.gettext("Read the audit"),
        "campaigns.launch": visit.gettext("Launch and end campaigns"),
        "campaigns.see": visit.gettext("See campaigns"),
        "developers.edit": visit.gettext("Make and revoke API keys and webhooks"),
        "developers.see": visit.gettext("See API keys and webhooks"),
        "exports.make": visit.gettext("Export tables"),
        "orders.see": visit.gettext("See orders"),
        "orders.ship": visit.gettext("Ship orders"),
        "payments.resolve": visit.gettext("Resolve the quarantine"),
        "payments.see": visit.gettext("See payments"),
        "people.block": visit.gettext("Block people"),
        "people.erase": visit.gettext("Erase people"),
        "people.export": visit.gettext("Export personal data"),
        "people.see": visit.gettext("See people"),
        "points.give": visit.gettext("Give and take points"),
        "points.rules": visit.gettext("Change the rules of points"),
        "points.see": visit.gettext("See points"),
        "products.edit": visit.gettext("Change products"),
        "products.see": visit.gettext("See products"),
        "promotions.launch": visit.gettext("Launch and end promotions"),
        "promotions.see": visit.gettext("See promotions"),
        "refunds.give": visit.gettext("Give money back"),
        "refunds.see": visit.gettext("See refunds"),
        "settlement.pay": visit.gettext("Check accounts and agree to withdrawals"),
        "settlement.rules": visit.gettext("Set terms and rules, charge suppliers"),
        "settlement.see": visit.gettext("See settlement"),
        "staff.edit": visit.gettext("Change staff and roles"),
        "staff.see": visit.gettext("See staff"),
        "stock.adjust": visit.gettext("Change the stock"),
        "stock.see": visit.gettext("See the stock"),
        "system.retry": visit.gettext("Try again what was parked"),
        "system.see": visit.gettext("See the state of the system"),
        "teams.see": visit.gettext("See teams"),
    }

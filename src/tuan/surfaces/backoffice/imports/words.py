"""Imports in words: what is brought, how far it is, why a line or a whole file is left out."""

from tuan.surfaces.backoffice.tables import Tone
from tuan.surfaces.web.visits import Visit
from tuan.trade.imports.model import JobState, What

TONES: dict[str, Tone] = {
    JobState.UPLOADED: "stone",
    JobState.CHECKED: "amber",
    JobState.RUNNING: "amber",
    JobState.DONE: "leaf",
    JobState.REFUSED: "ripe",
    JobState.DROPPED: "stone",
}


def what_words(visit: Visit) -> dict[str, str]:
    return {
        What.GOODS: visit.gettext("Goods: prices, stock, new products"),
        What.STOCK: visit.gettext("Stock: what was counted"),
        What.ORDERS: visit.gettext("Past orders: invoices and cancellations"),
    }


def state_words(visit: Visit) -> dict[str, str]:
    return {
        JobState.UPLOADED: visit.gettext("Being read"),
        JobState.CHECKED: visit.gettext("Waits for your word"),
        JobState.RUNNING: visit.gettext("Being brought in"),
        JobState.DONE: visit.gettext("Brought in"),
        JobState.REFUSED: visit.gettext("Not taken"),
        JobState.DROPPED: visit.gettext("Left aside"),
    }


def why_words(visit: Visit, why: str) -> str:
    """Why a whole file was not taken."""
    words = {
        "": "",
        "unreadable": visit.gettext(
            "It is neither comma-separated text in UTF-8 nor an Excel workbook that can be read."
        ),
        "too_large": visit.gettext("It has more rows or columns than are read at once. Cut it into parts."),
        "columns": visit.gettext("Its first line does not name the columns that are expected, in their order."),
    }
    return words[why]


def reason_words(visit: Visit, reason: str) -> str:
    """Why a line is left out; a rule that said no when its turn came is named by its code."""
    words = {
        "columns": visit.gettext("Too many or too few columns."),
        "twice": visit.gettext("An earlier line says the same SKU."),
        "sku": visit.gettext("There is no such SKU here."),
        "title": visit.gettext("The title is empty or too long."),
        "options": visit.gettext("The options are too long."),
        "category": visit.gettext("There is no such category."),
        "supplier": visit.gettext("There is no such supplier here."),
        "return_exception": visit.gettext("There is no such reason not to take it back."),
        "not_changed_here": visit.gettext("Title, options, category and supplier of a SKU are not changed by a table."),
        "price": visit.gettext("The price cannot be read, or is nothing."),
        "on_hand": visit.gettext("The stock is no whole number, or too large."),
        "promised": visit.gettext("So many units are promised already that the stock cannot be less."),
        "name": visit.gettext("Invoice number or stock code is empty or too long."),
        "text": visit.gettext("It has letters that cannot be kept."),
        "quantity": visit.gettext("The quantity cannot be read, or has the wrong sign."),
        "finer_than_a_penny": visit.gettext("The price is finer than the smallest coin."),
        "date": visit.gettext("The date cannot be read, or lies ahead."),
        "amount": visit.gettext("The amount is too large."),
        "another_customer": visit.gettext("An earlier line of this invoice names another customer."),
        "sourcing.price_beyond_band": visit.gettext(
            "The price moves further than a supplier moves it alone; it has to be proposed."
        ),
        "sourcing.proposal_needed": visit.gettext("Buyers would see a new option; it has to be proposed."),
        "no_earlier_sale": visit.gettext("No earlier sale of this customer and stock code answers for all of it."),
    }
    return words.get(reason) or visit.gettext("When its turn came, a rule refused it: %(code)s", code=reason)

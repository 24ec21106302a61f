"""What the places of settlement say alike."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tuan.kit.refusals import Refused
from tuan.people.parties.model import SHOP, SUPPLIER
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.tables import Tone
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.visits import Visit
from tuan.trade.settlement.model import ACCOUNT_ID, PAYOUT_ID, PERMYRIAD, HeldFor, PayeeKind

PLACE = Place(
    name="settlement", label="Settlement", url="/office/settlement", permission="settlement.see", icon="basket"
)
ACCOUNTS, PAYEES, RULES, RUNS = (f"{PLACE.url}/{name}" for name in ("accounts", "payees", "rules", "runs"))
MERCHANT = f"{PLACE.url}/merchant"

WITHDRAWAL_TONES: Mapping[str, Tone] = {
    "requested": "ripe",
    "due": "amber",
    "paid": "leaf",
    "failed": "ripe",
    "returned": "ripe",
}
ACCOUNT_TONES: Mapping[str, Tone] = {"checking": "ripe", "active": "leaf", "restricted": "amber"}
PERCENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?", re.ASCII)


def withdrawal_states(visit: Visit) -> dict[str, str]:
    return {
        "requested": visit.gettext("Waits for consent"),
        "due": visit.gettext("Being paid"),
        "paid": visit.gettext("Paid out"),
        "failed": visit.gettext("Failed"),
        "rejected": visit.gettext("Refused"),
        "returned": visit.gettext("Came back"),
    }


def standing(visit: Visit, row: Any) -> tuple[str, Tone]:
    """How a withdrawal stands; one that would go on but for its account or a debt is on hold."""
    if row["held_for"]:
        return visit.gettext("On hold"), "amber"
    return withdrawal_states(visit)[row["state"]], WITHDRAWAL_TONES.get(row["state"], "stone")


def why_held(visit: Visit, held_for: str | None, debt_minor: int) -> str:
    """Why a withdrawal is not paid meanwhile, and what becomes of it; empty where nothing holds it."""
    if held_for == HeldFor.ACCOUNT:
        return visit.gettext(
            "Its account is not active: it waits until somebody opens the account again, or refuses it."
        )
    if held_for == HeldFor.DEBT:
        owed = visit.words.money_text(saying.money(visit, debt_minor))
        return visit.gettext(
            "Whoever is paid owes the market %(amount)s: it waits until that is paid. Refused, it pays the debt first.",
            amount=owed,
        )
    return ""


def account_states(visit: Visit) -> dict[str, str]:
    return {
        "checking": visit.gettext("To be checked"),
        "active": visit.gettext("Checked"),
        "restricted": visit.gettext("Restricted"),
        "rejected": visit.gettext("Refused"),
        "removed": visit.gettext("Taken away"),
    }


def places(visit: Visit) -> list[saying.Chip]:
    """The pages of this place, one of them chosen."""
    pages = {
        PLACE.url: visit.gettext("Withdrawals"),
        ACCOUNTS: visit.gettext("Accounts"),
        PAYEES: visit.gettext("Suppliers"),
        RUNS: visit.gettext("Day by day"),
        RULES: visit.gettext("Rules"),
    }
    return [saying.Chip(label=label, url=url, is_chosen=visit.path == url) for url, label in pages.items()]


def withdrawal_url(withdrawal: UUID) -> str:
    return f"{PLACE.url}/withdrawals/{PAYOUT_ID.show(withdrawal)}"


def account_url(account: UUID) -> str:
    return f"{ACCOUNTS}/{ACCOUNT_ID.show(account)}"


def payee_url(payee: UUID, kind: str = PayeeKind.SUPPLIER) -> str:
    if kind == PayeeKind.SHOP:
        return f"/office/commissions?shop={SHOP.show(payee)}"
    return f"{PAYEES}/{SUPPLIER.show(payee)}"


def read_percent(text: str, field: str) -> int:
    """1/10,000 of `2.5`, a share in percent with at most two digits behind; raises Refused(FieldInvalid)."""
    found = PERCENT.fullmatch(text.strip())
    share = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else PERMYRIAD + 1
    if share > PERMYRIAD:
        raise Refused(FieldInvalid(field=field))
    return share


def written_percent(permyriad: int) -> str:
    """A share as `read_percent` reads it."""
    whole, hundredths = divmod(permyriad, 100)
    return f"{whole}.{hundredths:02d}".rstrip("0").rstrip(".")

"""What the law and the channels allow, who signed for it, and what people agreed to."""

from tuan.people.compliance.actions.consents import give_consent, withdraw_consent
from tuan.people.compliance.actions.reporting import make_report, record_chains, record_pay
from tuan.people.compliance.actions.signing import ask_sign_off, choose_profile, give_sign_off, revoke_sign_off
from tuan.people.compliance.errors import (
    PeriodInvalid,
    ProfileUnknown,
    SecondPersonNeeded,
    SignOffInvalid,
    SignOffOver,
    TextChanged,
)
from tuan.people.compliance.queries import (
    access_archive,
    access_sign_off,
    breaches_of,
    consents_of,
    has_consent,
    metrics_of,
    profile_of,
    reports,
    ringing,
    search_alarms,
    search_consents,
    sign_off_for,
    sign_offs,
    standing_consents,
)

__all__ = [
    "PeriodInvalid",
    "ProfileUnknown",
    "SecondPersonNeeded",
    "SignOffInvalid",
    "SignOffOver",
    "TextChanged",
    "access_archive",
    "access_sign_off",
    "ask_sign_off",
    "breaches_of",
    "choose_profile",
    "consents_of",
    "give_consent",
    "give_sign_off",
    "has_consent",
    "make_report",
    "metrics_of",
    "profile_of",
    "record_chains",
    "record_pay",
    "reports",
    "revoke_sign_off",
    "ringing",
    "search_alarms",
    "search_consents",
    "sign_off_for",
    "sign_offs",
    "standing_consents",
    "withdraw_consent",
]

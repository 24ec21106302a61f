"""What persons are asked to agree to: one sentence each. The version is made from the sentence, so that a new one asks anew."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from tuan.kit.refusals import Refusal
from tuan.people.compliance.errors import TextChanged

SHOP_CUSTOMER = "shop_customer"
ORGANISATION_MEMBER = "organisation_member"

TEXTS = {
    SHOP_CUSTOMER: "The shop %(name)s may see what I tick, and write notes about me that go when I take it back.",
    ORGANISATION_MEMBER: "%(name)s may count me among its members. It sees how many we are, and never what I buy.",
}
"""By purpose, in English; the catalogs hold the words of every language. %(name)s is whom the consent is given to."""

SHOWN = {
    "name": "My name, to greet me",
    "orders": "What I bought by it, to advise me",
    "phone": "My number, to call me about my orders",
    "birthday": "My birthday, for a surprise",
}
"""What a person may tick, each in the words beside its box."""

DETAILS: dict[str, dict[str, str]] = {SHOP_CUSTOMER: SHOWN, ORGANISATION_MEMBER: {}}
"""By purpose. They belong to the sentence: other words beside a box make another version."""

PLACES = ("web", "office", "api", "house", "erased")
"""Where it was said. `house`: nobody said it there; it ended by itself, or is from before this ledger heard of it. `erased` is the
end of everything a forgotten person had agreed to."""


@dataclass(frozen=True, slots=True)
class Consent:
    """A purpose as it is asked for now."""

    purpose: str
    version: str
    text: str
    details: Mapping[str, str]


def _asked(purpose: str, text: str) -> Consent:
    details = DETAILS[purpose]
    words = "\n".join([text, *(f"{name}: {said}" for name, said in details.items())])
    return Consent(purpose, hashlib.sha256(words.encode()).hexdigest()[:12], text, details)


CONSENTS = {purpose: _asked(purpose, text) for purpose, text in TEXTS.items()}


def why_not_consent(purpose: str, version: str) -> Refusal | None:
    """What was shown is what is asked."""
    return None if version == CONSENTS[purpose].version else TextChanged()

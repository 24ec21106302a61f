"""What persons are asked to agree to: one sentence each. The version is made from the sentence, so that a new one asks anew."""

import hashlib
from dataclasses import dataclass

from tuan.kit.refusals import Refusal
from tuan.people.compliance.errors import TextChanged

SHOP_CUSTOMER = "shop_customer"
ORGANISATION_MEMBER = "organisation_member"

TEXTS = {
    SHOP_CUSTOMER: "The shop %(name)s may see my name, my birthday and what I order there, keep notes about me, and take that along.",
    ORGANISATION_MEMBER: "%(name)s may count me among its members. It sees how many we are, and never what I buy.",
}
"""By purpose, in English; the catalogs hold the words of every language. %(name)s is whom the consent is given to."""

PLACES = ("web", "office", "api", "erased")
"""Where it was said; `erased` is the end of everything a forgotten person had agreed to."""


@dataclass(frozen=True, slots=True)
class Consent:
    """A purpose as it is asked for now."""

    purpose: str
    version: str
    text: str


def _asked(purpose: str, text: str) -> Consent:
    return Consent(purpose, hashlib.sha256(text.encode()).hexdigest()[:12], text)


CONSENTS = {purpose: _asked(purpose, text) for purpose, text in TEXTS.items()}


def why_not_consent(purpose: str, version: str) -> Refusal | None:
    """What was shown is what is asked."""
    return None if version == CONSENTS[purpose].version else TextChanged()

"""What the place of programs shows: keys, webhooks, what was posted."""

from datetime import datetime

import msgspec

from tuan.surfaces.backoffice.tables import Tone


class KeyCard(msgspec.Struct, frozen=True, kw_only=True):
    """A key: as whom it acts, within which scopes, when it was used last. Its text was shown once and is kept nowhere."""

    api_key: str
    name: str
    owner: str
    scopes: list[str]
    made_at: datetime
    used_at: datetime | None
    expires_at: datetime | None
    state: str
    tone: Tone
    revoke_key: str
    """Of the form that revokes it; empty where there is nothing to revoke."""


class HookCard(msgspec.Struct, frozen=True, kw_only=True):
    """An address to which events are posted; no kinds are all. `overlap_until`: so long the secret before signs too."""

    webhook: str
    url: str
    address: str
    kinds: list[str]
    made_at: datetime
    overlap_until: datetime | None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """As whom a key can act; the value is empty for the member himself."""

    value: str
    label: str


class DevelopersPage(msgspec.Struct, frozen=True, kw_only=True):
    """Keys and webhooks. `scopes`: by place, each with its scopes and the name of its box in the form. The forms stand there with `may_edit`."""

    keys: list[KeyCard]
    hooks: list[HookCard]
    owners: list[Choice]
    scopes: list[tuple[str, list[tuple[str, str]]]]
    kinds: list[str]
    form_key: str
    may_edit: bool


class Try(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    answer: str


class DeliveryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event owed to the webhook, with every try. `again_key`: of the form that sends it again, empty while it is due."""

    delivery: str
    event: str
    type: str
    state: str
    tone: Tone
    made_at: datetime
    next_try_at: datetime | None
    tries: list[Try]
    again_key: str


class WebhookPage(msgspec.Struct, frozen=True, kw_only=True):
    """One webhook with its log, newest first."""

    hook: HookCard
    deliveries: list[DeliveryRow]
    next_url: str | None
    form_key: str
    may_edit: bool


class ToldPage(msgspec.Struct, frozen=True, kw_only=True):
    """A key or a secret, shown once; the text is empty where the form came a second time."""

    is_key: bool
    name: str
    text: str
    back_url: str

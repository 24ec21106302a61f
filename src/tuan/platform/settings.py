"""Settings come from the environment and the data folder; secrets are made on first `up` and never have a default."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path


class SettingsError(Exception):
    """A setting is missing or contradicts another; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a process needs to know before it starts.

    app_url, relay_url: PostgreSQL addresses of these roles; no serving process knows the owner's. secret: 32 bytes for signatures and hashes.
    """

    data: Path
    app_url: str
    relay_url: str
    secret: bytes
    development: bool = False


def market_secret(data: Path, *, make: bool) -> bytes:
    """The secret of this installation, from TUAN_SECRET or the data folder.

    Raises SettingsError when there is none and `make` is False, so that a server never signs with a known value.
    """
    if text := os.environ.get("TUAN_SECRET"):
        if len(text) < 32:
            raise SettingsError("TUAN_SECRET is shorter than 32 characters. Make one: openssl rand -hex 32")
        return text.encode()
    path = data / "application.json"
    if path.exists():
        return bytes.fromhex(json.loads(path.read_text())["secret"])
    if not make:
        raise SettingsError("There is no TUAN_SECRET. Make one: openssl rand -hex 32")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    value = secrets.token_bytes(32)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"secret": value.hex()}, file)
    return value

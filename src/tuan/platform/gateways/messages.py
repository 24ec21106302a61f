"""The port of text messages. In development the console gateway keeps the last one, and the page shows it."""

from typing import Protocol

import structlog

log = structlog.get_logger()


class MessageGateway(Protocol):
    async def send(self, phone: str, text: str) -> None: ...


class Console:
    """Keeps the last message to each number in memory for the development pages; `serve` refuses it otherwise."""

    def __init__(self) -> None:
        self.last: dict[str, str] = {}

    async def send(self, phone: str, text: str) -> None:
        self.last[phone] = text
        log.info("message.sent", to=f"…{phone[-4:]}")

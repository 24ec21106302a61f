"""Text messages. In development the console keeps the last one to each number, and the page shows it."""

import structlog

log = structlog.get_logger()


class Console:
    """Keeps the last message to each number in memory for the development pages; `serve` refuses it otherwise."""

    def __init__(self) -> None:
        self.last: dict[str, str] = {}

    async def send(self, phone: str, text: str) -> None:
        self.last[phone] = text
        log.info("message.sent", to=f"…{phone[-4:]}")

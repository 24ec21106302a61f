"""The demo market: made of public verbs only, so that loading it is a test."""

from tuan.launch import Ground, Say


async def load(ground: Ground, say: Say) -> list[str]:
    return []

"""Names of hosts, as addresses show them."""

import re

HOST_NAME = r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
"""At least two labels in lower case, the last of which begins with a letter, so that no IP address is one (RFC 1123).
PostgreSQL reads it as Python does."""
HOST_LETTERS_MAX = 253


def is_host_name(text: str) -> bool:
    """Whether a name that somebody could register; one of other letters is written in its `xn--` form."""
    return len(text) <= HOST_LETTERS_MAX and re.fullmatch(HOST_NAME, text) is not None

"""The one error of the embedded server."""


class EmbeddedError(Exception):
    """The embedded server cannot be had; the message says why and what to do about it."""

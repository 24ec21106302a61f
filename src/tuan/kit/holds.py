"""The one vocabulary of scarcity: what is scarce is held, then settled or released, exactly once.

Every module that owns something scarce offers a loaded set: a pure object that is loaded with its locks, decides
(`why_not_hold`), changes (`hold`, `settle`, `release`) and tells what to store (`changes`).
"""


class HoldEndedTwice(AssertionError):
    """A hold was settled or released although it had ended before: a bug of the caller."""

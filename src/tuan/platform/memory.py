"""The garbage collector in processes that live long and make many short-lived objects."""

import gc

COLLECTED_AFTER = 20_000
"""New objects until the collector looks for cycles among the young ones; a request or a batch leaves hardly any."""


def spare_the_collector() -> None:
    """What the process was made of stays for its life: the collector need not look at it again every few batches."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER, 20, 20)

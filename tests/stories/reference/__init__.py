"""The reference of the money machine: a market once more in plain Python, of which nothing is imported from the product.

Its acts answer with what they made, or raise `Refused`; `Books.tables` says what all tables must say after them. Every
sum is worked out anew, as far as it goes from what happened (lines, attempts, lots) and not from what moved.
"""

from tests.stories.reference.after import ACTS, Books
from tests.stories.reference.prices import Refused, Row

__all__ = ["ACTS", "Books", "Refused", "Row"]

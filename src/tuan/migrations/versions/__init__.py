"""The links of the chain, in the order of their numbers; what was released is never edited."""

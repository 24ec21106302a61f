"""What settlement keeps about a person."""

from tuan.platform.personal import Keeper, keeps
from tuan.trade.settlement import queries

PERSONAL = keeps(Keeper("settlement", tell=queries.told_of, forget=queries.keep, why_not_forget=queries.why_not_forget))

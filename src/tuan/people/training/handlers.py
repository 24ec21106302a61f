"""What training keeps about a person: what he tried, passed and read."""

from tuan.people.training import actions, queries
from tuan.platform.personal import Keeper, keeps

PERSONAL = keeps(Keeper("training", tell=queries.told_of, forget=actions.forget))

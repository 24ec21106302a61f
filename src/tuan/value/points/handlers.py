"""What points keep about a person, and how they forget."""

from tuan.platform.personal import Keeper, keeps
from tuan.value.points import actions, queries

PERSONAL = keeps(Keeper("points", tell=queries.told_of, forget=actions.forget))

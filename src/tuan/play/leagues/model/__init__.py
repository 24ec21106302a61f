"""The pure words and rules of leagues."""

from tuan.play.leagues.model.levels import lacks, level_of, reasons, service_of, why_not_table
from tuan.play.leagues.model.seasons import band_of, cut, group, ranked, results, why_not_plan
from tuan.play.leagues.model.words import (
    SEASON,
    SEASON_ID,
    Entry,
    Lack,
    Level,
    LevelTable,
    NewSeason,
    Result,
    Sales,
    SeasonId,
    SeasonState,
    Seed,
    Service,
)

__all__ = [
    "SEASON",
    "SEASON_ID",
    "Entry",
    "Lack",
    "Level",
    "LevelTable",
    "NewSeason",
    "Result",
    "Sales",
    "SeasonId",
    "SeasonState",
    "Seed",
    "Service",
    "band_of",
    "cut",
    "group",
    "lacks",
    "level_of",
    "ranked",
    "reasons",
    "results",
    "service_of",
    "why_not_plan",
    "why_not_table",
]

"""Figures over what happened, each with the query that makes it."""

from tuan.voice.insight.queries import brought_by, query_of, read_report

__all__ = ["brought_by", "query_of", "read_report"]

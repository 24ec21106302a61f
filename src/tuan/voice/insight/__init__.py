"""Figures over what happened, each with the query that makes it."""

from tuan.voice.insight.queries import query_of, read_report

__all__ = ["query_of", "read_report"]

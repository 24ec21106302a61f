"""Figures over what happened, each with the query that makes it."""

from tuan.voice.insight.queries import access_report, brought_by, query_of, read_page, read_report, read_whole

__all__ = ["access_report", "brought_by", "query_of", "read_page", "read_report", "read_whole"]

"""Hypothesis for the quick ring: enough examples to find what is wrong, no deadline on a machine that others use too."""

from hypothesis import settings

settings.register_profile("model", max_examples=30, deadline=None)
settings.load_profile("model")

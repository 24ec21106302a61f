"""Hypothesis for the quick ring: enough examples to find what is wrong, no deadline on a machine that others use too."""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile("model", max_examples=30, deadline=None)
# For tests/mutation.py, which asks for it by name: each mutant meets the same examples, and a failure is not made small.
settings.register_profile(
    "mutation",
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("model")

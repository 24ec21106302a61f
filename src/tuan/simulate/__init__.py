"""A seeded world: buyers, suppliers, a provider and clocks act through public verbs, faults strike, an auditor looks on."""

from tuan.simulate.run import Ended, play_seed, simulate

__all__ = ["Ended", "play_seed", "simulate"]

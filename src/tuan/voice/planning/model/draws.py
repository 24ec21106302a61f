"""Chance without a stream: a draw is a function of its seed and of what it is drawn for, so that more or fewer others change nothing."""

MASK = (1 << 64) - 1
MILLION = 1_000_000
GOLDEN, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def mixed(*parts: int) -> int:
    """64 bits that look like chance and are always the same for the same parts (splitmix64, Steele, Lea and Flood 2014)."""
    state = 0
    for part in parts:
        state = (state + GOLDEN + part) & MASK
        state = ((state ^ (state >> 30)) * FIRST) & MASK
        state = ((state ^ (state >> 27)) * SECOND) & MASK
        state ^= state >> 31
    return state


def draw(*parts: int) -> int:
    """A number from 0 to 999,999, each as likely as any other."""
    return mixed(*parts) * MILLION >> 64


def below(bound: int, *parts: int) -> int:
    """A number from 0 to bound − 1."""
    return mixed(*parts) * bound >> 64

"""Refusals are values: a code and data. The words are chosen at the face, in the language of whoever is refused."""

from typing import Any, ClassVar, TypeVar

T = TypeVar("T")


class Refusal:
    """Why something was not done; a refusal has changed nothing."""

    code: ClassVar[str] = ""
    status: ClassVar[int] = 409
    named: ClassVar[dict[str, type["Refusal"]]] = {}
    """Every refusal that has a code, so that a test can ask for its words in every language."""

    __slots__ = ("data",)

    def __init__(self, **data: int | str | None) -> None:
        self.data = data

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__ and Refusal.named.setdefault(cls.code, cls).__qualname__ != cls.__qualname__:
            raise ValueError(f"two refusals share the code {cls.code}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.data == other.data

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted(self.data.items(), key=str))))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.data.items())})"


class Invalid(Refusal):
    """The request itself is wrong."""

    status = 422


class Missing(Refusal):
    """Not there, or not yours: both answer alike."""

    status = 404


class Forbidden(Refusal):
    status = 403


class Conflict(Refusal):
    """It was possible, and is not now."""

    status = 409


class Gone(Refusal):
    """It is over."""

    status = 410


class TooMany(Refusal):
    status = 429


class Busy(Refusal):
    """Try again in a moment."""

    status = 503


class NotFound(Missing):
    code = "not_found"


class Refused(Exception):
    """Carries a refusal out of `access_x`, the only place that raises one."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def granted(outcome: T | Refusal) -> T:
    """The outcome of an act that cannot be refused here (seeds, imports); raises Refused if it was."""
    if isinstance(outcome, Refusal):
        raise Refused(outcome)
    return outcome

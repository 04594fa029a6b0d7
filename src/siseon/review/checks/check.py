"""What a check is: a rule with a name, how bad its breach is, and a function that finds breaches."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from siseon.review.exchange import Evidence, Exchange
from siseon.review.report import Severity


@dataclass(frozen=True, slots=True)
class Fault:
    """One breach of a rule."""

    message: str
    exchange: Exchange | None = None
    """The exchange that shows it."""
    command: str = ""
    """A command that shows it, where one request does not; ``{request}`` stands for that request and
    ``{beside}`` for the other one."""
    beside: Exchange | None = None
    """Another exchange that is needed to show it."""

    @property
    def case(self) -> str:
        """The name of the case."""
        return self.exchange.case.name if self.exchange is not None else "the service as a whole"


@dataclass(frozen=True, slots=True)
class Check:
    """A rule."""

    id: str
    severity: Severity
    proves: str
    """The rule, as a statement that should hold."""
    judge: Callable[[Evidence], Iterable[Fault]]
    """Pure: finds the breaches in the evidence, the plainest first."""

"""What a review answers: violations with a severity, worst first, each with a request that shows it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Severity(StrEnum):
    """How much a violation hurts a client, worst first."""

    breaking = "breaking"
    """A client that follows the contract crashes or gets a 5xx for its own mistake."""
    wrong = "wrong"
    """The answer parses and is not true, or a fault is not told."""
    risky = "risky"
    """Right for one polite client, wrong under load or with rude ones."""
    advice = "advice"
    """Makes operation harder."""

    @property
    def fails(self) -> bool:
        """Whether a violation of this severity fails the review."""
        return self in (Severity.breaking, Severity.wrong)


class Violation(BaseModel):
    """One rule that the service broke."""

    model_config = ConfigDict(frozen=True)

    check: str
    severity: Severity
    proves: str
    """The rule, as a statement that should hold."""
    message: str
    """What happened instead, in the first case."""
    cases: tuple[str, ...]
    """All requests that broke the rule."""
    reproduce: str
    """A command that shows it."""
    answer: str
    """The first case's answer: status, content type and the beginning of the body."""


class Report(BaseModel):
    """The outcome of a review."""

    model_config = ConfigDict(frozen=True)

    target: str
    requests: int
    checks: int
    seconds: float
    violations: tuple[Violation, ...]
    """Worst first; within a severity in the order in which a client would meet them."""
    not_judged: tuple[str, ...]
    """What the review could not see, and why."""

    @property
    def failed(self) -> bool:
        """Whether a violation is breaking or wrong."""
        return any(violation.severity.fails for violation in self.violations)

    @property
    def first_breaking(self) -> Violation | None:
        """The breaking violation that a client meets first."""
        return next(
            (violation for violation in self.violations if violation.severity is Severity.breaking), None
        )

"""From findings to what is done about them: a report, or a refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from siseon.applications.safety.contracts import Finding, SafetyReport, strongest
from siseon.contracts import FailureCode, InputError


def decide(nsfw_score: float | None, findings: Sequence[Finding]) -> SafetyReport:
    """The report on an image.

    Raises:
        InputError: ``safety_blocked`` when a finding's action is ``block``; kinds and counts are named, nothing else.
    """
    blocking = Counter(finding.kind for finding in findings if finding.action == "block")
    if blocking:
        shown = ", ".join(f"{kind} × {count}" for kind, count in blocking.items())
        raise InputError(
            f"the picture is blocked for what it shows: {shown}",
            code=FailureCode.safety_blocked,
            hint=f"the policy for {' and '.join(blocking)} is block: send a picture without it",
            stage="safety",
        )
    action = strongest(finding.action for finding in findings)
    return SafetyReport(nsfw_score=nsfw_score, findings=tuple(findings), action=action)

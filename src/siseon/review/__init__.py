"""Review a vision service from outside: send it what clients and attackers send, judge every answer.

The way through: ``targets`` reach the service, ``cases`` and ``load`` send, ``checks`` judge, ``suite`` reports.
"""

from siseon.review.findings import Finding, Report, Severity
from siseon.review.suite import Options, review
from siseon.review.targets import Hints, at_url, in_process, of_pipeline

__all__ = [
    "Finding",
    "Hints",
    "Options",
    "Report",
    "Severity",
    "at_url",
    "in_process",
    "of_pipeline",
    "review",
]

"""Review a vision service from outside: send it what clients and attackers send, judge every answer.

The way through: ``targets`` reach the service, ``cases`` and ``clients`` send, ``checks`` judge, ``suite`` reports.
"""

from siseon.review.pictures import Photo
from siseon.review.report import Report, Severity, Violation
from siseon.review.service import Function, FunctionService
from siseon.review.suite import Options, review
from siseon.review.targets import Hints, at_url, in_process

__all__ = [
    "Function",
    "FunctionService",
    "Hints",
    "Options",
    "Photo",
    "Report",
    "Severity",
    "Violation",
    "at_url",
    "in_process",
    "review",
]

"""The rules of a review. Each file holds those of one subject; ``ALL`` is their order."""

from siseon.review.checks import answers, clients, labels, layout, refusals, service, sight
from siseon.review.checks.check import Check, Fault

ALL: tuple[Check, ...] = (
    *answers.CHECKS,
    *labels.CHECKS,
    *layout.CHECKS,
    *sight.CHECKS,
    *refusals.CHECKS,
    *clients.CHECKS,
    *service.CHECKS,
)
"""In the order in which a client would meet their faults."""

__all__ = ["ALL", "Check", "Fault"]

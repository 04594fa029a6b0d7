"""Rules on many clients: the same answers as alone, nobody waits for the slow, the endless or the vanished."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from siseon.review.checks.check import Check, Fault
from siseon.review.checks.matching import same_objects
from siseon.review.checks.refusals import RETRY_STATUSES
from siseon.review.clients import CROWD, HUNG_UP, SLOW, late_health_s, stay_s, still_done
from siseon.review.exchange import Evidence, Group
from siseon.review.listing import listing_of
from siseon.review.report import Severity

STILL_DONE = 0.55
"""Part of the work of clients that have gone from which it is not dropped; requests at work may end."""

IN_PARALLEL = f"for i in $(seq {CROWD}); do {{request}} & done; wait"
BOTH_IN_PARALLEL = f"for i in $(seq {CROWD // 2}); do {{request}} & {{beside}} & done; wait"


def _failures(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.of(Group.many):
        refused = exchange.status in RETRY_STATUSES
        if not exchange.ok and not refused:
            status = exchange.status or exchange.trouble
            yield Fault(f"{exchange.case.name}: {status}, alone it is answered", exchange, IN_PARALLEL)


def _answers(evidence: Evidence) -> Iterator[Fault]:
    """Each of the pictures that were sent at once against its answer alone; if it got another's, against whose."""
    alone = {
        exchange.case.name: listing
        for exchange in evidence.accepted(Group.plain, Group.layout)
        if (listing := listing_of(exchange.document))
    }
    for exchange in evidence.accepted(Group.many):
        own, together = alone.get(exchange.case.like), listing_of(exchange.document)
        if own is None or (together is not None and same_objects(own, together)):
            continue
        others = (name for name, listing in alone.items() if together and same_objects(listing, together))
        whose = next(others, None)
        what = f"the answer to {whose!r}" if whose else "another answer than alone"
        beside = evidence.named(whose) if whose else evidence.plain
        yield Fault(f"{exchange.case.name} gets {what}", exchange, BOTH_IN_PARALLEL, beside)


def _health(evidence: Evidence) -> Iterator[Fault]:
    waited = evidence.many.busy_health_s
    if waited is not None and waited >= late_health_s(evidence):
        yield Fault(
            f"the health probe waited {waited * 1000:.0f} ms while {CROWD} requests ran, one of which takes "
            f"{evidence.typical_s * 1000:.0f} ms: inference blocks the event loop",
            evidence.plain,
            f"for i in $(seq {CROWD}); do {{request}} & done; time curl {_health_path(evidence)}",
        )


def _slow(evidence: Evidence) -> Iterator[Fault]:
    if evidence.many.others_blocked:
        yield Fault(
            f"while {SLOW} clients paused in the middle of their upload, no other request was answered",
            evidence.plain,
            f"for i in $(seq {SLOW}); do {{request}} --limit-rate 1k & done; time {{request}}",
        )


def _vanished(evidence: Evidence) -> Iterator[Fault]:
    share = still_done(evidence)
    if share is not None and share >= STILL_DONE:
        behind, after = median(evidence.many.behind_others_s), median(evidence.many.after_hang_up_s)
        yield Fault(
            f"a request behind {HUNG_UP} others took {behind * 1000:.0f} ms, and {after * 1000:.0f} ms when their "
            "clients had hung up: the work of clients that have gone is still done",
            evidence.plain,
            f"for i in $(seq {HUNG_UP}); do {{request}} --max-time {stay_s(evidence):.1f} & done; wait; "
            "time {request}",
        )


def _flood(evidence: Evidence) -> Iterator[Fault]:
    read_bytes, status = evidence.many.flood_read, evidence.many.flood_status
    if read_bytes is None or evidence.many.flood_total is None or read_bytes < evidence.many.flood_total:
        return
    outcome = f"answered {status}" if status else "not answered yet"
    field = evidence.operation.field
    yield Fault(
        f"an upload of {read_bytes >> 20} MB was read to its end ({outcome}): there is no limit on its size",
        command=f"head -c {read_bytes} /dev/zero | curl -i -F '{field}=@-;filename=endless.jpg' {{url}}",
    )


def _health_path(evidence: Evidence) -> str:
    return f"{{host}}{evidence.operation.health or '/healthz'}"


_B, _R = Severity.breaking, Severity.risky
CHECKS = (
    Check("under-load", _B, f"{CROWD} requests at once are answered, or told to come back.", _failures),
    Check("answers-mixed-up", _B, "Answers under load are those of the same requests alone.", _answers),
    Check("health-under-load", _R, "The health probe answers while requests run.", _health),
    Check("slow-clients", _R, "Slow clients keep nobody else waiting.", _slow),
    Check("vanished-clients", _R, "Work for clients that have gone is dropped.", _vanished),
    Check("upload-limit", _R, "An endless upload is refused before it has been read.", _flood),
)

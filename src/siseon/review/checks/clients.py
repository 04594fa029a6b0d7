"""Rules on many clients: the same answers as alone, nobody waits for the slow, the endless or the vanished."""

from __future__ import annotations

from collections.abc import Iterator

from siseon.review.checks.check import Check, Fault
from siseon.review.checks.refusals import RETRY_STATUSES
from siseon.review.clients import CROWD, HUNG_UP, SLOW, late_health_s, slow_after_hang_up_s, stay_s
from siseon.review.exchange import Evidence, Group
from siseon.review.listing import Listing, listing_of, number
from siseon.review.report import Severity

SAME_SCORE = 0.02
"""Difference of scores that batching may cause: other sizes of batches round otherwise."""
SAME_PIXELS = 2.0
"""Pixels that batching may move a box's edge."""

IN_PARALLEL = f"for i in $(seq {CROWD}); do {{request}} & done; wait"


def _failures(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.of(Group.many):
        refused = exchange.status in RETRY_STATUSES
        if not exchange.ok and not refused:
            status = exchange.status or exchange.trouble
            yield Fault(f"{exchange.case.name}: {status}, alone it is answered", exchange, IN_PARALLEL)


def _answers(evidence: Evidence) -> Iterator[Fault]:
    alone = listing_of(evidence.plain.document) if evidence.plain else None
    for exchange in evidence.accepted(Group.many):
        together = listing_of(exchange.document)
        if alone and not (together and _same(alone, together)):
            yield Fault(f"{exchange.case.name}: another answer than alone", exchange, IN_PARALLEL)


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
    waited = evidence.many.after_hang_up_s
    if waited is not None and waited >= slow_after_hang_up_s(evidence):
        yield Fault(
            f"after {HUNG_UP} clients hung up a request took {waited * 1000:.0f} ms, alone "
            f"{evidence.typical_s * 1000:.0f} ms: work of clients that have gone is still done",
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


def _same(one: Listing, other: Listing) -> bool:
    if len(one.objects or []) != len(other.objects or []):
        return False
    for a, b in zip(one.objects or [], other.objects or [], strict=True):
        if a.class_name != b.class_name or a.class_id != b.class_id:
            return False
        if abs((number(a.score) or 0) - (number(b.score) or 0)) > SAME_SCORE:
            return False
        if any(abs(p - q) > SAME_PIXELS for p, q in zip(a.box or (), b.box or (), strict=False)):
            return False
    return True


_B, _R = Severity.breaking, Severity.risky
CHECKS = (
    Check("under-load", _B, f"{CROWD} requests at once are answered, or told to come back.", _failures),
    Check("answers-mixed-up", _B, "Answers under load are those of the same requests alone.", _answers),
    Check("health-under-load", _R, "The health probe answers while requests run.", _health),
    Check("slow-clients", _R, "Slow clients keep nobody else waiting.", _slow),
    Check("vanished-clients", _R, "Work for clients that have gone is dropped.", _vanished),
    Check("upload-limit", _R, "An endless upload is refused before it has been read.", _flood),
)

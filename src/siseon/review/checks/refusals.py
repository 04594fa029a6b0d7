"""Rules on requests that cannot be served: refused with 4xx, in JSON, with the fault's name and no internals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from siseon.review.checks.check import Check, Fault
from siseon.review.exchange import Evidence, Exchange, Expect, Group
from siseon.review.listing import keys_of
from siseon.review.report import Severity

EXPLAINS = {"detail", "message", "error", "errors", "title", "msg", "reason", "description", "hint"}
"""Keys under which services tell what was wrong."""
NAMES_CODE = {"code", "error_code", "type"}
RETRY_STATUSES = (429, 503)

_INTERNALS = re.compile(
    r"Traceback \(most recent call last\)"
    r'|File "[^"]+", line \d+'
    r"|\bat 0x[0-9a-f]{6,}"
    r"|site-packages|dist-packages"
    r"|/(?:usr|home|opt|root|srv|app|tmp|var|mnt)/[\w./-]*\w"
)


def _breaks(*groups: Group) -> Callable[[Evidence], Iterable[Fault]]:
    """A judge of the 5xx and missing answers of some groups."""

    def judge(evidence: Evidence) -> Iterator[Fault]:
        for exchange in evidence.of(*groups):
            if exchange.failed:
                yield Fault(f"{exchange.case.name}: {exchange.status or exchange.trouble}", exchange)

    return judge


def _accepted(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.accepted():
        if exchange.case.expect is Expect.refuse:
            yield Fault(f"{exchange.case.name}: {exchange.status}, as if it were a picture", exchange)


def _refused(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.of(Group.odd):
        if exchange.case.expect is Expect.accept and not exchange.ok and not exchange.failed:
            yield Fault(f"{exchange.case.name}: {exchange.status} to a valid picture", exchange)


def _unnamed(evidence: Evidence) -> Iterator[Fault]:
    for exchange in _refusals(evidence):
        if not isinstance(exchange.document, dict):
            yield Fault(f"{exchange.status} without a JSON body", exchange)
        elif not any(exchange.document.get(key) for key in EXPLAINS & set(exchange.document)):
            yield Fault(f"{exchange.status} does not say what was wrong", exchange)


def _leaks(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.of():
        if exchange.ok:
            continue
        text = exchange.body.decode("utf-8", "replace")
        if found := _INTERNALS.search(text):
            yield Fault(f"the error's body shows internals: {found.group()[:80]!r}", exchange)


def _uncoded(evidence: Evidence) -> Iterator[Fault]:
    for exchange in _refusals(evidence):
        if isinstance(exchange.document, dict) and not keys_of(exchange.document) & NAMES_CODE:
            yield Fault(f"{exchange.status} has no code that a program could go by", exchange)


def _no_retryable(evidence: Evidence) -> Iterator[Fault]:
    for exchange in _refusals(evidence):
        if isinstance(exchange.document, dict) and "retryable" not in keys_of(exchange.document):
            yield Fault(f"{exchange.status} does not say whether to try again", exchange)


def _no_retry_after(evidence: Evidence) -> Iterator[Fault]:
    if not evidence.over_http:
        return
    for exchange in evidence.of():
        if exchange.status in RETRY_STATUSES and "retry-after" not in exchange.headers:
            yield Fault(f"{exchange.status} without Retry-After", exchange)


def _refusals(evidence: Evidence) -> Iterator[Exchange]:
    return (exchange for exchange in evidence.of() if 400 <= exchange.status < 500)


_B, _W, _A = Severity.breaking, Severity.wrong, Severity.advice
CHECKS = (
    Check(
        "odd-picture",
        _B,
        "Valid pictures of any size, colour mode and content get no 5xx.",
        _breaks(Group.formats, Group.odd),
    ),
    Check("hostile-upload", _B, "Broken and hostile uploads get 4xx, never 5xx.", _breaks(Group.hostile)),
    Check("malformed-request", _B, "Malformed requests get 4xx, never 5xx.", _breaks(Group.malformed)),
    Check(
        "garbage-accepted", _W, "What is not a whole picture is refused, not answered with 2xx.", _accepted
    ),
    Check("picture-refused", _W, "Valid pictures with odd contents are accepted.", _refused),
    Check("error-body", _W, "A 4xx has a JSON body that says what was wrong.", _unnamed),
    Check("leak", _W, "Error bodies show no traceback, path or memory address.", _leaks),
    Check("retry-after", Severity.risky, "429 and 503 say when to come back.", _no_retry_after),
    Check("error-code", _A, "Errors have a code that a program can go by.", _uncoded),
    Check("error-retryable", _A, "Errors say whether the same request may succeed later.", _no_retryable),
)

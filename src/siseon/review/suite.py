"""Run a review: send every case, make the experiments, then let each check judge the evidence.

Sending and judging are apart: a check is a pure function over what was seen, and sees all of it.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from siseon.contracts import FailureCode, InputError
from siseon.review import clients
from siseon.review.cases import cases
from siseon.review.checks import ALL, Check, Fault
from siseon.review.checks.service import HEAVY_S
from siseon.review.exchange import Case, Evidence, Exchange
from siseon.review.listing import listing_of
from siseon.review.message import file_of
from siseon.review.operation import Envelope
from siseon.review.pictures import Photo
from siseon.review.report import Report, Severity, Violation
from siseon.review.service import HttpService, Service

ORDER = list(Severity)
HEALTH_AGAIN = 2
"""Times that the health probe is asked again, at the most."""


@dataclass(frozen=True)
class Options:
    """How a review is made."""

    photo: Photo | None = None
    """In place of the drawn scene."""
    out: Path | None = None
    """Folder for the files of the requests that showed a fault."""
    flood_bytes: int = 96 << 20
    """Length of the endless upload; more than a sound limit for one picture."""
    patience_s: float = 10.0
    """Seconds that an experiment waits for an answer before it counts as blocked."""


EXPERIMENTS = 3 + clients.ROUNDS
"""Steps that the experiments take at the most."""

Step = Callable[[str], None]
"""Hears what is being done."""
Listener = Callable[[str, int, int], None]
"""Hears what is being done, how many steps were done before, and how many there are at the most."""


async def review(service: Service, options: Options, on_step: Listener = lambda *_: None) -> Report:
    """Review a service."""
    start = time.perf_counter()
    sent = [case for case in cases(service.operation.envelope, options.photo) if service.takes(case)]
    number = count()

    def step(name: str) -> None:
        on_step(name, next(number), len(sent) + 1 + EXPERIMENTS)

    evidence = await ask(service, sent, step)
    await experiment(service, evidence, options, step)
    report = judged(service, evidence, options)
    return report.model_copy(update={"seconds": time.perf_counter() - start})


async def ask(service: Service, sent: Sequence[Case], on_step: Step = lambda _: None) -> Evidence:
    """Send cases one after the other, as far as the service takes them, and ask the health probe."""
    evidence = Evidence(service.operation, over_http=service.over_http)
    for case in filter(service.takes, sent):
        on_step(case.name)
        evidence.exchanges.append(await service.send(case))
    on_step("health probe")
    evidence.health = await _quickest_health(service)
    return evidence


async def _quickest_health(service: Service) -> Exchange | None:
    """Of a few, where the first is slow: a busy machine may have held it up."""
    quickest = await service.health()
    for _ in range(HEALTH_AGAIN):
        if quickest is None or not quickest.ok or quickest.elapsed_s <= HEAVY_S:
            break
        again = await service.health()
        if again is not None and again.ok and again.elapsed_s < quickest.elapsed_s:
            quickest = again
    return quickest


async def experiment(
    service: Service, evidence: Evidence, options: Options, on_step: Step = lambda _: None
) -> None:
    """Send the plain photo from many, slow and vanishing clients; the evidence gains what was measured."""
    if evidence.plain is None:  # nothing to compare with
        return
    plain = evidence.plain.case
    on_step("many clients at once")
    await clients.crowd(service, evidence)
    if not isinstance(service, HttpService):
        return
    on_step("slow clients")
    await clients.slow_clients(service, plain, evidence, options.patience_s)
    await clients.vanishing_clients(
        service,
        plain,
        evidence,
        options.patience_s,
        lambda number: on_step(f"clients that hang up, round {number}"),
    )
    if service.operation.envelope is Envelope.json_url:
        return
    on_step("an endless upload")
    await clients.flood(service, plain, evidence, options.flood_bytes, options.patience_s)


def judged(service: Service, evidence: Evidence, options: Options) -> Report:
    """What the checks say of the evidence."""
    return Report(
        target=service.label,
        requests=len(evidence.exchanges),
        checks=len(ALL),
        seconds=0.0,
        violations=tuple(_violations(service, evidence, options)),
        not_judged=tuple(_not_judged(service, evidence)),
    )


def _violations(service: Service, evidence: Evidence, options: Options) -> list[Violation]:
    found = []
    for check in ALL:
        faults = list(check.judge(evidence))
        if faults:
            found.append(_violation(check, faults, service, options))
    return sorted(
        found, key=lambda violation: ORDER.index(violation.severity)
    )  # stable: keeps the checks' order


def _violation(check: Check, faults: list[Fault], service: Service, options: Options) -> Violation:
    first = faults[0]
    shown = first.exchange
    for exchange in filter(None, (shown, first.beside)):
        _write(options.out, exchange)
    return Violation(
        check=check.id,
        severity=check.severity,
        proves=check.proves,
        message=first.message,
        cases=tuple(dict.fromkeys(fault.case for fault in faults)),
        reproduce=_command(first, service, str(options.out or "")),
        answer=shown.brief() if shown is not None else "",
    )


def _command(fault: Fault, service: Service, folder: str) -> str:
    """The fault's own command around the one that sends its request, or that one alone."""
    request = service.reproduce(fault.exchange.case, folder) if fault.exchange is not None else ""
    host = service.url.removesuffix(service.operation.path)
    beside = service.reproduce(fault.beside.case, folder) if fault.beside is not None else ""
    template = fault.command or "{request}"
    for name, text in {"request": request, "beside": beside, "url": service.url, "host": host}.items():
        template = template.replace(f"{{{name}}}", text)
    return template


def _write(folder: Path | None, exchange: Exchange) -> None:
    if folder is None:
        return
    path = folder / file_of(exchange.case)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(exchange.case.upload.data)
    except OSError as error:
        raise InputError(
            f"{shlex.quote(str(path))} cannot be written: {error.strerror}", code=FailureCode.file_unreadable
        ) from None


def _not_judged(service: Service, evidence: Evidence) -> list[str]:
    """What no check could see, said once each."""
    notes = []
    plain = evidence.plain
    listing = listing_of(plain.document) if plain is not None else None
    if plain is None:
        notes.append("answers, layouts and load: the plain photo was not accepted")
    elif listing is None:
        notes.append(
            "boxes, scores, classes and masks: no field of the answer was recognised as a list of objects"
        )
    elif not listing.objects:
        notes.append(
            "where boxes are: nothing was found on the plain photo; give a photo of yours with --photo"
        )
    elif all(seen.mask is None for seen in listing.objects):
        notes.append("masks: the answer has none")
    if service.over_http and service.operation.answer is None:
        notes.append("the answer's schema: no OpenAPI document describes it")
    if not service.over_http:
        notes.append("HTTP (statuses, uploads, slow clients, health): a function is called directly")
    return notes

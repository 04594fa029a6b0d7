"""How a request ends that has no answer: one failure, whatever ``run`` raised and whoever interrupted it."""

from __future__ import annotations

import asyncio
from typing import cast

from siseon.contracts import DeadlineExceeded, FailureCode, SiseonError, StageFailed
from siseon.engine.context import Request
from siseon.engine.mistakes import describe, fresh, log


def of_interrupted(request: Request) -> SiseonError:
    """The verdict that interrupted it; of a deadline also at what it was late."""
    verdict = cast(SiseonError, request.verdict).fresh()
    if not isinstance(verdict, DeadlineExceeded):
        return verdict
    waiting = ", ".join(dict.fromkeys(request.late_at)) or None
    return DeadlineExceeded(
        "the request's deadline passed" + (f" while it waited for {waiting}" if waiting else ""),
        hint="allow more time, or look at the profile for the slowest stage",
        stage=waiting,
    )


def of_cancelled_within(pipeline: str) -> SiseonError:
    """Nobody interrupted it, and it was cancelled all the same."""
    return StageFailed(
        f"pipeline {pipeline} was cancelled from within: run awaited something that was cancelled",
        hint="catch CancelledError where run awaits a task or a future of its own",
    )


def of_raised(error: BaseException, pipeline: str) -> SiseonError:
    """What ``run`` raised; of a task group's failures the first that tells something."""
    if isinstance(error, SiseonError):
        return fresh(error)
    told = [leaf for leaf in leaves(error) if not isinstance(leaf, asyncio.CancelledError)] or [error]
    foreign = [leaf for leaf in told if not isinstance(leaf, SiseonError)]
    if not foreign:
        known = [leaf for leaf in told if isinstance(leaf, SiseonError)]
        return fresh(min(known, key=lambda leaf: leaf.code is FailureCode.cancelled))
    log.error("pipeline %s raised %s", pipeline, type(error).__name__, exc_info=error)
    return StageFailed(f"pipeline {pipeline} raised {describe(foreign[0])}", hint="the log has the traceback")


def leaves(error: BaseException) -> list[BaseException]:
    """The exceptions in a group, those of groups in it included; the error itself if it is none."""
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    return [leaf for part in error.exceptions for leaf in leaves(part)]

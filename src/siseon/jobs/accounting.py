"""Keeps account of jobs whose application wants that: what a worker has made, and that it was removed.

One log an application on each machine, below the settings' cache: jobs and their events go when their time is over,
the log stays.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from siseon.applications import build
from siseon.applications.accounts import Account, who
from siseon.applications.application import AnyApplication
from siseon.applications.guarded import failures_named
from siseon.applications.options import Choices
from siseon.applications.registry import find
from siseon.contracts import FailureCode, InputError, SiseonError
from siseon.jobs.wire import Job
from siseon.settings import Settings

log = logging.getLogger("siseon.jobs")

MOST_INPUTS = 100
"""Names of inputs that the log has of one job."""


def concluded(
    settings: Settings, job: Job, options: Choices, inputs: Iterable[str], made: Mapping[str, str]
) -> None:
    """A worker has made something of all results. Blocks.

    Args:
        settings: of the worker.
        job: whose results.
        options: with which.
        inputs: names of what was looked at.
        made: SHA-256 by name of each file.

    Raises:
        SiseonError: account cannot be kept.
    """
    names = list(dict.fromkeys(name.partition("#")[0].rpartition("/")[2] for name in inputs))[:MOST_INPUTS]
    application = find(job.application)
    told = Account(
        log=settings.audit / job.application,
        what="concluded",
        by=who(),
        inputs=dict.fromkeys(names),
        made=made,
        job=job.id,
    )
    _tell(application, options, told)


def removed(settings: Settings, job: Job) -> None:
    """A job is gone with all that it had. Blocks; where account cannot be kept, that is logged: it is gone."""
    try:
        application = find(job.application)
        options = build.options(job.application, application, settings, {})
        told = Account(log=settings.audit / job.application, what="removed", by=who(), job=job.id)
        _tell(application, options, told)
    except SiseonError as error:
        log.warning("no account is kept of job %s, which was removed: %s", job.id, error.message)


def _tell(application: AnyApplication, options: Choices, told: Account) -> None:
    if application.account is None:
        return
    with failures_named("account"):
        try:
            told.log.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise InputError(
                f"the folder of logs {told.log} cannot be made: {error.strerror}",
                code=FailureCode.storage_failed,
                hint="check SISEON_CACHE_DIR and its permissions",
            ) from None
        application.account(options, told)

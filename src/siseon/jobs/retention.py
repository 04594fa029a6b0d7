"""What is kept for how long: jobs that have ended go with their artifacts, and so do artifacts that no job has."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from siseon.contracts import JobError
from siseon.jobs import store
from siseon.jobs.artifact_names import outputs_of
from siseon.jobs.artifacts import Between, go_on
from siseon.jobs.opening import Opened
from siseon.jobs.order import Order
from siseon.jobs.wire import Job

log = logging.getLogger("siseon.jobs")

Gone = Callable[[Job], object]
"""Hears that a job is gone, with all that it had."""

PAGE = 100
ORPHAN_S = 24 * 3600.0
"""A submission that has not ended within a day never will: no request may take that long."""


def untold(_: Job) -> None:
    """Nobody wants to know."""


def purge(jobs: Opened, older_than_s: float, gone: Gone = untold, between: Between = go_on) -> int:
    """Remove the jobs that ended so long ago; one that is queued again meanwhile stays whole.

    Nobody sees a job from before its artifacts go, and its row goes after them: none is left behind that no row names.

    ``gone`` hears of each; of one that an earlier purge was cut off with, nobody knows any more. ``between`` is asked
    now and then, and ends it by raising; another purge goes on there.

    Returns: how many jobs.

    Raises:
        InputError: ``storage_failed``.
        StoreError: the database cannot be used.
        SiseonError: what ``between`` raises.
    """
    count = 0
    while found := store.expired(jobs.database, older_than_s, limit=PAGE):
        count += sum(_is_removed(jobs, job, gone, between) for job in found)
    return count


def _is_removed(jobs: Opened, job: str, gone: Gone, between: Between) -> bool:
    try:
        remove(jobs, job, gone, between)
    except JobError:
        return False
    return True


def remove(jobs: Opened, job: str, gone: Gone = untold, between: Between = go_on) -> None:
    """Remove a job that has ended, with all that came with it and that it made. ``gone`` hears of it.

    Raises:
        JobError: ``job_not_finished``.
        InputError: ``storage_failed``; called again it goes on.
        StoreError: the database cannot be used; called again it goes on.
        SiseonError: what ``between`` raises; called again it goes on.
    """
    known: Job | None = None
    with suppress(JobError):
        known = store.job(jobs.database, job)
    options = store.hide(jobs.database, job)
    jobs.artifacts.delete_folder(outputs_of(job), between)
    if options is not None and (uploads := Order.of(options).uploads) is not None:
        jobs.artifacts.delete_folder(uploads, between)
    store.remove(jobs.database, job, between)
    log.info("job %s was removed with all that it had", job)
    if known is not None:
        gone(known)


def sweep(jobs: Opened, *, older_than_s: float = ORPHAN_S, between: Between = go_on) -> int:
    """Remove artifacts of which no job knows: a crash came between them and the row that was to name them.

    Returns: how many.

    Raises:
        InputError: ``storage_failed``.
        StoreError: the database cannot be used.
        SiseonError: what ``between`` raises.
    """
    before = datetime.now(UTC) - timedelta(seconds=older_than_s)
    folders = list(jobs.artifacts.folders(before))  # first: a job that is submitted now has newer ones
    known = _folders_of_jobs(jobs, between)
    return sum(jobs.artifacts.delete_folder(folder, between) for folder in folders if folder not in known)


def _folders_of_jobs(jobs: Opened, between: Between) -> set[str]:
    known: set[str] = set()
    before = None
    while page := store.jobs(jobs.database, before=before, limit=PAGE):
        between()
        for job in page:
            known.add(outputs_of(job.id))
            if (uploads := Order.of(job.options).uploads) is not None:
                known.add(uploads)
        before = page[-1].id
    return known

"""What clients call jobs, their items and artifacts: what has not the form of such a name need not be asked for."""

from __future__ import annotations

import re

from siseon.contracts import FailureCode, InputError, JobError
from siseon.jobs.artifact_names import is_name
from siseon.jobs.store.held import unknown

MOST_NUMBER = 10_000_000
_ID = re.compile(r"[0-9a-z]{26}")


def job_id(job: str) -> str:
    """Of a job.

    Raises:
        JobError: ``job_not_found``.
    """
    if _ID.fullmatch(job) is None:
        raise unknown(job)
    return job


def item_number(job: str, number: int) -> int:
    """Of an item of that job.

    Raises:
        JobError: ``job_not_found``.
    """
    if not 0 <= number <= MOST_NUMBER:
        raise JobError(f"job {job[:26]} has no item of that number")
    return number


def artifact_name(name: str) -> str:
    """Of an artifact.

    Raises:
        InputError: ``not_found``.
    """
    if not is_name(name):
        raise InputError(
            "this is not the name of an artifact",
            code=FailureCode.not_found,
            hint="the items of a job name their files",
        )
    return name

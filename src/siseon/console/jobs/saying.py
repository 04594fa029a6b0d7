"""What is known of jobs, in words."""

from __future__ import annotations

from siseon.console.jobs.known import Job, State
from siseon.console.parts.basic import Tone
from siseon.console.parts.numbers import count
from siseon.console.words.jobs import JobsWords

TONES: dict[State, Tone] = {
    "queued": "wait",
    "running": "info",
    "done": "ok",
    "failed": "bad",
    "cancelled": "off",
}


def state_of(job: Job, words: JobsWords) -> tuple[Tone, str]:
    """A job's state as a badge; one that nobody works on says so, and one of which some has failed."""
    if job.state in ("queued", "running") and not job.workers:
        return "warn", words.no_worker
    if job.state == "done" and job.failed:
        return "warn", words.done_in_part
    return TONES[job.state], getattr(words, job.state)


def progress_of(job: Job, words: JobsWords) -> str:
    """How many of its inputs are done, and how many failed."""
    told = words.of.format(done=count(job.done), total=count(job.total))
    return f"{told}, {words.failed_of.format(count=count(job.failed))}" if job.failed else told

"""Accept a job from a face: what came with it is kept first, then the one row that names it is written.

Pictures are kept one by one, so that a face never holds all of them. A submission that is refused, cut off, or known
already by its key takes its pictures with it; what a crash or a lost answer leaves behind is found by ``retention.py``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from types import MappingProxyType, TracebackType
from typing import Self

from pydantic import JsonValue

from siseon.applications import build
from siseon.applications.registry import find
from siseon.contracts import Encoded, FailureCode, InputError, SiseonError
from siseon.jobs import store
from siseon.jobs.artifact_names import upload_called, upload_name, uploads_of_submission
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.cutting import Film, cut
from siseon.jobs.inputs import of_upload, place
from siseon.jobs.opening import Opened
from siseon.jobs.order import Order, check_file_option
from siseon.jobs.webhooks import check
from siseon.jobs.wire import Job
from siseon.media.film import EVERY_S
from siseon.settings import Settings

log = logging.getLogger("siseon.jobs")


def submit(
    jobs: Opened,
    application: str,
    references: Sequence[str],
    uploads: Iterable[Encoded] = (),
    *,
    queue_items: int,
    choices: Mapping[str, JsonValue] | None = None,
    pictures: bool = False,
    key: str | None = None,
    priority: int = 0,
    webhook: str | None = None,
    secret: str | None = None,
    settings: Settings | None = None,
    films: Sequence[Film] = (),
    every_s: float = EVERY_S,
    files: Mapping[str, Encoded] = MappingProxyType({}),
) -> Job:
    """Accept a job; when this returns, it survives. Blocks.

    Args:
        jobs: where.
        application: that runs the items.
        references: to pictures that lie somewhere already.
        uploads: pictures that are kept with the job; they come after ``references``.
        queue_items: items of all jobs that may wait, these included.
        choices: of the application.
        pictures: whether each result is drawn on its picture too.
        key: the same key with the same request is the same job.
        priority: −100 to 100.
        webhook: URL that is told the end of the job.
        secret: with which webhooks are signed; without one there is none.
        settings: by whose options of the application videos are cut, and names and files are looked at first.
        films: videos that are kept with the job, each cut into items; they come last, and need ``settings``.
        every_s: of an application that looks at pictures: seconds from one of a video to the next.
        files: options of the application that are files, by name.

    Raises:
        InputError: there is no such application or choice, it cannot tell the pictures apart, an input, key or priority
            is out of bounds, a video or file cannot be used, or a place for artifacts cannot be written to.
        CapacityError: ``queue_full``.
        JobError: ``key_reused``.
        StoreError: it may have been accepted or not: with a key it can be sent again.
    """
    order = _order(application, choices or {}, pictures, settings)
    if webhook is not None:
        check(webhook, secret)
    for name, file in files.items():
        check_file_option(application, name, file)
    with _Kept(jobs.artifacts) as kept:
        uploaded = [of_upload(kept.put(picture.data), picture.name) for picture in uploads]
        if settings is not None:
            for film in films:
                references_in = cut(settings, application, film, every_s)
                uploaded += references_in(kept.adopt(film))
            expect(application, order, settings, {*references, *uploaded}, files)
        told = {name: f"{kept.put(file.data)} {file.name}" for name, file in files.items()}
        if uploaded or told:
            order = order.model_copy(update={"uploads": kept.folder, "files": told})
        new = store.NewJob(
            application=application,
            inputs=[*references, *uploaded],
            options=order.model_dump(mode="json", exclude_defaults=True),
            key=key,
            priority=priority,
            webhook=webhook,
            concludes=find(application).conclude is not None,
            folder=kept.folder,
        )
        kept.asked = True
        job = store.submit(jobs.database, new, queue_items=queue_items)
        kept.named = Order.of(job.options).uploads == kept.folder
        return job


def _order(
    application: str, choices: Mapping[str, JsonValue], pictures: bool, settings: Settings | None
) -> Order:
    """What is chosen, if the application takes it: refused now, not by each item."""
    order = Order(choices=dict(choices), pictures=pictures)
    if settings is None:
        order.chosen(application)
    else:
        order.options(application, settings)
    return order


def expect(
    name: str,
    order: Order,
    settings: Settings,
    references: Set[str],
    files: Mapping[str, Encoded] = MappingProxyType({}),
) -> None:
    """Let the application look at the names of a job's inputs, and at the files that came with it.

    Raises:
        SiseonError: it could not use them.
    """
    application = find(name)
    if application.expect is not None:
        names = [place(reference).name for reference in sorted(references)]
        with files_of_options(files) as paths:
            options = order.options(name, settings)
            build.expect(name, application, options.with_files(paths), names)


@contextmanager
def files_of_options(files: Mapping[str, Encoded]) -> Iterator[dict[str, str]]:
    """The options that are files, as paths, while they are needed.

    Raises:
        InputError: ``storage_failed``.
    """
    try:
        with TemporaryDirectory(prefix="siseon-") as folder:
            paths = {
                name: Path(folder) / f"{name}{PurePath(file.name).suffix.lower()}"
                for name, file in files.items()
            }
            for name, path in paths.items():
                path.write_bytes(files[name].data)
            yield {name: str(path) for name, path in paths.items()}
    except OSError as error:
        raise InputError(
            f"the folder for temporary files cannot be written to: {error.strerror}",
            code=FailureCode.storage_failed,
        ) from None


class _Kept:
    """What has come with one submission, in a folder of its own; it goes again unless a job has it, or may have it."""

    def __init__(self, artifacts: Artifacts) -> None:
        self.folder = uploads_of_submission()
        self.asked = False
        """From here on a job may have it: the answer that says so may be lost."""
        self.named = False
        self._artifacts = artifacts
        self._names: list[str] = []

    def put(self, data: bytes) -> str:
        """Keep these bytes; their artifact."""
        name = upload_name(self.folder, data)
        self._names.append(name)
        self._artifacts.put(name, data)
        return name

    def adopt(self, film: Film) -> str:
        """Keep a video, whose file goes from where it was; its artifact."""
        name = upload_called(self.folder, film.sha256)
        self._names.append(name)
        self._artifacts.adopt(name, film.path)
        return name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        refused = isinstance(error, SiseonError) and error.code is not FailureCode.store_unavailable
        unknown = self.asked and error is not None and not refused
        if self.named or unknown:
            return
        try:
            self._artifacts.delete(self._names)
        except InputError as failure:  # what was refused, and why, is what its sender must hear
            log.warning("what came with no job stays for now", extra={"reason": failure.message})

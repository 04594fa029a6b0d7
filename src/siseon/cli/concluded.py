"""The end of ``siseon run`` and of ``siseon jobs results``: what the application makes of all results together, in a
folder of its own beside their pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import orjson
from pydantic import BaseModel

from siseon.applications.concluding import CONCLUSION, Answered, Unanswered, concluded, data_of
from siseon.applications.steps import Tell, untold
from siseon.cli.chosen import Chosen
from siseon.cli.inputs import Source, Sources
from siseon.cli.outputs import Outputs
from siseon.cli.replaced import make_whole
from siseon.cli.written import Written
from siseon.contracts import Encoded, Failure, FailureCode, InputError, MadeFile, SiseonError
from siseon.media import MediaBounds
from siseon.media.files import name_text
from siseon.media.film.parts import VideoPart

ALL = "all pictures together"


def conclude(
    chain: Chosen,
    sources: Sources,
    outputs: Outputs,
    written: Written,
    tell: Tell = untold,
    *,
    replace: bool,
) -> tuple[bool, Path | None]:
    """Make those files, results of an earlier run that was resumed among them; False where one failed, which is told,
    and the folder in which they are.

    Without a folder, or without a result, there is nothing to do. ``tell`` hears how far it is; ``replace``: whether
    what a run has made before may be replaced.
    """
    if outputs.folder is None or chain.application.conclude is None or not outputs.answered:
        return True, None
    answered = _answered(chain, outputs.kept, {source.name: source for source in sources})
    try:
        unanswered = _unanswered(outputs.kept)
        files = concluded(chain.name, chain.application, chain.options, answered, unanswered, tell)
        return True, keep(files, outputs.folder, written, replace=replace)
    except SiseonError as error:
        from siseon.cli.terminal import show_failure

        show_failure(error, ALL)
        return False, None


def keep(
    files: Iterable[Encoded | MadeFile], folder: Path, written: Written, *, replace: bool
) -> Path | None:
    """Make the folder of these files, and say so where it has not its usual name; where it is, if there are any.

    Raises:
        SiseonError: what the files raise; ``storage_failed``. What there was is as it was then.
    """
    place = make_whole(folder, CONCLUSION, files, replace=replace, inputs=written.inputs)
    if place is not None and place.name != CONCLUSION:
        from siseon.cli.terminal import err, safe

        err.print(
            f"[yellow]![/yellow] {safe(name_text(folder / CONCLUSION))} is of another run, or was changed: {ALL} "
            f"are in {safe(name_text(place))}",
            soft_wrap=True,
        )
    return place


def _answered(chain: Chosen, results: Path, sources: dict[str, Source]) -> Iterator[Answered[BaseModel]]:
    """The pictures of the file that have a result, one line in memory."""
    with results.open("rb") as lines:
        for line in lines:
            told = orjson.loads(line)
            if "result" in told:
                name = told["input"]
                read = partial(_read, name, sources.get(name), chain.bounds)
                yield Answered(name, data_of(chain.application, told["result"]), read)


def _unanswered(results: Path) -> Iterator[Unanswered]:
    """Those of the file that have none; what was run again once its disk had room is told by its last line."""
    failures: dict[str, Failure] = {}
    with results.open("rb") as lines:
        for line in lines:
            told = orjson.loads(line)
            if "failure" in told:
                failures[told["input"]] = Failure.model_validate(told["failure"])
            else:
                failures.pop(told["input"], None)
    for name, failure in failures.items():
        yield Unanswered(name, failure)


def _read(name: str, source: Source | None, bounds: MediaBounds) -> Encoded | VideoPart:
    if source is None:
        raise InputError(f"{name} is not among the inputs", code=FailureCode.file_unreadable)
    return source.load(bounds)

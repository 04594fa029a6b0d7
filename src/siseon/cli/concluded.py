"""The end of ``siseon run``: what the application makes of all results together, in the folder of their pictures."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import orjson
from pydantic import BaseModel

from siseon.applications.concluding import Answered, concluded, data_of
from siseon.cli.chosen import Chosen
from siseon.cli.inputs import Sources
from siseon.cli.outputs import Outputs
from siseon.cli.terminal import show_failure
from siseon.cli.written import Written
from siseon.contracts import Encoded, FailureCode, InputError, SiseonError
from siseon.media import MediaBounds, read_file

ALL = "all pictures together"


def conclude(chain: Chosen, sources: Sources, outputs: Outputs, written: Written) -> bool:
    """Write those files, results of an earlier run that was resumed among them; False where one failed, which is told.

    Without a folder, or without a result, there is nothing to do.
    """
    if outputs.folder is None or chain.application.conclude is None or not outputs.answered:
        return True
    answered = _answered(chain, outputs.kept, {source.name: source.place for source in sources})
    try:
        for file in concluded(chain.name, chain.application, chain.options, answered):
            written.picture(outputs.folder, file.name, Path(file.name).suffix, file.data)
    except SiseonError as error:
        show_failure(error, ALL)
        return False
    return True


def _answered(
    chain: Chosen, results: Path, places: dict[str, Path | InputError]
) -> Iterator[Answered[BaseModel]]:
    """The pictures of the file that have a result, one line in memory."""
    with results.open("rb") as lines:
        for line in lines:
            told = orjson.loads(line)
            if "result" in told:
                name = told["input"]
                read = partial(_read, name, places.get(name), chain.bounds)
                yield Answered(name, data_of(chain.application, told["result"]), read)


def _read(name: str, place: Path | InputError | None, bounds: MediaBounds) -> Encoded:
    if not isinstance(place, Path):
        raise place or InputError(f"{name} is not among the inputs", code=FailureCode.file_unreadable)
    return read_file(place, bounds)

"""Where the results of ``siseon run`` go: the terminal, a JSON lines file, a folder of annotated pictures."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Self

import orjson

from siseon.cli.chosen import Chosen
from siseon.cli.terminal import out, show_failure
from siseon.contracts import Encoded, FailureCode, InputError, Result, SiseonError
from siseon.media.decode import decode
from siseon.media.encode import encode


class Outputs:
    """Opened for one run; takes each outcome once."""

    def __init__(self, chain: Chosen, json: Path | None, folder: Path | None) -> None:
        self._chain = chain
        self.failed = 0
        self._json = json
        self._folder = folder
        self._files: list[IO[bytes]] = []
        self._taken: set[str] = set()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        try:
            if self._folder is not None:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._files.append(self._stack.enter_context((self._folder / "results.jsonl").open("wb")))
            if self._json is not None and str(self._json) != "-":
                self._files.append(self._stack.enter_context(self._json.open("wb")))
        except OSError as error:
            raise InputError(
                f"{error.filename} can not be written: {error.strerror}", code=FailureCode.file_unreadable
            ) from None
        if self._json is not None and str(self._json) == "-":
            self._files.append(sys.stdout.buffer)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, name: str, picture: Encoded | None, outcome: Result[Any] | SiseonError) -> None:
        """Report one outcome everywhere it belongs."""
        if isinstance(outcome, SiseonError):
            self.failed += 1
            show_failure(outcome, name)
            self._write({"input": name, "failure": outcome.failure().model_dump(mode="json")})
            return
        self._write({"input": name, "result": outcome.model_dump(mode="json")})
        if self._folder is not None and picture is not None:
            image = self._chain.application.draw(
                decode(picture.data, bounds=self._chain.bounds), outcome.data
            )
            self._picture(self._folder, name).write_bytes(encode(image, "jpeg"))
        if self._json is None and self._folder is None:
            out.print(self._chain.application.text(name, outcome), markup=False)

    def _write(self, document: dict[str, object]) -> None:
        line = orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
        for file in self._files:
            file.write(line)

    def _picture(self, folder: Path, name: str) -> Path:
        """A file in the folder, called after the input's own name only; numbered where two would collide."""
        stem = Path(name).stem or "picture"
        candidate, number = f"{stem}.jpg", 2
        while candidate in self._taken:
            candidate, number = f"{stem}-{number}.jpg", number + 1
        self._taken.add(candidate)
        return folder / candidate

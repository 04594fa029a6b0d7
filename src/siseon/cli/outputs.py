"""Where the results of ``siseon run`` go: the terminal, a JSON lines file, a folder of annotated pictures."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import orjson

from siseon.cli.chosen import Chosen
from siseon.cli.lines import Lines, unwritten
from siseon.cli.terminal import err, one_line, out, printable, safe, show_failure
from siseon.cli.written import Written
from siseon.contracts import InputError, Result, SiseonError
from siseon.media.files import name_text

RESULTS = "results.jsonl"
STDOUT = "-"


class Outputs:
    """Opened for one run; takes each outcome once."""

    def __init__(
        self, chain: Chosen, json: Path | None, folder: Path | None, written: Written, total: int
    ) -> None:
        """``total``: pictures that there are to be."""
        self._chain = chain
        self._total = total
        self.answered = 0
        self.failed = 0
        self._json = json
        self.folder = folder
        """Where annotated pictures go, if anywhere."""
        self._written = written
        self._files: list[Lines] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        try:
            for option, place in (("--out", self.folder), ("--json", self._json)):
                if place is not None and not place.parts:
                    raise InputError(
                        f"{option} is empty",
                        hint="a shell variable may not be set; ./results is one of the current folder",
                    )
            if self.folder is not None:
                if self.folder.exists() and not self.folder.is_dir():
                    raise InputError(
                        f"--out {name_text(self.folder)} is not a folder",
                        hint="name a folder, or give the file for the results with --json",
                    )
                self.folder.mkdir(parents=True, exist_ok=True)
                self._add(self.folder / RESULTS)
            if self._json is not None and str(self._json) != STDOUT and not self._is_in_the_folder():
                self._add(self._json)
        except BaseException as error:
            self._stack.__exit__(*sys.exc_info())
            if isinstance(error, OSError):
                raise unwritten(Path(error.filename or "the output"), error) from None
            raise
        if self._json is not None and str(self._json) == STDOUT:
            self._files.append(Lines(Path("stdout"), sys.stdout.fileno()))
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: Any) -> None:
        try:
            self._stack.__exit__(kind, *error)
        finally:
            self._tell(interrupted=kind is KeyboardInterrupt)

    def add(self, name: str, outcome: Result[Any] | SiseonError, drawn: bytes | None = None) -> None:
        """Report one outcome everywhere it belongs; ``drawn`` is its annotated picture, a JPEG.

        Raises:
            BrokenPipeError: nobody reads the results any more.
        """
        if not isinstance(outcome, SiseonError):
            try:
                self._keep(name, outcome, drawn)
            except SiseonError as error:
                outcome = error
            else:
                self.answered += 1
                return
        self.failed += 1
        show_failure(outcome, name)
        try:
            self._write({"input": name, "failure": outcome.failure().model_dump(mode="json")})
        except SiseonError as error:
            if error.message != outcome.message:  # it says what the failure of the result has said
                show_failure(error, name)

    def _keep(self, name: str, result: Result[Any], drawn: bytes | None) -> None:
        if self.folder is not None and drawn is not None:
            self._written.picture(self.folder, name, ".jpg", drawn)
        self._write({"input": name, "result": orjson.Fragment(result.to_json())})
        if self._json is None and self.folder is None:
            text = self._chain.application.text(one_line(name), result)
            out.print(printable(text), markup=False)

    def _tell(self, *, interrupted: bool) -> None:
        """One line: how many, how many failed, where they are; and where lines are that replaced nothing."""
        done = self.answered + self.failed
        places = [name_text(place) for place in (self.folder, self._json) if place is not None]
        files = [place for place in places if place != STDOUT]
        if interrupted or (files and done):
            count = f"interrupted: {done} of {self._total}" if interrupted else f"{done}"
            failed = f", [red]{self.failed} failed[/red]" if self.failed else ""
            where = f"  →  {safe(' and '.join(files))}" if files else ""
            err.print(f"{count} picture{'' if count == '1' else 's'}{failed}{where}", soft_wrap=True)
        for file in self._files:
            if file.place != file.path and file.place.exists():
                told = f"{safe(file.path)} is as it was, the new results are in {safe(file.place)}"
                err.print(told, soft_wrap=True)

    def _is_in_the_folder(self) -> bool:
        """Whether --json names the file of results that --out makes: it is written once."""
        return (
            self.folder is not None
            and self._json is not None
            and self._json.resolve() == (self.folder / RESULTS).resolve()
        )

    def _add(self, path: Path) -> None:
        self._files.append(self._stack.enter_context(self._written.lines(path)))

    def _write(self, document: dict[str, object]) -> None:
        line = orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
        for file in self._files:
            file.write(line)

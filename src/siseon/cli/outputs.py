"""Where the results of ``siseon run`` go: the terminal, a JSON lines file, a folder of annotated pictures."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

import orjson
import typer

from siseon.cli.chosen import Chosen
from siseon.cli.lines import Lines, unwritten
from siseon.cli.printable import one_line, printable
from siseon.cli.resumed import NOTHING
from siseon.cli.written import Written
from siseon.cli.wrong import of_the_command
from siseon.contracts import Encoded, InputError, Result, SiseonError
from siseon.media.files import name_text

RESULTS = "results.jsonl"
STDOUT = "-"
NUMBER = re.compile(r"\d[\d.,]*")
"""Remarks that differ in these are of one kind."""
MOST_REMARKS = 5
"""Warnings that are shown at the end of a run."""


class Outputs:
    """Opened for one run; takes each outcome once."""

    def __init__(
        self,
        chain: Chosen,
        json: Path | None,
        folder: Path | None,
        written: Written,
        total: int,
        *,
        resume: bool = False,
    ) -> None:
        """``total``: pictures that there are to be; ``resume``: go on with the file of results that is there.

        Raises:
            InputError: there is not one file of results to go on with.
        """
        self._can_be_resumed = (json is None) != (folder is None) and str(json) != STDOUT
        if resume and not self._can_be_resumed:
            with of_the_command():
                raise InputError(
                    "--resume goes on with one file of results",
                    hint="give either --out FOLDER or --json FILE",
                )
        self._chain = chain
        self._resume = resume
        self.earlier = NOTHING
        """What the file of results told already."""
        self._total = total
        self.answered = 0
        self.failed = 0
        self._empty = 0
        """Answers of this run in which nothing was read or found."""
        self._json = json
        self.folder = folder
        """Where annotated pictures go, if anywhere."""
        self._written = written
        self._files: list[Lines] = []
        self._remarks: Counter[str] = Counter()
        """What the results say of themselves, where their text is not shown: pictures by kind of remark."""
        self._first: dict[str, str] = {}
        """The first remark of each kind."""
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        try:
            if self.folder is not None:
                if self.folder.exists() and not self.folder.is_dir():
                    raise InputError(
                        f"--out {name_text(self.folder)} is not a folder",
                        hint="name a folder, or give the file for the results with --json",
                    )
                self._expect_two_places()
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

    def add(self, name: str, outcome: Result[Any] | SiseonError, drawn: Sequence[Encoded] = ()) -> None:
        """Report one outcome everywhere it belongs; ``drawn``: its picture and what belongs to it, with their suffixes.

        Raises:
            BrokenPipeError: nobody reads the results any more.
        """
        failures: list[SiseonError] = []
        if not isinstance(outcome, SiseonError):
            try:
                line = _line(name, outcome, self._chain.mark)
                self._show(name, outcome, drawn)
            except SiseonError as error:  # of a disk, or of an application's own to_json, drawing or text
                outcome = error
        if isinstance(outcome, SiseonError):
            failures.append(outcome)
            line = _line(name, outcome, self._chain.mark)
        failures += self._write(name, line)
        if not failures:
            self.answered += 1
            self._empty += _is_empty(self._chain, outcome)
            return
        self.failed += 1
        from siseon.cli.terminal import show_failure

        for failure in {failure.message: failure for failure in failures}.values():  # the same is said once
            show_failure(failure, name)

    @property
    def kept(self) -> Path:
        """Where the lines in the folder are at the moment. There must be a folder."""
        return self._files[0].place

    def _show(self, name: str, result: Result[Any], drawn: Sequence[Encoded]) -> None:
        """What a result is beside its line: a picture in the folder, or words where no results are asked for."""
        if self.folder is not None or self._json is not None:
            for kind, remark in {
                NUMBER.sub("", told): told for told in result.warnings + result.degraded
            }.items():
                self._remarks[kind] += 1
                self._first.setdefault(kind, remark)
        if self.folder is not None:
            for file in drawn:
                self._written.picture(self.folder, name, Path(file.name).suffix, file.data)
        elif self._json is None:
            text = self._chain.application.text(one_line(name), result)
            typer.echo(printable(text))

    def _write(self, name: str, line: bytes) -> list[SiseonError]:
        """One line in every file; a file that is full keeps none of the others from theirs."""
        failed: list[SiseonError] = []
        for file in self._files:
            try:
                file.write(line)
            except SiseonError as error:
                failed.append(error)
                with suppress(SiseonError):  # a failure is shorter, and may still fit
                    file.write(_line(name, error, self._chain.mark))
        return failed

    def _tell(self, *, interrupted: bool) -> None:
        """One line: how many, how many failed, where they are; and where lines are that replaced nothing."""
        done = self.answered + self.failed
        places = [place for place in (self.folder, self._json) if place is not None and str(place) != STDOUT]
        left = [file for file in self._files if file.place != file.path and file.place.exists()]
        if not (interrupted or (places and done) or self._remarks or left):
            return
        from siseon.cli.terminal import err, safe

        if interrupted or (places and done):
            count = f"interrupted: {done} of {self._total}" if interrupted else f"{done}"
            failed = f", [red]{self.failed} failed[/red]" if self.failed else ""
            if self._empty:
                new = " of the new ones" if self.earlier.count else ""
                failed += f", {safe(self._chain.application.nothing)} in {self._empty}{new}"
            there = [name_text(place) for place in places if os.path.lexists(place)]
            where = f"  →  {safe(' and '.join(there))}" if there else ""
            unit = "picture" if self._chain.application.parts is None else "part"
            onward = "; --resume goes on" if interrupted and there and self._can_be_resumed else ""
            err.print(f"{count} {unit}{'' if count == '1' else 's'}{failed}{where}{onward}", soft_wrap=True)
        for kind, pictures in self._remarks.most_common(MOST_REMARKS):
            of = "" if done == 1 else f"{pictures} of {done}: "
            err.print(f"[yellow]![/yellow] {of}{safe(self._first[kind])}", soft_wrap=True)
        if (more := len(self._remarks) - MOST_REMARKS) > 0:
            err.print(f"[yellow]![/yellow] and {more} other warnings, in the results", soft_wrap=True)
        for file in left:
            told = f"{safe(file.path)} is as it was, the new results are in {safe(file.place)}"
            err.print(told, soft_wrap=True)

    def _is_in_the_folder(self) -> bool:
        """Whether --json names the file of results that --out makes: it is written once."""
        return (
            self.folder is not None
            and self._json is not None
            and os.path.realpath(self._json) == os.path.realpath(self.folder / RESULTS)  # links may go round
        )

    def _expect_two_places(self) -> None:
        if (
            self._json is not None
            and self.folder is not None
            and os.path.realpath(self._json) == os.path.realpath(self.folder)  # links may go round
        ):
            with of_the_command():
                raise InputError(
                    f"--json and --out are both {name_text(self._json)}",
                    hint=f"--out has the results in its {RESULTS}: leave out --json, or name another file",
                )

    def _add(self, path: Path) -> None:
        if self._resume:
            lines, self.earlier = self._written.continued(path, self._chain.mark)
            self.failed = self.earlier.failed
            self.answered = self.earlier.count - self.failed
        else:
            lines = self._written.lines(path, resumable=True, mark=self._chain.mark)
        self._files.append(self._stack.enter_context(lines))


def _is_empty(chain: Chosen, outcome: Result[Any] | SiseonError) -> bool:
    if isinstance(outcome, SiseonError):
        return False
    try:
        return not chain.application.count(outcome.data)
    except SiseonError:  # an application that cannot count: the answer is there
        return False


def _line(name: str, outcome: Result[Any] | SiseonError, mark: str) -> bytes:
    told = (
        {"failure": outcome.failure().model_dump(mode="json")}
        if isinstance(outcome, SiseonError)
        else {"result": orjson.Fragment(outcome.to_json())}
    )
    return orjson.dumps({"input": name, "run": mark, **told}, option=orjson.OPT_APPEND_NEWLINE)

"""Where a new model goes: a folder of its own that is there whole, or as it was before."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from siseon.contracts import FailureCode, InputError, ModelError
from siseon.models.card import ModelCard, is_model_name
from siseon.models.card_toml import card_toml
from siseon.models.exchange import exchange
from siseon.models.registered import CARD, unfinished


@dataclass(frozen=True, slots=True)
class Target:
    """A model's name and the folder in which its own is made."""

    folder: Path
    name: str
    force: bool = False
    """Whether one of that name is replaced."""

    @property
    def home(self) -> Path:
        """The model's own folder."""
        return self.folder / self.name

    @property
    def _before(self) -> Path:
        """Where the old model is while it is replaced, where that takes two steps."""
        return self.folder / f".{self.name}.before"

    def check(self) -> None:
        """Whether a model can be put there: to be asked before any work.

        Raises:
            InputError: see ``part``.
        """
        with self.part():
            pass

    @contextmanager
    def part(self) -> Iterator[Path]:
        """A folder beside it to work in, gone at the end.

        Raises:
            InputError: no name of a model, it is taken, or the folder cannot be written.
        """
        if not is_model_name(self.name):
            raise InputError(
                f"{self.name!r} is not a model's name: small letters, digits, dots and hyphens",
                hint="give one with --name",
            )
        with ExitStack() as made:
            try:
                self._mend()
                self._check_free()
                part = made.enter_context(unfinished(self.folder))
            except OSError as error:
                raise self._closed(error) from None
            yield part

    def put(self, part: Path, weights: Path, card: ModelCard) -> Path:
        """Make the model of the card and its weights, both in ``part``; the path of its card.

        Raises:
            InputError: it cannot be written, or the name was taken meanwhile; what was there before still is.
        """
        self._check_free()
        made = part / "made"
        try:
            made.mkdir()
            os.replace(weights, made / card.files[0].name)
            (made / CARD).write_text(card_toml(card), encoding="utf-8")
            made.chmod(0o755)
            if not self.home.exists():
                os.rename(made, self.home)
            elif not exchange(made, self.home):
                self._replace_with(made)
        except OSError as error:
            raise self._closed(error) from None
        return self.home / CARD

    def _replace_with(self, made: Path) -> None:
        """Where two folders cannot be exchanged: what is killed between the two renames is mended by the next."""
        shutil.rmtree(self._before, ignore_errors=True)
        os.rename(self.home, self._before)
        try:
            os.rename(made, self.home)
        except BaseException:  # also where somebody ends it just now
            os.rename(self._before, self.home)
            raise
        shutil.rmtree(self._before, ignore_errors=True)

    def _mend(self) -> None:
        if not self.home.exists() and (self._before / CARD).is_file():
            os.rename(self._before, self.home)

    def _check_free(self) -> None:
        if self.home.exists() and not (self.force and (self.home / CARD).is_file()):
            raise InputError(
                f"{self.home} is there already",
                code=FailureCode.model_exists,
                hint="--force replaces a model that lies there, --name gives another name",
            )

    def _closed(self, error: OSError) -> InputError | ModelError:
        return InputError(
            f"{self.folder} cannot be written: {error.strerror}",
            code=FailureCode.file_unreadable,
            hint="give a folder with --to",
        )

"""What an application says of itself, once: from it the command line, the service, profiles and help are made.

An application is a folder with this object, called ``APPLICATION``, and a line that names it: in
``siseon.applications.registry`` for those that ship with siseon, in the entry point group ``siseon.applications`` of
any other package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, JsonValue

from siseon.applications.options import Choices
from siseon.contracts import ContractViolation, Encoded, Image, MadeFile, Measurement, Result
from siseon.engine import Pipeline
from siseon.media.bounds import MediaBounds
from siseon.models import ModelManager

if TYPE_CHECKING:
    from siseon.applications.accounts import Account
    from siseon.applications.concluding import Answered, Unanswered
    from siseon.applications.steps import Step
    from siseon.media.adopt import Picture
    from siseon.media.film.parts import VideoPart

Data = TypeVar("Data", bound=BaseModel)
Options = TypeVar("Options", bound=Choices)
Truth = TypeVar("Truth", bound=BaseModel)
OptionsTaken = TypeVar("OptionsTaken", bound=Choices, contravariant=True)
TruthTaken = TypeVar("TruthTaken", bound=BaseModel, contravariant=True)


class Kind(Protocol[OptionsTaken, Data]):
    """A pipeline's class. Its ``run`` takes a request's ``choices`` as a keyword, where there are some to make."""

    def __call__(
        self, models: ModelManager, options: OptionsTaken, *, bounds: MediaBounds
    ) -> Pipeline[Picture, Data]:
        """The pipeline, not started; ``bounds`` are for everything that it decodes."""
        ...


class Measure(Protocol[OptionsTaken, TruthTaken]):
    """An evaluation."""

    async def __call__(
        self,
        models: ModelManager,
        options: OptionsTaken,
        truth: TruthTaken,
        *,
        bounds: MediaBounds,
        progress: Callable[[], object],
    ) -> Table:
        """What was measured; ``progress`` is called after each picture.

        Raises:
            SiseonError: the truth cannot be used, or the failure of the first picture.
        """
        ...


@dataclass(frozen=True, slots=True)
class Table:
    """What an evaluation found, for the eye and for programs."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    document: JsonValue
    """The same in full, as JSON."""
    notes: tuple[str, ...] = ()
    """What was not measured, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(Generic[Options, Truth]):
    """How an application is measured on labelled pictures."""

    summary: str
    """One line for help."""
    truth: type[Truth]
    """What is compared with: each field is an argument of the command, with its description as help."""
    measure: Measure[Options, Truth]
    measured: tuple[str, ...] | None = None
    """The options that make a difference to it; None: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application(Generic[Options, Data]):
    """One application."""

    kind: Kind[Options, Data]
    options: type[Options]
    """Everything that may be set; each field has a default."""
    choices: type[Choices]
    """Of these, what a request may choose: a base of ``options``."""
    result: type[Data]
    summary: str
    """One line for help."""
    draw: Callable[[Image, Data], Image]
    """The picture, upright and at full size, with what was found drawn on it."""
    text: Callable[[str, Result[Data]], str]
    """What was found in the picture of that name, in lines for a terminal."""
    count: Callable[[Data], int]
    """How many things were found."""
    nothing: str = "nothing read or found"
    """What the last line of a run says of the pictures in which that is none."""
    made: Callable[[Data], tuple[Encoded, ...]] | None = None
    """Of an application whose answer is a picture: that picture, then what belongs to it, each a file to be kept as it
    is, with its suffix in its name."""
    edit: Callable[[Encoded, Data, Data, Options, MediaBounds], Data] | None = None
    """Of one whose answer a person may change: takes the picture as it came, the answer as it stands and as it is
    wanted, and makes that, with no network. It may block, and raises an ``InputError`` for what cannot be made."""
    measure: Callable[[Data], tuple[Measurement, ...]] | None = None
    """The figures in a result, each tag once: what a live stream watches for alarms and keeps a history of."""
    follow: Callable[[Options], Callable[[Data, datetime], Data]] | None = None
    """Of a live stream with these options: takes its results in order, each with the time of its picture, and makes of
    them what the ones before tell too. What it returns keeps the state of one stream."""
    parts: Callable[[Options, MediaBounds, Path], Sequence[VideoPart]] | None = None
    """Of an application that looks at videos: those into which one is cut, each an item of its own; ``draw`` is not
    asked for then. It may block, and raises an ``InputError`` where the file is no video."""
    of_file: bool = False
    """Whether its pipeline reads a picture's file beside its pixels: it is given the bytes then, wherever there are
    some."""
    beside: Callable[[Data], tuple[Encoded, ...]] | None = None
    """Files that belong to a result beside its drawing, each with a suffix of its own in its name: made where files are
    kept, of what the result holds beside its wire form. It may block."""
    expect: Callable[[Options, Sequence[str]], object] | None = None
    """Of an application that knows pictures by their names, from a table say: looks at those of a run or a job before
    it begins, and raises a ``SiseonError`` where it could not tell them apart."""
    steps: Callable[[Result[Data]], tuple[Step, ...]] | None = None
    """Of an application whose parts take long: what a result tells of the work behind it, step by step; those of
    several parts are added up."""
    conclude: (
        Callable[
            [Options, Iterable[Answered[Data]], Iterable[Unanswered]], Iterable[Encoded | MadeFile | Step]
        ]
        | None
    ) = None
    """Of an application that has something to say of all pictures of a run together: the files that it makes of their
    results and of what has failed, in the order in which they ended, each kept under its own name beside those of the
    pictures, and between them, where that takes long, how far it is. It may block."""
    extras: tuple[str, ...] = ()
    """Extras of siseon without whose libraries it cannot run."""
    afterwards: frozenset[str] = frozenset()
    """Names of options that ``conclude`` alone reads: a run is resumed with others, and only that is made anew."""
    account: Callable[[Options, Account], object] | None = None
    """Of an application that keeps account of what is done with people: hears of each run that keeps its results in a
    folder, before it begins and when its files are there, and of jobs. It may block, and raises a ``SiseonError`` where
    it cannot keep account: the run does not begin then."""
    evaluate: Evaluation[Options, Any] | None = None

    def __post_init__(self) -> None:
        if not issubclass(self.options, self.choices):
            raise ContractViolation(f"{self.options.__name__} does not extend {self.choices.__name__}")
        if unknown := self.afterwards - set(self.options.model_fields):
            raise ContractViolation(f"{self.options.__name__} has no {min(unknown)}")
        needed = [name for name, field in self.options.model_fields.items() if field.is_required()]
        if needed:
            raise ContractViolation(f"{self.options.__name__}.{needed[0]} has no default")


AnyApplication = Application[Any, Any]

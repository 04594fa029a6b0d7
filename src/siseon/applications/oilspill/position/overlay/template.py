"""The layout of one turret's overlay: which figure stands where, and how it is written. TOML, for a person to edit."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from siseon.applications.oilspill.contracts import FactName
from siseon.applications.oilspill.position.overlay.form import Axis, Form, GrammarName, Unit
from siseon.contracts import FailureCode, InputError
from siseon.contracts.words import words_of
from siseon.media.files import read_labelled

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Region = tuple[Share, Share, Share, Share]
"""Left, top, right, bottom as shares of the picture's width and height."""
Name = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$")]
Word = Annotated[str, Field(min_length=1, max_length=40)]

MAX_FIELDS = 80
MAX_BYTES = 64 << 10
"""Of a template: 80 fields with all that they can say take 20 KiB."""
MAX_DOTS, MAX_DEPTH = 200, 16
"""Dots in a line and brackets in each other, outside of strings: the parser's work and memory grow with the square of a
dotted key's parts, and it calls itself for each bracket."""
STRINGS = re.compile(
    r"""#[^\n]*|\"{3}(?:\\.|[^\\])*?(?:"{3,5}|\Z)|'{3}.*?(?:'{3,5}|\Z)|"(?:\\.|[^"\\\n])*"?|'[^'\n]*'?""",
    re.DOTALL,
)
"""Comments and strings of TOML 1.0, in one pass from left to right."""
COORDINATES: frozenset[GrammarName] = frozenset(("dms", "ddm", "decimal", "mgrs"))
TIMES: frozenset[GrammarName] = frozenset(("date", "clock", "zone", "date_time"))
POSITIONS = ("latitude", "longitude", "target_latitude", "target_longitude")


class FieldOfOverlay(BaseModel):
    """One figure or word, and where it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    region: Region
    """Around the text, with half a letter of room and nothing else that is written."""
    grammar: GrammarName
    fact: FactName | None = None
    """What it tells. Of ``mgrs`` the latitude of the pair that it is compared with, or is taken for. None: it is read
    and told, and no fact."""
    again: bool = False
    """It says once more what another field says, of another moment perhaps: compared with it, and taken only where the
    other cannot be read."""
    digits: Annotated[int, Field(ge=1, le=10)] | None = None
    decimals: Annotated[int, Field(ge=0, le=8)] | None = None
    unit: Unit | None = None
    words: tuple[Word, ...] = ()
    before: Annotated[str, Field(max_length=20)] = ""
    anchor: bool = False
    """Of ``words``: it stands in every frame of this layout; where too few are read the layout is another."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        left, top, right, bottom = self.region
        if left >= right or top >= bottom:
            raise ValueError("a region is left, top, right, bottom")
        if self.grammar in COORDINATES and self.fact not in POSITIONS:
            raise ValueError(f"{self.grammar} is of one of {', '.join(POSITIONS)}")
        if self.grammar in TIMES and self.fact != "time":
            raise ValueError(f'{self.grammar} is of fact = "time"')
        if self.grammar == "words" and self.fact is not None:
            raise ValueError("words are no fact")
        if self.grammar == "length" and self.unit is None:
            raise ValueError("a length needs its unit")
        if self.anchor and not self.words:
            raise ValueError("an anchor is one of words")
        return self

    @property
    def form(self) -> Form:
        """How it is written."""
        return Form(self.grammar, self._axis, self.digits, self.decimals, self.unit, self.words, self.before)

    @property
    def _axis(self) -> Axis | None:
        if self.fact is None or self.grammar not in COORDINATES:
            return None
        return "latitude" if self.fact.endswith("latitude") else "longitude"


class Template(BaseModel):
    """A layout."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,59}$")]
    about: str = ""
    aspect: Annotated[float, Field(gt=0.1, lt=10)]
    """Width over height of its frames; pictures of another one (beyond 2 %) are not read by it."""
    fields: Annotated[tuple[FieldOfOverlay, ...], Field(min_length=1, max_length=MAX_FIELDS)]
    hidden: tuple[Region, ...] = ()
    """What else lies over the view: cross hairs, scales, an inset map."""
    moments_apart_s: Annotated[float, Field(ge=0, le=60)] = 0.0
    """Seconds by which fields that are ``again`` may be of another moment."""

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [field.name for field in self.fields]
        if len(set(names)) != len(names):
            raise ValueError("two fields have one name")
        return self

    def fits(self, width: int, height: int) -> bool:
        """Whether a picture has its shape."""
        return abs(width / height / self.aspect - 1) <= ASPECT_TOLERANCE


ASPECT_TOLERANCE = 0.02
"""Of a frame that was scaled, and cut by a few rows."""


def parse_template(text: str, source: str) -> Template:
    """A template from TOML.

    Raises:
        InputError: it is not one; the first fault is named.
    """
    if (why := _too_much(text)) is not None:
        raise InputError(f"{source} is not a template of an overlay: {why}", code=FailureCode.invalid_input)
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{source} is not TOML: {error}", code=FailureCode.invalid_input) from None
    try:
        return Template.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "template"
        raise InputError(
            f"{source} is not a template of an overlay: {where}: {words_of(first)}",
            code=FailureCode.invalid_input,
        ) from None


def _too_much(text: str) -> str | None:
    """What of it no template needs, and a parser should not be given; None where all is well."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        return f"it has {size:,} bytes, more than {MAX_BYTES:,}"
    depth = 0
    for number, line in enumerate(STRINGS.sub(_only_lines, text).split("\n"), 1):
        if line.count(".") > MAX_DOTS:
            return f"line {number} has more than {MAX_DOTS} dots"
        for letter in line:
            depth += (letter in "[{") - (letter in "]}")
            if depth > MAX_DEPTH:
                return f"line {number} has more than {MAX_DEPTH} brackets in each other"
    return None


def _only_lines(string: re.Match[str]) -> str:
    return "\n" * string[0].count("\n")


def read_template(name: str) -> Template:
    """One that is shipped, by its name, or one in a file.

    Raises:
        InputError: there is none, or it is not a template.
    """
    if name in shipped():
        return parse_template(_folder().joinpath(f"{name}.toml").read_text("utf-8"), name)
    if not name.endswith(".toml"):
        raise InputError(
            f"{name!r} is no template of an overlay",
            code=FailureCode.invalid_input,
            hint=f"one of {', '.join(shipped())}, or the path of a .toml",
        )
    data = read_labelled(Path(name)).data
    try:
        return parse_template(data.decode("utf-8"), name)
    except UnicodeDecodeError:
        raise InputError(f"{name} is not UTF-8", code=FailureCode.invalid_input) from None


def shipped() -> tuple[str, ...]:
    """Names of the templates of the package."""
    return tuple(
        sorted(
            entry.name.removesuffix(".toml") for entry in _folder().iterdir() if entry.name.endswith(".toml")
        )
    )


def _folder() -> Traversable:
    return files("siseon.applications.oilspill.position.overlay") / "templates"

"""The table beside a user's photos: what the instrument in each showed.

A CSV file with the columns file, unit, value, tolerance, scale_min, scale_max; a reading that is farther off than its
tolerance is wrong.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from siseon.applications.gauges.contracts import Finite
from siseon.applications.measuring import expect_once
from siseon.contracts import FailureCode, InputError
from siseon.contracts.words import words_of
from siseon.media.files import read_file

MOST_ROWS = 100_000


class Labelled(BaseModel):
    """A row of the table."""

    model_config = ConfigDict(frozen=True)

    file: Annotated[str, Field(min_length=1)]
    unit: str
    value: Finite
    tolerance: Annotated[Finite, Field(ge=0)]
    scale_min: Finite
    scale_max: Finite

    @model_validator(mode="after")
    def _a_scale(self) -> Self:
        if self.scale_max <= self.scale_min:
            raise ValueError(f"scale_max {self.scale_max:g} is not above scale_min {self.scale_min:g}")
        return self

    @property
    def meant(self) -> str:
        """What it is a row of: of a photo with several scales each may have one."""
        return f"{Path(self.file)} ({self.unit.casefold()}, {self.scale_min} to {self.scale_max})"


def labelled(path: Path) -> list[Labelled]:
    """The rows of a table.

    Raises:
        InputError: it cannot be read, has no rows, or one of them is not as it must be or stands there twice.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(read_file(path).data.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} is not a CSV file: {error}", code=FailureCode.invalid_input) from None
    if not 0 < len(rows) <= MOST_ROWS:
        raise InputError(
            f"{path} has {len(rows)} rows, it may have 1 to {MOST_ROWS}", code=FailureCode.invalid_input
        )
    found = []
    for number, row in enumerate(rows, start=2):
        if None in row:  # as of a decimal comma, which would move all that follows
            raise InputError(
                f"{path}, line {number}: there are more cells than columns",
                code=FailureCode.invalid_input,
                hint="decimals have a point; a cell with a comma in it stands in quotes",
            )
        try:
            found.append(Labelled.model_validate(row))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"]) or "row"
            raise InputError(
                f"{path}, line {number}: {field}: {words_of(first)}",
                code=FailureCode.invalid_input,
                hint="the columns are file, unit, value, tolerance, scale_min, scale_max",
            ) from None
    expect_once((row.meant for row in found), f"{path} has a row of")
    return found

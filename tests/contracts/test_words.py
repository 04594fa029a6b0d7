from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from siseon.contracts.words import words_of


class Dial(BaseModel):
    model_config = ConfigDict(extra="forbid")

    high: float

    @field_validator("high")
    @classmethod
    def _above(cls, high: float) -> float:
        if high <= 0:
            raise ValueError("it must be above 0")
        return high


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"high": 1, "hihg": 2}, "there is no such field"),
        ({"high": -1}, "it must be above 0"),
        ({}, "Field required"),
    ],
)
def test_words_are_for_whoever_wrote_the_value(values: dict[str, float], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Dial.model_validate(values)
    assert words_of(caught.value.errors()[0]) == words

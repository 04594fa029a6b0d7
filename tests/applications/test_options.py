"""Options are checked by their types, wherever they are stated, and a request's choice goes before them."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field

from siseon.applications.options import Choices, OrNone, Share, Words, stated
from siseon.contracts import InputError


class Request(Choices):
    least: Share = 0.5
    """Least score."""
    names: Words = ()


class Options(Request):
    most: Annotated[Annotated[int, Field(ge=1)] | None, OrNone] = 3
    shout: bool = False


def test_texts_are_read_as_the_types_of_the_fields() -> None:
    read = stated(Options, {"least": "0.25", "names": "a,b", "most": "none", "shout": "true"})
    assert read == Options(least=0.25, names=("a", "b"), most=None, shout=True)


def test_an_unknown_name_is_refused_with_the_nearest_and_all_there_are() -> None:
    with pytest.raises(InputError, match="no parameter 'leest'") as caught:
        stated(Options, {"leest": 1})
    assert caught.value.hint == "did you mean least? There are: least, most, names, shout"


@pytest.mark.parametrize(("name", "value"), [("least", "high"), ("least", 2), ("most", 0), ("shout", "loud")])
def test_a_value_that_cannot_be_used_is_named_with_the_rule_it_broke(name: str, value: object) -> None:
    with pytest.raises(InputError, match=rf"parameter {name}={value!r}: Input should be"):
        stated(Options, {name: value})


def test_a_request_chooses_what_it_states_and_leaves_the_rest() -> None:
    options = Options(least=0.7, names=("a",), shout=True)
    assert options.chosen(None) is options
    assert options.chosen(Request()) == options
    assert options.chosen(Request(least=0.1)) == Options(least=0.1, names=("a",), shout=True)


def test_docstrings_are_the_descriptions() -> None:
    assert Options.model_fields["least"].description == "Least score."

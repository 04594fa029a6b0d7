"""Docstrings under fields are their descriptions, in schemas too, as pydantic would have them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from siseon.contracts.described import Described, docstrings


class Base(Described):
    width: int = 1
    """Of the picture,
    in pixels."""
    height: int = Field(default=2, description="Stated.")
    """Not this."""
    depth: int = 3


class Below(Base):
    model_config = ConfigDict(frozen=True)

    name: str = ""
    """What it is called."""


class Reference(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)

    width: int = 1
    """Of the picture,
    in pixels."""


def test_fields_have_them_and_so_have_those_of_a_class_below() -> None:
    told = {name: field.description for name, field in Below.model_fields.items()}
    assert told == {
        "width": "Of the picture,\nin pixels.",
        "height": "Stated.",
        "depth": None,
        "name": "What it is called.",
    }
    assert told["width"] == Reference.model_fields["width"].description


def test_schemas_tell_them_and_values_are_checked() -> None:
    properties = Below.model_json_schema()["properties"]
    assert properties["width"] == Reference.model_json_schema()["properties"]["width"]
    assert properties["name"]["description"] == "What it is called."
    assert Below(width=4).model_dump() == {"width": 4, "height": 2, "depth": 3, "name": ""}


def test_a_class_in_a_function_has_them_and_one_without_source_has_none() -> None:
    class Inside(Described):
        here: int = 0
        """Inside."""

    assert Inside.model_fields["here"].description == "Inside."
    made = type("Made", (Described,), {"__annotations__": {"one": int}, "one": 1, "__module__": "nowhere"})
    assert docstrings(made) == {}

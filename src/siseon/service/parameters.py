"""The types of a pipeline as a service needs them: what one request may choose, and what it is answered."""

from __future__ import annotations

import inspect
import typing
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model

from siseon.applications.choices import Kind, accepted
from siseon.engine import Pipeline


def request_model(kind: Kind) -> type[BaseModel]:
    """A model of the keyword parameters of the pipeline's ``run``; unknown ones are refused."""
    hints = typing.get_type_hints(kind.run, include_extras=True)
    fields: dict[str, Any] = {
        parameter.name: (hints[parameter.name], parameter.default)
        for parameter in inspect.signature(kind.run).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    return create_model(f"{kind.__name__}Parameters", __config__=ConfigDict(extra="forbid"), **fields)


def settings_model(kind: Kind) -> type[BaseModel]:
    """A model of the parameters with which the pipeline is built, all optional; unknown ones are refused."""
    fields: dict[str, Any] = {name: (hint, None) for name, hint in accepted(kind).items()}
    return create_model(f"{kind.__name__}Settings", __config__=ConfigDict(extra="forbid"), **fields)


def chosen(parameters: BaseModel) -> dict[str, Any]:
    """What the request really chose, by name."""
    return {name: getattr(parameters, name) for name in parameters.model_fields_set}


def result_type(kind: Kind) -> type[BaseModel]:
    """The type of the pipeline's ``data``: ``Out`` of ``Pipeline[In, Out]``."""
    for base in typing.cast("Any", kind).__orig_bases__:
        if typing.get_origin(base) is Pipeline:
            return typing.cast("type[BaseModel]", typing.get_args(base)[1])
    raise TypeError(f"{kind.__name__} does not state Pipeline[In, Out]")

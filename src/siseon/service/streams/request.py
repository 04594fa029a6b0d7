"""What a request about a stream may say: one definition for its validation and for the OpenAPI document."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic.config import JsonDict

from siseon.streams.address import LONGEST
from siseon.streams.kept import NAME
from siseon.streams.kept_options import KeptOptions

EXAMPLE = "rtsp://USER:PASSWORD@192.168.1.20/sub"

SOURCE: JsonDict = {"writeOnly": True, "examples": [EXAMPLE]}


class StreamRequest(BaseModel):
    """A stream to be kept and run."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    name: str = Field(pattern=f"^{NAME.pattern}$")
    """Letters, digits, ``-`` and ``_``."""
    source: str = Field(min_length=1, max_length=LONGEST, repr=False, json_schema_extra=SOURCE)
    """``rtsp://`` or ``http(s)://`` with user and password, which no answer tells; or a video file below the folder
    that the service's owner has opened."""
    application: str = Field(min_length=1, max_length=100)
    """One that this service serves."""
    options: KeptOptions = KeptOptions()


class StreamChange(BaseModel):
    """What is to be changed of a stream; the rest stays."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    source: str | None = Field(
        default=None, min_length=1, max_length=LONGEST, repr=False, json_schema_extra=SOURCE
    )
    application: str | None = Field(default=None, min_length=1, max_length=100)
    options: dict[str, JsonValue] = Field(default_factory=dict)
    """Those that are named, each as a whole."""

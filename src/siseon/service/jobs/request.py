"""What a request for a job may say: one definition for its validation and for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from siseon.media.film import EVERY_S, LONGEST_S, SHORTEST_S
from siseon.media.names import MAX_NAME

JOBS = "/v1/jobs"
ARTIFACTS = "/v1/artifacts"
MAX_URL = 4096
PLAIN_INPUTS = 5000
"""Inputs that are more than a URL: each becomes an object."""

Url = Annotated[str, Field(max_length=MAX_URL)]


class JobInput(BaseModel):
    """One input; a folder stands for all pictures below it."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    url: Url | None = None
    """An http(s) address of a public server."""
    base64: str | None = None
    """The file, encoded."""
    name: str | None = Field(default=None, max_length=MAX_NAME)
    """Of a picture in base64; becomes the image_id."""
    folder: str | None = Field(default=None, max_length=MAX_URL)
    """Below the folder that the service's owner has opened."""
    artifact: str | None = Field(default=None, max_length=MAX_NAME)
    """Of another job: ``out/JOB/000000-1/0.jpg``."""

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum(each is not None for each in (self.url, self.base64, self.folder, self.artifact)) != 1:
            raise ValueError("give one of url, base64, folder and artifact")
        return self


class JobRequest(BaseModel):
    """What is asked for."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    application: str = Field(min_length=1, max_length=100)
    """That runs the pictures; `GET /v1/pipelines` names those that this service runs itself."""
    urls: list[Url] = Field(default_factory=list)
    """Pictures by URL, the shortest form for many; videos, of applications that look at videos."""
    inputs: list[JobInput] = Field(default_factory=list, max_length=PLAIN_INPUTS)
    """Pictures in other forms; they come after ``urls``, and files of the form after them."""
    options: dict[str, JsonValue] = Field(default_factory=dict)
    """What a request may choose of the application."""
    every_s: float = Field(default=EVERY_S, ge=SHORTEST_S, le=LONGEST_S)
    """Seconds from one picture of a video to the next, of applications that look at pictures."""
    pictures: bool = False
    """Whether each picture is kept with what was found drawn on it."""
    priority: int = Field(default=0, ge=-100, le=100)
    """Of the jobs that wait, those with a higher one are served first."""
    webhook: Url | None = None
    """URL that is told the end of the job."""

    def of_videos(self) -> list[str]:
        """All URLs, for an application that looks at videos."""
        return [*self.urls, *(each.url for each in self.inputs if each.url is not None)]


SCHEMA = "#/components/schemas/JobRequest"
BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": {"$ref": SCHEMA}},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["job"],
                "properties": {
                    "job": {"$ref": SCHEMA},
                    "files": {
                        "type": "array",
                        "items": {"type": "string", "format": "binary"},
                        "description": "Pictures and videos.",
                    },
                },
            },
            "encoding": {"job": {"contentType": "application/json"}},
        },
    },
}

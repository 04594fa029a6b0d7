"""OpenAPI documents, as tests look at them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

LOOSE = "/api/streams", "/v2"
"""An address of before, which answers as /v1/streams does; and a protocol that has clients of its own."""


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each with its path."""
    for path, methods in document["paths"].items():
        yield from ((path, operation) for operation in methods.values())


def left_open(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Path and media type of successes of which it is not said what they hold."""
    found = []
    for path, operation in operations(document):
        answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        for answer in answers if not path.startswith(LOOSE) else ():
            for kind, content in answer.get("content", {}).items():
                schema = content.get("schema", {})
                typed = schema.keys() & {"$ref", "anyOf", "oneOf", "properties"}
                if not typed and schema.get("type", "object") == "object":
                    found.append((path, kind))
    return found

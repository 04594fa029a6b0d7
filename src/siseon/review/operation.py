"""What a service says of itself: its OpenAPI document, the operation to review and the schema of its answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from siseon.contracts import InputError

HEALTH_PATHS = ("/healthz", "/health", "/readyz", "/livez", "/v2/health/live", "/ping")
BODY_NAMES = ("file", "image", "upload", "photo", "picture", "data")
URL_NAMES = ("url", "image_url", "image")


class Envelope(StrEnum):
    """How the service takes a picture."""

    multipart = "multipart"
    raw = "raw"
    """The picture is the body."""
    json_url = "json-url"
    """JSON with the picture's address, which this review serves."""


@dataclass(frozen=True)
class Operation:
    """The operation under review. ``document`` is the OpenAPI document, None when there is none."""

    path: str
    field: str = "file"
    envelope: Envelope = Envelope.multipart
    health: str | None = None
    """Path of the health probe; None when none is known."""
    document: Mapping[str, Any] | None = None
    answer: tuple[str, ...] | None = None
    """Where in the document the schema of the 200 answer is; None when it has none."""

    def schema_error(self, answer: object) -> str | None:
        """How a 2xx answer breaks the schema that the document promises; None when it does not.

        Raises:
            InputError: the document's schema is itself broken.
        """
        if self.document is None or self.answer is None:
            return None
        from jsonschema import Draft4Validator, Draft202012Validator
        from jsonschema.exceptions import SchemaError
        from referencing import Registry
        from referencing.exceptions import Unresolvable
        from referencing.jsonschema import DRAFT4, DRAFT202012

        old = str(self.document.get("openapi", "")).startswith("3.0")
        document = _nullable_as_union(self.document) if old else self.document
        registry: Registry[Any] = Registry().with_resource(
            "urn:openapi", (DRAFT4 if old else DRAFT202012).create_resource(document)
        )
        pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in self.answer)
        kind = Draft4Validator if old else Draft202012Validator
        try:
            errors = list(kind({"$ref": f"urn:openapi#/{pointer}"}, registry=registry).iter_errors(answer))
        except (Unresolvable, SchemaError) as error:
            raise InputError(f"the OpenAPI schema of the answer is broken: {error}") from error
        if not errors:
            return None
        first = min(errors, key=lambda error: len(error.absolute_path))
        return f"{first.json_path}: {first.message[:200]}"


def discover(
    document: Mapping[str, Any] | None,
    *,
    path: str | None = None,
    field: str | None = None,
    envelope: Envelope | None = None,
    health: str | None = None,
) -> Operation:
    """The operation to review: what is given, the rest out of the document.

    Raises:
        InputError: neither says which path takes pictures.
    """
    offers = list(_offers(document)) if document else []
    if path:
        offers = [offer for offer in offers if _matches(offer.path, path)]
    if envelope:
        offers = [offer for offer in offers if offer.envelope is envelope]
    # Of several the first that is a plain path; templates such as /{name} cannot be filled in by guessing.
    offer = next((each for each in offers if path or "{" not in each.path), None)
    if offer is None and path is None:
        raise InputError(
            "no operation that takes a picture was found"
            + ("" if document else ": there is no OpenAPI document"),
            hint="name it: --path /detect --field file --format multipart",
        )
    found = offer or Operation(path or "/", answer=_answer_schema(document, path or "/"))
    paths = document.get("paths", {}) if document else {}
    return replace(
        found,
        path=path or found.path,
        field=field or found.field,
        envelope=envelope or found.envelope,
        health=health or next((each for each in HEALTH_PATHS if each in paths), None),
        document=document,
    )


def _offers(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation of the document that takes one picture."""
    for path, operations in document.get("paths", {}).items():
        operation = operations.get("post") if isinstance(operations, dict) else None
        if not isinstance(operation, dict):
            continue
        answer = _answer_schema(document, path)
        for media_type, media in _resolved(document, operation.get("requestBody")).get("content", {}).items():
            schema = _resolved(document, media.get("schema"))
            properties = {
                name: _resolved(document, value) for name, value in schema.get("properties", {}).items()
            }
            if media_type == "multipart/form-data":
                names = [name for name, value in properties.items() if _is_file(value)]
                if names:
                    yield Operation(path, _preferred(names, BODY_NAMES), Envelope.multipart, answer=answer)
            elif media_type.startswith("image/") or media_type == "application/octet-stream":
                yield Operation(path, envelope=Envelope.raw, answer=answer)
            elif media_type == "application/json" and set(URL_NAMES) & set(properties):
                yield Operation(
                    path, _preferred(list(properties), URL_NAMES), Envelope.json_url, answer=answer
                )


def _answer_schema(document: Mapping[str, Any] | None, path: str) -> tuple[str, ...] | None:
    """Where the JSON schema of the path's 2xx answer is, unless it allows everything."""
    for template, operations in (document or {}).get("paths", {}).items():
        if not _matches(template, path):
            continue
        responses = operations.get("post", {}).get("responses", {})
        for status in ("200", "201", "2XX", "default"):
            content = _resolved(document or {}, responses.get(status)).get("content", {})
            if content.get("application/json", {}).get("schema"):
                return "paths", template, "post", "responses", status, "content", "application/json", "schema"
    return None


def _matches(template: str, path: str) -> bool:
    """Whether a path is of a template, part by part: a pattern with many parameters in a row would take forever."""
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(map(_part_matches, wanted, given))


def _part_matches(template: str, part: str) -> bool:
    first, *others = re.split(r"\{[^}]+\}", template)
    if not others or template == part:
        return template == part
    at = len(first) if part.startswith(first) else len(part)
    for literal in others[:-1]:
        found = part.find(literal, at + 1)  # a parameter has at least one character
        at = found + len(literal) if found >= 0 else len(part)
    return at < len(part) - len(others[-1]) and part.endswith(others[-1])


def _resolved(document: Mapping[str, Any], node: object) -> dict[str, Any]:
    """A node of the document with a local ``$ref`` followed; empty when it is none."""
    for _ in range(8):  # references to references end somewhere, circles do not
        if not isinstance(node, dict):
            return {}
        reference = node.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return node
        target: Any = document
        for part in reference[2:].split("/"):
            target = (
                target.get(part.replace("~1", "/").replace("~0", "~"), {}) if isinstance(target, dict) else {}
            )
        node = target
    return {}


def _is_file(schema: Mapping[str, Any]) -> bool:
    choices = [schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())]  # an optional file is a choice
    return any(each.get("format") == "binary" or "contentMediaType" in each for each in choices)


def _preferred(names: list[str], order: tuple[str, ...]) -> str:
    return next((name for name in order if name in names), names[0])


def _nullable_as_union(node: Any) -> Any:
    """OpenAPI 3.0's ``nullable`` in the words of JSON schema."""
    if isinstance(node, list):
        return [_nullable_as_union(each) for each in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _nullable_as_union(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [changed, {"type": "null"}]} if node.get("nullable") is True else changed

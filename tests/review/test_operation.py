"""What is read out of an OpenAPI document."""

from __future__ import annotations

from typing import Any

import pytest

from siseon.contracts import InputError
from siseon.review.operation import Envelope, Operation, discover

FILE = {"type": "object", "properties": {"threshold": {"type": "number"}, "photo": {"format": "binary"}}}
BOXES = {"type": "object", "required": ["boxes"], "properties": {"boxes": {"type": "array"}}}


def document(
    path: str, media: str, schema: object, answer: object = None, version: str = "3.1.0"
) -> dict[str, Any]:
    response = {"content": {"application/json": {"schema": answer}}} if answer else {}
    operation = {"requestBody": {"content": {media: {"schema": schema}}}, "responses": {"200": response}}
    return {"openapi": version, "paths": {"/healthz": {"get": {}}, path: {"post": operation}}}


@pytest.mark.parametrize(
    ("media", "schema", "field", "envelope"),
    [
        ("multipart/form-data", FILE, "photo", Envelope.multipart),
        ("image/jpeg", {}, "file", Envelope.raw),
        (
            "application/json",
            {"properties": {"image_url": {"type": "string"}}},
            "image_url",
            Envelope.json_url,
        ),
    ],
)
def test_the_operation_that_takes_a_picture_is_found(
    media: str, schema: object, field: str, envelope: Envelope
) -> None:
    operation = discover(document("/find", media, schema))
    assert (operation.path, operation.field, operation.envelope) == ("/find", field, envelope)
    assert operation.health == "/healthz"


def test_what_is_given_goes_before_what_is_found() -> None:
    operation = discover(
        document("/find", "image/jpeg", {}), path="/other", field="f", envelope=Envelope.multipart
    )
    assert (operation.path, operation.field, operation.envelope) == ("/other", "f", Envelope.multipart)


def test_a_path_is_matched_with_its_template() -> None:
    operation = discover(document("/v1/{name}", "image/jpeg", {}, BOXES), path="/v1/inspection")
    assert operation.schema_error({"boxes": []}) is None
    assert operation.schema_error({}) == "$: 'boxes' is a required property"


@pytest.mark.parametrize(
    ("template", "path", "matches"),
    [
        ("/a/{x}", "/a/b", True),
        ("/a/{x}", "/a/", False),
        ("/a/{x}.{y}", "/a/b.c", True),
        ("/a/{x}.{y}", "/a/.c", False),
        ("/{x}b{y}b", "/abbb", True),
        ("/a", "/a/b", False),
        ("/" + "{x}" * 4_000 + "!", "/" + "a" * 5_000, False),  # as a pattern it would take forever
    ],
)
def test_a_parameter_stands_for_something_without_a_slash(template: str, path: str, matches: bool) -> None:
    operation = discover(document(template, "image/jpeg", {}, BOXES), path=path, envelope=Envelope.raw)
    assert (operation.schema_error({}) is not None) == matches


def test_a_template_alone_names_no_operation() -> None:
    with pytest.raises(InputError, match="no operation"):
        discover(document("/v1/{name}", "image/jpeg", {}))


def test_references_are_followed_in_requests_and_answers() -> None:
    described = document(
        "/find",
        "multipart/form-data",
        {"$ref": "#/components/schemas/In"},
        {"$ref": "#/components/schemas/Out"},
    )
    described["components"] = {"schemas": {"In": FILE, "Out": BOXES}}
    operation = discover(described)
    assert operation.field == "photo"
    assert operation.schema_error({"boxes": 1}) == "$.boxes: 1 is not of type 'array'"


def test_nullable_of_openapi_3_0_is_understood() -> None:
    schema = {"type": "object", "properties": {"mask": {"type": "string", "nullable": True}}}
    operation = discover(document("/find", "image/jpeg", {}, schema, "3.0.3"))
    assert operation.schema_error({"mask": None}) is None
    assert operation.schema_error({"mask": 3}) is not None


def test_a_reference_to_nowhere_is_the_documents_fault() -> None:
    operation = discover(document("/find", "image/jpeg", {}, {"$ref": "#/components/schemas/Gone"}))
    with pytest.raises(InputError, match="broken"):
        operation.schema_error({})


def test_without_a_document_the_path_must_be_given() -> None:
    with pytest.raises(InputError, match="there is no OpenAPI document"):
        discover(None)
    assert discover(None, path="/detect") == Operation("/detect")

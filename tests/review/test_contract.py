"""What is read out of an OpenAPI document."""

from __future__ import annotations

from typing import Any

import pytest

from siseon.contracts import InputError
from siseon.review.contract import Contract, Format, discover

FILE = {"type": "object", "properties": {"threshold": {"type": "number"}, "photo": {"format": "binary"}}}
BOXES = {"type": "object", "required": ["boxes"], "properties": {"boxes": {"type": "array"}}}


def document(
    path: str, media: str, schema: object, answer: object = None, version: str = "3.1.0"
) -> dict[str, Any]:
    response = {"content": {"application/json": {"schema": answer}}} if answer else {}
    operation = {"requestBody": {"content": {media: {"schema": schema}}}, "responses": {"200": response}}
    return {"openapi": version, "paths": {"/healthz": {"get": {}}, path: {"post": operation}}}


@pytest.mark.parametrize(
    ("media", "schema", "field", "format"),
    [
        ("multipart/form-data", FILE, "photo", Format.multipart),
        ("image/jpeg", {}, "file", Format.raw),
        ("application/json", {"properties": {"image_url": {"type": "string"}}}, "image_url", Format.json_url),
    ],
)
def test_the_operation_that_takes_a_picture_is_found(
    media: str, schema: object, field: str, format: Format
) -> None:
    contract = discover(document("/find", media, schema))
    assert (contract.path, contract.field, contract.format) == ("/find", field, format)
    assert contract.health == "/healthz"


def test_what_is_given_goes_before_what_is_found() -> None:
    contract = discover(
        document("/find", "image/jpeg", {}), path="/other", field="f", format=Format.multipart
    )
    assert (contract.path, contract.field, contract.format) == ("/other", "f", Format.multipart)


def test_a_path_is_matched_with_its_template() -> None:
    contract = discover(document("/v1/{name}", "image/jpeg", {}, BOXES), path="/v1/inspection")
    assert contract.violation({"boxes": []}) is None
    assert contract.violation({}) == "$: 'boxes' is a required property"


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
    contract = discover(described)
    assert contract.field == "photo"
    assert contract.violation({"boxes": 1}) == "$.boxes: 1 is not of type 'array'"


def test_nullable_of_openapi_3_0_is_understood() -> None:
    schema = {"type": "object", "properties": {"mask": {"type": "string", "nullable": True}}}
    contract = discover(document("/find", "image/jpeg", {}, schema, "3.0.3"))
    assert contract.violation({"mask": None}) is None
    assert contract.violation({"mask": 3}) is not None


def test_a_reference_to_nowhere_is_the_documents_fault() -> None:
    contract = discover(document("/find", "image/jpeg", {}, {"$ref": "#/components/schemas/Gone"}))
    with pytest.raises(InputError, match="broken"):
        contract.violation({})


def test_without_a_document_the_path_must_be_given() -> None:
    with pytest.raises(InputError, match="there is no OpenAPI document"):
        discover(None)
    assert discover(None, path="/detect") == Contract("/detect")

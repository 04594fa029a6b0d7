"""A case as an HTTP message, and as the curl command that sends the same."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass

from siseon.review.exchange import Case, Form, Upload
from siseon.review.operation import Envelope, Operation

BOUNDARY = "siseon-review-4b1c"
SUFFIXES = {"image/png": ".png", "image/webp": ".webp", "image/gif": ".gif", "text/plain": ".txt"}


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent."""

    body: bytes
    content_type: str
    """Empty to send none."""


def message(case: Case, operation: Operation, picture_url: str = "") -> Message:
    """The case as the service takes it; ``picture_url``: where it fetches the picture, for ``json-url``."""
    if case.form is Form.json_instead:
        return Message(b"{}", "application/json")
    if operation.envelope is Envelope.raw:
        return Message(case.upload.data, case.upload.content_type)
    if operation.envelope is Envelope.json_url:
        body = {
            Form.missing_field: {"nothing": picture_url},
            Form.right: {operation.field: picture_url},
        }.get(case.form)
        return Message(b"" if body is None else json.dumps(body).encode(), "application/json")
    parts = {
        Form.right: [_file(operation.field, case.upload)],
        Form.missing_field: [_file("other", case.upload)],
        Form.two_files: [_file(operation.field, case.upload)] * 2,
        Form.text_field: [_part(f'name="{operation.field}"', "", b"not a file")],
    }.get(case.form, [])
    body_bytes = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    return Message(body_bytes, f"multipart/form-data; boundary={BOUNDARY}")


def around(case: Case, operation: Operation) -> tuple[bytes, bytes, str]:
    """What comes before and after the file's bytes in the case's message, and the content type."""
    sent = message(case, operation)
    before, _, after = sent.body.partition(case.upload.data)
    return before, after, sent.content_type


def file_of(case: Case) -> str:
    """Name of the file that holds the case's upload, safe on any disk."""
    stem = re.sub(r"[^a-z0-9]+", "-", case.name.lower()).strip("-") or "picture"
    return stem + SUFFIXES.get(case.upload.content_type, ".jpg")


def curl(case: Case, operation: Operation, url: str, headers: dict[str, str], folder: str) -> str:
    """A command that sends the case; ``folder``: where the uploads were written."""
    path = f"{folder}/{file_of(case)}" if folder else file_of(case)
    words = ["curl", "-i"]
    for name, value in headers.items():
        shown = "***" if name.lower() == "authorization" else value
        words += ["-H", f"{name}: {shown}"]
    if operation.envelope is Envelope.multipart and case.form is Form.right and not case.upload.content_type:
        # curl -F always names a type, so the parts are put together by hand.
        before, after = (part.decode().replace("\r\n", r"\r\n") for part in around(case, operation)[:2])
        pieces = f"printf -- {shlex.quote(before)}; cat {shlex.quote(path)}; printf -- {shlex.quote(after)}"
        content = ["-H", f"Content-Type: multipart/form-data; boundary={BOUNDARY}", "--data-binary", "@-"]
        return f"{{ {pieces}; }} | " + " ".join(map(shlex.quote, [*words, *content, url]))
    return " ".join(map(shlex.quote, [*words, *_content(case, operation, path), url]))


def _content(case: Case, operation: Operation, path: str) -> list[str]:
    upload = case.upload
    if case.form is Form.json_instead:
        return ["-H", "Content-Type: application/json", "-d", "{}"]
    if operation.envelope is Envelope.raw:
        kind = f"Content-Type: {upload.content_type}".rstrip()  # with nothing after it, curl sends none
        return ["-H", kind, "--data-binary", f"@{path}"]
    if operation.envelope is Envelope.json_url:
        key = "nothing" if case.form is Form.missing_field else operation.field
        text = "" if case.form is Form.empty else json.dumps({key: f"http://localhost:8001/{path}"})
        return ["-H", "Content-Type: application/json", "-d", text]
    if case.form is Form.empty:
        end = f"--{BOUNDARY}--\r\n"
        return ["-H", f"Content-Type: multipart/form-data; boundary={BOUNDARY}", "--data-binary", end]
    if case.form is Form.text_field:
        return ["-F", f"{operation.field}=not a file"]
    field = "other" if case.form is Form.missing_field else operation.field
    part = ["-F", f"{field}=@{path};type={upload.content_type};filename={upload.filename}"]
    return part * 2 if case.form is Form.two_files else part


def _file(field: str, upload: Upload) -> bytes:
    disposition = f'name="{field}"; filename="{upload.filename}"'
    return _part(disposition, upload.content_type, upload.data)


def _part(disposition: str, content_type: str, data: bytes) -> bytes:
    kind = f"Content-Type: {content_type}\r\n" if content_type else ""
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n{kind}\r\n"
    return head.encode() + data + b"\r\n"

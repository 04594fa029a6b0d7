import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.contracts import FailureCode, InputError
from siseon.service.forms import MAX_FIELD, Part, parse_form

KIND = "multipart/form-data; boundary=b"
PHOTO = Part("file", "a.jpg", "image/jpeg", b"\xff\xd8\r\n--bcd\r\n--")


def form(*parts: Part, boundary: bytes = b"b", before: bytes = b"", after: bytes = b"\r\n") -> bytes:
    body = before
    for part in parts:
        name = f'name="{part.name}"' + ("" if part.filename is None else f'; filename="{part.filename}"')
        kind = f"Content-Type: {part.media_type}; x=y\r\n" if part.media_type else ""
        body += b"--" + boundary + f"\r\nContent-Disposition: form-data; {name}\r\n{kind}\r\n".encode()
        body += part.data + b"\r\n"
    return body + b"--" + boundary + b"--" + after


def parse(body: bytes, kind: str = KIND, files: int = 1, fields: int = 2) -> list[Part]:
    return parse_form(kind, body, files=files, fields=fields)


def test_parts_come_in_order_with_names_types_and_bytes():
    parts = [Part("urls", None, "", b"http://a"), PHOTO, Part("urls", None, "", "söz".encode())]
    assert parse(form(*parts)) == parts
    assert parts[2].text == "söz"


@pytest.mark.parametrize("before", [b"", b"\r\n", b"a preamble\r\n"])
@pytest.mark.parametrize("after", [b"", b"\r\n", b"\r\nan epilogue"])
def test_what_stands_around_the_parts_is_skipped(before, after):
    assert parse(form(PHOTO, before=before, after=after)) == [PHOTO]


def test_a_file_may_be_empty_and_a_form_too():
    empty = Part("file", "", "", b"")
    assert parse(form(empty)) == [empty]
    assert parse(form()) == []


def test_a_quoted_boundary_with_spaces_is_understood():
    body = form(PHOTO, boundary=b"a b:c")
    assert parse(body, 'multipart/form-data; charset=utf-8; boundary="a b:c"') == [PHOTO]


@given(st.lists(st.binary(max_size=200) | st.text("\r\n-b", max_size=20).map(str.encode), max_size=3))
def test_any_content_without_the_boundary_comes_back(contents):
    parts = [Part("file", f"{number}", "", data) for number, data in enumerate(contents)]
    if any(
        b"\r\n--b\r\n" in b"\r\n" + part.data + b"\r\n" or b"\r\n--b--" in b"\r\n" + part.data
        for part in parts
    ):
        return
    assert parse(form(*parts), files=3) == parts


@given(st.text('-b\r\n:; ="form-data name', max_size=80), st.binary(max_size=40))
def test_hostile_bytes_are_parts_or_a_named_failure(text, tail):
    for body in (text.encode() + tail, b"--b\r\nContent-Disposition: " + text.encode() + b"\r\n\r\n" + tail):
        try:
            parse(body)
        except InputError as refused:
            assert refused.code is FailureCode.invalid_input  # noqa: PT017 - most bodies do raise, not all


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("multipart/form-data", form(PHOTO), "no boundary"),
        (f"multipart/form-data; boundary={'b' * 71}", form(PHOTO), "no boundary"),
        (KIND, b"", "not in it"),
        (KIND, b"--c\r\n", "not in it"),
        (KIND, form(PHOTO)[:-6], "ends before"),
        (KIND, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "no name"),
        (KIND, b"--b\r\n\r\nx\r\n--b--", "no name"),
        (KIND, b"--b x\r\n\r\nx\r\n--b--", "end of its line"),
        (KIND, b"--b\r\n" + b"x" * 20_000 + b"\r\n\r\n\r\n--b--", "header lines"),
        (KIND, form(PHOTO, PHOTO), "too many"),
        (KIND, form(*[Part("urls", None, "", b"")] * 3), "too many"),
        (KIND, form(Part("urls", None, "", bytes(MAX_FIELD + 1))), "the limit"),
    ],
)
def test_a_damaged_form_says_why(kind, body, why):
    with pytest.raises(InputError, match=why):
        parse(body, kind)


def test_another_kind_of_body_is_unsupported():
    with pytest.raises(InputError) as refused:
        parse(b"x", "text/plain")
    assert refused.value.code is FailureCode.unsupported_media

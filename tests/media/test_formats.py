"""What a file is, told from its first bytes with bounded work."""

from __future__ import annotations

import pytest

from siseon.contracts import FailureCode, InputError
from siseon.media.formats import sniff


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg/>", "an SVG drawing"),
        (b"\xef\xbb\xbf <?xml version='1.0'?> <!-- one --><!-- two --> <SVG>", "an SVG drawing"),
        (b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"><svg>', "an SVG drawing"),
        (b"<!doctype html><svg>", "a web page"),
        (b"\n<html lang=en>", "a web page"),
        (b"<!-- never closed <svg>", "of an unknown kind"),
        (b"P6 2 2 255 ", "a PNM (PPM, PGM, PBM) picture"),
        (b"%PDF-1.7", "a PDF document"),
        (b"hello", "of an unknown kind"),
    ],
)
def test_what_is_not_taken_is_refused_by_name(data, said) -> None:
    with pytest.raises(InputError, match=said.replace("(", "\\(").replace(")", "\\)")) as refused:
        sniff(data)
    assert refused.value.code is FailureCode.unsupported_media
    assert refused.value.hint


@pytest.mark.parametrize(
    "repeat", [b"<!---->", b"<?xml?>", b"<!-- -->\n", b"<?", b"<!--", b" ", b"<!doctype svg "]
)
def test_repeated_markup_is_refused_at_once(repeat) -> None:
    """Twenty-four empty comments held the interpreter for seconds, forty for days."""
    for times in (24, 300, 100_000):
        with pytest.raises(InputError):
            sniff(b" " + repeat * times + b"x")

"""A video file is known again, and another in its place is not taken for it."""

from __future__ import annotations

import pytest

from siseon.contracts import FailureCode, InputError
from siseon.media.film.fingerprint import check_same, fingerprint


def test_the_same_bytes_are_the_same_and_others_of_that_length_are_not(tmp_path) -> None:
    whole = bytes(range(256)) * 20_000
    path, copy = tmp_path / "a.mp4", tmp_path / "b.mp4"
    path.write_bytes(whole)
    copy.write_bytes(whole)
    known = fingerprint(path)
    check_same(copy, "b.mp4", known)
    for changed in (whole[:-1] + b"!", b"!" + whole[1:], whole + b"!", b""):
        copy.write_bytes(changed)
        assert fingerprint(copy) != known
        with pytest.raises(InputError, match=r"b\.mp4 was replaced"):
            check_same(copy, "b.mp4", known)


def test_a_file_that_is_gone_is_told(tmp_path) -> None:
    with pytest.raises(InputError, match="cannot be read") as gone:
        fingerprint(tmp_path / "a.mp4")
    assert gone.value.code is FailureCode.file_unreadable

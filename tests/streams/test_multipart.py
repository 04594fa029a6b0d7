"""Parts of a body come out whole, whatever pieces it comes in and however a camera writes it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.streams.causes import Cause, Lost
from siseon.streams.multipart import MAX_HEADER, Parts

PARTS = st.lists(
    st.binary(min_size=1, max_size=60).filter(lambda part: b"--" not in part), min_size=1, max_size=5
)


def body(parts: list[bytes], boundary: bytes, *, lengths: bool) -> bytes:
    told = [b"Content-Length: %d\r\n" % len(part) if lengths else b"" for part in parts]
    pieces = [
        b"--%s\r\nContent-Type: image/jpeg\r\n%s\r\n%s\r\n" % (boundary, length, part)
        for part, length in zip(parts, told, strict=True)
    ]
    return b"".join(pieces) + b"--%s\r\n" % boundary


@given(parts=PARTS, lengths=st.booleans(), cuts=st.lists(st.integers(0, 500)), dashes=st.booleans())
def test_parts_come_out_whole_whatever_pieces_they_come_in(parts, lengths, cuts, dashes):
    if not lengths:  # the line break before a boundary cannot be told from one at the end of a part
        parts = [part.rstrip(b"\r\n") or b"x" for part in parts]
    data = body(parts, b"frame", lengths=lengths)
    reader = Parts(f'multipart/x-mixed-replace; boundary="{"--" * dashes}frame"', 1000)
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    found = [part for start, end in pairwise(places) for part in reader.feed(data[start:end])]
    assert found == parts


@pytest.mark.parametrize("lengths", [True, False])
def test_a_part_that_is_too_long_is_refused_before_it_is_held(lengths):
    reader = Parts("multipart/x-mixed-replace; boundary=frame", 1000)
    data = body([bytes(5000)], b"frame", lengths=lengths)
    causes = []
    for start in range(0, 1500, 100):
        try:
            reader.feed(data[start : start + 100])
        except Lost as lost:
            causes.append(lost.cause)
            break
    assert causes == [Cause.too_large]


def test_a_body_without_parts_is_refused():
    reader = Parts("multipart/x-mixed-replace; boundary=frame", 1000)
    with pytest.raises(Lost) as caught:
        reader.feed(bytes(MAX_HEADER + 1))
    assert caught.value.cause is Cause.not_video


def test_a_header_without_a_boundary_is_refused():
    with pytest.raises(Lost) as caught:
        Parts("multipart/x-mixed-replace", 1000)
    assert caught.value.cause is Cause.not_video

from __future__ import annotations

from siseon.streams.alarms.unseen import warning


def test_a_tag_is_warned_of_once_others_have_come():
    assert warning("readng", ()) is None
    assert warning("reading", {"reading", "reading_2"}) is None
    assert warning("readng", {"reading_2", "reading"}) == (
        "no figure of the tag readng has come yet; there is reading, reading_2"
    )

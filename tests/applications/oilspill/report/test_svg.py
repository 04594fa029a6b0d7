"""The map as SVG."""

from __future__ import annotations

import re

from applications.oilspill.test_flight import frames, lost
from siseon.applications.oilspill.flight import flown
from siseon.applications.oilspill.report.sheet import sheet
from siseon.applications.oilspill.report.svg import svg


def test_what_was_filled_from_other_frames_is_dashed() -> None:
    first, second, third, fourth = frames()
    for third_frame, count in ((third, 0), (lost(third), 1)):
        flight = flown([first, second, third_frame, fourth])
        drawn = sheet(flight.frames, flight.slicks)
        assert drawn is not None
        assert drawn.is_filled == bool(count)
        assert svg(drawn).count('class="frame filled"') == count
        assert svg(drawn).count('class="frame"') == 4 - count


def test_a_slick_whose_place_was_filled_is_dashed_and_says_so() -> None:
    first, _, _, fourth = frames()
    flight = flown([first, fourth])
    (slick,) = flight.slicks
    drawn = sheet(flight.frames, [slick.model_copy(update={"interpolated": True})])
    assert drawn is not None
    (path,) = re.findall(r'<path class="slick filled"[^>]*><title>([^<]*)</title>', svg(drawn))
    assert path.startswith("1: rainbow, 7,9")
    assert path.endswith(" m², its place was filled from other frames")

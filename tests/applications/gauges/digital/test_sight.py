"""Counters and displays that a finder has seen: read from one end to the other, or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.digital.recogniser import MODEL
from siseon.applications.gauges.digital.sight import Place, ReadCounters, ReadDisplays
from siseon.applications.gauges.digital.stages import ReadDigits
from siseon.applications.gauges.generated.digital import display_photo
from siseon.contracts import Image
from siseon.models import ModelManager

COUNTER = 80093
"""Six drums that lean."""
DOTS, DARK = 63, 40072
"""416.75 in dots; 0977. 127 in segments, a dark place between."""


async def seen(image: Image, box: tuple[float, float, float, float]) -> tuple[Reading, ...]:
    pipeline = ReadCounters(ReadDigits(ModelManager()[MODEL]))
    async with pipeline:
        return (await pipeline((image, box))).data


async def test_all_drums_of_a_window_are_read_but_where_their_point_stands_is_not_known() -> None:
    one = display_photo(COUNTER, "evaluation", "counter")
    low, high = one.corners().min(axis=0), one.corners().max(axis=0)
    (reading,) = await seen(one.image, (*low.tolist(), *high.tolist()))
    assert (reading.kind, reading.quality, reading.text) == ("counter", "uncertain", one.face.text)
    assert reading.value == float(one.face.text)
    assert reading.display is not None
    assert np.abs(np.array(reading.display[:4]) - one.corners()).max() < 0.2 * (high[1] - low[1])


async def test_a_window_of_which_a_drum_was_cut_off_is_refused() -> None:
    one = display_photo(COUNTER, "evaluation", "counter")
    low, high = one.corners().min(axis=0), one.corners().max(axis=0)
    drum = (high[0] - low[0]) / 6
    for left, right in ((0.0, 1.05), (0.95, 0.0)):
        box = (low[0] + left * drum, low[1], high[0] - right * drum, high[1])
        for reading in await seen(one.image, box):
            assert reading.value is None


@pytest.mark.parametrize(
    ("number", "part", "text"),
    [(DOTS, (0.0, 0.83), "416.7"), (DARK, (0.0, 0.52), "0977."), (DARK, (0.6, 1.0), "127")],
)
async def test_a_display_of_which_a_finder_of_text_cuts_off_digits_is_refused(
    number: int, part: tuple[float, float], text: str
) -> None:
    one = display_photo(number, "evaluation")
    left_top, right_top, right_bottom, left_bottom = one.corners()
    across, below = right_top - left_top, right_bottom - left_bottom
    start, end = part
    corners = [left_top + start * across, left_top + end * across, left_bottom + end * below]
    corners.append(left_bottom + start * below)
    async with ReadDisplays(ModelManager(), MODEL) as pipeline:
        places = (Place(np.array(corners)), Place(one.corners()))
        cut, whole = (await pipeline((one.image, places))).data
    assert (cut.value, cut.reason, cut.text) == (None, "unclear", text)
    assert whole.text == one.face.text


async def test_where_no_drums_are_nothing_is_said() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (80, 240, 3)).astype(np.uint8)
    assert await seen(Image.from_array(noise), (20.0, 20.0, 220.0, 60.0)) == ()

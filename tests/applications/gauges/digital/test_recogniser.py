"""The recogniser of the package, on displays of families that it was not trained with, and on real drums."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from siseon.applications.gauges.digital.evaluate import (
    ReadDisplay,
    display_table,
    displays_marked,
    judged_display,
    marked,
)
from siseon.applications.gauges.digital.recogniser import MODEL, Display
from siseon.applications.gauges.digital.value import Form
from siseon.applications.gauges.generated.digital import display_photo
from siseon.contracts import Image
from siseon.media.decode import decode
from siseon.media.files import read_file
from siseon.models import ModelManager

DISPLAYS = 120


async def test_of_families_that_it_does_not_know_most_are_read_and_none_wrongly() -> None:
    found = await displays_marked(ReadDisplay(ModelManager()[MODEL]), range(DISPLAYS), bool)
    numbers = [one for one in found if one.a_number]
    assert [one for one in found if one.read and not one.exact] == []
    assert sum(one.read for one in numbers) >= 0.6 * len(numbers)
    table = display_table("displays", found)
    assert table.rows[-1][:2] == ("all", str(DISPLAYS))


async def test_a_reading_of_something_else_is_wrong() -> None:
    one, other = (display_photo(index, "evaluation", "segments") for index in (1, 9))
    pipeline = ReadDisplay(ModelManager()[MODEL])
    async with pipeline:
        reading = (await pipeline((Display(one.image, one.corners()), Form()))).data
    assert judged_display(1, one, [reading]).exact
    assert judged_display(1, other, [reading]).read
    assert not judged_display(1, other, [reading]).exact


async def test_nothing_is_read_of_noise_and_of_an_even_wall() -> None:
    rng = np.random.default_rng(1)
    walls = [rng.integers(0, 256, (60, 200, 3)), np.full((60, 200, 3), 90)]
    pipeline = ReadDisplay(ModelManager()[MODEL])
    async with pipeline:
        for wall in walls:
            image = Image.from_array(wall.astype(np.uint8))
            corners = np.array([(10.0, 10.0), (190.0, 10.0), (190.0, 50.0), (10.0, 50.0)])
            reading = (await pipeline((Display(image, corners), Form()))).data
            assert reading.value is None


async def test_displays_that_are_out_of_focus_and_lose_their_points_are_not_good() -> None:
    """Displays of which 5. was read as 5, 5.0931 as 50931 and -2. as -2, and all of them given out as good."""
    qualities = []
    async with ReadDisplay(ModelManager()[MODEL]) as pipeline:
        for index, blur in ((7, 2.5), (49, 1.5), (49, 2.5), (168, 3.5)):
            one = display_photo(index)
            noise = np.random.default_rng(index).normal(0, 2, one.image.pixels.shape)
            pixels = np.clip(cv2.GaussianBlur(one.image.pixels, (0, 0), blur) + noise, 0, 255)
            display, form = marked(one, index)
            soft = display._replace(image=Image.from_array(pixels.astype(np.uint8)))
            qualities.append((await pipeline((soft, form))).data.quality)
    assert qualities == ["uncertain", "uncertain", "uncertain", "refused"]


async def test_real_drums_are_read_rightly_or_not_at_all(test_data: Path) -> None:
    accepted, right = 0, 0
    async with ReadDisplay(ModelManager()[MODEL]) as pipeline:
        for path in sorted((test_data / "gauges-dev" / "counter-digits").glob("*.jpg")):
            image = decode(read_file(path).data)
            x, y = float(image.width), float(image.height)
            corners = np.array([(0.0, 0.0), (x, 0.0), (x, y), (0.0, y)])
            reading = (await pipeline((Display(image, corners), Form(counter=True, digits=1)))).data
            if reading.quality == "good":
                accepted += 1
                right += reading.text == path.name.split("_")[0]
    assert accepted >= 100
    assert right >= 0.97 * accepted

import pytest

from applications.translation.drawn import draw, flat
from siseon.applications.translation.inpaint import erase
from siseon.applications.translation.mask import find_strokes
from siseon.applications.translation.weight import is_bold


@pytest.mark.parametrize("pad", [0.05, 0.4])
@pytest.mark.parametrize("size", [16, 32, 72])
@pytest.mark.parametrize("bold", [True, False])
def test_weight_does_not_depend_on_the_room_that_a_line_was_given(bold, size, pad):
    drawn = draw(flat(height=200, width=800), "Reduce your risk", (40, 40), size=size, bold=bold, pad=pad)

    (strokes,) = find_strokes(drawn.pixels, [drawn.region])

    ground = erase(drawn.pixels, [strokes], "telea")
    assert is_bold(drawn.pixels[strokes.place], ground[strokes.place], strokes, "latin") is bold

"""Digits of a frame that do not look like the others of their kind."""

from __future__ import annotations

from siseon.applications.oilspill.position.generated import flight, frame, look
from siseon.applications.oilspill.position.generated.frame import template_of
from siseon.applications.oilspill.position.overlay.glyphs import Written, doubted
from siseon.applications.oilspill.position.overlay.views import cut


def _texts(number: int, index: int) -> tuple[list[str], list[Written]]:
    one, seen = flight(number, index + 1), look(number)
    image, _ = frame(one.shots[index], seen, 1000 * number + index)
    fields = [field for field in template_of(one, seen).fields if field.fact]
    texts = [Written(cut(image, field.region), one.shots[index].texts[field.name]) for field in fields]
    return [field.name for field in fields], texts


def test_right_digits_are_not_doubted() -> None:
    for number in (6, 9, 12, 16):
        assert doubted(_texts(number, 5)[1]) == {}


def test_an_8_that_was_read_as_a_0_is_none_of_the_frame_s_noughts() -> None:
    names, texts = _texts(
        9, 5
    )  # recorded with one field of two: the recogniser takes this 8 for a 0 in every view
    at = names.index("target_longitude")
    assert texts[at].text == "006.15585E"
    texts[at] = Written(texts[at].pixels, "006.15505E")
    assert doubted(texts) == {at: "006.15585E"}


def test_pixels_without_ink_are_passed_over() -> None:
    _, texts = _texts(6, 0)
    blank = texts[0].pixels.crop(0, 0, 4, 4)
    assert doubted([Written(blank, "123"), Written(blank, "")]) == {}

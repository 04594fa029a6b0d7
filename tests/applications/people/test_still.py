"""Which pictures are looked at, and for which an earlier look serves."""

from __future__ import annotations

import numpy as np

from siseon.applications.people.still import STIRRED, stand_ins
from siseon.contracts import Image

WIDTH, HEIGHT = 640, 360


def pictures(*pixels: np.ndarray) -> list[Image]:
    return [Image.from_array(one) for one in pixels]


def hall(seed: int = 0) -> np.ndarray:
    """Grey, with a camera's noise."""
    noise = np.random.default_rng(seed).integers(-6, 7, (HEIGHT, WIDTH, 3))
    return np.clip(120 + noise, 0, 255).astype(np.uint8)


def test_one_look_serves_while_nothing_but_noise_changes_and_the_last_has_its_own() -> None:
    assert stand_ins(pictures(*(hall(seed) for seed in range(5)))) == [0, 0, 0, 0, 4]


def test_somebody_as_small_as_can_be_found_is_looked_at_as_soon_as_they_are_there() -> None:
    somebody = hall(1)
    somebody[100:124, 200:209] = (120, 150, 100)  # as bright as the wall

    assert stand_ins(pictures(hall(0), hall(2), somebody, hall(3), hall(4))) == [0, 0, 2, 3, 4]


def test_what_changes_slowly_is_seen_when_it_has_changed_enough() -> None:
    darker = [np.full((HEIGHT, WIDTH, 3), 120 - at, np.uint8) for at in range(2 * STIRRED + 3)]

    assert sorted(set(stand_ins(pictures(*darker)))) == [0, STIRRED + 1, 2 * STIRRED + 2]


def test_a_chunk_without_pictures_has_nothing_to_look_at() -> None:
    assert stand_ins([]) == []

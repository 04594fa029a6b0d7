"""People and faces in pictures, as detectors of a card find them."""

from __future__ import annotations

import numpy as np

from siseon.applications.people.detect import PEOPLE, Find
from siseon.contracts import Image, iou_of
from siseon.media.film.reading import open_video, pictures
from siseon.models import ModelManager


def test_a_wide_picture_is_looked_at_without_padding_and_shows_the_same_people(model_path, test_data) -> None:
    find = Find(ModelManager(search_path=[model_path])["yolox-nano"], PEOPLE)
    find.setup()
    try:
        video = open_video(test_data / "video-dev/two_people_hug.mp4")
        (shown,) = pictures(video, [1_000], longest=1_280)
        square = np.full((1_280, 1_280, 3), 114, np.uint8)
        square[: shown.image.height] = shown.image.pixels
        ((wide,), (padded,)) = (find.process([one]) for one in (shown.image, Image.from_array(square)))
    finally:
        find.teardown()

    sure, others = (one.boxes.xyxy[one.scores >= 0.4] for one in (wide, padded))
    assert len(sure) == len(others) == 2
    assert iou_of(sure, others).max(axis=1).min() > 0.9

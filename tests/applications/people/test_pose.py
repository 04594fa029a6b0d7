from __future__ import annotations

import numpy as np

from siseon.applications.people.crops import cut
from siseon.applications.people.pose import FindPose, around
from siseon.contracts import Crop
from siseon.media.film.reading import open_video, pictures
from siseon.models import ModelManager

NOSE, SHOULDERS, HIPS, ANKLES = 0, [5, 6], [11, 12], [15, 16]


def test_a_standing_body_has_its_joints_from_top_to_bottom_within_its_box(model_path, test_data) -> None:
    video = open_video(test_data / "video-dev/two_people_hug.mp4")
    (shown,) = pictures(video, [0])
    boxes = [np.array([915, 250, 1125, 875], np.float32), np.array([650, 280, 850, 915], np.float32)]
    stage = FindPose(ModelManager(search_path=[model_path])["movenet-lightning"])
    stage.setup()

    found = stage.process(
        [Crop(0, crop) for box in boxes if (crop := cut(shown.image, around(box))) is not None]
    )

    for joints, box in zip(found, boxes, strict=True):
        sure = joints.scores > 0.3
        assert sure.sum() >= 13
        heights = [joints.xy[rows, 1].mean() for rows in ([NOSE], SHOULDERS, HIPS, ANKLES)]
        assert heights == sorted(heights)
        assert (joints.xy[sure] > box[:2] - 30).all()
        assert (joints.xy[sure] < box[2:] + 30).all()
    stage.teardown()

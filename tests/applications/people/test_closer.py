from __future__ import annotations

import numpy as np

from people_poses import STANDING, points
from siseon.applications.people.closer import closer
from siseon.applications.people.crops import Held
from siseon.applications.people.footage import Footage, Shot, Sighting
from siseon.applications.people.pose import Joints
from siseon.contracts import Frame, Image

TIMES = range(0, 5_001, 200)
RAISED = STANDING | {"right_elbow": (30, -160), "right_wrist": (30, -190)}


def test_every_picture_about_a_raised_hand_is_looked_at_and_no_other() -> None:
    image = Image.from_array(np.zeros((4, 4, 3), np.uint8))
    shots = [Shot(t, image) for t in TIMES]
    footage = Footage(0, 0, 5_000, Frame.root(width=1280, height=720), shots)
    box = np.array([[260, 100, 340, 300]], np.float32)
    sightings = [Sighting(t, box, np.array([0.9], np.float32)) for t in TIMES]
    tracklet = Held(1, np.arange(len(shots)), np.zeros(len(shots), np.int64))
    joints = {}
    for at in range(0, len(shots), 5):
        found = points(RAISED if TIMES[at] == 3_000 else STANDING, x=300)
        joints[1, at] = Joints(found[:, :2].astype(np.float32), found[:, 2].astype(np.float32))

    wanted = closer(footage, sightings, [tracklet], joints)

    assert [shots[shot].t_ms for _, shot, _ in wanted] == [
        2_200,
        2_400,
        2_600,
        2_800,
        3_200,
        3_400,
        3_600,
        3_800,
    ]
    assert closer(footage, sightings, [tracklet], {}) == []

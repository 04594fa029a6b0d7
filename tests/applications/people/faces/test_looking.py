from __future__ import annotations

import numpy as np

from siseon.applications.people.faces.looking import FaceSeen, wanting, without_a_face
from siseon.applications.people.footage import Footage, Shot
from siseon.applications.people.pose import Joints
from siseon.contracts import Frame, Image

JOINTS = Joints(np.zeros((17, 2), np.float32), np.ones(17, np.float32))


def test_a_near_look_is_only_at_tracked_people_large_enough_whose_face_is_not_found() -> None:
    found, lost, far, faint = [0, 0, 100, 300], [200, 0, 300, 300], [400, 0, 430, 90], [500, 0, 600, 300]
    people = np.array([found, lost, far, faint], np.float32)
    faces = np.array([[30, 10, 70, 60]], np.float32)

    wanted = without_a_face(people, np.array([1, 2, 3, 0]), faces)

    assert wanted.tolist() == [lost]


def test_joints_are_wanted_of_faces_that_could_be_told_and_not_twice() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (200, 400, 3), np.uint8)
    noise[:, 200:] = 128
    footage = Footage(0, 0, 200, Frame.root(400, 200), [Shot(t, Image.from_array(noise)) for t in (0, 200)])
    sharp, blurred, small, nobodys = (
        FaceSeen(np.array(box, np.float32), 0.9, number)
        for number, box in (
            (1, (10, 10, 74, 74)),
            (2, (210, 10, 274, 74)),
            (3, (10, 100, 30, 120)),
            (0, (80, 10, 144, 74)),
        )
    )
    faces = {0: [sharp, blurred, small, nobodys], 1: [sharp]}

    assert wanting(faces, footage, {0}, {}) == {(1, 0)}
    assert wanting(faces, footage, {0, 1}, {(1, 0): JOINTS}) == {(1, 1)}

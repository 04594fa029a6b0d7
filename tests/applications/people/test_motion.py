from __future__ import annotations

import cv2
import numpy as np

from siseon.applications.people.motion import CameraMotion, Walk, moved
from siseon.contracts import Image

WIDTH, HEIGHT = 640, 360
NOBODY = np.empty((0, 4), np.float32)


def _wall(seed: int = 1):
    noise = np.random.default_rng(seed).integers(0, 255, (HEIGHT // 8 + 40, WIDTH // 8 + 40, 3), np.uint8)
    return cv2.resize(noise, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)


def _view(wall, x: float, y: float, turn: float = 0.0, scale: float = 1.0) -> tuple[Image, np.ndarray]:
    """What a camera shows, and the map from its pixels to the wall's."""
    c, s = scale * np.cos(turn), scale * np.sin(turn)
    matrix = np.array([[c, -s, x], [s, c, y], [0, 0, 1]])
    pixels = cv2.warpAffine(wall, matrix[:2], (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return Image.from_array(pixels), matrix


def _over(images, people=None):
    people = people or [NOBODY] * len(images)
    return CameraMotion().process([Walk(images, people)])[0]


def test_a_camera_that_pans_turns_and_zooms_is_followed_to_a_pixel() -> None:
    wall = _wall()
    views = [_view(wall, 100 + 12 * at, 100 - 5 * at, 0.01 * at, 1 + 0.005 * at) for at in range(5)]

    cameras = _over([image for image, _ in views])

    assert all(camera.known for camera in cameras)
    corners = np.array([[0, 0, 1], [WIDTH, 0, 1], [WIDTH, HEIGHT, 1], [0, HEIGHT, 1]], float).T
    true = np.linalg.inv(views[0][1]) @ views[4][1] @ corners
    assert np.abs(cameras[4].matrix @ corners - true).max() < 1.5


def test_a_camera_on_a_stand_does_not_move_at_all_though_people_do() -> None:
    wall, rng = _wall(), np.random.default_rng(2)
    base, _ = _view(wall, 100, 100)
    images, people = [], []
    for at in range(5):
        pixels = base.pixels.astype(int) + rng.integers(-6, 7, base.pixels.shape)
        left = 50 + 40 * at
        pixels[60:340, left : left + 120] = _wall(7)[60:340, :120]
        images.append(Image.from_array(np.clip(pixels, 0, 255).astype(np.uint8)))
        people.append(np.array([[left, 60, left + 120, 340]], np.float32))

    assert all(np.array_equal(camera.matrix, np.eye(3)) and camera.known for camera in _over(images, people))


def test_after_a_cut_nobody_claims_to_know() -> None:
    one, _ = _view(_wall(1), 100, 100)
    other, _ = _view(_wall(5), 100, 100)

    cameras = _over([one, one, other, other])

    assert [camera.known for camera in cameras] == [True, True, False, False]


def test_a_plain_wall_tells_nothing() -> None:
    plain = [Image.from_array(np.full((HEIGHT, WIDTH, 3), 90, np.uint8)) for _ in range(2)]

    assert [camera.known for camera in _over(plain)] == [True, False]


def test_boxes_keep_their_form_where_the_camera_puts_them() -> None:
    matrix = np.array([[0, -2, 10], [2, 0, 20], [0, 0, 1]], float)

    assert moved(np.array([[10, 20, 30, 60]], np.float32), matrix).tolist() == [[-90, 20, -50, 100]]


def test_where_the_same_picture_is_given_again_the_camera_is_where_it_was() -> None:
    wall = _wall()
    (one, _), (other, _) = _view(wall, 100, 100), _view(wall, 112, 95)

    cameras = _over([one, other, other])

    assert cameras[2] is cameras[1]
    assert not np.array_equal(cameras[1].matrix, np.eye(3))

"""Quadrilaterals out of a probability map, straightened crops, CTC: pure functions."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from siseon.applications.text.crops import crop_line, upside_down
from siseon.applications.text.ctc import alphabet, read
from siseon.applications.text.regions import find_lines
from siseon.contracts import Frame, Image, Polygon


def frames(probability: np.ndarray) -> tuple[Frame, Frame]:
    """The frame of a map and that of a picture of the same size."""
    height, width = probability.shape
    picture = Frame.root(width, height)
    return picture.resize(width, height), picture


def test_a_bar_of_probability_becomes_one_grown_quad_clockwise_from_top_left() -> None:
    probability = np.zeros((200, 400), np.float32)
    probability[90:110, 100:300] = 0.9
    (line,) = find_lines(probability, *frames(probability))
    quad = line.points
    assert quad[0][0] < 100
    assert quad[0][1] < 90
    assert quad[2][0] > 300
    assert quad[2][1] > 110
    assert quad[0][0] < quad[1][0]
    assert quad[1][1] < quad[2][1]


def test_weak_and_tiny_regions_are_no_lines() -> None:
    probability = np.zeros((200, 400), np.float32)
    probability[20:40, 20:200] = 0.4
    probability[100:101, 100:101] = 0.99
    assert find_lines(probability, *frames(probability)) == []


def test_lines_lie_on_whole_pixels_inside_the_picture_whatever_the_size_of_the_map() -> None:
    probability = np.zeros((96, 192), np.float32)
    probability[0:20, 5:190] = 0.9
    picture = Frame.root(501, 253)
    (line,) = find_lines(probability, picture.resize(192, 96), picture)
    assert line.frame is picture
    assert (line.points == np.round(line.points)).all()
    assert line.bounds[0] >= 0
    assert line.bounds[1] == 0
    assert line.bounds[2] == 500
    assert 55 < line.bounds[3] < 120


def test_an_empty_map_has_no_lines() -> None:
    probability = np.zeros((64, 64), np.float32)
    assert find_lines(probability, *frames(probability)) == []


def test_a_turned_line_is_straightened_and_its_frame_maps_back() -> None:
    pixels = np.full((300, 300, 3), 255, np.uint8)
    quad = np.array([[50, 100], [230, 160], [220, 190], [40, 130]], np.float32)
    cv2.fillPoly(pixels, [quad.astype(np.int32)], (10, 20, 30))
    image = Image.from_array(pixels)
    crop = crop_line(image, Polygon(quad, image.frame))
    assert crop is not None
    assert abs(crop.width - 190) <= 1
    assert (crop.pixels[5:-5, 5:-5] == [10, 20, 30]).all()
    corners = np.array([[0, 0], [crop.width, 0]], float)
    assert np.abs(crop.frame.map_points(corners, image.frame) - quad[:2]).max() < 1


def test_a_tall_line_is_turned_so_that_its_top_is_at_the_left() -> None:
    pixels = np.zeros((200, 100, 3), np.uint8)
    pixels[:20] = 255
    image = Image.from_array(pixels)
    whole = Polygon(np.array([[30, 0], [70, 0], [70, 200], [30, 200]], np.float32), image.frame)
    crop = crop_line(image, whole)
    assert crop is not None
    assert (crop.width, crop.height) == (200, 40)
    assert crop.pixels[20, 5].tolist() == [172, 172, 172]  # its contrast is lowered
    assert crop.pixels[20, 190].tolist() == [83, 83, 83]


def test_pixels_of_a_crop_stand_where_its_frame_says() -> None:
    pixels = np.zeros((120, 90, 3), np.uint8)
    pixels[70, 40] = 255
    image = Image.from_array(pixels)
    for corners in ([[20, 60], [80, 60], [80, 80], [20, 80]], [[30, 10], [50, 10], [50, 110], [30, 110]]):
        crop = crop_line(image, Polygon(np.array(corners, np.float32), image.frame))
        assert crop is not None
        y, x = np.unravel_index(crop.pixels[:, :, 0].argmax(), crop.pixels.shape[:2])
        centre = np.array([[x + 0.5, y + 0.5]])
        assert crop.frame.map_points(centre, image.frame) == pytest.approx(np.array([[40.5, 70.5]]))


def test_half_a_turn_maps_back() -> None:
    image = Image.from_array(np.zeros((10, 20, 3), np.uint8))
    turned = upside_down(image)
    assert turned.frame.map_points(np.array([[0.0, 0.0]]), image.frame).tolist() == [[20.0, 10.0]]


def test_quads_smaller_than_a_character_have_no_crop() -> None:
    image = Image.from_array(np.zeros((50, 50, 3), np.uint8))
    dot = Polygon(np.array([[1, 1], [3, 1], [3, 3], [1, 3]], np.float32), image.frame)
    assert crop_line(image, dot) is None


def test_ctc_merges_repeats_keeps_doubles_apart_by_blanks_and_scores_characters() -> None:
    classes = alphabet("a\nb")
    path = [1, 1, 0, 1, 2, 0, 3]
    probabilities = np.full((1, len(path), 4), 0.02, np.float32)
    for step, index in enumerate(path):
        probabilities[0, step, index] = 0.9
    (reading,) = read(probabilities, classes)
    assert reading.text == "aab "
    assert reading.score == pytest.approx(0.9)


def test_the_steps_of_spaces_and_blanks_show_no_ink() -> None:
    classes = alphabet("a\nb")
    probabilities = np.eye(4, dtype=np.float32)[[1, 0, 3, 2, 2]][None]
    (line,) = read(probabilities, classes)
    assert line.text == "a b"
    assert line.steps.tolist() == [0, 3, 4]


def test_only_blanks_read_as_nothing_with_no_score() -> None:
    probabilities = np.zeros((1, 5, 4), np.float32)
    probabilities[:, :, 0] = 1
    (line,) = read(probabilities, alphabet("a\nb"))
    assert (line.text, line.score, len(line.steps)) == ("", 0.0, 0)

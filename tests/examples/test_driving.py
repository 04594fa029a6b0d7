"""One camera's frames are detected, segmented and tracked, and a rule brakes for what comes too close."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from siseon.applications.inspection import Detect
from siseon.contracts import Boxes, Detections, Encoded, Frame, Image, InputError, LabelMap
from siseon.engine import Trace, profile
from siseon.media.decode import decode
from siseon.media.encode import encode
from siseon.models import ModelManager

FRAMES = 6


@pytest.fixture(scope="module")
def driving(load_example):
    return load_example("driving")


@pytest.fixture
def approach(test_data: Path):
    """Frames of a real bus whose size grows as it would at a constant speed, ``contact_s`` before the contact."""
    photo = decode((test_data / "coco-dev" / "images" / "000000568290.jpg").read_bytes())

    def frames(contact_s: float) -> list[Encoded]:
        made = []
        for index in range(FRAMES):
            to_go = contact_s + (FRAMES - 1 - index) / 10
            scale = (contact_s + (FRAMES - 1) / 10) / to_go
            x, y = 332, 213  # the middle of the bus
            zoom = np.array([[scale, 0, x - scale * x], [0, scale, y - scale * y]])
            pixels = cv2.warpAffine(photo.pixels, zoom, (photo.width, photo.height))
            made.append(
                Encoded(encode(Image.from_array(np.asarray(pixels, np.uint8)), "png"), f"{index}.png")
            )
        return made

    return frames


def found(*boxes: tuple[float, float, float, float], classes: tuple[int, ...] = (), width: int = 100):
    frame = Frame.root(width, 100)
    ids = np.array(classes or (0,) * len(boxes), np.int64)
    xyxy = np.array(boxes, np.float32).reshape(-1, 4)
    return Detections(Boxes(xyxy, frame), np.ones(len(boxes), np.float32), ids, LabelMap(("car", "bus")))


async def run(driving, model_path, frames):
    async with driving.Driving(ModelManager(search_path=[model_path])) as pipeline:
        return [(await pipeline(frame)).data for frame in frames]


async def test_a_bus_one_second_away_is_tracked_and_braked_for(driving, model_path, approach):
    scenes = await run(driving, model_path, approach(contact_s=1.0))
    assert all((1, "bus") in scene.tracks for scene in scenes), "the bus keeps its number"
    assert scenes[-1].action == "brake"
    assert scenes[-1].reason.startswith("bus #1 in 1.")


async def test_a_bus_twenty_seconds_away_is_not_braked_for(driving, model_path, approach):
    scenes = await run(driving, model_path, approach(contact_s=20.0))
    assert "brake" not in {scene.action for scene in scenes}


async def test_detection_and_segmentation_join_and_the_mask_is_timed_by_parts(driving, model_path, approach):
    pipeline = driving.Driving(ModelManager(search_path=[model_path]))
    traces: list[Trace] = []
    pipeline.on_trace = traces.append
    async with pipeline:
        await pipeline(approach(contact_s=5.0)[0])
    assert type(pipeline.detect) is Detect
    assert set(traces[0].stages()) == {"decode", "detect", "road", "track", "plan"}
    parts = {row.stage: set(row.parts) for row in profile(traces).stages}
    assert parts["road"] == {"segment", "rle"}
    assert parts["detect"] == {"preprocess", "infer", "postprocess"}


def test_the_free_road_is_the_even_region_before_the_car(driving):
    pixels = np.full((100, 200, 3), 90, np.uint8)
    pixels[:50] = (120, 170, 220)
    pixels[50:, :40] = (60, 140, 60)
    road = driving.FreeRoad().process([Image.from_array(pixels)])[0].pixels()
    assert road[60:, 50:].all()
    assert not road[:40].any()
    assert not road[60:, :30].any()


def test_a_track_keeps_its_number_while_its_box_moves_and_a_new_object_gets_a_new_one(driving):
    tracker = driving.Tracker()

    def numbers(detections: Detections) -> list[int]:
        return [track.number for track in tracker.update(detections)]

    assert numbers(found((0, 0, 20, 20), (50, 50, 80, 80))) == [1, 2]
    assert numbers(found((52, 50, 82, 80), (2, 0, 22, 20))) == [2, 1]
    assert numbers(found((2, 0, 22, 20), (3, 0, 23, 20))) == [1, 3], "one track, one object"
    assert numbers(found((2, 0, 22, 20), classes=(1,))) == [4], "a car does not become a bus"
    assert numbers(found()) == []
    assert numbers(found((0, 0, 20, 20))) == [5]


def test_frames_of_another_size_are_no_frames_of_the_stream(driving):
    tracker = driving.Tracker()
    tracker.update(found((0, 0, 20, 20)))
    with pytest.raises(InputError, match="one size"):
        tracker.update(found((0, 0, 20, 20), width=120))


def test_the_time_to_contact_is_exact_for_a_constant_closing_speed(driving):
    heights = [1000 / distance for distance in (30, 28, 26, 24, 22)]  # 2 m a frame, 20 m a second
    assert driving.Track(1, 0, heights).contact_s() == pytest.approx(22 / 20)
    assert driving.Track(1, 0, heights[::-1]).contact_s() is None
    assert driving.Track(1, 0, heights[:4]).contact_s() is None, "too new to tell"


@pytest.mark.parametrize(
    ("x1", "to_go", "clear", "action"),
    [
        (40, 10.0, 1.0, "brake"),
        (40, 30.0, 1.0, "slow"),
        (40, 60.0, 1.0, "keep"),
        (80, 10.0, 1.0, "keep"),
        (40, 60.0, 0.1, "slow"),
    ],
    ids=["near", "nearer than a car should be", "far", "beside the lane", "no free road"],
)
def test_the_rule(driving, x1, to_go, clear, action):
    """``to_go`` frames before the contact, at ten a second."""
    track = driving.Track(1, 0, [1 / (to_go + back) for back in (4, 3, 2, 1, 0)])
    assert driving.plan(found((x1, 40, x1 + 20, 60)), [track], clear)[0] == action


def test_the_command_prints_a_scene_a_frame(run_example, approach, tmp_path):
    for frame in approach(contact_s=1.0):
        (tmp_path / frame.name).write_bytes(frame.data)
    done = run_example("driving", *sorted(tmp_path.glob("*.png")))
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == FRAMES
    assert "brake" in done.stdout.splitlines()[-1]

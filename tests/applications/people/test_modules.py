"""Each of the five modules is another one by an option, a card or a stage of one's own; the rest goes on as it was."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from siseon.applications.people import People, PeopleOptions
from siseon.applications.people.contracts import ChunkSeen
from siseon.applications.people.expressions import ExpressionName
from siseon.applications.people.pose import Joints
from siseon.applications.people.timeline.build import timeline_of
from siseon.contracts import Crop
from siseon.engine import Stage
from siseon.media.film.parts import VideoPart
from siseon.models import ModelManager

pytest.importorskip("trackers")

Change = Callable[[People], None]


@pytest.fixture(scope="module")
def look(model_path: Path, test_data: Path):
    """Two people at a table, two seconds."""
    part = VideoPart(test_data / "video-dev/arm_wrestling.mp4", 0, 0, 2_000)
    models = ModelManager(search_path=[model_path])

    def looked(change: Change = lambda _: None, **options: object) -> ChunkSeen:
        people = People(models, PeopleOptions.model_validate({"faces": None, "pose": None} | options))
        change(people)

        async def run() -> ChunkSeen:
            async with people:
                return (await people(part)).data

        return asyncio.run(run())

    return looked


@pytest.fixture(scope="module")
def usual(look) -> ChunkSeen:
    return look(pose="movenet-lightning", faces="ultraface-rfb-320")


def _places(seen: ChunkSeen) -> list[tuple[int, tuple[float, ...]]]:
    return [(box.id, tuple(box.box)) for moment in seen.moments for box in moment.boxes]


def test_another_detector_finds_people_in_boxes_of_its_own(look, usual: ChunkSeen) -> None:
    other = look(detector="nanodet-m-416")

    assert len(other.tracklets) >= 2
    assert _places(other) != _places(usual)


@pytest.mark.parametrize("tracker", ["botsort", "ocsort"])
def test_another_tracker_follows_the_same_boxes(look, usual: ChunkSeen, tracker: str) -> None:
    other = look(tracker=tracker)

    def found(seen: ChunkSeen) -> list[list[tuple[float, ...]]]:
        return [sorted([*(box.box for box in one.boxes), *one.others]) for one in seen.moments]

    assert found(other) == found(usual)
    assert len(other.tracklets) >= 2


@pytest.mark.parametrize(
    ("name", "length"), [("osnet-x0-25-msmt17", 512), ("efficientnet-lite0-features", 1280), ("colours", 244)]
)
def test_another_re_identification_has_vectors_and_a_name_of_its_own(
    look, usual: ChunkSeen, name: str, length: int
) -> None:
    from siseon.applications.people.vectors import unpacked

    other = look(appearance=name)
    (size,) = {len(unpacked(one.appearance.vector)) for one in other.tracklets if one.appearance}

    assert (other.descriptor or "").startswith(name)
    assert size == length
    assert _places(other) == _places(usual)


class Upright(Stage[Crop, Joints]):
    """Says of everybody that they stand, whatever they do: a module of joints of somebody's own."""

    def process(self, batch: Sequence[Crop]) -> Sequence[Joints]:
        levels = [0.08] * 5 + [0.2] * 2 + [0.35] * 2 + [0.5] * 2 + [0.5] * 2 + [0.72] * 2 + [0.95] * 2
        sides = [0.5] + [0.55, 0.45] * 8
        made = []
        for crop in batch:
            frame = crop.image.frame
            points = np.column_stack(
                [np.array(sides) * crop.image.width, np.array(levels) * crop.image.height]
            )
            xy = frame.map_points(points.astype(np.float32), frame.root_frame)
            made.append(Joints(np.asarray(xy, np.float32), np.full(17, 0.9, np.float32)))
        return made


def test_other_joints_tell_other_actions_of_the_same_people(look, usual: ChunkSeen) -> None:
    def change(people: People) -> None:
        people.pose = Upright()

    other = look(change, pose="movenet-lightning")
    told = {one.action for one in timeline_of([other]).actions}

    assert _places(other) == _places(usual)
    assert "stand" in told
    assert told != {one.action for one in timeline_of([usual]).actions}


class Merry(Stage[Crop, dict[ExpressionName, float]]):
    """Says of each face that it is happy."""

    def process(self, batch: Sequence[Crop]) -> Sequence[dict[ExpressionName, float]]:
        return [{"happy": 0.75, "neutral": 0.25} for _ in batch]


AGREED = """
everybody = true

[[consent]]
person = "both"
purposes = ["analysis", "face", "expressions"]
given = 2020-01-01
until = 2100-01-01
under_14 = false
"""


def test_another_module_of_expressions_says_its_own_of_the_same_faces(look, tmp_path: Path) -> None:
    (tmp_path / "consent.toml").write_text(AGREED)

    def change(people: People) -> None:
        people.expressions = Merry()

    def faces(seen: ChunkSeen) -> list[tuple[tuple[float, ...], str | None]]:
        return [(tuple(face.box), face.refused) for moment in seen.moments for face in moment.faces]

    words = {"pose": "movenet-lightning", "faces": "ultraface-rfb-320", "expressions": "mini-xception"}
    words["consent"] = str(tmp_path / "consent.toml")
    own, other = look(**words), look(change, **words)
    told = [face.expression for moment in other.moments for face in moment.faces if face.expression]

    assert faces(own) == faces(other)
    assert faces(own)
    assert all(one == {"happy": 0.75, "neutral": 0.25} for one in told)


MEMORY = """
import asyncio, sys
from pathlib import Path
from siseon.applications.people import People, PeopleOptions
from siseon.media.film.parts import VideoPart
from siseon.models import ModelManager

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

async def run():
    models = ModelManager(search_path=[Path(sys.argv[1])])
    options = PeopleOptions(appearance="osnet-x0-25-msmt17", pose=None, faces=None)
    async with People(models, options) as people:
        for round in range(9):
            await people(VideoPart(Path(sys.argv[2]), 0, 0, 1_000))
            print(resident())

asyncio.run(run())
"""
PICTURES_MIB = 16
"""Of one second of that clip, as pixels: what every chunk would leave that was not let go of."""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_pictures_and_crops_of_a_chunk_are_let_go_of(model_path: Path, test_data: Path) -> None:
    """Of a plaza with thirty people: hundreds of crops a chunk, in batches."""
    clip = test_data / "video-dev/pedestrians.mp4"
    told = subprocess.run(
        [sys.executable, "-c", MEMORY, str(model_path), str(clip)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    resident = [float(line) for line in told.stdout.split()]

    # Six more chunks of 16 MiB and their crops would be a hundred more.
    assert resident[-1] - resident[2] < 2 * PICTURES_MIB, resident

"""A network in int8 is written where it is as good and faster; where it is not, nothing is, and the reason is told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from onnx import helper

from networks import COLOURS, Networks, save_network
from siseon.applications.inspection.quantize import Target, Wanted, quantize_model, read_photos, target
from siseon.applications.inspection.quantize.run import check
from siseon.applications.inspection.quantize.speed import ROUNDS, Speed, alternated
from siseon.contracts import Image, InputError
from siseon.media.encode import encode
from siseon.models import InputSpec, ModelManager, OutputSpec

SIDE = 16
FASTER = Speed(2.0, 1.0, 2.0, 1.9, 2.1)
SLOWER = Speed(1.0, 2.0, 0.5, 0.4, 1.1)
PHOTOS = 24


def nothing(step: str, done: int, total: int) -> None:
    """Hears of no progress."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photos of which one colour is a little stronger, each in a folder of its colour."""
    rng = np.random.default_rng(0)
    for number in range(PHOTOS * 2):
        colour = number % 3
        pixels = rng.integers(80, 120, (SIDE, SIDE, 3))
        pixels[:, :, colour] += 40
        home = tmp_path / "photos" / COLOURS[colour]
        home.mkdir(parents=True, exist_ok=True)
        (home / f"{number}.png").write_bytes(encode(Image.from_array(pixels.astype(np.uint8)), "png"))
    return tmp_path / "photos"


def convolutions(networks: Networks, *, outlier: float = 1.0) -> str:
    """A classifier of the strongest colour: three convolutions; one channel between the last two may be large."""
    rng = np.random.default_rng(1)
    first = rng.normal(scale=0.01, size=(3, 3, 3, 3)).astype(np.float32)
    second, third = np.zeros((4, 3, 1, 1), np.float32), np.zeros((3, 4, 1, 1), np.float32)
    for channel in range(3):
        first[channel, channel, 1, 1] = second[channel, channel] = third[channel, channel] = 1.0
    second[3, 0] = outlier
    nodes = [
        helper.make_node("Conv", ["pixels", "w1"], ["a"], name="first", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["a"], ["b"], name="relu-1"),
        helper.make_node("Conv", ["b", "w2"], ["c"], name="second"),
        helper.make_node("Relu", ["c"], ["d"], name="relu-2"),
        helper.make_node("Conv", ["d", "w3"], ["e"], name="third"),
        helper.make_node("GlobalAveragePool", ["e"], ["f"], name="pool"),
        helper.make_node("Flatten", ["f"], ["logits"], name="flat"),
    ]
    name = f"convolutions-{outlier:g}"
    save_network(
        networks.folder / f"{name}.onnx", "pixels", nodes, {"logits": 2}, w1=first, w2=second, w3=third
    )
    output = OutputSpec(decoder="logits", activation="softmax")
    networks._add(name, "classify", output, COLOURS, InputSpec(width=SIDE, height=SIDE, std=(51.0,) * 3))
    return name


def quantized(networks: Networks, name: str, folder: Path, to: Path, speed: Speed = FASTER, **how):
    model = networks.model(name)
    photos = read_photos(model, Wanted(folder), nothing)
    return quantize_model(model, photos, Target(to, f"{name}-int8", **how), nothing, timed=lambda *_: speed)


def test_what_is_as_good_and_faster_is_written_and_used_by_its_name(networks, folder, tmp_path):
    report = quantized(networks, convolutions(networks), folder, tmp_path / "made")
    assert report.refused == ""
    assert report.labelled
    assert report.held_out == (1.0, 1.0)
    assert report.photos == (PHOTOS, PHOTOS)
    assert report.kept_float == []
    model = ModelManager(search_path=[tmp_path / "made"])["convolutions-1-int8"]
    model.load()
    assert "quantised from convolutions-1" in model.card.origin
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["convolutions-1-int8"]


def test_the_layers_that_int8_would_spoil_stay_in_float(networks, folder, tmp_path):
    """One channel is 3,000 times as large as the others, which then have no steps left of the 256."""
    report = quantized(networks, convolutions(networks, outlier=3000.0), folder, tmp_path / "made")
    assert report.refused == ""
    assert report.held_out == (1.0, 1.0)
    assert report.kept_float == ["second", "third"]
    assert (
        "in float: "
        in ModelManager(search_path=[tmp_path / "made"])["convolutions-3000-int8"].card.description
    )


def test_what_is_no_faster_is_refused_and_nothing_is_left(networks, folder, tmp_path):
    report = quantized(networks, convolutions(networks), folder, tmp_path / "made", SLOWER)
    assert "no faster" in report.refused
    assert report.card is None
    assert list((tmp_path / "made").iterdir()) == []


def test_without_labels_the_float_network_is_the_measure(networks, folder, tmp_path):
    for path in [*folder.glob("*/*.png")]:
        path.rename(folder / path.name)
    name = convolutions(networks)
    report = quantized(networks, name, folder, tmp_path / "made")
    assert not report.labelled
    assert "float network" in report.mark
    assert report.held_out == (1.0, 1.0)


def test_a_model_is_replaced_only_when_asked_and_then_whole(networks, folder, tmp_path):
    name, to = convolutions(networks), tmp_path / "made"
    first = quantized(networks, name, folder, to)
    with pytest.raises(InputError, match="there already") as caught:
        quantized(networks, name, folder, to)
    assert "--force" in (caught.value.hint or "")
    (first.card.parent / "old").touch()
    assert quantized(networks, name, folder, to, force=True).card == first.card
    assert not (first.card.parent / "old").exists()


def test_a_folder_that_is_no_model_is_never_replaced(networks, folder, tmp_path):
    name, to = convolutions(networks), tmp_path / "made"
    (to / f"{name}-int8").mkdir(parents=True)
    (to / f"{name}-int8" / "diary.txt").write_text("mine")
    with pytest.raises(InputError, match="there already"):
        quantized(networks, name, folder, to, force=True)


def test_an_end_in_between_leaves_what_was_there(networks, folder, tmp_path):
    name, to = convolutions(networks), tmp_path / "made"
    card = quantized(networks, name, folder, to).card
    before = card.read_bytes()

    def interrupted(step: str, done: int, total: int) -> None:
        if step == "writing":
            raise KeyboardInterrupt

    model = networks.model(name)
    photos = read_photos(model, Wanted(folder), nothing)
    with pytest.raises(KeyboardInterrupt):
        quantize_model(
            model, photos, Target(to, f"{name}-int8", force=True), interrupted, timed=lambda *_: FASTER
        )
    assert card.read_bytes() == before
    assert [path.name for path in to.iterdir()] == [f"{name}-int8"]


def test_broken_photos_are_left_out_by_name_and_too_few_are_refused(networks, folder):
    (folder / "red" / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    model = networks.model(convolutions(networks))
    photos = read_photos(model, Wanted(folder), nothing)
    assert len(photos.left_out) == 1
    for path in sorted(folder.glob("*/*.png"))[1:]:
        path.unlink()
    with pytest.raises(
        InputError, match=r"1 photos of .* can be used, at least 20 are needed; 1 cannot be read"
    ):
        read_photos(model, Wanted(folder), nothing)


def test_of_a_large_folder_so_many_are_read_always_the_same(networks, folder):
    model = networks.model(convolutions(networks))
    first, again = (read_photos(model, Wanted(folder, most=20), nothing) for _ in range(2))
    assert (len(first.calibration), len(first.held_out)) == (10, 10)
    assert [photo.number for photo in first.calibration] == [photo.number for photo in again.calibration]
    assert not {photo.number for photo in first.calibration} & {photo.number for photo in first.held_out}


def test_only_detectors_and_classifiers_are_taken(networks):
    manager = ModelManager()
    check(networks.model(convolutions(networks)))
    for name in ("ppocr-v6-det", "movenet-lightning", "efficientnet-lite0-features"):
        with pytest.raises(InputError, match=name):
            check(manager[name])


def test_a_network_is_timed_against_itself(networks):
    model = networks.model(convolutions(networks))
    rounds: list[None] = []
    pixels = np.zeros((1, 3, SIDE, SIDE), np.float32)
    speed = alternated(model, model, pixels, lambda: rounds.append(None))
    assert len(rounds) == ROUNDS  # each is told
    assert 0 < speed.low <= speed.ratio <= speed.high
    assert speed.first_ms > 0


def test_photos_that_the_float_network_does_not_know_judge_nothing(networks, folder, tmp_path):
    for number, colour in enumerate(COLOURS):
        (folder / colour).rename(folder / f"{number}")
    for number in range(len(COLOURS)):
        (folder / f"{number}").rename(folder / COLOURS[number - 1])
    report = quantized(networks, convolutions(networks), folder, tmp_path / "made")
    assert "top-1 of the float network is 0.000" in report.refused
    assert list((tmp_path / "made").iterdir()) == []


def test_a_folder_that_came_meanwhile_is_not_replaced(networks, folder, tmp_path):
    name, to = convolutions(networks), tmp_path / "made"
    theirs = to / f"{name}-int8" / "diary.txt"

    def told(step: str, done: int, total: int) -> None:
        if step == "writing":
            theirs.parent.mkdir()
            theirs.write_text("mine")

    model = networks.model(name)
    photos = read_photos(model, Wanted(folder), nothing)
    with pytest.raises(InputError, match="there already"):
        quantize_model(model, photos, Target(to, f"{name}-int8"), told, timed=lambda *_: FASTER)
    assert theirs.read_text() == "mine"


@pytest.mark.parametrize("exchanged", [True, False])
def test_a_model_is_replaced_by_force_at_one_moment_or_mended_by_the_next(
    networks, folder, tmp_path, monkeypatch, exchanged
):
    name, to = convolutions(networks), tmp_path / "made"
    card = quantized(networks, name, folder, to).card
    if not exchanged:  # as on file systems that cannot
        monkeypatch.setattr(target, "exchange", lambda one, other: False)
    card.write_text("the old one")
    assert "old" not in quantized(networks, name, folder, to, force=True).card.read_text()
    assert [path.name for path in to.iterdir()] == [f"{name}-int8"]
    before = card.read_bytes()
    card.parent.rename(to / f".{name}-int8.before")  # killed between two renames
    Target(to, f"{name}-int8", force=True).check()
    assert card.read_bytes() == before


def test_what_was_killed_is_swept_by_the_next_and_what_runs_is_not(tmp_path):
    (tmp_path / ".unfinished-killed").mkdir()
    with Target(tmp_path, "one").part() as part, Target(tmp_path, "other").part() as other:
        assert sorted(tmp_path.iterdir()) == sorted([part, other])
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_too_long_for_a_file_is_no_photo(networks, folder):
    labels = {"images": [{"id": 1, "file_name": "x" * 5000}], "annotations": [], "categories": []}
    (folder / "instances.json").write_text(json.dumps(labels))
    with pytest.raises(InputError, match="none of the 1 photos"):
        read_photos(networks.model(networks.detector([])), Wanted(folder), nothing)

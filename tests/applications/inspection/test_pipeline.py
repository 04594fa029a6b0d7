"""One request from upload to answer: what the trace shows, what is classified, what happens when a part fails."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from siseon.applications.inspection import Inspection, InspectionChoices, InspectionOptions, InspectionResult
from siseon.applications.inspection import pipeline as pipeline_module
from siseon.contracts import (
    ContractViolation,
    Crop,
    Detections,
    Encoded,
    FailureCode,
    Image,
    InputError,
    Label,
    ModelError,
    SiseonError,
)
from siseon.engine import Trace, profile
from siseon.media.encode import encode
from siseon.models import ModelManager

SEVEN = ["decode", "detect", "crop", "classify", "aggregate", "validate", "respond"]


async def test_a_request_passes_the_seven_steps_in_order(networks, upload):
    pipeline = networks.inspection([(0, 0, 1, 1)])
    traces: list[Trace] = []
    pipeline.on_trace = traces.append
    async with pipeline:
        result = await pipeline(upload())
    assert traces[0].stages() == SEVEN
    assert [timing.stage for timing in result.timings] == SEVEN


async def test_the_detector_tells_its_preparation_its_network_and_its_decoding_apart(networks, upload):
    pipeline = networks.inspection([(0, 0, 1, 1)])
    traces: list[Trace] = []
    pipeline.on_trace = traces.append
    async with pipeline:
        for _ in range(3):
            await pipeline(upload())
    figures = profile(traces)
    parts = {stage.stage: set(stage.parts) for stage in figures.stages}
    assert parts["detect"] == parts["classify"] == {"preprocess", "infer", "postprocess"}
    assert figures.bottleneck in SEVEN
    assert figures.total.p95 >= figures.total.p50 > 0


async def test_objects_are_found_classified_and_counted_in_pixels_of_the_upload(networks, upload):
    boxes = [(0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)]
    async with networks.inspection(boxes) as pipeline:
        scene = upload((0, 0, 100, 100, "green"), (100, 0, 200, 100, "blue"), name="two.png")
        data = (await pipeline(scene)).data
    assert (data.image_id, data.width, data.height) == ("two.png", 200, 100)
    assert sorted(tuple(d.box) for d in data.detections) == [(0, 0, 100, 100), (100, 0, 200, 100)]
    names = {data.detections[c.detection_index].box.x1: c.class_name for c in data.classifications}
    assert names == {0.0: "green", 100.0: "blue"}
    assert data.inference_ms > 0


async def test_tiny_crops_keep_their_detection_but_skip_classification(networks, upload):
    boxes = [(0.0, 0.0, 0.5, 1.0), (0.6, 0.1, 0.615, 0.14), (0.75, 0.0, 1.0, 0.5), (0.9, 0.6, 1.0, 0.9)]
    scores = [0.9, 0.8, 0.7, 0.6]
    detector = networks.detector(boxes, scores=scores)
    classifier = networks.classifier()
    pipeline = Inspection(networks.manager(), InspectionOptions(detector=detector, classifier=classifier))
    async with pipeline:
        scene = upload((0, 0, 100, 100, "red"), (120, 10, 123, 14, "green"), (150, 0, 200, 50, "blue"))
        data = (await pipeline(scene)).data
    sizes = [(round(d.box.x2 - d.box.x1), round(d.box.y2 - d.box.y1)) for d in data.detections]
    assert sizes == [(100, 100), (3, 4), (50, 50), (20, 30)]
    # Indices 1 (3 x 4) and 3 (20 x 30) are missing, and 2 still points at the blue one.
    assert [(c.detection_index, c.class_name) for c in data.classifications] == [(0, "red"), (2, "blue")]


async def test_nothing_found_is_an_empty_list_and_an_event_in_the_log(networks, upload, caplog):
    pipeline = networks.inspection([])
    with caplog.at_level(logging.INFO, logger="siseon.inspection"):
        async with pipeline:
            result = await pipeline(upload(name="empty.png"))
    assert (result.data.detections, result.data.classifications) == ((), ())
    assert result.degraded == []
    (record,) = [r for r in caplog.records if r.getMessage() == "no objects detected"]
    assert (record.image_id, record.trace_id) == ("empty.png", result.trace_id)


async def test_classifying_no_crops_is_no_work(networks):
    async with networks.inspection() as pipeline:
        assert await pipeline.classify.map([]) == []


async def test_boxes_beyond_the_image_are_clamped_before_they_are_cropped(networks, upload):
    async with networks.inspection([(-1, -1, 2, 2)]) as pipeline:
        result = await pipeline(upload((0, 0, 200, 100, "blue")))
    assert tuple(result.data.detections[0].box) == (0, 0, 200, 100)
    assert result.data.classifications[0].class_name == "blue"


async def test_a_result_names_both_models_down_to_their_bytes(networks, upload):
    async with networks.inspection([(0, 0, 1, 1)]) as pipeline:
        result = await pipeline(upload())
    assert [model.name for model in result.models] == ["fixed-boxes", "main-colour"]
    assert all(re.fullmatch("[0-9a-f]{64}", model.sha256) and model.version for model in result.models)


@pytest.mark.parametrize(
    ("item", "image_id"),
    [
        (Encoded(b"", "dog.jpg"), "dog.jpg"),
        (Encoded(b""), "upload"),
        (Image.from_array(np.zeros((8, 8, 3), np.uint8)), "anonymous"),
    ],
)
async def test_the_image_id_is_the_uploads_name(networks, upload, item: Encoded | Image, image_id: str):
    if isinstance(item, Encoded):
        item = Encoded(upload().data, item.name)
    async with networks.inspection() as pipeline:
        assert (await pipeline(item)).data.image_id == image_id


async def test_an_image_that_is_decoded_already_skips_the_first_step(networks):
    noise = np.random.default_rng(3).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    async with networks.inspection([(0, 0, 1, 1)]) as pipeline:
        result = await pipeline(Image.from_array(noise))
    assert [timing.stage for timing in result.timings] == SEVEN[1:]


def _jpeg() -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    return encode(Image.from_array(noise), "jpeg")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (_jpeg()[:2000], FailureCode.corrupt_image),
        (b"", FailureCode.empty_upload),
        (b"%PDF-1.7 and so on, for a while", FailureCode.unsupported_media),
        (b"\xff\xd8\xff" + bytes(400), FailureCode.corrupt_image),
    ],
    ids=["truncated jpeg", "zero bytes", "wrong magic", "magic and nothing else"],
)
async def test_a_corrupt_upload_is_the_senders_fault_by_name_and_the_next_request_is_served(
    networks, upload, data: bytes, code: FailureCode
):
    async with networks.inspection([(0, 0, 1, 1)]) as pipeline:
        with pytest.raises(SiseonError) as caught:
            await pipeline(Encoded(data, "photo.jpg"))
        failure = caught.value.failure()
        assert (failure.code, failure.stage, failure.retryable) == (code, "decode", False)
        assert 400 <= failure.code.http_status < 500
        assert len((await pipeline(upload())).data.detections) == 1


async def test_a_gif_under_a_jpegs_name_is_read_by_what_it_is(networks, tmp_path):
    import io

    from PIL import Image as PillowImage

    stream = io.BytesIO()
    PillowImage.new("RGB", (200, 100), (0, 0, 255)).save(stream, "GIF")
    async with networks.inspection([(0, 0, 1, 1)]) as pipeline:
        result = await pipeline(Encoded(stream.getvalue(), "photo.jpg"))
    assert result.data.classifications[0].class_name == "blue"


class Broken(Exception):
    """What nobody expected."""


@pytest.mark.parametrize("stage", ["decode", "detect"])
async def test_a_stage_that_breaks_fails_the_request_by_name(networks, upload, stage: str, monkeypatch):
    pipeline = networks.inspection([(0, 0, 1, 1)])
    async with pipeline:
        pass  # warmed up before it breaks

    def process(batch: Sequence[Any]) -> list[Any]:
        raise Broken("out of cheese")

    monkeypatch.setattr(getattr(pipeline, stage), "setup", lambda: None)
    monkeypatch.setattr(getattr(pipeline, stage), "process", process)
    async with pipeline:
        with pytest.raises(SiseonError, match="out of cheese") as caught:
            await pipeline(upload())
    assert (caught.value.code, caught.value.stage) == (FailureCode.stage_failed, stage)


@pytest.mark.parametrize(
    ("step", "owner", "function"),
    [
        ("crop", Detections, "crops"),
        ("aggregate", pipeline_module, "_aggregate"),
        ("validate", InspectionResult, "checked"),
        ("respond", InspectionResult, "to_json"),
    ],
)
async def test_a_step_between_stages_that_breaks_its_contract_fails_the_request_by_name(
    networks, upload, step: str, owner: object, function: str, monkeypatch
):
    def broken(*_: object, **__: object) -> None:
        raise ContractViolation("two is not three")

    monkeypatch.setattr(owner, function, broken)
    traces: list[Trace] = []
    pipeline = networks.inspection([(0, 0, 1, 1)])
    pipeline.on_trace = traces.append
    async with pipeline:
        with pytest.raises(ContractViolation) as caught:
            await pipeline(upload())
    assert caught.value.stage == step
    assert {span.stage: span.outcome for span in traces[0].spans}[step] == "contract_violation"


def _after_warm_up(pipeline: Inspection, then: Any) -> None:
    """Put ``then`` in the classifier's place from its second batch on; the first is the warm-up."""
    real = pipeline.classify.process
    batches = iter([real])
    pipeline.classify.process = lambda batch: next(batches, then)(batch)  # type: ignore[method-assign]


async def test_a_classifier_that_is_late_leaves_detections_without_classifications(networks, upload):
    pipeline = networks.inspection([(0, 0, 1, 1)], classify_timeout=0.05)
    release = threading.Event()

    def stuck(batch: Sequence[Crop]) -> list[Label]:
        release.wait()
        return [Label(class_id=0, class_name="red", score=1.0) for _ in batch]

    _after_warm_up(pipeline, stuck)
    async with pipeline:
        try:
            result = await pipeline(upload())
        finally:
            release.set()
    assert len(result.data.detections) == 1
    assert result.data.classifications == ()
    assert result.degraded == ["classify: deadline_exceeded"]


async def test_a_late_classifier_does_not_take_the_request_over_its_deadline(networks, upload, monkeypatch):
    """The deadline would pass inside the optional stage; a share is kept back to answer without it."""
    monkeypatch.setattr("siseon.applications.inspection.pipeline.ANSWER_SHARE", 0.8)  # enough for any machine
    pipeline = networks.inspection([(0, 0, 1, 1)])
    release = threading.Event()

    def stuck(batch: Sequence[Crop]) -> list[Label]:
        release.wait()
        return []

    _after_warm_up(pipeline, stuck)
    async with pipeline:
        try:
            result = await pipeline(upload(), timeout=5.0)
        finally:
            release.set()
    assert result.degraded == ["classify: deadline_exceeded"]


async def test_a_classifier_that_breaks_on_one_crop_still_names_the_others(networks, upload):
    pipeline = networks.inspection([(0, 0, 0.5, 1), (0.5, 0, 1, 1)])
    real = pipeline.classify.process

    def no_blue(batch: Sequence[Crop]) -> Sequence[Label]:
        if any(crop.image.pixels[0, 0, 2] for crop in batch):
            raise Broken("blue is too much")
        return real(batch)

    _after_warm_up(pipeline, no_blue)
    async with pipeline:
        result = await pipeline(upload((0, 0, 100, 100, "green"), (100, 0, 200, 100, "blue")))
    (named,) = result.data.classifications
    assert named.class_name == "green"
    assert result.data.detections[named.detection_index].box.x1 == 0
    assert result.degraded == ["classify: stage_failed"]


async def test_weights_that_can_not_be_loaded_stop_the_start(networks):
    pipeline = networks.inspection()
    (networks.folder / "main-colour.onnx").write_bytes(b"\x00" * 100)
    with pytest.raises(ModelError) as caught:
        await pipeline.start()
    assert caught.value.code is FailureCode.model_load_failed
    assert caught.value.stage == "classify"
    assert caught.value.hint


async def test_weights_of_another_hash_stop_the_start(model_path, tmp_path):
    damaged = bytearray((model_path / "yolox_nano.onnx").read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    (tmp_path / "yolox_nano.onnx").write_bytes(damaged)
    with pytest.raises(ModelError, match="sha256") as caught:
        await Inspection(ModelManager(search_path=[tmp_path, model_path])).start()
    assert caught.value.code is FailureCode.weights_mismatch


async def test_requests_share_batches_and_each_gets_its_own_answers(networks, upload):
    """Twelve uploads at once, each with one colour: no answer goes to another request."""
    colours = ["red", "green", "blue"] * 4
    pipeline = networks.inspection([(0, 0, 1, 1), (0.1, 0.1, 0.9, 0.9), (0, 0, 0.5, 1)])
    async with pipeline:
        results = await asyncio.gather(*(pipeline(upload((0, 0, 200, 100, c), name=c)) for c in colours))
    for colour, result in zip(colours, results, strict=True):
        assert result.data.image_id == colour
        assert {c.class_name for c in result.data.classifications} == {colour}


@pytest.mark.parametrize("detector", ["yolox-nano", "nanodet-m-416"])
async def test_real_detectors_are_swapped_by_the_name_of_their_card(model_path, test_data, detector: str):
    photo = test_data / "coco-dev" / "images" / "000000000802.jpg"
    async with Inspection(
        ModelManager(search_path=[model_path]), InspectionOptions(detector=detector)
    ) as pipeline:
        result = await pipeline(Encoded(photo.read_bytes(), photo.name))
    assert "refrigerator" in {detection.class_name for detection in result.data.detections}
    assert "refrigerator" in {named.class_name for named in result.data.classifications}
    assert result.models[0].name == detector


async def test_a_random_picture_gives_json(model_path):
    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    async with Inspection(ModelManager(search_path=[model_path])) as pipeline:
        body = (await pipeline(Image.from_array(noise, "random"))).model_dump_json()
    answer = json.loads(body)
    assert answer["data"]["image_id"] == "random"
    assert answer["models"][0]["name"] == "yolox-nano"


def test_failures_tell_a_client_whether_to_try_again():
    assert FailureCode.overloaded.retryable
    assert FailureCode.deadline_exceeded.retryable
    assert not FailureCode.corrupt_image.retryable
    assert not FailureCode.contract_violation.retryable


async def test_a_request_chooses_classes_scores_and_how_many(networks, upload):
    boxes = [(0.0, 0.0, 0.4, 1.0), (0.4, 0.0, 0.8, 1.0), (0.8, 0.0, 1.0, 1.0)]
    detector, classifier = networks.detector(boxes, scores=[0.9, 0.7, 0.5]), networks.classifier()
    pipeline = Inspection(networks.manager(), InspectionOptions(detector=detector, classifier=classifier))

    async def scores(**choices: object) -> list[float]:
        data = (await pipeline(upload(), parameters={"choices": InspectionChoices(**choices)})).data
        return [round(detection.score, 1) for detection in data.detections]

    async with pipeline:
        assert await scores() == [0.9, 0.7, 0.5]
        assert await scores(min_score=0.6) == [0.9, 0.7]
        assert await scores(max_objects=1) == [0.9]
        name = pipeline.detect.model.labels[0]
        assert await scores(classes=(name,)) == [0.9, 0.7, 0.5]
        assert (
            await pipeline(upload(), parameters={"choices": InspectionChoices(classify=False)})
        ).data.classifications == ()
        with pytest.raises(InputError, match="no class 'unicorn'"):
            await scores(classes=("unicorn",))

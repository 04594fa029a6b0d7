"""Safety checks in a request: when they run, what their actions do, and what happens when they fail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from siseon.applications.inspection import Inspection, InspectionOptions, InspectionResult
from siseon.applications.inspection.show import draw
from siseon.contracts import Detections, FailureCode, Image, InputError, SiseonError, StageFailed
from siseon.engine import Trace
from siseon.media.decode import decode

PHONE = "010-1234-5678"
FACE = (0.1, 0.2, 0.3, 0.6)
"""Of 200 × 100 pixels: (20, 20, 60, 60)."""


def checked(
    networks, boxes: Sequence[tuple[float, ...]] = (), classes: Sequence[int] | None = None, **actions: Any
) -> Inspection:
    """An inspection whose face detector always answers ``FACE``, and to which green is not safe for work."""
    networks.detector([FACE], name="centerface", labels=("face",))
    networks.classifier(name="open-nsfw", labels=("sfw", "nsfw", "other"))
    detector = networks.detector(boxes, name="people", classes=classes, labels=("person", "dog"))
    classifier = networks.classifier()
    options = InspectionOptions(detector=detector, classifier=classifier, **actions)
    return Inspection(networks.manager(), options)


def note(text: str) -> Image:
    """A white card with a line of text near its top."""
    card = PillowImage.new("RGB", (640, 400), "white")
    ImageDraw.Draw(card).text((60, 60), text, font=ImageFont.load_default(40), fill="black")
    return Image.from_array(np.asarray(card), "note")


async def test_without_an_action_nothing_is_loaded_and_the_answer_says_so(networks, upload):
    async with checked(networks) as pipeline:
        result = await pipeline(upload())
    assert pipeline.safety is None
    assert result.data.safety is None


async def test_checks_run_after_classification_and_before_the_answer_is_put_together(networks, upload):
    pipeline = checked(networks, [(0, 0, 1, 1)], nsfw="flag", faces="flag", pii_text="flag", unclassified=())
    traces: list[Trace] = []
    pipeline.on_trace = traces.append
    async with pipeline:
        result = await pipeline(upload())
    stages = traces[0].stages()
    assert stages[:4] == ["decode", "detect", "crop", "classify"]
    assert stages[-3:] == ["aggregate", "validate", "respond"]
    assert {"safety.nsfw", "safety.faces", "safety.text.detect_text"} <= set(stages[4:-3])
    spans = {span.stage: span for span in traces[0].spans}
    classified = spans["classify"].start_s + spans["classify"].queue_s + spans["classify"].compute_s
    assert all(classified <= span.start_s for name, span in spans.items() if name.startswith("safety."))
    assert {"centerface", "open-nsfw", "ppocr-v6-det"} <= {model.name for model in result.models}


async def test_flag_reports_the_place_in_pixels_of_the_upload_and_leaves_the_picture_alone(networks, upload):
    scene = upload((0, 0, 200, 100, "red"))
    async with checked(networks, faces="flag") as pipeline:
        data = (await pipeline(scene)).data
    (face,) = data.safety.findings
    assert (face.kind, face.action, data.safety.action) == ("face", "flag", "flag")
    assert face.box == pytest.approx((20, 20, 60, 60), abs=0.1)
    assert data.safety.nsfw_score is None
    image = decode(scene.data)
    np.testing.assert_array_equal(draw(image, data).pixels, image.pixels)
    assert InspectionResult.model_validate_json(data.to_json()) == data


async def test_blur_hides_the_face_in_the_drawn_picture_and_nothing_else(networks):
    noise = Image.from_array(np.random.default_rng(5).integers(0, 256, (100, 200, 3), dtype=np.uint8))
    async with checked(networks, faces="blur") as pipeline:
        data = (await pipeline(noise)).data
    assert data.safety.action == "blur"
    drawn = draw(noise, data).pixels
    changed = (drawn != noise.pixels).any(axis=2)
    assert changed[20:60, 20:60].mean() > 0.95
    around = np.ones_like(changed)
    around[10:70, 10:70] = False  # the face and its margin
    assert not changed[around].any()


async def test_block_is_a_named_refusal_without_data_that_says_which_policy(networks, upload):
    async with checked(networks, faces="block") as pipeline:
        with pytest.raises(InputError, match="face × 1") as caught:
            await pipeline(upload())
    failure = caught.value.failure()
    assert (failure.code, failure.retryable, failure.stage) == (FailureCode.safety_blocked, False, "safety")
    assert failure.code.http_status == 422
    assert "policy for face is block" in (failure.hint or "")


async def test_a_picture_is_scored_whole_and_by_its_persons_and_the_highest_counts(networks, upload):
    """A green person on black: the whole picture is nearly neutral, the crop is not; and it must be a person."""
    person = (0.0, 0.0, 0.35, 0.7)
    scene = upload((0, 0, 70, 70, "green"))
    async with checked(networks, nsfw="blur") as pipeline:
        alone = (await pipeline(scene)).data.safety
    async with checked(networks, [person], nsfw="blur") as pipeline:
        found = (await pipeline(scene)).data.safety
    async with checked(networks, [person], [1], nsfw="flag") as pipeline:
        other = (await pipeline(scene)).data.safety
    assert alone.findings == ()
    assert found.nsfw_score > 0.9 > alone.nsfw_score == other.nsfw_score
    assert [(f.kind, f.box) for f in found.findings] == [("nsfw", (0, 0, 200, 100))]


async def test_the_threshold_of_nsfw_is_a_parameter(networks, upload):
    async with checked(networks, nsfw="flag", nsfw_threshold=0.0) as pipeline:
        report = (await pipeline(upload())).data.safety
    assert [finding.kind for finding in report.findings] == ["nsfw"]


async def test_a_phone_number_is_flagged_with_the_outline_of_its_line_and_without_its_digits(networks):
    async with checked(networks, pii_text="flag") as pipeline:
        result = await pipeline(note(f"Call {PHONE}"))
    (phone,) = result.data.safety.findings
    assert (phone.kind, phone.action) == ("phone", "flag")
    assert phone.ring[0] == phone.ring[-1]
    assert 40 < phone.box[0] < 80
    assert 40 < phone.box[1] < 80
    assert "1234" not in result.model_dump_json().replace(result.trace_id, "")


async def test_a_phone_number_is_blurred_until_it_can_not_be_read(networks):
    card = note(f"Call {PHONE}")
    async with checked(networks, pii_text="blur") as pipeline:
        data = (await pipeline(card)).data
        hidden = draw(card, data)
        again = (await pipeline(hidden)).data
    x1, y1, x2, y2 = (round(value) for value in data.safety.findings[0].box)
    assert hidden.pixels[y1:y2, x1:x2].std() < card.pixels[y1:y2, x1:x2].std() / 4
    np.testing.assert_array_equal(hidden.pixels[200:], card.pixels[200:])
    assert all(finding.kind != "phone" for finding in again.safety.findings)


async def test_a_phone_number_blocks_and_the_refusal_does_not_tell_it(networks):
    async with checked(networks, pii_text="block") as pipeline:
        with pytest.raises(InputError, match="phone × 1") as caught:
            await pipeline(note(f"Call {PHONE}"))
    assert "5678" not in caught.value.failure().model_dump_json()


async def test_a_harmless_text_is_no_finding(networks):
    async with checked(networks, pii_text="block") as pipeline:
        report = (await pipeline(note("Open 8:30 - 18:00"))).data.safety
    assert (report.findings, report.action) == ((), "none")


async def test_lines_that_can_not_be_read_are_hidden_but_no_ground_to_refuse(
    networks, test_data, monkeypatch
):
    monkeypatch.setattr("siseon.applications.text.tesseract.FOLDERS", ())  # no pack that reads Hangul
    sign = decode((test_data / "text-dev" / "line_ko.jpg").read_bytes())
    async with checked(networks, pii_text="block") as pipeline:
        result = await pipeline(sign)
    assert {(f.kind, f.action) for f in result.data.safety.findings} == {("unread_text", "blur")}
    assert any("could not be read" in warning for warning in result.warnings)
    async with checked(networks, pii_text="flag") as pipeline:
        assert (await pipeline(sign)).data.safety.findings == ()


def _broken(batch: Sequence[Image]) -> Sequence[Detections]:
    raise StageFailed("out of cheese")


def _after_warm_up(stage: Any, then: Any) -> None:
    real = stage.process
    batches = iter([real])
    stage.process = lambda batch: next(batches, then)(batch)


@pytest.mark.parametrize("action", ["blur", "block"])
async def test_a_check_that_breaks_lets_nothing_through(networks, upload, action: str):
    pipeline = checked(networks, faces=action, nsfw="flag")
    _after_warm_up(pipeline.safety.faces, _broken)
    async with pipeline:
        with pytest.raises(SiseonError, match="out of cheese") as caught:
            await pipeline(upload())
    assert (caught.value.code, caught.value.stage) == (FailureCode.stage_failed, "safety.faces")


async def test_a_check_that_only_flags_and_breaks_is_missing_from_the_answer_which_says_so(networks, upload):
    pipeline = checked(networks, faces="flag", nsfw="flag")
    _after_warm_up(pipeline.safety.faces, _broken)
    async with pipeline:
        result = await pipeline(upload())
    assert result.degraded == ["faces: stage_failed"]
    assert result.data.safety.nsfw_score is not None


async def test_a_late_check_fails_closed_unless_it_only_flags(networks, upload, monkeypatch):
    monkeypatch.setattr("siseon.applications.safety.pipeline.ANSWER_SHARE", 0.8)  # enough for any machine
    release = threading.Event()

    def stuck(batch: Sequence[Image]) -> Sequence[float]:
        release.wait()
        return [0.0] * len(batch)

    flags, blocks = checked(networks, nsfw="flag"), checked(networks, nsfw="block")
    for pipeline in (flags, blocks):
        _after_warm_up(pipeline.safety.nsfw, stuck)
    async with flags, blocks:
        try:
            result, refused = await asyncio.gather(
                flags(upload(), timeout=5.0), blocks(upload(), timeout=2.0), return_exceptions=True
            )
        finally:
            release.set()
    assert result.degraded == ["nsfw: deadline_exceeded"]
    assert result.data.safety.nsfw_score is None
    assert isinstance(refused, SiseonError)
    failure = refused.failure()
    assert (failure.code, failure.retryable, failure.stage) == (
        FailureCode.deadline_exceeded,
        True,
        "safety.nsfw",
    )


async def test_classification_leaves_time_for_the_checks_after_it(networks, upload):
    release = threading.Event()

    def stuck(batch: Sequence[Any]) -> Sequence[Any]:
        release.wait()
        return []

    pipeline = checked(networks, [(0, 0, 1, 1)], faces="blur", unclassified=())
    _after_warm_up(pipeline.classify, stuck)
    async with pipeline:
        try:
            result = await pipeline(upload(), timeout=2.0)
        finally:
            release.set()
    assert result.degraded == ["classify: deadline_exceeded"]
    assert result.data.safety.action == "blur"

"""Services with one fault each: most of them known from services of the field, the first six from this suite's past.

A fault makes the parts of a service from a detector. Those of ``heldout.py`` were written after the rules.
"""

from __future__ import annotations

import asyncio
import io
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageFile
from starlette.responses import JSONResponse, PlainTextResponse, Response

from review.faulty.busy import (
    blocking,
    inferring_probe,
    one_at_a_time,
    one_buffer,
    overloaded,
    refuses_beyond,
    works_for_nobody,
)
from review.faulty.detectors import Detector, Found, Pixels, by_colour, by_contours
from review.faulty.service import Answer, Labels, Parts, classify
from siseon.contracts import Image, SiseonError
from siseon.media.decode import decode

BOTH: tuple[Detector, ...] = (by_colour, by_contours)


@dataclass(frozen=True)
class Fault:
    name: str
    rules: str
    """Those of which one must be broken for the fault to count as found, separated by spaces."""
    parts: Callable[[Detector], Parts]
    detectors: tuple[Detector, ...] = BOTH


def on_box(edit: Callable[[float, float, float, float], Sequence[float]]) -> Callable[[Answer], Answer]:
    def change(answer: Answer) -> Answer:
        detections = [each | {"box": list(edit(*each["box"]))} for each in answer["detections"]]
        return answer | {"detections": detections}

    return change


def on_each(**edits: Callable[[object], object]) -> Callable[[Answer], Answer]:
    def change(answer: Answer) -> Answer:
        changed = [
            each | {key: edit(each[key]) for key, edit in edits.items()} for each in answer["detections"]
        ]
        return answer | {"detections": changed}

    return change


def answers(change: Callable[[Answer], Answer]) -> Callable[[Detector], Parts]:
    return lambda detect: Parts(detect, change=change)


def pixels(change: Callable[[bytes], Pixels | None]) -> Callable[[Detector], Parts]:
    """Decodes by ``change``, or rightly where that is None; what a right service refuses is refused."""

    def changed(data: bytes) -> Image:
        image, other = decode(data), change(data)
        return image if other is None else Image.from_array(np.ascontiguousarray(other))

    return lambda detect: Parts(detect, decode=changed)


# Known misses of an earlier version


def crop_index(detect: Detector) -> Parts:
    def counted(picture: Pixels, found: Sequence[Found]) -> Labels:
        return [(place, word) for place, (_, word) in enumerate(classify(picture, found))]

    return Parts(detect, classify=counted)


def swapped(detect: Detector) -> Parts:
    """Requests that wait together are computed together, and the answers handed out the wrong way round."""
    waiting: list[tuple[Callable[[], Answer], asyncio.Future[Answer]]] = []

    async def batched(compute: Callable[[], Answer], _: bytes) -> Answer:
        mine: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        waiting.append((compute, mine))
        await asyncio.sleep(0.002)
        batch, waiting[:] = list(waiting), []
        for (compute_one, _), (_, receiver) in zip(batch, reversed(batch), strict=True):
            try:
                receiver.set_result(compute_one())
            except SiseonError as error:
                receiver.set_exception(error)
        return await mine

    return Parts(detect, together=batched)


def rounded(detect: Detector) -> Parts:
    return Parts(detect, change=on_box(lambda *box: [16 * round(edge / 16) for edge in box]))


def red_is_blue(detect: Detector) -> Parts:
    return Parts(lambda picture: detect(np.ascontiguousarray(picture[:, :, ::-1])))


def alpha_dropped(data: bytes) -> Pixels | None:
    with Pillow.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB")) if picture.mode == "RGBA" else None


def alpha_on_black(data: bytes) -> Pixels | None:
    with Pillow.open(io.BytesIO(data)) as picture:
        if picture.mode != "RGBA":
            return None
        black = Pillow.new("RGBA", picture.size, (0, 0, 0, 255))
        return np.asarray(Pillow.alpha_composite(black, picture).convert("RGB"))


def finds_nothing(detect: Detector) -> Parts:
    return Parts(lambda picture: [])


# Geometry


def exif_ignored(data: bytes) -> Pixels | None:
    with Pillow.open(io.BytesIO(data)) as picture:
        turned = picture.getexif().get(0x0112, 1) != 1
        return np.asarray(picture.convert("RGB")) if turned else None


def in_network_pixels(detect: Detector) -> Parts:
    def shrunk(picture: Pixels) -> Sequence[Found]:
        found = detect(cv2.resize(picture, (416, 416), interpolation=cv2.INTER_AREA))
        return [replace(each, shape=np.zeros(picture.shape[:2], bool)) for each in found]

    return Parts(shrunk, change=on_each(mask=lambda _: None))


def padding_forgotten(detect: Detector) -> Parts:
    """A letterbox in the middle of a square; boxes are scaled back and not moved back."""

    def boxed(picture: Pixels) -> Sequence[Found]:
        height, width = picture.shape[:2]
        side = max(height, width)
        top, left = (side - height) // 2, (side - width) // 2
        square = np.full((side, side, 3), 114, np.uint8)
        square[top : top + height, left : left + width] = picture
        return detect(square)

    return Parts(boxed, change=on_each(mask=lambda _: None))


def outside(detect: Detector) -> Parts:
    """Boxes with a margin that nobody clamps."""
    return Parts(detect, change=on_box(lambda x1, y1, x2, y2: (x1 - 25, y1 - 25, x2 + 25, y2 + 25)))


def wide_masks(detect: Detector) -> Parts:
    def turned(mask: object) -> object:
        height, width = mask["size"]
        return {"size": [width, height], "counts": mask["counts"]}

    return Parts(detect, change=on_each(mask=turned))


# Shape of the answer


def crashes_on_nothing(answer: Answer) -> Answer:
    np.stack([each["box"] for each in answer["detections"]])
    return answer


def null_when_empty(answer: Answer) -> Answer:
    return answer if answer["detections"] else answer | {"detections": None}


def nan_scores(answer: Answer) -> Answer:
    return on_each(score=lambda _: float("nan"))(answer)


def undocumented(answer: Answer) -> Answer:
    return {key: value for key, value in answer.items() if key != "classifications"}


# Decoding and refusing


def sixteen_bits_clipped(data: bytes) -> Pixels | None:
    with Pillow.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("L").convert("RGB")) if picture.mode.startswith("I") else None


def cmyk_inverted(data: bytes) -> Pixels | None:
    with Pillow.open(io.BytesIO(data)) as picture:
        return 255 - np.asarray(picture.convert("RGB")) if picture.mode == "CMYK" else None


def bare_decoder(detect: Detector) -> Parts:
    def bare(data: bytes) -> Image:
        try:
            return decode(data)
        except SiseonError as error:
            raise OSError("cannot identify image file") from error

    return Parts(detect, decode=bare)


def lenient(detect: Detector) -> Parts:
    """Fills with grey what a cut file lacks."""

    def filled(data: bytes) -> Image:
        try:
            return decode(data)
        except SiseonError:
            before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, True
            try:
                with Pillow.open(io.BytesIO(data)) as picture:
                    return Image.from_array(np.array(picture.convert("RGB")))
            except (OSError, SyntaxError, Pillow.DecompressionBombError):
                return decode(data)
            finally:
                ImageFile.LOAD_TRUNCATED_IMAGES = before

    return Parts(detect, decode=filled)


def traces_shown(detect: Detector) -> Parts:
    def with_traceback(error: SiseonError) -> Response:
        text = "".join(traceback.format_exception(error))
        return JSONResponse({"code": error.code, "detail": text, "retryable": False}, error.code.http_status)

    return Parts(detect, refuse=with_traceback)


FAULTS = (
    Fault("classification index counts crops", "classification-place classification-index", crop_index),
    Fault("answers of a batch the wrong way round", "answers-mixed-up", swapped),
    Fault("boxes rounded to 16 px", "box-grid", rounded),
    Fault("red and blue swapped", "colours", red_is_blue, (by_colour,)),
    Fault("alpha dropped", "hidden-pixels decoding", pixels(alpha_dropped)),
    Fault("alpha laid on black", "decoding", pixels(alpha_on_black), (by_contours,)),
    Fault("finds nothing", "finds-nothing", finds_nothing, (by_colour,)),
    Fault("EXIF orientation ignored", "exif", pixels(exif_ignored)),
    Fault("boxes in pixels of the network", "box-place finds-nothing", in_network_pixels),
    Fault("padding of the letterbox forgotten", "box-place", padding_forgotten),
    Fault("boxes leave the picture", "box-inside", outside, (by_contours,)),
    Fault(
        "boxes as x, y, width, height",
        "box-order box-place",
        answers(on_box(lambda x1, y1, x2, y2: (x1, y1, x2 - x1, y2 - y1))),
    ),
    Fault("mask size as width, height", "mask-size", wide_masks, (by_colour,)),
    Fault(
        "scores in per cent", "score-range", answers(on_each(score=lambda score: 100 * score)), (by_contours,)
    ),
    Fault("NaN in the JSON", "json-strict", answers(nan_scores), (by_colour,)),
    Fault("crashes when nothing is found", "blank-picture", answers(crashes_on_nothing), (by_contours,)),
    Fault("null when nothing is found", "blank-picture", answers(null_when_empty), (by_colour,)),
    Fault("answer is not as documented", "schema", answers(undocumented), (by_contours,)),
    Fault(
        "JSON sent as text",
        "content-type",
        lambda detect: Parts(detect, media_type="text/plain"),
        (by_colour,),
    ),
    Fault("16-bit grey clipped", "decoding", pixels(sixteen_bits_clipped), (by_contours,)),
    Fault("CMYK inverted", "decoding", pixels(cmyk_inverted)),
    Fault("exceptions of the decoder not caught", "hostile-upload", bare_decoder, (by_colour,)),
    Fault("cut files filled with grey", "garbage-accepted", lenient, (by_contours,)),
    Fault("traceback in error bodies", "leak", traces_shown, (by_colour,)),
    Fault(
        "errors without JSON",
        "error-body",
        lambda detect: Parts(detect, refuse=lambda _: PlainTextResponse("no", 400)),
        (by_contours,),
    ),
    Fault("inference blocks the event loop", "health-under-load", blocking),
    Fault("one client at a time", "slow-clients", one_at_a_time, (by_colour,)),
    Fault("works for clients that have gone", "vanished-clients", works_for_nobody),
    Fault("one buffer for all requests", "answers-mixed-up", one_buffer),
    Fault("503 without Retry-After", "retry-after", refuses_beyond(4, overloaded), (by_contours,)),
    Fault("the health probe infers", "health-light", inferring_probe, (by_colour,)),
    Fault("no limit on uploads", "upload-limit", lambda detect: Parts(detect, limit=1 << 40), (by_contours,)),
)

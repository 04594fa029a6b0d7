"""Faults that were written down after the rules were: what is found of them tells what will be of others.

No rule was changed for one of these. Whoever changes a rule because of one moves it to ``faults.py``.
"""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from PIL import Image as Pillow
from starlette.responses import JSONResponse, Response

from review.faulty.busy import refuses_beyond
from review.faulty.detectors import Detector, Found, Pixels, by_colour, by_contours
from review.faulty.faults import Fault, answers, on_box, on_each, pixels
from review.faulty.service import Answer, Parts
from siseon.contracts import Frame, Mask


def cached_by_name(detect: Detector) -> Parts:
    """Whoever uploads a picture under a known name gets the answer to the first one."""
    known: dict[object, Answer] = {}
    return Parts(detect, change=lambda answer: known.setdefault(answer["image_id"], answer))


def smoothed(detect: Detector) -> Parts:
    """A tracker between requests that have nothing to do with each other."""
    last: dict[object, np.ndarray] = {}

    def change(answer: Answer) -> Answer:
        for each in answer["detections"]:
            box = np.array(each["box"])
            last[each["class_id"]] = box = 0.7 * box + 0.3 * last.get(each["class_id"], box)
            each["box"] = box.tolist()
        return answer

    return Parts(detect, change=change)


def only_the_best(answer: Answer) -> Answer:
    best = sorted(answer["detections"], key=lambda each: -each["score"])[:1]
    return answer | {"detections": best, "classifications": []}


def mirrored(detect: Detector) -> Parts:
    """The picture is flipped for the network, and the boxes are not flipped back."""
    return Parts(
        lambda picture: detect(np.ascontiguousarray(picture[:, ::-1])), change=on_each(mask=lambda _: None)
    )


def rows_first(mask: object) -> object:
    shape = Mask.from_wire(mask).pixels()
    height, width = shape.shape
    wrong = np.ascontiguousarray(shape).ravel(order="C").reshape((height, width), order="F")
    return Mask.encode(wrong, Frame.root(width, height)).to_wire()


def unsuppressed(answer: Answer) -> Answer:
    twins = [
        each | {"box": [edge + 1 for edge in each["box"]], "score": each["score"] * 0.97, "mask": None}
        for each in answer["detections"]
    ]
    return answer | {"detections": [*answer["detections"], *twins]}


def ids_by_order(answer: Answer) -> Answer:
    """Class ids are given in the order in which classes appear, anew for each picture."""
    names = list(dict.fromkeys(each["class_name"] for each in reversed(answer["detections"])))
    changed = [each | {"class_id": names.index(each["class_name"])} for each in answer["detections"]]
    return answer | {"detections": changed}


def palette_as_grey(data: bytes) -> Pixels | None:
    with Pillow.open(io.BytesIO(data)) as picture:
        return (
            np.dstack([np.asarray(picture)] * 3) if picture.mode == "P" and picture.format == "PNG" else None
        )


def anothers_size(detect: Detector) -> Parts:
    """Boxes are scaled back by the size of the picture that came last, not of their own."""
    last = [1.0]

    async def together(compute: Callable[[], Answer], data: bytes) -> Answer:
        with Pillow.open(io.BytesIO(data)) as picture:
            width = picture.width
        last[0] = width
        answer = await asyncio.to_thread(compute)
        await asyncio.sleep(0.002)
        return on_box(lambda *box: [edge / width * last[0] for edge in box])(answer)

    async def checked(compute: Callable[[], Answer], data: bytes) -> Answer:
        try:
            return await together(compute, data)
        except (OSError, Pillow.DecompressionBombError):
            return await asyncio.to_thread(compute)

    return Parts(detect, together=checked)


def errors_as_success(detect: Detector) -> Parts:
    return Parts(
        detect, refuse=lambda error: JSONResponse({"status": "error", "message": error.message}, 200)
    )


def pool_exhausted() -> Response:
    return JSONResponse({"detail": "pool exhausted"}, 500)


def whole_factor(detect: Detector) -> Parts:
    """The factor back from 416 pixels is a whole number."""

    def scaled(picture: Pixels) -> Sequence[Found]:
        factor = max(picture.shape[:2]) / 416
        wrong = max(1, int(factor)) / factor
        return [replace(each, box=tuple(edge * wrong for edge in each.box)) for each in detect(picture)]

    return Parts(scaled, change=on_each(mask=lambda _: None))


def dropout(detect: Detector) -> Parts:
    odds = random.Random(3)
    return Parts(detect, change=on_each(score=lambda score: min(1.0, score * odds.uniform(0.8, 1.0))))


def centre_only(detect: Detector) -> Parts:
    """What lies beside the middle square is never looked at."""

    def middle(picture: Pixels) -> Sequence[Found]:
        height, width = picture.shape[:2]
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        seen = detect(np.ascontiguousarray(picture[top : top + side, left : left + side]))
        corner = (left, top, left, top)
        return [replace(each, box=tuple(map(sum, zip(each.box, corner, strict=True)))) for each in seen]

    return Parts(middle, change=on_each(mask=lambda _: None))


def one_trace(answer: Answer) -> Answer:
    return answer | {"trace_id": "b7ad6b7169203331"}


HELD_OUT = (
    Fault(
        "answers cached by file name",
        "box-place answers-mixed-up blank-objects",
        cached_by_name,
        (by_colour,),
    ),
    Fault("boxes smoothed over requests", "repeatable answers-mixed-up", smoothed, (by_contours,)),
    Fault("only the best object", "copies classification-index", answers(only_the_best), (by_colour,)),
    Fault("mirrored boxes", "box-place", mirrored, (by_contours,)),
    Fault(
        "x and y swapped",
        "box-place box-inside",
        answers(on_box(lambda a, b, c, d: (b, a, d, c))),
        (by_colour,),
    ),
    Fault("masks row by row", "mask-place", answers(on_each(mask=rows_first)), (by_contours,)),
    Fault("suppression forgotten", "duplicates", answers(unsuppressed), (by_colour,)),
    Fault("class ids by order of appearance", "class-names", answers(ids_by_order), (by_contours,)),
    Fault("palette read as grey", "decoding", pixels(palette_as_grey), (by_colour,)),
    Fault("scaled by another's size", "answers-mixed-up", anothers_size, (by_contours,)),
    Fault("errors as 200", "garbage-accepted schema", errors_as_success, (by_colour,)),
    Fault("500 beyond a pool of eight", "under-load", refuses_beyond(8, pool_exhausted), (by_contours,)),
    Fault("scale back by a whole number", "box-place", whole_factor, (by_colour,)),
    Fault("dropout left on", "repeatable", dropout, (by_contours,)),
    Fault("only the middle square is seen", "box-place copies", centre_only, (by_colour,)),
    Fault("one trace id for all answers", "trace-id", answers(one_trace), (by_contours,)),
)

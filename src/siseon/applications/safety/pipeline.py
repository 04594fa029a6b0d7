"""The checks of a photo, each present only if its policy asks for it, at the same time and before the answer leaves.

A check that fails or is late must not let anything through: under ``blur`` and ``block`` its failure is the
request's. Under ``flag`` the answer comes without it and says ``degraded``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

import numpy as np

from siseon.applications.safety.contracts import Action, Finding, Kind, SafetyReport
from siseon.applications.safety.faces import Faces
from siseon.applications.safety.lines import personal_lines
from siseon.applications.safety.nsfw import Nsfw
from siseon.applications.safety.options import DEFAULTS, SafetyOptions
from siseon.applications.safety.policy import decide
from siseon.applications.text import Line, Text, UnreadLine
from siseon.contracts import Boxes, FailureCode, Image, SiseonError
from siseon.contracts.wire import Box
from siseon.engine import Pipeline, degrade, remaining, warn
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.models import ModelManager

ANSWER_S, ANSWER_SHARE = 0.02, 0.05
"""Of the time that is left, what a check under ``flag`` leaves, so that an answer without it still comes: so many
seconds and such a share at least, as a classification does. On a busy machine 20 ms are gone before anybody looks."""

T = TypeVar("T")


class Safety(Pipeline[Image, SafetyReport]):
    """NSFW score, faces and personal data in text, with a policy for each."""

    def __init__(
        self, models: ModelManager, options: SafetyOptions = DEFAULTS, *, bounds: MediaBounds = DEFAULT_BOUNDS
    ) -> None:
        """Choose the checks; the models of one that is ``none`` are not even loaded."""
        self.actions: dict[str, Action] = {
            "nsfw": options.nsfw,
            "faces": options.faces,
            "pii_text": options.pii_text,
        }
        self.nsfw_threshold = options.nsfw_threshold
        self.nsfw = None if options.nsfw == "none" else Nsfw(models["open-nsfw"])
        self.faces = None if options.faces == "none" else Faces(models["centerface"])
        self.text = None if options.pii_text == "none" else Text(models, bounds=bounds)

    async def run(self, item: Image, people: Sequence[Image] = ()) -> SafetyReport:
        """Check one image; ``people`` are crops of it that the NSFW check looks at one by one too.

        Raises:
            SiseonError: ``safety_blocked``; the failure of a check whose action is ``blur`` or ``block``.
        """
        try:
            async with asyncio.TaskGroup() as group:
                score = group.create_task(self._guarded("nsfw", self._nsfw_score([item, *people])))
                faces = group.create_task(self._guarded("faces", self._faces(item)))
                texts = group.create_task(self._guarded("pii_text", self._texts(item)))
        except ExceptionGroup as failed:
            first = failed.exceptions[0]  # a request has one failure; the other checks are cancelled
            raise first from first.__cause__
        nsfw = self._nsfw(item, score.result())
        return decide(score.result(), [*nsfw, *(faces.result() or ()), *(texts.result() or ())])

    async def _guarded(self, category: str, check: Coroutine[Any, Any, T]) -> T | None:
        """The check's result; None where it failed and only reports."""
        if self.actions[category] != "flag":
            return await check
        left = remaining()
        if left is not None:
            left = max(0.0, left - max(ANSWER_S, ANSWER_SHARE * left))
        try:
            async with asyncio.timeout(left):
                return await check
        except TimeoutError:
            degrade(category, FailureCode.deadline_exceeded)
        except SiseonError as error:
            degrade(category, error.code)
        return None

    async def _nsfw_score(self, images: Sequence[Image]) -> float | None:
        return None if self.nsfw is None else max(await self.nsfw.map(images))

    def _nsfw(self, image: Image, score: float | None) -> list[Finding]:
        if score is None or score < self.nsfw_threshold:
            return []
        whole = Boxes(np.array([[0, 0, image.width, image.height]], np.float32), image.frame)
        box = _corners(whole.to(image.frame.root_frame))[0]
        return [Finding(kind="nsfw", action=self.actions["nsfw"], box=box, score=score)]

    async def _faces(self, image: Image) -> list[Finding]:
        if self.faces is None:
            return []
        found = await self.faces(image)
        boxes = _corners(found.boxes.to(image.frame.root_frame))
        return [
            Finding(kind="face", action=self.actions["faces"], box=box, score=score)
            for box, score in zip(boxes, found.scores.tolist(), strict=True)
        ]

    async def _texts(self, image: Image) -> list[Finding]:
        if self.text is None:
            return []
        action = self.actions["pii_text"]
        result = await self.text.run(image)
        found = [_line(kind, action, line) for kind, line in personal_lines(result.lines)]
        if result.unread:
            warn(f"pii_text: lines not checked because they could not be read: {len(result.unread)}")
            if action != "flag":  # hidden, but no ground to refuse the picture
                found += [_line("unread_text", "blur", line) for line in result.unread]
        return found


def _line(kind: Kind, action: Action, line: Line | UnreadLine) -> Finding:
    xs, ys = zip(*line.polygon, strict=True)
    x1, y1 = min(xs), min(ys)
    box = Box(x1, y1, max(*xs, x1 + 1), max(*ys, y1 + 1))  # a line cut off by the edge has a pixel at least
    return Finding(kind=kind, action=action, box=box, ring=line.polygon, score=line.score)


def _corners(boxes: Boxes) -> list[Box]:
    return [Box(*corners) for corners in boxes.xyxy.tolist()]

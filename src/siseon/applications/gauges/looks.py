"""A picture seen several times by one detector: smaller and larger, straight and in a mirror, and what all of it says.

What a network says of one picture is partly chance: an instrument lies well or badly on its grid, has the size that it
knows best or another. Boxes of several looks that lie on each other are one, at the mean of their places, whose score
is the mean over all looks: what one of them alone has seen counts little.
Source: Solovyev et al., "Weighted boxes fusion", arXiv 1910.13302; here a box joins the best one of its group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from siseon.contracts import Boxes, Detections, Image
from siseon.contracts.boxes import iou

SAME = 0.55
"""Overlap from which boxes of two looks are one instrument."""


def shrunk(image: Image, longest: int) -> Image:
    """The picture with no side longer than that; its frame leads back."""
    scale = longest / max(image.width, image.height)
    if scale >= 1.0:
        return image
    width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    pixels = cv2.resize(image.pixels, (width, height), interpolation=cv2.INTER_AREA)
    return replace(image, pixels=np.asarray(pixels, np.uint8), frame=image.frame.resize(width, height))


def mirrored(image: Image) -> Image:
    """Left is right; its frame leads back."""
    over = np.array([[-1.0, 0.0, image.width], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    frame = image.frame.warp(over, image.width, image.height, kind="mirror")
    return replace(image, pixels=np.ascontiguousarray(image.pixels[:, ::-1]), frame=frame)


def agreed(looks: Sequence[Detections], least_score: float) -> Detections:
    """What looks at one picture, all in one frame, say together; best score first."""
    frame, labels = looks[0].frame, looks[0].labels
    xyxy = np.concatenate([look.boxes.xyxy for look in looks])
    scores = np.concatenate([look.scores for look in looks])
    kinds = np.concatenate([look.class_ids for look in looks])
    whose = np.repeat(np.arange(len(looks)), [len(look.scores) for look in looks])
    overlaps = iou(Boxes(xyxy, frame), Boxes(xyxy, frame))
    groups: list[list[int]] = []
    for index in np.argsort(-scores, kind="stable").tolist():
        fitting = [
            group
            for group in groups
            if kinds[group[0]] == kinds[index]
            and overlaps[group[0], index] > SAME
            and whose[index] not in whose[group]
        ]
        if fitting:
            max(fitting, key=lambda group: overlaps[group[0], index]).append(index)
        else:
            groups.append([index])
    together = np.array([scores[group].sum() / len(looks) for group in groups], np.float32)
    order = [
        place for place in np.argsort(-together, kind="stable").tolist() if together[place] >= least_score
    ]
    places = [np.average(xyxy[groups[place]], axis=0, weights=scores[groups[place]]) for place in order]
    firsts = [groups[place][0] for place in order]
    boxes = Boxes(np.array(places, np.float32).reshape(-1, 4), frame)
    return Detections(boxes, together[order], kinds[firsts], labels)

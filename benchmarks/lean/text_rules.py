"""The rules of the lean ``text``, on corners: what belongs together, and what is read first."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

TALL, WIDE = 1.5, 8
HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))
KANA = ((0x3041, 0x309F), (0x30A1, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))

Floats = NDArray[np.float32]
Boxes = NDArray[np.float64]


def boxes(quads: list[Floats]) -> Boxes:
    """(n, 4): left, top, right, bottom."""
    points = np.stack(quads)
    return np.concatenate([points.min(1), points.max(1)], 1).astype(float)


def mostly_columns(box: Boxes) -> bool:
    size = box[:, 2:] - box[:, :2]
    area = size.prod(1)
    return bool(area[size[:, 1] >= TALL * size[:, 0]].sum() * 2 > area.sum())


def join_columns(quads: list[Floats], width: int, height: int) -> list[Floats]:
    """Pieces of one column put together, where most of the text is columns."""
    if len(quads) < 2 or not mostly_columns(box := boxes(quads)):
        return quads
    left, top, right, bottom = box.T
    wide, middle = right - left, (left + right) / 2
    narrower = np.minimum(wide[:, None], wide)
    gap = np.maximum(top[:, None], top) - np.minimum(bottom[:, None], bottom)
    joined = (np.abs(gap - 0.225 * narrower) <= 0.975 * narrower) & (
        np.abs(middle[:, None] - middle) <= 0.3 * narrower
    )
    joined &= np.maximum(wide[:, None], wide) <= 1.5 * narrower
    whole = []
    for group in groups(joined):
        if len(group) == 1:
            whole.append(quads[group[0]])
        else:
            around = cv2.boxPoints(cv2.minAreaRect(np.concatenate([quads[at] for at in group])))
            whole.append(np.clip(clockwise(around), 0, [width, height]).astype(np.float32))
    return whole


def clockwise(corners: NDArray[np.floating]) -> Boxes:
    (a, b, c, d) = sorted(corners.tolist(), key=lambda corner: corner[0])
    left, right = sorted((a, b), key=lambda corner: corner[1]), sorted((c, d), key=lambda corner: corner[1])
    return np.array([left[0], right[0], right[1], left[1]])


def ruby(quads: list[Floats], texts: list[str | None]) -> dict[int, int]:
    """Of small kana beside a column or above a row: whose ruby they are."""
    kinds = [
        None if text is None else {_kind(letter) for letter in text if letter.isalpha()} for text in texts
    ]
    small = [at for at, kind in enumerate(kinds) if kind is None or kind == {"kana"}]
    bases = [at for at, kind in enumerate(kinds) if kind and "other" not in kind]
    if not small or not bases:
        return {}
    box = boxes(quads).astype(np.float32)
    middle, size = (box[:, :2] + box[:, 2:]) / 2, np.maximum(box[:, 2:] - box[:, :2], 1e-3)
    high, low = box[small][:, None], box[bases][None]
    shared = np.minimum(high[..., 2:], low[..., 2:]) - np.maximum(high[..., :2], low[..., :2])
    along = shared / size[small][:, None] > 0.6
    off = (middle[small][:, None] - middle[bases][None]) / size[bases][None]
    part = size[small][:, None] / size[bases][None]
    tall, flat = size[bases, 1] >= TALL * size[bases, 0], size[bases, 0] > size[bases, 1]
    right_of = (part[..., 0] <= 0.68) & (off[..., 0] > 0) & (off[..., 0] <= 1.05) & tall & along[..., 1]
    above = (part[..., 1] <= 0.5) & (off[..., 1] < 0) & (off[..., 1] >= -0.8) & flat & along[..., 0]
    beside = (right_of | above) & (np.array(small)[:, None] != bases)
    beside &= ~np.isin(bases, np.array(small)[beside.any(1)])  # what is ruby has none itself
    distance = np.linalg.norm(middle[small][:, None] - middle[bases][None], axis=2)
    nearest = np.where(beside, distance, np.inf).argmin(1)
    return {small[at]: bases[nearest[at]] for at in np.flatnonzero(beside.any(1))}


def _kind(letter: str) -> str:
    code = ord(letter)
    if any(low <= code <= high for low, high in KANA):
        return "kana"
    return "han" if any(low <= code <= high for low, high in HAN) else "other"


def reading_order(quads: list[Floats]) -> list[int]:
    """Block by block, each from the top; columns of vertical writing from the right."""
    if not quads:
        return []
    box = boxes(quads)
    if mostly_columns(box):
        box = np.stack([box[:, 1], -box[:, 2], box[:, 3], -box[:, 0]], 1)
    left, top, right, bottom = box.T
    width, height = right - left, bottom - top
    lower = np.minimum(height[:, None], height)
    joined = (
        (np.maximum(top[:, None], top) - np.minimum(bottom[:, None], bottom) <= 0.6 * lower)
        & (
            np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
            >= 0.5 * np.minimum(width[:, None], width)
        )
        & (np.maximum(height[:, None], height) <= 2 * lower)
    )
    blocks = groups(joined)
    middle, aspect = (top + bottom) / 2, width / height
    table = np.eye(len(blocks), dtype=bool)
    for i, one in enumerate(blocks):
        for j, other in enumerate(blocks[:i]):
            few, many = sorted((one, other), key=len)
            if len(few) > 1 and min(aspect[few].mean(), aspect[many].mean()) < WIDE:
                off = np.abs(middle[few][:, None] - middle[many]).min(1)
                table[i, j] = table[j, i] = (off < 0.5 * height[few]).all()
    blocks = [[index for block in group for index in blocks[block]] for group in groups(table)]
    hulls = np.array([[*box[block, :2].min(0), *box[block, 2:].max(0)] for block in blocks])
    return [blocks[at][index] for at in _rows(hulls) for index in _rows(box[blocks[at]])]


def _rows(box: NDArray[np.float64]) -> list[int]:
    middle, height = ((box[:, 1] + box[:, 3]) / 2).tolist(), (box[:, 3] - box[:, 1]).tolist()
    rows: list[list[int]] = []
    for index in sorted(range(len(box)), key=middle.__getitem__):
        first = rows[-1][0] if rows else index
        if rows and middle[index] - middle[first] < 0.5 * min(height[index], height[first]):
            rows[-1].append(index)
        else:
            rows.append([index])
    return [index for row in rows for index in sorted(row, key=lambda at: box[at, 0])]


def groups(joined: NDArray[np.bool_]) -> list[list[int]]:
    groups, left = [], set(range(len(joined)))
    while left:
        group = [min(left)]
        left.discard(group[0])
        for index in group:
            near = left.intersection(np.flatnonzero(joined[index]).tolist())
            left -= near
            group.extend(near)
        groups.append(sorted(group))
    return groups

"""GIF: the screen, the first frame, and how many follow.

A file is a chain of blocks, some of them chains of data blocks of up to 255 bytes. Writers fill their data blocks
evenly, so a run of equal ones is passed in one step whatever its length; steps are bounded.

Source: CompuServe, Graphics Interchange Format, version 89a.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from siseon.media.bounds import MediaBounds
from siseon.media.faults import damaged
from siseon.media.header import Header

IMAGE, EXTENSION, TRAILER = 0x2C, 0x21, 0x3B
GRAPHIC_CONTROL = b"\xf9"
SCREEN_BYTES = 13
MAX_STEPS = 10_000
"""Blocks, and runs of equal data blocks; a thousand frames take about six thousand."""
MAX_DATA_BLOCKS = 1_000_000
"""A file of 64 MiB in full blocks has 263,000."""
MAX_RUBBISH = 4_096
"""Bytes between blocks that are skipped, as decoders do; honest files have a few."""
FIRST_WINDOW, WINDOW_GROWTH = 64, 8
"""Data blocks of equal length that are looked for at once, and by what that grows while they go on."""
MAX_WINDOW = 64 << 10


def read_gif(data: bytes, bounds: MediaBounds) -> Header:
    """The screen, or the first frame where that reaches beyond it; frames are counted, at most one too many."""
    if len(data) < SCREEN_BYTES:
        raise damaged("GIF", "it ends within its header")
    width, height = struct.unpack_from("<HH", data, 6)
    walk = _Walk(data, SCREEN_BYTES + _palette_bytes(data[10]))
    parts = [slice(0, walk.at)]
    control: slice | None = None
    frames = 0
    while frames <= bounds.max_frames and (kind := walk.next_block(needed=frames == 0)) != TRAILER:
        start = walk.at
        if kind == EXTENSION:
            walk.data_blocks(start + 2)
            if data.startswith(GRAPHIC_CONTROL, start + 1) and start + 3 < len(data) and data[start + 3] & 1:
                control = slice(start, walk.at)  # it names the transparent colour
            continue
        if start + 10 > len(data):
            break
        left, top, across, down, flags = struct.unpack_from("<4HB", data, start + 1)
        walk.data_blocks(start + 11 + _palette_bytes(flags))
        if frames == 0:
            width, height = max(width, left + across), max(height, top + down)
            parts += [control, slice(start, walk.at)] if control else [slice(start, walk.at)]
        frames += 1
    if not frames:
        raise damaged("GIF", "it has no frame")
    return Header("GIF", width, height, frames, channels=1, cost=width * height, parts=tuple(parts))


@dataclass(slots=True)
class _Walk:
    """A place in the file that only moves on."""

    data: bytes
    at: int
    steps: int = 0
    blocks: int = 0
    rubbish: int = 0

    def next_block(self, *, needed: bool) -> int:
        """Move to the next block and tell its kind; the end of the file counts as a trailer.

        ``needed``: whether a frame is still to come, so that too much rubbish is a failure and not an end.
        """
        self._step()
        while self.at < len(self.data):
            if self.data[self.at] in (IMAGE, EXTENSION, TRAILER):
                return self.data[self.at]
            self.at += 1  # decoders skip rubbish between blocks too
            self.rubbish += 1
            if self.rubbish > MAX_RUBBISH:
                break
        if needed and self.at < len(self.data):
            raise damaged("GIF", f"more than {MAX_RUBBISH:,} bytes of rubbish stand between its blocks")
        return TRAILER

    def data_blocks(self, at: int) -> None:
        """Move behind the chain of data blocks that begins at ``at``."""
        data, end = self.data, len(self.data)
        while at < end and (length := data[at]):
            self._step()
            at += 1 + length
            window = FIRST_WINDOW
            while at < end and data[at] == length:
                lengths = data[at : at + window * (length + 1) : length + 1]
                equal = len(lengths) - len(lengths.lstrip(data[at : at + 1]))
                at += equal * (length + 1)
                self.blocks += equal
                if equal < window or self.blocks > MAX_DATA_BLOCKS:
                    break
                window = min(window * WINDOW_GROWTH, MAX_WINDOW)
        self.at = at + 1

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS or self.blocks > MAX_DATA_BLOCKS:
            raise damaged(
                "GIF", f"it has more than {MAX_STEPS:,} runs of blocks, or {MAX_DATA_BLOCKS:,} blocks"
            )


def _palette_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0

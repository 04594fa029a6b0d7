"""What the ways to paint a ground cost, and how near they come to it; what sampling saves of k-means.

Run: ``python benchmarks/translation/grounds.py``. Pages are those of ``siseon evaluate translation``: of their blocks
on textured ground each is erased by each method, with each kind of denoising before. PSNR is over all masked pixels
against the clean page; times are means over blocks.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.translation.clusters import two_clusters
from siseon.applications.translation.colours import SAMPLES
from siseon.applications.translation.contracts import TextRegion
from siseon.applications.translation.denoise import Denoising, denoised
from siseon.applications.translation.generated import Block, pages
from siseon.applications.translation.inpaint import Method, inpaint
from siseon.applications.translation.languages import script_of
from siseon.applications.translation.mask import Strokes, find_strokes

sys.path.insert(0, str(Path(__file__).parents[1]))
from machine import machine

PAGES = 46
METHODS: tuple[Method, ...] = ("telea", "navier-stokes", "patches")
DENOISING: tuple[Denoising, ...] = ("none", "bilateral", "non-local-means")

Case = tuple[NDArray[np.uint8], NDArray[np.uint8], Strokes]


def region_of(block: Block) -> TextRegion:
    """As a detector finds it: a little larger than its ink."""
    corners = block.corners.astype(float)
    right, down = corners[1] - corners[0], corners[3] - corners[0]
    em = (np.linalg.norm(right) if block.vertical else np.linalg.norm(down)) / len(block.lines)
    out = 0.12 * em * np.array([-1, 1, 1, -1])[:, None] * right / np.linalg.norm(right)
    out += 0.12 * em * np.array([-1, -1, 1, 1])[:, None] * down / np.linalg.norm(down)
    ring = [tuple(point) for point in (corners + out).tolist()]
    return TextRegion(
        polygon=(*ring, ring[0]),
        vertical=block.vertical,
        lines=(),
        text=block.text,
        script=script_of(block.text),
        score=1,
    )


def textured_cases() -> list[Case]:
    """Patches with letters, without, and their strokes."""
    cases = []
    for page in pages(PAGES, "evaluation", seed=1):
        for block in page.blocks:
            (strokes,) = find_strokes(page.pixels, [region_of(block)])
            if block.ground == "texture" and strokes.mask.any() and not strokes.mask.all():
                cases.append((page.pixels[strokes.place].copy(), page.clean[strokes.place], strokes))
    return cases


def main() -> None:
    cv2.setNumThreads(1)
    cases = textured_cases()
    masked = sum(int(strokes.mask.sum()) for _, _, strokes in cases)
    print(f"{machine()}\n{len(cases)} blocks on texture, {masked} masked pixels\n")
    print("| method | denoising | ms a block | PSNR in the mask |\n|---|---|---|---|")
    for method in METHODS:
        for denoising in DENOISING:
            began, error = time.perf_counter(), 0.0
            for patch, clean, strokes in cases:
                filled = inpaint(denoised(np.ascontiguousarray(patch), denoising), strokes.mask, method)
                error += float(((filled[strokes.mask].astype(float) - clean[strokes.mask]) ** 2).sum())
            spent = (time.perf_counter() - began) / len(cases)
            psnr = 10 * np.log10(255**2 * 3 * masked / error)
            print(f"| {method} | {denoising} | {1000 * spent:.1f} | {psnr:.1f} dB |")
    print("\n| k-means with k = 2 on | ms a block | largest difference of a centre |\n|---|---|---|")
    rng = np.random.default_rng(0)
    every = [patch[strokes.mask].astype(np.float32) for patch, _, strokes in cases]
    few = [colours[rng.choice(len(colours), min(SAMPLES, len(colours)), replace=False)] for colours in every]
    centres = []
    for name, samples in (("all masked pixels", every), (f"{SAMPLES} of them", few)):
        began = time.perf_counter()
        found = [np.sort(two_clusters(sample)[1].mean(axis=1)) for sample in samples]
        centres.append(np.array(found))
        off = float(np.median(np.abs(centres[0] - centres[-1]).max(axis=1)))
        print(
            f"| {name} | {1000 * (time.perf_counter() - began) / len(cases):.2f} | {off:.1f} of 255 at the median |"
        )


if __name__ == "__main__":
    main()

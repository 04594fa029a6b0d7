"""Turn images into the batch that a network was trained on, as its card's input specification says.

Pure functions: images in, one float32 batch out, and for each image the frame of what the network sees, so
that boxes found there map back with ``boxes.to(image.frame)``. Pixels are resized as 8-bit integers and
converted once, straight into the batch: the reference code of the networks does the same, and it is four
times faster than converting first.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import frexp

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.contracts import ContractViolation, Crop, Frame, Image
from siseon.models.card import InputSpec

# OpenCV's linear and cubic filters take half-pixel centres: "align_corners=False" in other libraries.
_FILTERS = {
    "bilinear": cv2.INTER_LINEAR,
    "bicubic": cv2.INTER_CUBIC,
    "area": cv2.INTER_AREA,
    "nearest": cv2.INTER_NEAREST,
}

Pixels = NDArray[np.uint8]


def prepare(
    images: Sequence[Image | Crop], spec: InputSpec, size: tuple[int, int] | None = None
) -> tuple[NDArray[np.float32], list[Frame]]:
    """Resize, arrange and normalise ``images`` for a network.

    ``size``: (width, height) in pixels of the network's input; needed where the card leaves it open,
    otherwise the card's size is the default.

    Returns:
        The batch, float32 in the card's layout, (n, 3, height, width), (n, height, width, 3) or (3, height, width)
        of the only image, and colour order, with one channel for three where the card says grey,
        ``(value - mean) / std`` on 0–255 values; and the frame of each image in the batch, a descendant of that
        image's frame.

    Raises:
        ContractViolation: no image, an unknown size, or images of several sizes that may not be resized.
    """
    if not images:
        raise ContractViolation("prepare() got no images: a batch has at least one", stage="preprocess")
    frames = [_fit(image.frame, spec, _size(spec, size, image)) for image in images]
    if spec.layout == "CHW" and len(images) > 1:
        raise ContractViolation(
            f"{len(images)} images for a network without a batch axis: it takes one", stage="preprocess"
        )
    if len({(frame.width, frame.height) for frame in frames}) > 1:
        raise ContractViolation(
            f"images of sizes {sorted({(f.width, f.height) for f in frames})} cannot share a batch of a "
            "network that takes them as they are: bucket them by size or give one size",
            stage="preprocess",
        )
    height, width = frames[0].height, frames[0].width
    channels_last = spec.layout == "NHWC"
    channels = 1 if spec.colour == "grey" else 3
    shape = (
        (len(images), height, width, channels) if channels_last else (len(images), channels, height, width)
    )
    batch = np.empty(shape, dtype=np.float32)
    targets = batch.transpose(0, 3, 1, 2) if channels_last else batch
    for image, frame, target in zip(images, frames, targets, strict=True):
        _fill(target, image, frame, spec)
    return batch[0] if spec.layout == "CHW" else batch, frames


def fitted(image: Image, spec: InputSpec, size: tuple[int, int] | None = None) -> tuple[Image, InputSpec]:
    """What a network sees of an image, as an image, and the specification that prepares it to the same bits.

    For those who prepare it many times: nothing is left to resize, and a photo of many megapixels is let go.
    """
    width, height = _size(spec, size, image)
    frame = image.frame
    pixels = image.pixels
    if spec.resize == "none":
        return image, spec
    if spec.resize == "center_crop":
        x1, y1, x2, y2 = _central(frame, width / height, spec.crop_fraction)
        frame, pixels, spec = (
            frame.crop(x1, y1, x2, y2),
            pixels[y1:y2, x1:x2],
            spec.model_copy(update={"resize": "stretch"}),
        )
    elif spec.resize == "letterbox":
        x1, y1, x2, y2 = _fit(frame, spec, (width, height)).content
        width, height = x2 - x1, y2 - y1
    if pixels.shape[:2] != (height, width):
        pixels = _resized(pixels, width, height, spec.interpolation)
        frame = frame.resize(width, height)
    return Image(np.ascontiguousarray(pixels), frame, image.source), spec


def _size(spec: InputSpec, size: tuple[int, int] | None, image: Image | Crop) -> tuple[int, int]:
    if size is not None:
        return size
    if spec.resize == "none":
        return image.frame.width, image.frame.height
    if spec.width is None or spec.height is None:
        raise ContractViolation(
            "the card leaves the input size open: give the width and height to prepare for",
            stage="preprocess",
        )
    return spec.width, spec.height


def _fit(frame: Frame, spec: InputSpec, size: tuple[int, int]) -> Frame:
    """The frame of the network's input for an image of frame ``frame``."""
    width, height = size
    match spec.resize:
        case "letterbox":
            return frame.letterbox(width, height, anchor=spec.anchor)
        case "stretch":
            return frame.resize(width, height)
        case "center_crop":
            return frame.crop(*_central(frame, width / height, spec.crop_fraction)).resize(width, height)
        case "none":
            if (frame.width, frame.height) != size:
                raise ContractViolation(
                    f"a network that takes images as they are was asked for {width}x{height} of an image of "
                    f"{frame.width}x{frame.height}: resize the image first",
                    stage="preprocess",
                )
            return frame


def _central(frame: Frame, aspect: float, fraction: float) -> tuple[int, int, int, int]:
    """Largest central area of the frame with that width/height ratio, times ``fraction``; whole pixels."""
    width = min(frame.width, frame.height * aspect) * fraction
    height = min(frame.height, frame.width / aspect) * fraction
    x1, y1 = round((frame.width - width) / 2), round((frame.height - height) / 2)
    return x1, y1, max(x1 + 1, round(x1 + width)), max(y1 + 1, round(y1 + height))


def _fill(target: NDArray[np.float32], image: Image | Crop, frame: Frame, spec: InputSpec) -> None:
    """Write the image into ``target`` (3 or 1, height, width), as ``frame`` shows it."""
    x1, y1, x2, y2 = (0, 0, frame.width, frame.height) if spec.resize != "letterbox" else frame.content
    pixels = image.pixels
    if spec.resize == "center_crop":
        left, top, right, bottom = _central(image.frame, frame.width / frame.height, spec.crop_fraction)
        pixels = pixels[top:bottom, left:right]
    if pixels.shape[:2] != (y2 - y1, x2 - x1):
        pixels = _resized(pixels, x2 - x1, y2 - y1, spec.interpolation)
    for index, plane in enumerate(_planes(pixels, spec)):
        # Colours arrive as RGB; a BGR network has them mirrored.
        channel = 2 - index if spec.colour == "BGR" else index
        mean, std = np.float32(spec.mean[channel]), np.float32(spec.std[channel])
        content = target[channel, y1:y2, x1:x2]
        _normalise(plane, mean, std, content)
        if content.shape != target.shape[1:]:
            padding = np.float32(0) if spec.pad == "mean" else (np.float32(spec.pad) - mean) / std
            target[channel, :y1] = padding
            target[channel, y2:] = padding
            target[channel, y1:y2, :x1] = padding
            target[channel, y1:y2, x2:] = padding


def _resized(pixels: Pixels, width: int, height: int, interpolation: str) -> Pixels:
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=_FILTERS[interpolation]), np.uint8)


def _planes(pixels: Pixels, spec: InputSpec) -> list[Pixels]:
    """Contiguous (H, W) planes, three or a grey one: converting those is twice as fast as every third byte."""
    if spec.colour == "grey":
        return [np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)]
    return [np.asarray(plane, np.uint8) for plane in cv2.split(pixels)]


def _normalise(plane: Pixels, mean: np.float32, std: np.float32, out: NDArray[np.float32]) -> None:
    if mean == 0:
        np.copyto(out, plane)
    else:
        np.subtract(plane, mean, out=out)
    if std == 1:
        return
    if frexp(std)[0] == 0.5:
        np.multiply(out, 1 / std, out=out)  # by the inverse of a power of two: the same bits in half the time
    else:
        np.divide(out, std, out=out)

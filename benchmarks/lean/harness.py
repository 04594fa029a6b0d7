"""What both lean loops stand on: how a picture is decoded, how a session is made, how a round is timed.

Nothing here or beside it imports siseon. A loop is a callable ``(name, bytes) -> JSON bytes`` over sessions that its
threads share. A thread a core takes a picture through all steps, or with ``--processes`` a process a core.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, ImageCms

WARM_UP = 8
Pixels = NDArray[np.uint8]
Loop = Callable[[str, bytes], bytes]
Profile = tuple[int, int, ImageCms.ImageCmsTransform]
TURN: dict[int, Callable[[Pixels], object]] = {
    2: lambda p: cv2.flip(p, 1),
    3: lambda p: cv2.rotate(p, cv2.ROTATE_180),
    4: lambda p: cv2.flip(p, 0),
    5: cv2.transpose,
    6: lambda p: cv2.rotate(p, cv2.ROTATE_90_CLOCKWISE),
    7: lambda p: cv2.rotate(cv2.transpose(p), cv2.ROTATE_180),
    8: lambda p: cv2.rotate(p, cv2.ROTATE_90_COUNTERCLOCKWISE),
}


def session(path: Path, threads: int = 1) -> ort.InferenceSession:
    """So many compute threads a call, which do not spin."""
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.set_denormal_as_zero", "1")  # its threads inherit it
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def decode(data: bytes) -> Pixels:
    """Upright RGB in sRGB; transparent pixels on white, bright lettering on nothing on black."""
    if not data.startswith(b"\xff\xd8"):
        return _flat(Image.open(io.BytesIO(data)))
    pixels = simplejpeg.decode_jpeg(data, "RGB")
    head = data[:65536]
    if b"ICC_PROFILE\x00" not in head and b"Exif\x00\x00" not in head:
        return pixels
    opened = Image.open(io.BytesIO(data))
    transform = _to_srgb(opened.info.get("icc_profile", b""))
    if transform is not None:
        pixels = np.asarray(transform.apply(Image.fromarray(pixels)))
    turn = TURN.get(opened.getexif().get(274, 1))
    return pixels if turn is None else np.ascontiguousarray(turn(pixels), np.uint8)


@lru_cache(maxsize=8)
def _to_srgb(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    if not profile:
        return None
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if "srgb" in ImageCms.getProfileDescription(source).lower():
        return None
    return ImageCms.buildTransform(
        source, ImageCms.createProfile("sRGB"), "RGB", "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC
    )


def _flat(picture: Image.Image) -> Pixels:
    if not picture.has_transparency_data:
        return np.asarray(picture.convert("RGB"))
    rgba = np.asarray(picture.convert("RGBA"))
    alpha = rgba[:, :, 3:]
    if alpha.min() == 255:
        return np.ascontiguousarray(rgba[:, :, :3])
    visible = rgba[:, :, :3][alpha[:, :, 0] > 127]
    bright = len(visible) and (visible @ np.array([0.299, 0.587, 0.114], np.float32)).mean() > 128
    ground = 0 if bright and len(visible) < 0.5 * alpha.size else 255
    wide = alpha.astype(np.uint16)
    return ((rgba[:, :, :3] * wide + (ground * (255 - wide) + 127)) // 255).astype(np.uint8)


def main(description: str, make: Callable[[Path], Loop]) -> None:
    """Time the loop over the folder's pictures and print ``{"rate": pictures/s, "peak_mb": …}``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", type=Path, default=Path("/work/shared/models"))
    parser.add_argument("--passes", type=int, default=1, help="times over the folder")
    parser.add_argument("--processes", action="store_true", help="a process a core in place of a thread")
    parser.add_argument("--answers", type=Path, help="write the answers of one pass here")
    options = parser.parse_args()
    files = sorted(path for path in options.folder.rglob("*") if path.suffix in (".jpg", ".png"))
    pictures = [(path.name, path.read_bytes()) for path in files]
    cores = len(os.sched_getaffinity(0))
    pool: Executor
    if options.processes:
        pool = ProcessPoolExecutor(cores, get_context("spawn"), _open, (make, options.models))
    else:
        _open(make, options.models)
        pool = ThreadPoolExecutor(cores)
    with pool:
        list(pool.map(_one, pictures[:WARM_UP]))
        cpu, start = _cpu_s(), time.perf_counter()
        answers = list(pool.map(_one, pictures * options.passes))
        seconds, cpu = time.perf_counter() - start, _cpu_s() - cpu
    if options.answers:
        options.answers.write_text(json.dumps([json.loads(answer) for answer in answers[: len(pictures)]]))
    count = len(pictures) * options.passes
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    below = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * cores if options.processes else 0
    print(
        json.dumps({"rate": count / seconds, "peak_mb": (own + below) / 1024, "cpu_ms": cpu * 1000 / count})
    )


_loop: list[Loop] = []


def _open(make: Callable[[Path], Loop], models: Path) -> None:
    cv2.setNumThreads(1)  # a thread a core already: OpenCV's own pool would only fight them
    _loop.append(make(models))


def _one(picture: tuple[str, bytes]) -> bytes:
    return _loop[0](*picture)


def _cpu_s() -> float:
    return time.process_time()

"""A real RTSP server on loopback that can be killed, restarted and stopped for a while, and clips for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from itertools import islice
from pathlib import Path

import av
import cv2
import pytest

from jobs.servers import free_port
from streams.units import write_units

SYSTEM_PYTHON = "/usr/bin/python3"
"""The one that Debian's packages are for."""
PROGRAM = Path(__file__).with_name("rtsp_program.py")
NEEDED = "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good"
PAYLOADS = {
    "libx264": ("video/x-h264,stream-format=byte-stream,alignment=au", "rtph264pay config-interval=-1"),
    "mjpeg": ("image/jpeg,width={0},height={1},framerate={2}/1", "rtpjpegpay"),
}
FPS = 25


@dataclass
class Rtsp:
    """The server, with what it serves by path; ``start`` it, kill it, start it again."""

    mounts: dict[str, dict[str, str]]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    def url(self, path: str, userinfo: str = "") -> str:
        scheme = "rtsps" if any("certificate" in mount for mount in self.mounts.values()) else "rtsp"
        return f"{scheme}://{userinfo and userinfo + '@'}127.0.0.1:{self.port}{path}"

    def start(self) -> None:
        command = [SYSTEM_PYTHON, str(PROGRAM), str(self.port), json.dumps(self.mounts)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """As a camera whose cable is drawn, but that its connections are closed."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None


@cache
def _has_server() -> bool:
    code = "import gi; gi.require_version('GstRtspServer', '1.0')"
    return not subprocess.run([SYSTEM_PYTHON, "-c", code], capture_output=True, check=False).returncode


def check_server() -> None:
    """Skip, in CI fail, where GStreamer is not installed."""
    if not _has_server():
        message = f"there is no RTSP server: apt install {NEEDED}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


def clip_mount(
    source: Path, folder: Path, *, codec: str = "libx264", size: str = "160x120", frames: int = 25
) -> dict[str, str]:
    """The first frames of a real clip, coded anew with a key frame every fifth, as a mount."""
    width, height = map(int, size.split("x"))
    return units_mount(encoded(source, codec, width, height, frames), folder, codec=codec, size=size)


def units_mount(
    units: list[bytes], folder: Path, *, codec: str = "libx264", size: str = "160x120"
) -> dict[str, str]:
    """Coded pictures as a mount."""
    width, height = map(int, size.split("x"))
    file = folder / f"{hash(tuple(units)):x}.units"
    write_units(file, units)
    caps, payloader = PAYLOADS[codec]
    shape = caps.format(width, height, FPS)
    launch = f"appsrc name=clip is-live=true format=time caps={shape} ! {payloader} name=pay0"
    return {"launch": launch, "file": str(file), "fps": str(FPS)}


def encoded(
    source: Path, codec: str, width: int, height: int, frames: int, *, slices: int = 1
) -> list[bytes]:
    """The first frames of a video, each as one coded picture."""
    with av.open(str(source)) as container:
        pictures = [
            frame.reformat(width, height, "yuv420p") for frame in islice(container.decode(video=0), frames)
        ]
    if codec == "mjpeg":
        return [cv2.imencode(".jpg", picture.to_ndarray(format="bgr24"))[1].tobytes() for picture in pictures]
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base = Fraction(1, FPS)
    # Threads make slices; rtph264pay puts parameter sets before each of a key frame's: to FFmpeg they are frames.
    encoder.thread_count = 1
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "g": "5", "slices": str(slices)}
    units: list[bytes] = []
    for number, picture in enumerate(pictures):
        picture.pts, picture.pict_type = number, av.video.frame.PictureType.NONE
        units += map(bytes, encoder.encode(picture))
    return units + list(map(bytes, encoder.encode(None)))

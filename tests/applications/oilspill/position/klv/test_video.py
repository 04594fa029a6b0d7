"""The metadata stream of a transport stream that PyAV has written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from siseon.applications.oilspill.position.klv.tags import write_facts
from siseon.applications.oilspill.position.klv.video import at_moments, moments_of
from siseon.contracts import InputError


def _film(path: Path, latitudes: list[float]) -> None:
    """A second of video a latitude, five pictures each, with a packet at the start of each."""
    with av.open(str(path), "w", format="mpegts") as container:
        video = container.add_stream("mpeg2video", rate=25)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        data = container.add_data_stream("klv")
        data.time_base = Fraction(1, 90_000)
        for index in range(len(latitudes) * 25):
            if index % 25 == 0:
                packet = av.Packet(write_facts({"latitude": latitudes[index // 25], "longitude": 7.0}))
                packet.stream, packet.time_base = data, Fraction(1, 90_000)
                packet.pts = packet.dts = index * 3600
                container.mux(packet)
            picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            picture.pts = index
            container.mux(video.encode(picture))
        container.mux(video.encode(None))


def test_pictures_have_the_packet_nearest_in_time(tmp_path: Path) -> None:
    _film(tmp_path / "flight.ts", [50.0, 51.0, 52.0])
    moments = moments_of(tmp_path / "flight.ts")
    assert [round(moment.metadata.facts["latitude"].value, 6) for moment in moments] == [50, 51, 52]
    seconds = [moments[0].seconds + after for after in (0.0, 0.4, 0.6, 1.9, 3.5)]
    found = [one.value("latitude") for one in at_moments(moments, seconds)]
    assert [None if value is None else round(value) for value in found] == [50, 50, 51, 52, None]


def test_a_file_that_is_no_video_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.ts").write_bytes(b"not a video")
    with pytest.raises(InputError, match=r"notes\.ts cannot be read as video"):
        moments_of(tmp_path / "notes.ts")

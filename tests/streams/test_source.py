"""Sources against a real RTSP server and real files: lost, stalled, renegotiated, refused, and always stopped clean."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest
import trustme

from jobs.servers import free_port
from siseon.contracts import DependencyMissing, Encoded, Image
from siseon.streams import libraries
from siseon.streams.address import Address
from siseon.streams.life import Pace
from siseon.streams.options import StreamOptions
from siseon.streams.source import Source
from siseon.streams.video import View
from streams.rtsp import Rtsp, check_server, clip_mount
from streams.units import read_units, write_units
from streams.watched import ONCE, OPTIONS, Watched

AUDIO = {"launch": "audiotestsrc is-live=true ! mulawenc ! rtppcmupay name=pay0"}
SHORT = replace(OPTIONS, open_s=1, read_s=1.25, key_s=1, pace=Pace(stale_s=0.25))
"""Between stale and lost a machine may stand still for a second."""


@pytest.fixture(scope="module")
def camera(clip, film, tmp_path_factory) -> Iterator[Rtsp]:
    """One server for all that do not disturb it."""
    check_server()
    folder = tmp_path_factory.mktemp("camera")
    huge = clip_mount(film, folder, size="10000x10000", frames=1)
    secret = {**clip, "user": "eve", "password": "a/b c"}
    server = Rtsp({"/clip": clip, "/audio": AUDIO, "/secret": secret, "/huge": huge})
    try:
        server.start()
        yield server
    finally:
        server.kill()


def image(watched: Watched, at: int = -1) -> Image:
    found = watched.shots[at].view()
    assert isinstance(found, Image)
    return found


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_frames_come_as_upright_rgb_with_their_time(camera, transport):
    with Watched(camera.url("/clip"), options=replace(OPTIONS, transport=transport)) as watched:
        watched.until_more(3)
    assert watched.states[:2] == ["connecting", "live"]
    assert (image(watched).width, image(watched).height) == (160, 120)
    assert image(watched).pixels.std() > 20  # a picture, not grey
    assert [shot.number for shot in watched.shots] == sorted(shot.number for shot in watched.shots)
    assert all(
        later.at > earlier.at for earlier, later in zip(watched.shots, watched.shots[1:], strict=False)
    )


@pytest.mark.parametrize(
    ("path", "userinfo", "state"),
    [
        ("/nothing", "", "lost: not_found"),
        ("/audio", "", "lost: no_video"),
        ("/huge", "", "lost: too_large"),
        ("/secret", "", "stopped: unauthorized"),
        ("/secret", "eve:wrong", "stopped: unauthorized"),
        ("/secret", "eve:a%2Fb%20c", "live"),
    ],
)
def test_what_cannot_be_used_is_named(camera, path, userinfo, state):
    with Watched(camera.url(path, userinfo), options=replace(OPTIONS, pace=ONCE)) as watched:
        watched.until_state("connecting", state)
        watched.until(lambda watched: state != "stopped: unauthorized" or watched.source.over)
    assert watched.source.counts.losses == (state != "live")


def test_an_encrypted_camera_is_read_where_its_certificate_is_verified(serving, clip, tmp_path):
    authority, other = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca")
    other.cert_pem.write_to_path(tmp_path / "others")
    mount = tmp_path / "certificate"
    for name, ca, state in (
        ("127.0.0.1", "ca", "live"),
        ("127.0.0.1", "others", "lost: untrusted"),
        ("127.0.0.2", "ca", "lost: untrusted"),
    ):
        authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(mount)
        server = serving(clip={**clip, "certificate": str(mount), "user": "eve", "password": "secret"})
        url, options = server.url("/clip", "eve:secret"), replace(OPTIONS, ca=tmp_path / ca, pace=ONCE)
        with Watched(url, options=options) as watched:
            watched.until_state("connecting", state)
        server.kill()
    with Watched(url, options=replace(OPTIONS, pace=ONCE)) as watched:
        watched.until_state("connecting", "lost: untrusted")
        assert "SISEON_STREAMS_CA" in watched.seen[-1].detail


def test_the_name_of_an_encrypted_camera_is_verified_though_its_address_is_connected_to(
    serving, clip, tmp_path
):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca")
    mount = tmp_path / "certificate"
    for name, state in (("localhost", "live"), ("camera.example", "lost: untrusted")):
        authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(mount)
        server = serving(clip={**clip, "certificate": str(mount)})
        url = server.url("/clip").replace("127.0.0.1", "localhost")
        with Watched(url, options=replace(OPTIONS, ca=tmp_path / "ca", pace=ONCE)) as watched:
            watched.until_state("connecting", state)
        server.kill()


def test_a_frame_is_converted_once_however_many_threads_look_at_it(camera):
    with Watched(camera.url("/clip")) as watched, ThreadPoolExecutor(8) as pool:
        watched.until_more(20)
        for shot in watched.shots:
            first, *others = [pool.submit(shot.view) for _ in range(8)]
            assert all(other.result() is first.result() for other in others)


def test_a_camera_that_dies_and_returns_is_live_again(serving, clip):
    server = serving(clip=clip)
    with Watched(server.url("/clip")) as watched:
        watched.until_more(1)
        server.kill()
        watched.until(lambda watched: "lost: unreachable" in watched.states)
        server.start()
        watched.until_state("connecting: unreachable", "live")
        watched.until_more(1)
        assert watched.shots[-1].number > watched.shots[0].number
    assert watched.states[:3] in (
        ["connecting", "live", "lost: ended"],
        ["connecting", "live", "lost: broken"],
    )


def test_a_camera_that_stands_still_is_stale_then_lost_then_live(serving, clip):
    server = serving(clip=clip)
    with Watched(server.url("/clip"), options=SHORT) as watched:
        watched.until_more(1)
        server.send(signal.SIGSTOP)
        watched.until_came("stale: silent", "lost: silent")
        watched.until(lambda watched: "lost: timed_out" in watched.states)
        server.send(signal.SIGCONT)
        watched.until_state("live")


def test_a_camera_whose_picture_stops_while_its_sound_goes_on_is_lost_and_can_be_stopped(serving, clip):
    sound = "audiotestsrc is-live=true ! mulawenc ! rtppcmupay name=pay1 pt=97"
    server = serving(clip={**clip, "launch": f"{clip['launch']} {sound}", "once": "yes"})
    with Watched(server.url("/clip"), options=replace(SHORT, open_s=30)) as watched:
        watched.until(lambda watched: "lost: silent" in watched.states)
    lost = watched.states.index("lost: silent")
    assert watched.states[:2] == ["connecting", "live"]
    assert watched.states[lost - 1] == "stale: silent"


def test_another_codec_and_size_after_a_restart_is_taken_as_it_is(serving, clip, film, tmp_path):
    server = serving(clip=clip)
    with Watched(server.url("/clip")) as watched:
        watched.until_more(1)
        server.kill()
        server.mounts["/clip"] = clip_mount(film, tmp_path, codec="mjpeg", size="320x240")
        server.start()
        watched.until(lambda watched: watched.states.count("live") == 2)
        watched.until_more(1)
    assert (image(watched, 0).width, image(watched).width) == (160, 320)


def test_another_size_in_flight_costs_no_session(serving, film, tmp_path):
    small, large = (clip_mount(film, tmp_path, size=size, frames=10) for size in ("160x120", "320x240"))
    both = Path(small["file"]).read_bytes() + Path(large["file"]).read_bytes()
    (tmp_path / "both.units").write_bytes(both)
    server = serving(clip={**small, "file": str(tmp_path / "both.units")})
    widths: set[int] = set()

    def both_seen(watched: Watched) -> bool:
        widths.update(image(watched, number).width for number in range(len(watched.shots)))
        watched.shots.clear()
        return widths == {160, 320}

    with Watched(server.url("/clip")) as watched:
        watched.until(both_seen)
    assert watched.states[:2] == ["connecting", "live"]
    assert watched.source.counts.losses == 0


def test_a_camera_that_says_nothing_holds_up_no_other(camera):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"rtsp://127.0.0.1:{silent.getsockname()[1]}/x"
        with Watched(address, options=SHORT) as mute, Watched(camera.url("/clip")) as watched:
            watched.until_more(3)
            mute.until_came("connecting", "lost: timed_out")


@pytest.mark.parametrize("state", ["connecting", "live", "stale: silent", "lost: unreachable"])
def test_a_stop_is_clean_from_every_state(serving, clip, state):
    before = set(threading.enumerate())
    server = serving(clip=clip)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        ports = {"connecting": silent.getsockname()[1], "lost: unreachable": free_port()}
        address = f"rtsp://127.0.0.1:{ports[state]}/x" if state in ports else server.url("/clip")
        # What it waits for ends the stop at the latest: short where nothing comes anyway.
        options = replace(SHORT, open_s=1 if state == "connecting" else 5, read_s=2.5)
        with Watched(address, options=options) as watched:
            if state == "stale: silent":
                watched.until_state("live")
                server.send(signal.SIGSTOP)
            watched.until_state(state)
    assert watched.states[-1] == "stopped: asked"
    assert watched.source.take() is None
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
    assert set(threading.enumerate()) <= before


def test_what_nobody_takes_is_replaced_by_what_is_newer(camera):
    with Watched(camera.url("/clip")) as watched:
        source = watched.source
        watched.until(lambda watched: bool(watched.shots))
        threading.Event().wait(0)
        while source.counts.superseded < 20:
            source.changes()
            os.sched_yield()
        counts = source.counts
        shot = source.take()
        assert shot is not None
        assert shot.number >= counts.frames
        assert source.take() is None or source.counts.frames > shot.number


def test_a_rate_is_never_exceeded(camera):
    with Watched(camera.url("/clip"), options=replace(OPTIONS, fps=5)) as watched:
        watched.until(lambda watched: watched.source.counts.frames >= 30)
        watched.until_more(1)
    seconds = watched.shots[-1].arrived_s - watched.shots[0].arrived_s
    assert len(watched.shots) <= seconds * 5 + 2
    assert watched.source.counts.skipped > 0


def test_a_private_camera_is_blocked_where_its_network_is_not_allowed(camera):
    with Watched(camera.url("/clip"), options=StreamOptions()) as watched:
        watched.until_state("connecting", "stopped: blocked")


def test_a_file_ends_or_begins_again(film, tmp_path):
    short = tmp_path / "short.mp4"
    remuxed(film, short, 3)
    with Watched(str(short), options=replace(OPTIONS, loop=False)) as watched:
        watched.until_state("connecting", "live", "stopped: finished")
    assert watched.source.counts.frames == 3
    with Watched(str(short)) as watched:
        watched.until(lambda watched: watched.source.counts.frames >= 7)
        assert watched.states == ["connecting", "live"]


def test_times_that_jump_back_do_no_harm(film, tmp_path):
    remuxed(film, tmp_path / "part.ts", 5)
    again = tmp_path / "again.ts"
    again.write_bytes((tmp_path / "part.ts").read_bytes() * 3)
    with Watched(str(again), options=replace(OPTIONS, loop=False)) as watched:
        watched.until(lambda watched: watched.source.over)
        watched.until_state("live", "stopped: finished")
    assert watched.source.counts.frames > 5


def test_a_file_that_is_not_a_video_is_named(tmp_path):
    page = tmp_path / "page.mp4"
    page.write_bytes(b"<html><body>Sign in</body></html>" * 100)
    with Watched(str(page), options=replace(OPTIONS, pace=ONCE)) as watched:
        watched.until_state("connecting", "lost: not_video")


def test_pictures_that_cannot_be_decoded_are_named(serving, clip, tmp_path):
    units = read_units(Path(clip["file"]))
    changes = [
        unit for number, unit in enumerate(units) if number % 5
    ]  # and no picture that they are changes of
    write_units(tmp_path / "no-keys.units", changes)
    server = serving(clip={**clip, "file": str(tmp_path / "no-keys.units")})
    with Watched(server.url("/clip"), options=replace(SHORT, open_s=30, read_s=30, pace=ONCE)) as watched:
        watched.until(lambda watched: watched.states[-1].startswith("lost"))
    assert watched.states == ["connecting", "lost: undecodable", "stopped: asked"]


def test_a_mistake_of_a_reader_is_a_cause_and_no_end(caplog):
    def wrong(name: str, address: Address, options: StreamOptions, ending: threading.Event) -> Iterator[View]:
        yield lambda: Encoded(b"")
        raise ZeroDivisionError

    options = replace(OPTIONS, pace=ONCE)
    with Watched(__file__, wrong, options=options) as watched:  # type: ignore[arg-type]
        watched.until_state("connecting", "live", "lost: failed")
    assert "ZeroDivisionError" in caplog.text


def test_without_pyav_the_command_that_gets_it_is_named(monkeypatch, film):
    found: Callable[[str], object] = lambda name: None  # noqa: E731
    monkeypatch.setattr(libraries.importlib.util, "find_spec", found)
    with pytest.raises(DependencyMissing) as caught:
        Source("camera", Address.parse(str(film)), OPTIONS)
    assert caught.value.hint == "pip install 'siseon[streams]'"


def remuxed(source: Path, target: Path, packets: int) -> None:
    """The first packets of a clip without B frames' worth of them, in another container."""
    with av.open(str(source)) as container, av.open(str(target), "w") as out:
        stream = out.add_stream("mpeg4" if target.suffix == ".ts" else "libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        if target.suffix != ".ts":
            stream.options = {"preset": "ultrafast", "tune": "zerolatency"}
        for number, frame in enumerate(container.decode(video=0)):
            if number == packets:
                break
            scaled = frame.reformat(160, 120, "yuv420p")
            scaled.pts, scaled.time_base, scaled.pict_type = (
                number,
                Fraction(1, 25),
                av.video.frame.PictureType.NONE,
            )
            out.mux(stream.encode(scaled))
        out.mux(stream.encode(None))

"""Cameras over HTTP against a real web server on loopback: streams of JPEGs, single pictures, and what is neither."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from urllib.parse import quote

import numpy as np
import pytest

from media.loopback import Site, ok, open_site, status
from siseon.contracts import Encoded, Image
from siseon.media.decode import decode
from siseon.media.encode import encode
from siseon.streams.life import Pace
from siseon.streams.options import StreamOptions
from streams.watched import ONCE, OPTIONS, Watched

JPEG = encode(Image.from_array(np.full((48, 64, 3), 90, np.uint8)), "jpeg")
FAST = replace(OPTIONS, fps=50, open_s=30, read_s=30, key_s=30, pace=Pace(stale_s=0.2))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"
PART = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(JPEG), JPEG)
PICTURE = ok(JPEG, "Content-Type: image/jpeg")

Watching = Callable[..., Awaitable[Watched]]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with open_site() as opened:
        yield opened


async def watched(site: Site, state: str, userinfo: str = "", options: StreamOptions = FAST) -> Watched:
    """What a source at ``/camera`` came to, until this state came."""

    def watch() -> Watched:
        address = site.url("/camera").replace("//", f"//{userinfo}@" if userinfo else "//")
        with Watched(address, options=options) as watching:
            watching.until(lambda seen: state in seen.states)
        return watching

    return await asyncio.to_thread(watch)


def stream(
    *pieces: bytes, hangs: bool = True
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)
        if hangs:
            await reader.read()

    return talk


async def test_a_stream_of_jpegs_is_live_and_stale_when_it_stops(site):
    site.answers["/camera"] = stream(*[PART] * 5)
    seen = await watched(site, "lost: silent", options=replace(FAST, read_s=2, pace=ONCE))
    assert seen.states[:4] == ["connecting", "live", "stale: silent", "lost: silent"]
    assert (seen.source.counts.frames, seen.source.counts.losses) == (5, 1)
    picture = seen.shots[0].view()
    assert isinstance(picture, Encoded)
    assert decode(picture.data).width == 64


async def test_a_stream_that_ends_is_opened_again(site):
    site.answers["/camera"] = stream(PART, hangs=False)
    seen = await watched(site, "connecting: ended")
    assert seen.states[:3] == ["connecting", "live", "lost: ended"]


async def test_an_address_that_gives_a_picture_is_asked_again_and_again(site):
    site.answers["/camera"] = PICTURE
    seen = await watched(site, "live")
    assert site.connections >= 1
    seen = await asyncio.to_thread(_three, site)
    assert seen.states[:2] == ["connecting", "live"]
    assert site.connections >= 3


def _three(site: Site, options: StreamOptions = FAST) -> Watched:
    with Watched(site.url("/camera"), options=options) as watching:
        watching.until(lambda seen: seen.source.counts.frames >= 3)
    return watching


async def test_a_picture_that_is_asked_for_now_and_then_is_not_stale_between(site):
    site.answers["/camera"] = PICTURE
    seen = await asyncio.to_thread(_three, site, replace(FAST, fps=1))
    assert seen.states[:3] == ["connecting", "live", "stopped: asked"]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (ok(b"<html>Sign in</html>", "Content-Type: text/html"), "lost: not_video"),
        (ok(b"no jpeg", "Content-Type: image/jpeg"), "lost: undecodable"),
        (ok(JPEG[:30], "Content-Type: image/jpeg"), "lost: undecodable"),
        (status("404 Not Found"), "lost: not_found"),
        (status("401 Unauthorized", b"", 'WWW-Authenticate: Basic realm="x"'), "stopped: unauthorized"),
        (status("403 Forbidden"), "stopped: unauthorized"),
        (status("500 Internal Server Error"), "lost: broken"),
        (status("302 Found", b"", "Location: http://169.254.169.254/"), "lost: broken"),
        (b"not HTTP at all\r\n\r\n", "lost: broken"),
    ],
)
async def test_what_is_no_picture_is_named(site, answer, state):
    site.answers["/camera"] = answer
    seen = await watched(site, state, options=replace(FAST, key_s=0.5))
    assert seen.states[:2] == ["connecting", state]


async def test_a_picture_beyond_the_bounds_is_refused_before_it_is_decoded(site):
    huge = bytearray(JPEG)
    at = huge.index(b"\xff\xc0") + 5
    huge[at : at + 4] = (10_000).to_bytes(2, "big") * 2
    site.answers["/camera"] = ok(bytes(huge), "Content-Type: image/jpeg")
    seen = await watched(site, "lost: too_large")
    assert "10000 × 10000" in seen.seen[1].detail


async def test_a_picture_that_comes_byte_by_byte_is_given_up(site):
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    site.answers["/camera"] = drip
    seen = await watched(site, "lost: silent", options=replace(FAST, key_s=0.5))
    assert seen.seen[1].detail == "a picture comes too slowly"


async def test_a_server_that_says_nothing_is_given_up(site):
    site.answers["/camera"] = stream(hangs=True)
    seen = await watched(site, "lost: silent", options=replace(FAST, read_s=0.5))
    assert seen.states[:2] == ["connecting", "lost: silent"]


async def test_a_private_address_is_blocked_unless_its_network_is_allowed(site):
    site.answers["/camera"] = PICTURE
    seen = await watched(site, "stopped: blocked", options=replace(FAST, allow=()))
    assert site.connections == 0
    assert seen.source.counts.losses == 1


@pytest.mark.parametrize("userinfo", ["eve:a%2Fb", "eve:wrong", ""])
@pytest.mark.parametrize("scheme", ["Basic", "Digest"])
async def test_a_password_is_said_when_it_is_asked_for_and_a_wrong_one_not_again(site, scheme, userinfo):
    challenge = {
        "Basic": 'Basic realm="cam"',
        "Digest": 'Digest realm="cam", nonce="n1", qop="auth", algorithm=MD5',
    }

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        good = any(_is_right(line, "eve", "a/b") for line in site.requests[-1].splitlines())
        writer.write(
            PICTURE if good else status("401 Unauthorized", b"", f"WWW-Authenticate: {challenge[scheme]}")
        )

    site.answers["/camera"] = talk
    right = userinfo == "eve:a%2Fb"
    await watched(site, "live" if right else "stopped: unauthorized", userinfo)
    assert "authorization" not in site.requests[0].lower()
    if not right:
        assert site.connections <= 3


BOTH = 'Basic realm="cam"', 'Digest realm="cam", nonce="n1", qop="auth", algorithm=MD5'


@pytest.mark.parametrize("lines", [BOTH, BOTH[::-1]])
@pytest.mark.parametrize("user", ["eve", "müller"])
async def test_a_password_is_not_told_where_it_need_not_be(site, lines, user):
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        good = any(_is_right(line, user, "p") for line in site.requests[-1].splitlines())
        challenges = [f"WWW-Authenticate: {line}" for line in lines]
        writer.write(PICTURE if good else status("401 Unauthorized", b"", *challenges))

    site.answers["/camera"] = talk
    await watched(site, "live", f"{quote(user)}:p")
    assert not any("basic" in sent.lower() for sent in site.requests)


@pytest.mark.parametrize(
    "challenge",
    [
        'Digest realm="cam"',
        'Digest realm="cam", nonce="n", algorithm=SHA-512-999',
        'Digest realm="cam", nonce="n", qop="auth-int"',
        'Digest =,=,"',
        'Digest realm="cam", nonce="n", algorithm=MD5, Basic realm="cam"',
    ],
)
async def test_a_challenge_that_cannot_be_answered_is_named(site, challenge):
    site.answers["/camera"] = status("401 Unauthorized", b"", f"WWW-Authenticate: {challenge}")
    await watched(site, "stopped: unauthorized", "eve:p")
    assert not any("basic" in sent.lower() for sent in site.requests)


def _is_right(line: str, user: str, password: str) -> bool:
    """Whether a header carries the password, in either way (RFC 7617, RFC 7616 with MD5 and auth)."""
    name, _, value = line.partition(": ")
    if name.lower() != "authorization":
        return False
    if value.startswith("Basic "):
        return base64.b64decode(value[6:]).decode() == f"{user}:{password}"
    fields = dict(
        part.strip().replace('"', "").split("=", 1) for part in value.removeprefix("Digest ").split(",")
    )

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    first, second = md5(f"{user}:{fields['realm']}:{password}"), md5(f"GET:{fields['uri']}")
    middle = f"{fields['nonce']}:{fields['nc']}:{fields['cnonce']}:{fields['qop']}"
    return fields["response"] == md5(f"{first}:{middle}:{second}")

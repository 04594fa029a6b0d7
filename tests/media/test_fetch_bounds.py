"""Fetches from servers that send too much, too slowly or nonsense, and many at once: all end, by name and in time."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from siseon.contracts import FailureCode, InputError
from siseon.media.addresses import Address, networks
from siseon.media.fetch import FetchBounds, Fetcher

sys.path.insert(0, str(Path(__file__).parent))
from loopback import Site, Talk, hang, ok, open_site, refused

PICTURE = bytes(range(256)) * 300
HOME = networks("127.0.0.1")
UNREACHABLE = FailureCode.url_unreachable


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with open_site() as site:
        site.answers["/cat.png"] = ok(PICTURE)
        yield site


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(FetchBounds(allow=HOME, max_bytes=100_000, total_s=10)) as fetcher:
        yield fetcher


async def test_a_declared_length_beyond_the_bound_is_refused_unread(site: Site, fetcher: Fetcher) -> None:
    site.answers["/"] = b"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n"
    error = await refused(fetcher, site.url(), FailureCode.image_too_large)
    assert "100,001 bytes" in error.message


async def test_a_picture_of_just_the_bound_is_taken(site: Site, fetcher: Fetcher) -> None:
    site.answers["/"] = ok(bytes(100_000))
    assert (await fetcher.fetch(site.url())).nbytes == 100_000


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_stream_without_end_is_cut_at_the_bound(site: Site, fetcher: Fetcher, chunked: bool) -> None:
    async def pour(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n" + b"Transfer-Encoding: chunked\r\n" * chunked + b"\r\n")
        while True:
            writer.write((b"400\r\n" if chunked else b"") + bytes(0x400) + (b"\r\n" if chunked else b""))
            await writer.drain()

    site.answers["/"] = pour
    await refused(fetcher, site.url(), FailureCode.image_too_large)
    await site.until(lambda: site.gone == 1)


async def test_compressed_answers_are_refused_unread(site: Site, fetcher: Fetcher) -> None:
    site.answers["/"] = ok(gzip.compress(bytes(10_000_000)), "Content-Encoding: gzip")
    error = await refused(fetcher, site.url(), UNREACHABLE)
    assert "compressed" in error.message


async def test_an_answer_without_bytes_is_an_empty_upload(site: Site, fetcher: Fetcher) -> None:
    site.answers["/"] = ok(b"")
    await refused(fetcher, site.url(), FailureCode.empty_upload)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200",
        b"SSH-2.0-geheim\r\n",
        b"geheim" * 50_000,
        b"HTTP/1.1 200 OK\r\nX-A: geheim\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ngeheim",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\ngeheim",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\ngeheim",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\ngeheim",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\ngeheim",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ngeheim",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\ngeheim",
        b"HTTP/1.1 200 OK\r\n" + b"X-A: geheim\r\n" * 20_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: geheim\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
    ],
)
async def test_a_broken_answer_is_unreachable_and_not_shown(
    site: Site, fetcher: Fetcher, answer: bytes
) -> None:
    site.answers["/"] = answer
    error = await refused(fetcher, site.url(), UNREACHABLE)
    assert "geheim" not in str(error.failure())


async def test_a_connection_reset_in_the_middle_is_unreachable(site: Site, fetcher: Fetcher) -> None:
    async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ok(PICTURE)[:1000])
        await writer.drain()
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    site.answers["/"] = reset
    await refused(fetcher, site.url(), UNREACHABLE)


async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A byte now and then, so that no wait for the next one is ever long."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b".")
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("talk", [hang, drip])
async def test_the_whole_fetch_ends_in_time_however_slowly_it_comes(site: Site, talk: Talk) -> None:
    site.answers["/"] = talk
    async with Fetcher(FetchBounds(allow=HOME, total_s=1.0)) as fetcher, asyncio.timeout(60):
        error = await refused(fetcher, site.url(), UNREACHABLE)
    assert "within 1 s" in error.message
    await site.until(lambda: site.gone == 1)


async def test_a_name_server_that_does_not_answer_ends_in_time() -> None:
    async def never(_host: str, _port: int) -> list[Address]:
        return await asyncio.Event().wait() or []

    async with Fetcher(FetchBounds(connect_s=0.1), resolve=never) as fetcher:
        error = await refused(fetcher, "http://slow.example/", UNREACHABLE)
    assert "gives no connection" in error.message


async def test_no_more_fetches_run_at_once_than_allowed(site: Site) -> None:
    pairs, now, most = asyncio.Barrier(2), 0, 0

    async def in_pairs(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await pairs.wait()
        now -= 1
        writer.write(ok(PICTURE))

    site.answers["/"] = in_pairs
    async with Fetcher(FetchBounds(allow=HOME, concurrency=2)) as fetcher:
        await asyncio.gather(*(fetcher.fetch(site.url()) for _ in range(6)))
    assert most == 2


async def test_the_wait_for_a_turn_counts_as_time(site: Site) -> None:
    site.answers["/"] = hang
    async with Fetcher(FetchBounds(allow=HOME, total_s=0.2, concurrency=1)) as fetcher:
        ends = await asyncio.gather(*(fetcher.fetch(site.url()) for _ in range(5)), return_exceptions=True)
    assert {type(end) for end in ends} == {InputError}


async def test_a_cancelled_fetch_closes_its_connection_and_frees_its_turn(site: Site) -> None:
    site.answers["/"] = hang
    async with Fetcher(FetchBounds(allow=HOME, concurrency=1)) as fetcher:
        task = asyncio.create_task(fetcher.fetch(site.url()))
        await site.until(lambda: len(site.requests) == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await site.until(lambda: site.gone == 1)
        assert (await fetcher.fetch(site.url("/cat.png"))).data == PICTURE

"""Fetches over real connections on loopback; what is forbidden never gets as far as a connection."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import sys
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from siseon.contracts import Encoded, FailureCode, InputError
from siseon.media.addresses import Address, networks
from siseon.media.fetch import FetchBounds, Fetcher

sys.path.insert(0, str(Path(__file__).parent))
from forbidden import FORBIDDEN
from loopback import Site, Talk, hang, ok, open_site, redirect, status

PICTURE = bytes(range(256)) * 300
HOME = networks("127.0.0.1")
BLOCKED, UNREACHABLE = FailureCode.url_blocked, FailureCode.url_unreachable


class Names:
    """A resolver with the answers of a test; all else is loopback, as after a hostile registration."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers) or ["127.0.0.1"]
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[Address]:
        self.asked.append(host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [ip_address(text) for text in answer.split()]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with open_site() as site:
        site.answers["/cat.png"] = ok(PICTURE)
        yield site


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(FetchBounds(allow=HOME, max_bytes=100_000, total_s=10), resolve=Names()) as fetcher:
        yield fetcher


def short(form: str) -> str:
    return ascii(form)[:60]


def sendable(form: str) -> bool:
    """Whether a Location can carry it, and would not be a mere path on the same server."""
    return "://" in form and form.isprintable() and len(form) < 1000


async def refused(fetcher: Fetcher, url: str, code: FailureCode) -> InputError:
    with pytest.raises(InputError) as caught:
        await fetcher.fetch(url)
    assert caught.value.code is code, caught.value.message
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("form", FORBIDDEN, ids=short)
async def test_a_forbidden_form_is_blocked_before_any_connection(site: Site, form: str) -> None:
    async with Fetcher(resolve=Names()) as fetcher:
        await refused(fetcher, form.replace("PORT", str(site.port)), BLOCKED)
    assert site.connections == 0


@pytest.mark.parametrize("form", [form for form in FORBIDDEN if sendable(form)], ids=short)
async def test_a_redirect_leads_to_no_forbidden_form_either(site: Site, form: str) -> None:
    async with open_site("127.0.0.2") as outside:
        outside.answers["/"] = redirect(form.replace("PORT", str(site.port)))
        async with Fetcher(FetchBounds(allow=networks("127.0.0.2")), resolve=Names()) as fetcher:
            await refused(fetcher, outside.url(host="127.0.0.2"), BLOCKED)
    assert (outside.connections, site.connections) == (1, 0)


async def test_one_private_address_among_public_ones_blocks_the_name(site: Site) -> None:
    async with Fetcher(resolve=Names("8.8.8.8 127.0.0.1")) as fetcher:
        error = await refused(fetcher, site.url(host="half.example"), BLOCKED)
    assert "127.0.0.1" not in str(error.failure())
    assert site.connections == 0


async def test_a_name_that_changes_its_address_is_used_as_it_was_checked(site: Site) -> None:
    names = Names("127.0.0.1", "127.0.0.2")
    async with Fetcher(FetchBounds(allow=HOME), resolve=names) as fetcher:
        assert (await fetcher.fetch(site.url("/cat.png", "rebind.example"))).data == PICTURE
        assert names.asked == ["rebind.example"]
        await refused(fetcher, site.url("/cat.png", "rebind.example"), BLOCKED)
    assert site.connections == 1


async def test_each_redirect_resolves_and_checks_the_name_again(site: Site) -> None:
    site.answers["/"] = redirect("/cat.png")
    async with Fetcher(FetchBounds(allow=HOME), resolve=Names("127.0.0.1", "10.0.0.1")) as fetcher:
        await refused(fetcher, site.url("/", "rebind.example"), BLOCKED)
    assert site.connections == 1


async def test_an_address_that_refuses_leaves_the_next_one_to_try(site: Site) -> None:
    bounds = FetchBounds(allow=networks("127.0.0.0/8"))
    async with Fetcher(bounds, resolve=Names("127.0.0.3 127.0.0.1")) as fetcher:
        assert (await fetcher.fetch(site.url("/cat.png", "two.example"))).data == PICTURE


async def test_a_picture_is_fetched_with_its_name(site: Site, fetcher: Fetcher) -> None:
    assert await fetcher.fetch(site.url("/cat.png")) == Encoded(PICTURE, "cat.png")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a/cat.png?size=3#top", "cat.png"),
        ("/%EA%B3%A0%EC%96%91%EC%9D%B4.png", "고양이.png"),
        ("/..%2F..%2Fetc%2Fpasswd", "_.._etc_passwd"),
        ("/a%00b%0Ac%1B[2J%E2%80%AE.png", "a_b_c_[2J_.png"),
        ("/%3Cscript%3E.png", "_script_.png"),
        ("/%FF.png", "\N{REPLACEMENT CHARACTER}.png"),
        ("/" + "x" * 300, "x" * 120),
        ("/", "camera.example"),
        ("", "camera.example"),
        ("/...", "camera.example"),
    ],
)
async def test_names_come_from_the_path_and_are_safe(
    site: Site, fetcher: Fetcher, path: str, name: str
) -> None:
    site.otherwise = ok(PICTURE)
    assert (await fetcher.fetch(site.url(path, "camera.example"))).name == name


async def test_the_system_resolves_names(site: Site) -> None:
    async with Fetcher(FetchBounds(allow=networks("127.0.0.0/8, ::1"))) as fetcher:
        assert (await fetcher.fetch(site.url("/cat.png", "localhost"))).data == PICTURE
        await refused(fetcher, site.url("/cat.png", "nobody.invalid"), UNREACHABLE)


async def test_requests_are_plain_and_know_neither_proxies_nor_cookies(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    site.answers["/"] = status("302 Found", b"", "Location: /cat.png", "Set-Cookie: a=b")
    await fetcher.fetch(site.url("/", "name.example"))
    request = site.requests[-1]
    assert request.startswith("GET /cat.png HTTP/1.1\r\n")
    assert f"Host: name.example:{site.port}\r\n" in request
    assert "User-Agent: siseon/" in request
    assert "Accept-Encoding: identity\r\n" in request
    assert not any(header in request.lower() for header in ("cookie", "referer", "authorization"))


@pytest.mark.parametrize("line", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
async def test_redirects_are_followed_and_the_first_url_names_the_picture(
    site: Site, fetcher: Fetcher, line: str
) -> None:
    site.answers["/a/one"] = redirect("../two?x=1", line)
    site.answers["/two?x=1"] = redirect(f"//other.example:{site.port}/cat.png", line)
    assert await fetcher.fetch(site.url("/a/one")) == Encoded(PICTURE, "one")


async def test_redirects_end(site: Site, fetcher: Fetcher) -> None:
    site.answers["/"] = redirect("/")
    error = await refused(fetcher, site.url(), UNREACHABLE)
    assert error.message == "127.0.0.1 redirects more than 3 times"
    assert site.connections == 4


@pytest.mark.parametrize(
    "line", ["204 No Content", "206 Partial", "304 Not Modified", "401 No", "404 No", "500 No"]
)
async def test_any_other_status_is_told(site: Site, fetcher: Fetcher, line: str) -> None:
    site.answers["/"] = f"HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n".encode()
    error = await refused(fetcher, site.url("/"), UNREACHABLE)
    assert f"status {line[:3]}" in error.message


async def test_a_failure_shows_neither_path_nor_query(site: Site, fetcher: Fetcher) -> None:
    error = await refused(fetcher, site.url("/secret?token=geheim"), UNREACHABLE)
    assert not any(word in str(error.failure()) for word in ("secret", "geheim"))


async def test_a_closed_port_is_unreachable(fetcher: Fetcher) -> None:
    async with open_site() as gone:
        url = gone.url()
    await refused(fetcher, url, UNREACHABLE)


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
    async with Fetcher(FetchBounds(allow=HOME, total_s=0.2)) as fetcher:
        error = await refused(fetcher, site.url(), UNREACHABLE)
    assert "within 0.2 s" in error.message
    await site.until(lambda: site.gone == 1)


async def test_a_name_server_that_does_not_answer_ends_in_time() -> None:
    async def never(_host: str, _port: int) -> list[Address]:
        return await asyncio.Event().wait() or []

    async with Fetcher(FetchBounds(connect_s=0.1), resolve=never) as fetcher:
        await refused(fetcher, "http://slow.example/", UNREACHABLE)


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

"""Fetches over real connections on loopback; what is forbidden never gets as far as a connection."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from siseon.contracts import Encoded, FailureCode
from siseon.media.addresses import networks
from siseon.media.fetch import FetchBounds, Fetcher

sys.path.insert(0, str(Path(__file__).parent))
from forbidden import FORBIDDEN
from loopback import Names, Site, ok, open_site, redirect, refused, status

PICTURE = bytes(range(256)) * 300
HOME = networks("127.0.0.1")
BLOCKED, UNREACHABLE = FailureCode.url_blocked, FailureCode.url_unreachable


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


async def test_an_address_that_does_not_answer_leaves_time_for_the_next_one(site: Site) -> None:
    bounds = FetchBounds(allow=networks("127.0.0.0/8"), connect_s=1, total_s=10)
    with contextlib.ExitStack() as sockets:
        full = sockets.enter_context(socket.socket())
        full.bind(("127.0.0.3", site.port))
        full.listen(0)
        for _ in range(4):  # nobody accepts: once these wait, the system drops what else comes
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.3", site.port))
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
    ("line", "code"),
    [
        ("204 No Content", UNREACHABLE),
        ("206 Partial", UNREACHABLE),
        ("304 Not Modified", UNREACHABLE),
        ("401 No", FailureCode.url_refused),
        ("404 No", FailureCode.url_refused),
        ("410 Gone", FailureCode.url_refused),
        ("429 Later", UNREACHABLE),
        ("500 No", UNREACHABLE),
    ],
)
async def test_any_other_status_is_told_and_only_one_that_may_pass_is_retryable(
    site: Site, fetcher: Fetcher, line: str, code: FailureCode
) -> None:
    site.answers["/"] = f"HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n".encode()
    error = await refused(fetcher, site.url("/"), code)
    assert f"status {line[:3]}" in error.message
    assert error.code.retryable is (code is UNREACHABLE)


async def test_a_failure_shows_neither_path_nor_query(site: Site, fetcher: Fetcher) -> None:
    error = await refused(fetcher, site.url("/secret?token=geheim"), FailureCode.url_refused)
    assert not any(word in str(error.failure()) for word in ("secret", "geheim"))


async def test_a_closed_port_is_unreachable(fetcher: Fetcher) -> None:
    async with open_site() as gone:
        url = gone.url()
    await refused(fetcher, url, UNREACHABLE)

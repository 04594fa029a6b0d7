"""Fetches over TLS: the name in the URL is what is checked, though the connection goes to a pinned address."""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme

from siseon.contracts import Encoded, FailureCode, InputError
from siseon.media.addresses import networks
from siseon.media.fetch import FetchBounds, Fetcher

sys.path.insert(0, str(Path(__file__).parent))
from loopback import Names, Site, hang, ok, open_site, redirect, refused

BOUNDS = FetchBounds(allow=networks("127.0.0.1"))
UNREACHABLE = FailureCode.url_unreachable
PICTURE = bytes(range(256)) * 3000


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
async def site(authority: trustme.CA) -> AsyncIterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("camera.example", "127.0.0.1").configure_cert(context)
    async with open_site(tls=context) as site:
        site.answers["/cat.png"] = ok(PICTURE)
        yield site


@pytest.mark.parametrize("host", ["camera.example", "127.0.0.1"])
async def test_the_name_of_the_url_is_checked_though_the_address_is_pinned(
    site: Site, trusted: ssl.SSLContext, host: str
) -> None:
    async with Fetcher(BOUNDS, verify=trusted, resolve=Names()) as fetcher:
        assert await fetcher.fetch(site.url("/cat.png", host, "https")) == Encoded(PICTURE, "cat.png")


async def test_a_certificate_for_another_name_is_refused(site: Site, trusted: ssl.SSLContext) -> None:
    async with Fetcher(BOUNDS, verify=trusted, resolve=Names()) as fetcher:
        error = await refused(fetcher, site.url("/cat.png", "other.example", "https"), UNREACHABLE)
    assert "certificate is not valid for 'other.example'" in error.message
    assert site.requests == []


async def test_a_certificate_of_nobody_is_refused(site: Site) -> None:
    async with Fetcher(BOUNDS, resolve=Names()) as fetcher:
        error = await refused(fetcher, site.url("/cat.png", "camera.example", "https"), UNREACHABLE)
    assert "TLS fails" in error.message


async def no_tls(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


async def test_a_server_without_tls_is_refused(trusted: ssl.SSLContext) -> None:
    async with open_site() as plain, Fetcher(BOUNDS, verify=trusted, resolve=Names()) as fetcher:
        plain.first = no_tls
        await refused(fetcher, plain.url("/", "camera.example", "https"), UNREACHABLE)


async def test_redirects_lead_up_to_tls_and_not_down_again(site: Site, trusted: ssl.SSLContext) -> None:
    async with open_site() as plain, Fetcher(BOUNDS, verify=trusted, resolve=Names()) as fetcher:
        plain.answers["/up"] = redirect(site.url("/cat.png", "camera.example", "https"))
        assert (await fetcher.fetch(plain.url("/up", "camera.example"))).data == PICTURE
        site.answers["/down"] = redirect(plain.url("/up", "camera.example"))
        await refused(fetcher, site.url("/down", "camera.example", "https"), FailureCode.url_blocked)
        assert plain.connections == 1


@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_handshake_that_hangs_is_closed(trusted: ssl.SSLContext, cancelled: bool) -> None:
    bounds = FetchBounds(allow=BOUNDS.allow, connect_s=10 if cancelled else 1.0)
    async with open_site() as silent, Fetcher(bounds, verify=trusted, resolve=Names()) as fetcher:
        silent.first = hang
        task = asyncio.create_task(fetcher.fetch(silent.url("/", "camera.example", "https")))
        await silent.until(lambda: silent.connections == 1)
        if cancelled:
            task.cancel()
        with pytest.raises(asyncio.CancelledError if cancelled else InputError):
            await task
        await silent.until(lambda: silent.gone == 1)

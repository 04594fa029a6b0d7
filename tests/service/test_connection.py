"""A connection is bounded in bytes, time and meaning before the application sees a request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from siseon.service import connection
from siseon.service.connection import MAX_HEAD, MAX_HEADERS, MAX_URL

PATIENCE_S = 10.0
GET = b"GET /v1/pipelines HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture
def client(lasting: httpx.AsyncClient) -> httpx.AsyncClient:
    """One service for all that ask for no other: they leave nothing behind in it."""
    return lasting


async def exchange(client: Any, *pieces: bytes, half_close: bool = False) -> bytes:
    """Send pieces, and read until the other side closes."""
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if half_close:
            writer.write_eof()
        return await asyncio.wait_for(reader.read(), PATIENCE_S)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"GET /" + b"a" * MAX_URL + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
        (GET + b"X: " + b"a" * MAX_HEAD + b"\r\n\r\n", 431),
        (GET + b"X: a\r\n" * MAX_HEADERS + b"\r\n", 431),
        (GET + b"Host: localhost\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (GET + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 400),
        (GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (GET + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ],
)
async def test_a_head_that_is_too_long_or_ambiguous_is_refused_before_the_token_is_looked_at(
    client, head, expected
):
    answer = await exchange(client, head)
    assert status(answer) == expected
    assert b"application/problem+json" in answer
    assert (await client.get("/v1/pipelines")).status_code == 200


@pytest.mark.parametrize(
    "before",
    [
        GET + b"X: ",  # one header that never ends
        GET + b"Transfer-Encoding: chunked\r\n\r\n1;",  # a chunk's extension
        GET + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: ",  # a trailer
    ],
)
async def test_what_the_parser_holds_back_is_bounded_too(client, before):
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    writer.write(before)
    sent = 0
    try:
        while sent < 50 << 20 and not reader.at_eof():
            writer.write(b"a" * 65536)
            sent += 65536
            await asyncio.wait_for(writer.drain(), PATIENCE_S)
            await asyncio.sleep(0)
    except ConnectionError:
        pass
    finally:
        writer.close()
    assert sent < 16 << 20


@pytest.mark.parametrize(
    ("bound", "value"), [("LINGER_BYTES", 1 << 20), ("LINGER_S", 0.2)], ids=["bytes", "seconds"]
)
async def test_an_upload_that_was_refused_does_not_go_on_without_end(host, start, monkeypatch, bound, value):
    monkeypatch.setattr(connection, "LINGER_S", 3600)
    monkeypatch.setattr(connection, bound, value)
    client = await start(host(token="a-secret-of-32-characters-length"))
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    writer.write(b"POST /detect HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert status(await reader.readuntil(b"\r\n\r\n")) == 401

    async def send_without_end() -> None:
        while not reader.at_eof():
            writer.write(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
            await writer.drain()
            await asyncio.sleep(0)

    with suppress(ConnectionError):
        await asyncio.wait_for(send_without_end(), PATIENCE_S)
    writer.close()


async def test_an_upload_that_ends_after_it_was_refused_keeps_the_connection(host, start, monkeypatch):
    monkeypatch.setattr(connection, "LINGER_BYTES", 1 << 20)
    client = await start(host(token="a-secret-of-32-characters-length"))
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    upload = b"a" * (600 << 10)
    for _ in range(3):
        writer.write(b"POST /detect HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(upload))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
        assert status(head) == 401
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        writer.write(upload)
        await asyncio.wait_for(writer.drain(), PATIENCE_S)
    writer.close()


async def test_trailers_never_become_headers(host, start):
    client = await start(host(token="a-secret-of-32-characters-length"))
    answer = await exchange(
        client,
        GET + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"0\r\nAuthorization: Bearer a-secret-of-32-characters-length\r\n\r\n",
    )
    assert status(answer) == 401


async def test_a_client_that_shuts_its_side_down_gets_its_answer(client, upload):
    data = upload().data
    head = (
        b"POST /detect HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n"
    )
    answer = await exchange(client, head % len(data) + data, half_close=True)
    assert b"HTTP/1.1 200 OK" in answer
    assert answer.rstrip().endswith(b"}")


async def test_a_client_that_shuts_down_in_the_middle_of_its_request_is_let_go(client):
    head = b"POST /detect HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc"
    assert await exchange(client, head, half_close=True) == b""


async def test_headers_that_come_too_slowly_end_the_connection(client, monkeypatch):
    monkeypatch.setattr(connection, "HEAD_S", 0.2)
    assert status(await exchange(client, GET)) == 408
    assert await exchange(client) == b""
    assert await exchange(client, b"\r\n", b"\r\n") == b""


async def test_garbage_behind_a_request_does_not_get_into_its_answer(client, upload):
    data = upload().data
    head = (
        b"POST /detect HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n"
    )
    answer = await exchange(client, head % len(data) + data + b"NONSENSE\r\n\r\n")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert status(answer) == 200


async def test_silent_connections_shut_nobody_out(host: Callable[..., Any], start, caplog):
    client = await start(host(max_connections=20))
    silent = [await asyncio.open_connection(client.base_url.host, client.base_url.port) for _ in range(60)]
    for _ in range(3):
        assert (await client.get("/v1/pipelines", headers={"connection": "close"})).status_code == 200
    assert "connections are at their limit" in caplog.text
    for _, writer in silent:
        writer.close()


async def test_a_crowd_that_comes_at_once_is_held_to_the_limit_too(host, start, monkeypatch):
    monkeypatch.setattr(connection, "HEAD_S", 3600.0)
    client = await start(host(max_connections=20))
    crowd = await asyncio.gather(
        *(asyncio.open_connection(client.base_url.host, client.base_url.port) for _ in range(120))
    )
    answer = await exchange(client, GET + b"Connection: close\r\n\r\n")
    assert status(answer) == 200
    async with asyncio.timeout(PATIENCE_S):
        for reader, _ in crowd[:100]:  # in whose place the others are
            with suppress(ConnectionError):
                assert await reader.read() == b""
    for _, writer in crowd:
        writer.close()


async def test_where_all_connections_are_at_work_a_new_one_is_told_so(host, start):
    client = await start(host(max_connections=16))
    head = b"POST /detect HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc"
    working = []
    for _ in range(16):
        _, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
        writer.write(head)
        working.append(writer)
    while True:
        answer = await exchange(client, GET + b"Connection: close\r\n\r\n")
        if status(answer) == 503:
            break
    assert b"retry-after: 1" in answer
    assert b'"code":"overloaded"' in answer
    for writer in working:
        writer.close()
    while (answer := await exchange(client, GET + b"Connection: close\r\n\r\n")) and status(answer) == 503:
        await asyncio.sleep(0.01)
    assert status(answer) == 200

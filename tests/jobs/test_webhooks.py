"""Webhooks: signed, sent until they arrive, and never to where a stranger must not send us."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from jobs.conftest import Clock
from jobs.receiver import Receiver
from media.loopback import Names, hang, open_site, redirect, status
from siseon.contracts import FailureCode, InputError
from siseon.jobs import schema, store
from siseon.jobs.database import Database
from siseon.jobs.store import due, outbox, undelivered
from siseon.jobs.webhooks import CONCURRENCY, HOLD_S, PAUSES_S, PER_HOST, Postman, check, key_of, signature
from siseon.media.addresses import networks
from siseon.media.connect import Connector

SECRET = "a secret of tests"


@contextmanager
def postman(database: Database, *allowed: str) -> Iterator[Postman]:
    connector = Connector(5.0, networks(",".join(allowed or ("127.0.0.1",))), 4, resolve=Names())
    try:
        yield Postman(database, outbox, connector, SECRET)
    finally:
        connector.close()


def ended(database: Database, url: str) -> str:
    """A job that was cancelled, and is to be told to that URL."""
    job = store.submit(database, store.NewJob("text", ["file:/x"], webhook=url), queue_items=100).id
    store.cancel(database, job)
    return job


async def test_the_end_of_a_job_arrives_once_and_signed(database: Database) -> None:
    async with open_site() as site:
        site.first = receiver = Receiver()
        job = ended(database, site.url("/hook"))
        with postman(database) as sender:
            assert await sender.send_due() == 1
            assert await sender.send_due() == 0
    (headers,), (body,) = receiver.headers, receiver.bodies
    told = json.loads(body)
    assert told["kind"] == "cancelled"
    assert told["job"] == job
    assert headers["webhook-id"] == f"{job}-{told['id']}"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


async def test_what_did_not_arrive_is_sent_again_later_with_the_same_id(
    database: Database, clock: Clock
) -> None:
    async with open_site() as site:
        site.first = receiver = Receiver(answer=status("500 Sorry"))
        ended(database, site.url("/hook"))
        with postman(database) as sender:
            for pause in PAUSES_S[:3]:
                assert await sender.send_due() == 1
                assert await sender.send_due() == 0
                clock.time += pause
            receiver.answer = status("200 OK")
            assert await sender.send_due() == 1
            clock.time += 10 * PAUSES_S[-1]
            assert await sender.send_due() == 0
    assert len({headers["webhook-id"] for headers in receiver.headers}) == 1
    assert len(receiver.headers) == 4


async def test_after_the_last_try_it_is_given_up(database: Database, clock: Clock) -> None:
    async with open_site() as site:
        site.first = receiver = Receiver(answer=status("500 Sorry"))
        ended(database, site.url("/hook"))
        with postman(database) as sender:
            for _ in range(20):
                await sender.send_due()
                clock.time += PAUSES_S[-1]
    assert len(receiver.headers) == len(PAUSES_S) + 1
    (job,) = store.jobs(database)
    assert job.webhook is not None
    assert (job.webhook.state, job.webhook.tries) == ("given_up", len(PAUSES_S) + 1)
    assert job.webhook.failure == "127.0.0.1 answered with status 500"


async def test_a_job_tells_what_became_of_its_webhook(database: Database) -> None:
    async with open_site() as site:
        site.first = Receiver(answer=status("500 Sorry"))
        url = site.url("/hook")
        new = store.NewJob("text", ["file:/x"], webhook=url)
        states = [store.submit(database, new, queue_items=100).webhook]
        (job,) = store.jobs(database)
        states.append(store.cancel(database, job.id).webhook)
        with postman(database) as sender:
            await sender.send_due()
            states.append(store.job(database, job.id).webhook)
            store.retry(database, job.id)
            site.first = Receiver()
            states.append(store.cancel(database, job.id).webhook)  # another end, another webhook
            await sender.send_due()
        states.append(store.job(database, job.id).webhook)
    told = [(each.state.value, each.tries, each.failure) for each in states if each]
    assert told[:2] == [("pending", 0, None), ("waiting", 0, None)]
    assert told[2] == ("waiting", 1, "127.0.0.1 answered with status 500")
    assert told[3:] == [("waiting", 0, None), ("delivered", 1, None)]


async def test_a_receiver_that_wants_no_more_gets_no_more(database: Database, clock: Clock) -> None:
    async with open_site() as site:
        site.first = receiver = Receiver(answer=status("410 Gone"))
        ended(database, site.url("/hook"))
        with postman(database) as sender:
            for _ in range(3):
                await sender.send_due()
                clock.time += PAUSES_S[-1]
    assert len(receiver.headers) == 1


async def test_nothing_is_sent_into_the_network_around_the_service(
    database: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_site() as site:
        ended(database, site.url("/hook"))
        with postman(database, "10.0.0.0/8") as sender:
            for _ in range(3):
                await sender.send_due()
                clock.time += PAUSES_S[-1]
        assert site.connections == 0
    (given_up,) = [record for record in caplog.records if "given up" in record.message]
    assert "not public" in given_up.reason
    assert "SISEON_URL_ALLOW" in given_up.hint


async def test_a_redirect_is_not_followed(database: Database) -> None:
    async with open_site() as site, open_site() as other:
        site.first = Receiver(answer=redirect(other.url("/inside")))
        ended(database, site.url("/hook"))
        with postman(database) as sender:
            await sender.send_due()
        assert other.connections == 0


async def test_one_receiver_that_hangs_keeps_no_other_from_its_own(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("siseon.jobs.webhooks.TOTAL_S", 1.5)
    async with open_site() as slow, open_site() as site:
        slow.first, site.first = hang, (receiver := Receiver())
        ended(database, slow.url("/hook"))
        ended(database, site.url("/hook"))
        with postman(database) as sender:
            assert await sender.send_due() == 2
    assert len(receiver.headers) == 1


def test_a_receiver_that_is_busy_is_no_other_whose_name_begins_so(database: Database) -> None:
    ended(database, "http://127.0.0.1:10241/hook")
    assert outbox.due(database, hold_s=1, but=["http://127.0.0.1:10241"]) == []
    assert len(outbox.due(database, hold_s=1, but=["http://127.0.0.1:1024"])) == 1


async def test_a_slow_receiver_leaves_room_for_others_and_what_comes_later_waits_for_nobody(
    database: Database,
) -> None:
    async with open_site() as slow, open_site() as site:
        slow.first, site.first = hang, (receiver := Receiver())
        for _ in range(CONCURRENCY):
            ended(database, slow.url("/hook"))
        with postman(database) as sender:
            running = asyncio.create_task(sender.run())
            for count in (1, 2):
                ended(database, site.url("/hook"))
                while len(receiver.headers) < count:
                    await asyncio.sleep(0.01)
                assert not running.done()
            running.cancel()
            await asyncio.wait((running,))
        assert slow.connections == PER_HOST


async def test_a_receiver_that_drips_is_given_up_and_what_a_talkative_one_says_is_not_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("siseon.jobs.webhooks.TOTAL_S", 1.5)
    sent = 0

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + bytes(1000):
            writer.write(bytes([byte or ord("x")]))
            await writer.drain()
            await asyncio.sleep(0.05)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        for _ in range(1000):
            writer.write(bytes(1_000_000))
            await writer.drain()
            sent += 1

    async with open_site() as slow, open_site() as site:
        slow.first, site.first = drip, talk
        ended(database, slow.url("/hook"))
        ended(database, site.url("/hook"))
        with postman(database) as sender:
            assert await sender.send_due() == 2
    assert told(database) == {slow.port: "127.0.0.1 did not answer within 1.5 s", site.port: None}
    assert sent < 100


async def test_a_receiver_that_only_informs_is_not_heard_for_long(database: Database) -> None:
    async def inform(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        while True:
            writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 10)
            await writer.drain()

    async with open_site() as site:
        site.first = inform
        ended(database, site.url("/hook"))
        with postman(database) as sender:
            await sender.send_due()
        assert told(database) == {site.port: "127.0.0.1 does not answer in HTTP"}


def told(database: Database) -> dict[int, str | None]:
    """What became of each webhook, by the port of its receiver: None arrived."""
    columns = schema.outbox.c
    with database.read() as connection:
        rows = connection.execute(select(columns.url, columns.failure, columns.delivered_at)).all()
    assert all((row.failure is None) == (row.delivered_at is not None) for row in rows)
    return {int(row.url.split(":")[2].partition("/")[0]): row.failure for row in rows}


async def test_who_died_while_sending_is_followed_by_another_one(database: Database, clock: Clock) -> None:
    async with open_site() as site:
        site.first = receiver = Receiver()
        ended(database, site.url("/hook"))
        (hook,) = due(database, hold_s=HOLD_S)
        with postman(database) as sender:
            assert await sender.send_due() == 0
            clock.time += HOLD_S
            (again,) = due(database, hold_s=HOLD_S)
            undelivered(database, hook, "too late: it is in other hands", again_s=None)
            clock.time += HOLD_S
            assert await sender.send_due() == 1
    assert again.tries == 2
    assert len(receiver.headers) == 1


def test_a_secret_of_standard_webhooks_is_its_key_in_base64() -> None:
    """The example of the specification's own libraries."""
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    signed = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert key_of("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") == b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    with pytest.raises(InputError, match="not base64"):
        check("https://example.com/hook", "whsec_a secret of tests")


def test_a_webhook_that_could_not_be_signed_or_sent_is_refused() -> None:
    with pytest.raises(InputError, match="no secret"):
        check("https://example.com/hook", None)
    with pytest.raises(InputError) as caught:
        check("ftp://example.com/hook", SECRET)
    assert caught.value.code is FailureCode.url_blocked

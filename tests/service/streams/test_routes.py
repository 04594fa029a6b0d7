"""Streams over HTTP: kept, run, changed and removed; what a stranger may not name; secrets that never come back."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import socket

from jobs.servers import free_port
from service.streams.conftest import until_state
from services import served
from siseon.jobs.database import Database
from siseon.streams import kept
from siseon.streams.kept_options import KeptOptions

PLAIN = "http://127.0.0.1:9999/video"


async def test_a_camera_is_added_seen_live_lost_and_live_again(service, add, serving, clip):
    server = serving(clip=clip)
    added = await add("gate", server.url("/clip"), options={"fps": 5})
    assert (added.status_code, added.headers["location"]) == (201, "/v1/streams/gate")
    info = await until_state(service, "gate", "live")
    assert info["here"]
    server.kill()
    lost = await until_state(service, "gate", "lost")
    assert lost["state"]["cause"] in ("broken", "ended", "unreachable")
    server.start()
    await until_state(service, "gate", "live")
    figures = (await service.get("/v1/streams/gate")).json()["figures"]
    assert figures["losses"] >= 1
    assert figures["frames"] > 0


async def test_a_stream_is_there_after_a_restart_and_runs_again(host, serving, clip):
    server = serving(clip=clip)
    body = {"name": "gate", "source": server.url("/clip"), "application": "inspection"}
    async with served(host(streams_allow="127.0.0.1")) as service:
        assert (await service.post("/v1/streams", json=body)).status_code == 201
        await until_state(service, "gate", "live")
    async with served(host(streams_allow="127.0.0.1")) as service:
        await until_state(service, "gate", "live")


async def test_a_change_is_applied_as_it_runs_and_a_removed_stream_is_gone(service, add, serving, clip):
    server = serving(clip=clip, other=clip)
    await add("gate", server.url("/none"))
    await until_state(service, "gate", "lost")
    change = {"source": server.url("/clip"), "options": {"fps": 2}}
    changed = await service.patch("/v1/streams/gate", json=change)
    assert changed.status_code == 200
    assert changed.json()["options"]["fps"] == 2
    assert changed.json()["options"]["timeout_s"] == 5
    await until_state(service, "gate", "live")
    assert (await service.delete("/v1/streams/gate")).status_code == 204
    assert (await service.get("/v1/streams/gate")).status_code == 404
    assert (await service.get("/v1/streams")).json() == []
    assert (await service.delete("/v1/streams/gate")).json()["code"] == "stream_not_found"


async def test_what_another_process_keeps_is_found_and_run(host, start, film):
    hosted = host()
    service = await start(hosted)
    with Database(hosted.settings.jobs_database_url) as database:
        kept.add(database, "film", str(film), "inspection", KeptOptions(fps=2))
        kept.add(database, "other", str(film), "text", KeptOptions())
    await until_state(service, "film", "live")
    told = (await until_state(service, "other", "stopped"))["state"]
    assert told["cause"] == "not_served"
    assert "siseon serve inspection text" in told["hint"]
    assert (await service.get("/readyz")).status_code == 200


async def test_a_password_is_in_no_answer_and_no_line_of_the_log(service, add, caplog):
    caplog.set_level(logging.DEBUG)
    port = free_port()
    answers = [
        await add("gate", f"rtsp://eve:geheim@127.0.0.1:{port}/x?token=geheim"),
        await add("gate", f"rtsp://eve:geheim@127.0.0.1:{port}/x"),
        await add("other", "rtsp://eve:geheim@10.0.0.1/x"),
        await add("other", "rtsp://eve:geheim@127.0.0.1:0x50/x"),
        await add("other", "ftp://eve:geheim@127.0.0.1/x"),
        await service.patch("/v1/streams/gate", json={"source": 7, "options": {"webhook": ["geheim"]}}),
        await service.get("/v1/streams"),
        await service.get("/openapi.json"),
        await service.get("/metrics"),
    ]
    assert [answer.status_code for answer in answers] == [201, 409, 400, 400, 400, 400, 200, 200, 200]
    assert all("geheim" not in answer.text for answer in answers)
    assert answers[0].json()["address"] == f"rtsp://***@127.0.0.1:{port}/x?***"
    await until_state(service, "gate", "lost")
    assert "geheim" not in caplog.text


async def test_a_stranger_reaches_no_private_address_and_no_file(host, start, film, tmp_path):
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "out").symlink_to(film)
    service = await start(host(streams_folder=tmp_path / "open"))
    named = [
        ("http://127.0.0.1:8000/x", "url_blocked"),
        ("http://[::ffff:10.0.0.1]/x", "url_blocked"),
        ("rtsp://8.8.8.8/x", "url_blocked"),
        ("rtsp://***@camera/x", "url_blocked"),
        ("/dev/video0", "url_blocked"),
        ("v4l2:///etc/passwd", "url_blocked"),
        (str(film), "file_unreadable"),
        ("../secret", "file_unreadable"),
        ("out", "file_unreadable"),
        ("a\0b", "file_unreadable"),
        ("file:///etc/passwd", "url_blocked"),
    ]
    for source, code in named:
        body = {"name": "gate", "source": source, "application": "inspection"}
        answer = await service.post("/v1/streams", json=body)
        assert (source, answer.json().get("code")) == (source, code)
    body = {"name": "gate", "source": "rtsp://localhost:8000/x", "application": "inspection"}
    assert (await service.post("/v1/streams", json=body)).status_code == 201
    assert (await until_state(service, "gate", "stopped"))["state"]["cause"] == "blocked"


async def test_a_film_in_the_open_folder_runs_as_long_as_that_is_open(host, film):
    async with served(host(streams_folder=film.parent)) as service:
        body = {"name": "film", "source": film.name, "application": "inspection", "options": {"fps": 2}}
        assert (await service.post("/v1/streams", json=body)).json()["address"] == film.name
        await until_state(service, "film", "live")
    async with served(host()) as service:
        assert (await until_state(service, "film", "stopped"))["state"]["cause"] == "blocked"


async def test_what_cannot_be_kept_is_refused_by_name(service, add):
    good = {"name": "a", "source": "http://x/", "application": "inspection"}
    refused: list[tuple[dict[str, object], str]] = [
        ({"name": "a/b"}, "invalid_input"),
        ({"name": "\ud800"}, "invalid_input"),
        ({"application": "../x"}, "pipeline_not_found"),
        ({"application": "text"}, "pipeline_not_found"),
        ({"more": 1}, "invalid_input"),
        ({"options": {"fps": -1}}, "invalid_input"),
        ({"options": {"set": {"colour": "red"}}}, "invalid_input"),
        ({"options": {"set": {"calibration": "/etc/passwd"}}}, "invalid_input"),
    ]
    bodies = [(json.dumps({**good, **change}).encode(), code) for change, code in refused]
    for body, code in [*bodies, (b"", "invalid_input"), (b"[]", "invalid_input")]:
        answer = await service.post("/v1/streams", content=body)
        assert (body, answer.json()["code"]) == (body, code)
    assert (await service.get("/v1/streams")).json() == []


async def test_many_adds_at_once_keep_as_many_as_may_be_and_each_name_once(host, start):
    service = await start(host(streams_allow="127.0.0.1", streams_most=3))

    async def post(name: str) -> str:
        body = {"name": name, "source": PLAIN, "application": "inspection"}
        answer = await service.post("/v1/streams", json=body)
        return str(answer.json().get("code", answer.status_code))

    codes = await asyncio.gather(*(post(f"s{index % 6}") for index in range(24)))
    assert codes.count("201") == 3
    assert set(codes) == {"201", "queue_full", "stream_exists"}
    assert len((await service.get("/v1/streams")).json()) == 3


async def test_many_who_add_change_and_remove_the_same_streams_at_once_are_each_answered_and_the_last_word_counts(
    service, add, serving, clip
):
    camera = serving(clip=clip).url("/clip")
    with socket.create_server(("127.0.0.1", 0)) as hole:  # says nothing
        sources = [camera, PLAIN, f"rtsp://127.0.0.1:{hole.getsockname()[1]}/x"]

        async def client(number: int) -> list[int]:
            chance, codes = random.Random(number), []
            for _ in range(12):
                name, source = chance.choice("abc"), chance.choice(sources)
                how = {"fps": chance.choice([0.5, 2]), "transport": chance.choice(["tcp", "udp"])}
                match chance.randrange(5):
                    case 0 | 1:
                        answer = await add(name, source, options=how)
                    case 2:
                        answer = await service.patch(f"/v1/streams/{name}", json={"source": source})
                    case 3:
                        answer = await service.patch(f"/v1/streams/{name}", json={"options": how})
                    case _:
                        answer = await service.delete(f"/v1/streams/{name}")
                codes.append(answer.status_code)
            return codes

        codes = {code for found in await asyncio.gather(*map(client, range(20))) for code in found}
        assert codes == {200, 201, 204, 404, 409}
        for name in "abc":
            await service.delete(f"/v1/streams/{name}")
        for name in "ab":
            assert (await add(name, camera, options={"fps": 1})).status_code == 201
        for name in "ab":
            await until_state(service, name, "live")
        assert [one["name"] for one in (await service.get("/v1/streams")).json()] == ["a", "b"]


async def test_options_of_its_own_run_in_a_pipeline_of_its_own(host, start, film):
    hosted = host()
    service = await start(hosted)
    with Database(hosted.settings.jobs_database_url) as database:
        for name in ("one", "two"):
            how = KeptOptions(fps=5, set={"min_side": "16"})
            kept.add(database, name, str(film), "inspection", how)
        kept.add(database, "wrong", str(film), "inspection", KeptOptions(set={"detector": "none-such"}))
    for name in ("one", "two"):
        await until_state(service, name, "live")
    told = (await until_state(service, "wrong", "stopped"))["state"]
    assert (told["cause"], told["retry_s"]) == ("unusable", 15)
    assert "none-such" in told["message"]
    async with asyncio.timeout(60):
        while not (await service.get("/v1/streams/one")).json()["figures"]["answered"]:
            await asyncio.sleep(0.05)
    assert "siseon_stream_frames_total" in (await service.get("/metrics")).text


async def test_the_schema_of_a_stream_masks_what_is_only_written(service):
    document = (await service.get("/openapi.json")).json()
    source = document["components"]["schemas"]["StreamRequest"]["properties"]["source"]
    assert source["writeOnly"]
    assert "source" not in document["components"]["schemas"]["StreamInfo"]["properties"]


async def test_names_and_bodies_that_are_none_change_nothing_and_end_nothing(service, add):
    await add("gate", PLAIN)
    deep = b'{"options": ' + b"[" * 5000 + b"]" * 5000 + b"}"
    many = b'{"options": {"set": {' + b",".join(b'"k%d": "v"' % number for number in range(9000)) + b"}}}"
    for body in (b"{", b"\xff", deep, many, b'{"options": {"set": {"min_side": "%s"}}}' % (b"9" * 100_000)):
        answer = await service.patch("/v1/streams/gate", content=body)
        assert answer.status_code == 400, answer.text
    for name in ("%00", "a%2Fb", "x" * 2000, "%F0%9F%98%80", "..", "gate%20", "'; DROP TABLE streams; --"):
        for method in ("GET", "PATCH", "DELETE"):
            answer = await service.request(method, f"/v1/streams/{name}", json={})
            assert answer.status_code in (400, 404, 405), (name, method)
    assert [one["name"] for one in (await service.get("/v1/streams")).json()] == ["gate"]
    assert (await service.get("/readyz")).status_code == 200


async def test_a_stream_is_added_again_while_the_one_before_it_still_ends(service, add):
    with socket.create_server(("127.0.0.1", 0)) as hole:  # says nothing
        await add("gate", f"rtsp://127.0.0.1:{hole.getsockname()[1]}/x")
        await until_state(service, "gate", "connecting")
        assert (await service.delete("/v1/streams/gate")).status_code == 204
        assert (await add("gate", PLAIN)).status_code == 201
        assert (await until_state(service, "gate", "lost"))["address"] == PLAIN

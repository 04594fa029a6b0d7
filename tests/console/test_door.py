"""Who gets in: the token, the names of this machine, pages of other sites, and what a browser is told it may do."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Route
from tools.walks.task import Place

from console.conftest import PATIENCE_S, Visits, faults, running, walked_by_keys

get, head, post = (partial(each, timeout=PATIENCE_S) for each in (httpx.get, httpx.head, httpx.post))
TOKEN = "a token of enough characters"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service that wants a token."""
    folder = tmp_path_factory.mktemp("guarded")
    with running(folder, "--jobs-only", "--port", "0", "--console", SISEON_TOKEN=TOKEN) as started:
        yield started.address


@pytest.mark.asyncio(loop_scope="session")
async def test_who_has_the_token_signs_in_and_out(guarded: str, visits: Visits) -> None:
    visit = await visits.begin(guarded)
    visit.expected = re.compile("401|HTTP Authentication failed")  # of the page that is open elsewhere
    page = await visit.open("/console/")
    assert page.url.endswith("/console/sign-in")
    assert await faults(page) == []
    await page.get_by_label("Token").fill("another token of enough characters")
    await page.keyboard.press("Enter")
    await page.get_by_role("alert").wait_for()
    await page.get_by_label("Token").fill(TOKEN)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Overview", level=1).wait_for()
    cookies = {each["name"]: each for each in await visit.context.cookies()}
    assert cookies["siseon_session"]["httpOnly"]
    assert cookies["siseon_session"]["sameSite"] == "Strict"
    assert TOKEN not in cookies["siseon_session"]["value"]
    assert await page.evaluate("fetch('/console/api/v1/pipelines').then((answer) => answer.status)") == 200
    other = await visit.open("/console/live")
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_label("Token").wait_for()
    await other.get_by_label("Token").wait_for()  # a page that was open elsewhere is not open any more
    stolen = {"Cookie": f"siseon_session={cookies['siseon_session']['value']}"}
    assert get(f"{guarded}/console/api/v1/pipelines", headers=stolen).status_code == 401
    assert await page.evaluate("fetch('/console/api/v1/pipelines').then((answer) => answer.status)") == 401


@pytest.mark.asyncio(loop_scope="session")
async def test_who_signs_out_waits_for_the_answer_without_asking_again(guarded: str, visits: Visits) -> None:
    """The service cuts the page off before it answers, and on a slow line the answer takes its time."""
    visit = await visits.begin(guarded)
    page = await visit.open("/console/")
    visit.leaves_traces = True

    async def slowly(route: Route) -> None:
        answer = await route.fetch(max_redirects=0)
        await asyncio.sleep(2)
        await route.fulfill(response=answer)

    await page.route("**/console/sign-out", slowly)
    await page.get_by_label("Token").fill(TOKEN)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Overview", level=1).wait_for()
    await page.wait_for_function("window.socket?.connected")
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_label("Token").wait_for()


@pytest.mark.asyncio(loop_scope="session")
async def test_one_signs_in_and_out_by_keys_alone(guarded: str, visits: Visits) -> None:
    await walked_by_keys(visits, "Sign-in", Place(guarded, token=TOKEN))


def test_without_a_session_nothing_of_the_console_is_shown(guarded: str) -> None:
    with httpx.Client(base_url=guarded, timeout=PATIENCE_S) as client:
        for path in ("/console/", "/console/_nicegui_ws/socket.io/", "/console/api/metrics"):
            assert client.get(path).status_code == 401, path
        told = client.get("/console/", headers={"Accept": "text/html"})
        assert (told.status_code, told.headers["location"]) == (303, "/console/sign-in")
        assert client.get("/console/", headers={"Cookie": "siseon_session=9999999999.a.b"}).status_code == 401


def test_the_service_keeps_its_own_rules(guarded: str) -> None:
    with httpx.Client(base_url=guarded, timeout=PATIENCE_S) as client:
        assert client.get("/v1/pipelines").status_code == 401
        assert client.get("/v1/pipelines", headers={"Authorization": f"Bearer {TOKEN}"}).json() == []
        assert client.get("/healthz").json()["status"] == "ok"


def test_a_page_of_another_site_cannot_sign_in_for_somebody(guarded: str) -> None:
    with httpx.Client(base_url=guarded, timeout=PATIENCE_S) as client:
        asked = client.post(
            "/console/sign-in", data={"token": TOKEN}, headers={"Origin": "https://elsewhere.example"}
        )
        assert (asked.status_code, asked.json()["code"]) == (403, "forbidden")
        assert client.post("/console/sign-in", data={"token": TOKEN}).status_code == 403


def test_somebody_who_leaves_while_signing_in_is_no_error(guarded: str) -> None:
    """What the service has logged is looked at when it stops: see ``Service.stop``."""
    at = urlsplit(guarded)
    head = f"POST /console/sign-in HTTP/1.1\r\nHost: {at.netloc}\r\nOrigin: {guarded}\r\nContent-Length: 99\r\n\r\n"
    with socket.create_connection((at.hostname, at.port)) as leaving:
        leaving.sendall(f"{head}token=".encode())
    assert get(f"{guarded}/console/sign-in").status_code == 200


@pytest.mark.parametrize("name", ["elsewhere.example", "localhost.elsewhere.example", "10.0.0.7:80", ""])
def test_a_name_that_is_not_this_machines_is_refused(service: str, name: str) -> None:
    for path in ("/console/", "/console/static/console.css", "/console/api/metrics"):
        answer = get(service + path, headers={"Host": name})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized"), path


def test_a_web_socket_of_another_page_is_refused(service: str) -> None:
    shaking = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    path = "/console/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    for origin in ("http://localhost:1", "https://elsewhere.example", "null"):
        answer = get(service + path, headers={**shaking, "Origin": origin})
        assert answer.status_code == 403, origin
    assert get(service + path, headers=shaking).status_code == 403


def test_a_file_that_the_console_does_not_have_is_refused_by_name(service: str) -> None:
    for name in ("none.js", "", "..%2fmount.py", "a" * 5000):
        answer = get(f"{service}/console/static/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), name[:20]
    sent = post(f"{service}/console/static/console.js", headers={"Origin": service})
    assert (sent.status_code, sent.json()["code"]) == (405, "method_not_allowed")


def test_what_is_looked_at_through_the_console_cannot_be_changed_there(service: str) -> None:
    answer = post(f"{service}/console/api/v1/models/yolox-nano/unload", headers={"Origin": service})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_a_browser_may_load_and_run_only_what_is_ours(service: str) -> None:
    first, second = (get(f"{service}/console/") for _ in range(2))
    policy = first.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'self' 'unsafe-eval' 'nonce-[\w-]{20,}'", policy)
    assert "http" not in policy
    assert policy != second.headers["content-security-policy"]
    nonce = re.search(r"'nonce-([\w-]+)'", policy)
    assert nonce is not None
    scripts = re.findall(r"<script[^>]*>", first.text)
    assert scripts
    assert all(f'nonce="{nonce[1]}"' in script for script in scripts)
    assert first.headers["x-frame-options"] == "DENY"
    assert "nonce" not in get(f"{service}/console/static/console.js").headers["content-security-policy"]


def test_who_asks_for_the_head_of_a_page_gets_no_body(service: str) -> None:
    for path in ("/console/", "/console/live", "/console/static/console.js"):
        answer, whole = head(service + path), get(service + path)
        assert (answer.status_code, answer.content) == (200, b""), path
        assert answer.headers["content-type"] == whole.headers["content-type"]
    assert head(f"{service}/console/nowhere").status_code == 404


def test_a_file_of_somebody_else_opened_as_a_page_runs_nothing(service: str) -> None:
    page = get(f"{service}/console/api/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("sandbox allow-downloads; default-src 'none'")
    assert "<script" in page.text
    assert "nonce" not in page.text


@pytest.mark.parametrize(
    ("back", "leads"),
    [
        ("/console/", "/console/"),
        ("//elsewhere.example/console/", "/console/"),
        ("https://elsewhere.example/console/", "/console/"),
        ("/docs", "/console/"),
        ("//[", "/console/"),
        ("/console/%0d%0aSet-Cookie:a=b", "/console/Set-Cookie:a=b"),
    ],
)
def test_a_choice_leads_back_into_the_console_only(service: str, back: str, leads: str) -> None:
    answer = get(f"{service}/console/choose?language=ko&back={back}")
    assert answer.headers["location"] == leads
    assert "siseon_language=ko" in answer.headers["set-cookie"]


def test_pages_of_an_earlier_gauge_service_lead_here(service: str) -> None:
    for path, leads in (("/", "/console/"), ("/video", "/console/live"), ("/video-config", "/console/live")):
        answer = get(service + path)
        assert (answer.status_code, answer.headers["location"]) == (307, leads)


def test_what_is_said_when_the_connection_is_lost_is_in_the_language_of_the_page(service: str) -> None:
    assert "연결이 끊겼습니다" in get(f"{service}/console/", headers={"Accept-Language": "ko"}).text
    assert "Connection lost." in get(f"{service}/console/", headers={"Accept-Language": "en"}).text

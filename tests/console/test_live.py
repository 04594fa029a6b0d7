"""Who operates cameras: adds one, sees it live, calibrates it by clicks or by keys, gets an alarm, acknowledges it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, Route, WebSocketRoute, expect
from tools.walks.task import Place

from console.cameras import Cameras, cameras
from console.conftest import PHONE, Visit, Visits, faults, running, walked_by_keys
from siseon.applications.gauges.generated import calibration_of, photo

pytestmark = pytest.mark.asyncio(loop_scope="session")

DIAL = 1
ATTACK = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def looked_at() -> Iterator[Cameras]:
    with cameras() as started:
        yield started


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service that may connect to this machine's cameras, whose own pipeline reads dial 1 and loads no network."""
    folder = tmp_path_factory.mktemp("live")
    (folder / "dial.json").write_text(calibration_of(photo(DIAL, "evaluation")).model_dump_json())
    words = ("gauges", "--set", f"calibration={folder / 'dial.json'}", "--port", "0", "--console")
    with running(folder, *words, SISEON_STREAMS_ALLOW="127.0.0.0/8") as started:
        yield started.address


def keep(place: str, name: str, source: str, **options: Any) -> None:
    order = {"name": name, "source": source, "application": "gauges", "options": {"fps": 2, **options}}
    httpx.post(f"{place}/v1/streams", json=order, timeout=60).raise_for_status()


def told(place: str, path: str) -> Any:
    return httpx.get(place + path, timeout=60).raise_for_status().json()


def calibrate(place: str, name: str, stated: dict[str, Any]) -> None:
    path = f"{place}/v1/streams/{name}/calibration?reference=none"
    httpx.put(path, json=stated, timeout=60).raise_for_status()


def forget(place: str) -> None:
    for one in httpx.get(f"{place}/v1/streams", timeout=60).json():
        httpx.delete(f"{place}/v1/streams/{one['name']}", timeout=60).raise_for_status()


@pytest.fixture(autouse=True)
def nothing_is_left(place: str) -> Iterator[None]:
    yield
    forget(place)


async def sees_a_picture(page: Page) -> None:
    await page.wait_for_function(
        "document.querySelector('.live-picture canvas')?.width > 300"
    )  # as it is, undrawn


async def test_a_camera_is_tested_added_and_seen_in_three_clicks(
    place: str, looked_at: Cameras, visits: Visits
) -> None:
    looked_at.turn(DIAL, 0.5)
    visit = await visits.begin(place)
    page = await visit.open("/console/live")
    await page.get_by_text("No camera yet").wait_for()
    assert await faults(page) == []
    await page.get_by_role("link", name="Add a camera").last.click()
    source = looked_at.url(DIAL, "eve:hidden-word")
    await page.get_by_label("Address of the camera").fill(source)
    await page.get_by_role("button", name="Test the source").click()
    await page.get_by_text("It works: 640 × 480").wait_for()
    assert await page.locator("img.tested").evaluate("(image) => image.naturalWidth") == 640
    assert await faults(page) == []
    await page.get_by_role("button", name="Add", exact=True).click()
    await page.wait_for_url("**/console/live/camera-127-0-0-1")
    await sees_a_picture(page)
    await page.locator(".big-value", has_text=re.compile(r"\d")).wait_for()
    assert "hidden-word" not in await page.content()
    assert await faults(page) == []


async def test_a_source_that_cannot_be_seen_is_told_with_its_cause_and_the_form_stays(
    place: str, visits: Visits
) -> None:
    visit = await visits.begin(place, language="ko-KR")
    page = await visit.open("/console/add-camera")
    await page.keyboard.type("http://127.0.0.1:9999/none")
    await page.get_by_role("button", name="소스 테스트").press("Enter")
    await page.get_by_text("주소에서 응답이 없습니다.").wait_for()
    await page.get_by_role("alert").locator("code", has_text="unreachable").wait_for()
    assert await page.get_by_label("카메라 주소").input_value() == "http://127.0.0.1:9999/none"
    assert await faults(page) == []
    await page.get_by_label("카메라 주소").fill("rtsp://10.9.8.7/sub")
    await page.get_by_role("button", name="추가", exact=True).click()
    await page.get_by_role("alert").locator("code", has_text="url_blocked").wait_for()
    assert told(place, "/v1/streams") == []


@pytest.mark.parametrize("prefetched", [False, True])
async def test_what_is_done_before_a_page_is_connected_comes_in_its_order(
    place: str, visits: Visits, prefetched: bool
) -> None:
    """On a slow line somebody types and clicks before the page hears of the service, and while it has lost it. A page
    that the browser has fetched beforehand says who it is only after it is connected."""
    visit = await visits.begin(place)
    visit.leaves_traces = True  # the line stays slow
    visit.expected = re.compile("WebSocket")
    page = await visit.blank()
    lines: list[WebSocketRoute] = []

    async def slowly(line: WebSocketRoute) -> None:
        lines.append(line)
        await asyncio.sleep(1)
        line.connect_to_server()

    async def beforehand(route: Route) -> None:
        await route.continue_(headers={**route.request.headers, "purpose": "prefetch"})

    async def ask(source: str, refused: str) -> None:
        await page.get_by_label("Address of the camera").fill(source)
        await page.get_by_role("button", name="Test the source").click()
        await page.get_by_role("alert").locator("code", has_text=refused).wait_for()

    await page.route_web_socket(re.compile("_nicegui_ws"), slowly)
    if prefetched:
        await page.route("**/console/add-camera", beforehand)
    for _ in range(3):
        await page.goto(place + "/console/add-camera")
        await ask("rtsp://10.9.8.7/sub", "url_blocked")
    for source, refused in (
        ("http://127.0.0.1:9999/none", "unreachable"),
        ("rtsp://10.9.8.7/sub", "url_blocked"),
    ):
        await lines[-1].close()
        await page.wait_for_function("!window.socket.connected")
        await ask(source, refused)
    assert await page.evaluate("window.socket.io.opts.query.implicit_handshake") is not prefetched
    assert len(lines) == 5


async def test_what_is_typed_stays_while_the_page_is_told_news(
    place: str, looked_at: Cameras, visits: Visits
) -> None:
    keep(place, "boiler", looked_at.url(DIAL))
    page = await (await visits.begin(place)).open("/console/live/boiler")
    await page.get_by_label("Limit").fill("12.5")
    frames = page.locator(".stat", has_text="Frames").locator(".stat-value")
    before = await frames.inner_text()
    await expect(frames).not_to_have_text(before)
    assert await page.get_by_label("Limit").input_value() == "12.5"


async def test_a_gauge_is_calibrated_by_clicks_alarms_and_is_acknowledged(
    place: str, looked_at: Cameras, visits: Visits
) -> None:
    """The proposal fails where nothing is known by sight: here the person is quicker."""
    looked_at.turn(DIAL, 0.5)
    keep(place, "boiler", looked_at.url(DIAL))
    visit = await visits.begin(place)
    page = await visit.open("/console/live/boiler")
    await page.get_by_role("link", name="Calibrate").click()
    picture = page.locator(".pointing img")
    await picture.wait_for()
    truth = calibration_of(photo(DIAL, "evaluation"))

    async def click(at: tuple[float, float]) -> None:
        box = await picture.bounding_box()  # what is said above it moves it
        assert box is not None
        scale = box["width"] / truth.width
        await page.mouse.click(box["x"] + at[0] * scale, box["y"] + at[1] * scale)

    await page.get_by_text("1. Click on the middle").wait_for()
    await click(truth.centre)
    await page.get_by_text("2. Click on the edge").wait_for()
    await click(truth.rim[0])
    await page.get_by_text("3. Click on marks").wait_for()
    marks = sorted(truth.scale, key=lambda mark: mark.value)
    for number, mark in enumerate((marks[0], marks[len(marks) // 2], marks[-1]), start=1):
        await click(mark.at)
        value = page.get_by_label(f"Value of mark {number}")
        await value.fill(f"{mark.value:g}")
    await page.get_by_label("Upper limit").fill("1000")
    await page.get_by_label("Unit").fill(ATTACK)
    await page.locator(".preview .badge", has_text=re.compile("good|uncertain|refused")).first.wait_for()
    assert await faults(page) == []
    await page.get_by_role("button", name="Save").click()
    await page.wait_for_url("**/console/live/boiler")
    kept = told(place, "/v1/streams/boiler/calibration")["calibration"]
    assert (len(kept["rim"]), len(kept["scale"]), kept["unit"]) == (8, 3, ATTACK)
    await page.get_by_text(ATTACK).first.wait_for()
    await get_an_alarm_and_acknowledge_it(place, page, visit)


async def get_an_alarm_and_acknowledge_it(place: str, page: Page, visit: Visit) -> None:
    await page.get_by_label("Raise when").select_option(label="too low")
    await page.get_by_label("Limit").fill("900")
    await page.get_by_role("button", name="Add the rule").click()
    await page.get_by_text("active, not acknowledged").first.wait_for()
    page = await visit.open("/console/alarms")
    await page.get_by_role("button", name="Acknowledge boiler.reading.low", exact=True).click()
    await page.get_by_text("Say who you are first.").wait_for()
    await expect(page.get_by_label("Your name")).to_be_focused()
    await page.keyboard.type("Eve")
    await page.get_by_role("button", name="Acknowledge boiler.reading.low", exact=True).click()
    await page.get_by_text("No alarm needs you").wait_for()
    await page.get_by_role("cell", name="acknowledged", exact=True).wait_for()
    assert await faults(page) == []
    (alarm,) = told(place, "/v1/alarms?state=acknowledged")
    assert alarm["acknowledged_by"] == "Eve"
    await page.get_by_role("button", name="Active", exact=True).press("Enter")
    await page.get_by_label("Shelve for").select_option(label="15 min")
    await page.get_by_role("button", name="Shelve boiler.reading.low", exact=True).press("Enter")
    await page.get_by_text("No alarm needs you").wait_for()
    await page.get_by_role("button", name="Shelved", exact=True).click()
    await page.get_by_role("button", name="Unshelve boiler.reading.low").press("Enter")
    again = await visit.open("/console/alarms")
    assert await again.get_by_label("Your name").input_value() == "Eve"


async def test_cameras_are_added_watched_calibrated_and_acknowledged_by_keys_alone(
    place: str, looked_at: Cameras, visits: Visits
) -> None:
    looked_at.turn(DIAL, 0.5)
    where = Place(place, camera=looked_at.url(DIAL))
    await walked_by_keys(visits, "Add a camera", where)
    await walked_by_keys(visits, "Live", where)
    await walked_by_keys(visits, "A stream", where)
    await walked_by_keys(visits, "Calibrate", where)
    await walked_by_keys(visits, "Alarms", where)


async def test_points_are_placed_and_moved_by_keys_alone(
    place: str, looked_at: Cameras, visits: Visits
) -> None:
    looked_at.turn(DIAL, 0.5)
    keep(place, "boiler", looked_at.url(DIAL))
    stated = json.loads(calibration_of(photo(DIAL, "evaluation")).model_dump_json(exclude_none=True))
    calibrate(place, "boiler", stated)
    page = await (await visits.begin(place)).open("/console/live/boiler/calibrate")
    centre = page.get_by_role("slider", name="Centre")
    await centre.wait_for()
    x, y = stated["centre"]
    await centre.focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Shift+ArrowDown")
    await expect(page.get_by_label("Centre, x")).to_have_value(f"{x + 2:.1f}")
    await expect(page.get_by_label("Centre, y")).to_have_value(f"{y + 10:.1f}")
    await page.get_by_label("Centre, y").fill(str(y))
    await page.get_by_role("button", name="Save").press("Enter")
    await page.wait_for_url("**/console/live/boiler")
    kept = told(place, "/v1/streams/boiler/calibration")["calibration"]
    assert kept["centre"] == [pytest.approx(x + 2), pytest.approx(y)]


async def test_a_point_that_is_moved_again_before_the_service_has_heard_of_it_is_not_moved_back(
    place: str, looked_at: Cameras, visits: Visits
) -> None:
    """On a slow line the answer to one key comes after the next one was pressed."""
    looked_at.turn(DIAL, 0.5)
    keep(place, "boiler", looked_at.url(DIAL))
    stated = json.loads(calibration_of(photo(DIAL, "evaluation")).model_dump_json(exclude_none=True))
    calibrate(place, "boiler", stated)
    visit = await visits.begin(place)
    visit.leaves_traces = True  # its line stays ours
    page = await visit.blank()
    line = Line()
    await page.route_web_socket(re.compile("_nicegui_ws"), line.between)
    await visit.open("/console/live/boiler/calibrate", page)
    await page.get_by_role("slider", name="Centre").focus()
    line.is_slow = True
    await page.keyboard.press("ArrowRight")
    await line.until(lambda: line.moves == 1 and any("heard" in str(each) for each in line.late))
    first = len(line.late)
    await page.keyboard.press("ArrowRight")
    await line.until(lambda: line.moves == 2)
    line.tell(first)
    await page.keyboard.press("ArrowRight")
    await line.until(lambda: line.moves == 3)
    line.is_slow = False
    line.tell(len(line.late))
    await expect(page.get_by_label("Centre, x")).to_have_value(f"{stated['centre'][0] + 3:.1f}")


class Line:
    """Between a page and the service: slow, it keeps what the service says."""

    def __init__(self) -> None:
        self.is_slow, self.moves = False, 0
        self.late: list[str | bytes] = []

    def between(self, page: WebSocketRoute) -> None:
        self._page, service = page, page.connect_to_server()

        def asked(message: str | bytes) -> None:
            self.moves += "told" in str(message)
            service.send(message)

        def said(message: str | bytes) -> None:
            self.late.append(message)
            if not self.is_slow:
                self.tell(len(self.late))

        page.on_message(asked)
        service.on_message(said)

    def tell(self, most: int) -> None:
        """The first of what is late."""
        for message in self.late[:most]:
            self._page.send(message)
        del self.late[:most]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not holds():
                await asyncio.sleep(0.01)


async def test_a_picture_is_in_sight_as_was_seen_last(place: str, looked_at: Cameras, visits: Visits) -> None:
    """A browser that is busy tells all at once what came into sight and went meanwhile."""
    keep(place, "boiler", looked_at.url(DIAL))
    visit = await visits.begin(place)
    visit.leaves_traces = True  # what looks for what is in sight is another one
    page = await visit.blank()
    await page.add_init_script("""
        const Real = IntersectionObserver, told = (window.told = []);
        window.IntersectionObserver = class extends Real {
            constructor(tell, ...more) { super(tell, ...more); told.push(tell); }
        };
    """)
    await visit.open("/console/live", page)
    await sees_a_picture(page)
    await page.evaluate("told.at(-1)([{ isIntersecting: true }, { isIntersecting: false }])")
    await expect(page.locator(".live-picture canvas")).to_have_count(0)
    await page.evaluate("told.at(-1)([{ isIntersecting: false }, { isIntersecting: true }])")
    await sees_a_picture(page)


async def test_tiles_share_one_connection_and_cost_nothing_out_of_sight(
    place: str, looked_at: Cameras, visits: Visits
) -> None:
    for number in range(8):
        keep(place, f"gauge-{number}", looked_at.url(DIAL))
    visit = await visits.begin(place, screen=PHONE)
    page = await visit.blank()
    orders: list[list[str]] = []
    sockets: list[str] = []

    def opened(socket: Any) -> None:
        if socket.url.endswith("/v1/streams/tiles"):
            sockets.append(socket.url)
            socket.on("framesent", lambda sent: orders.append(json.loads(sent)["streams"]))

    page.on("websocket", opened)
    await page.goto(f"{place}/console/live")
    await page.locator(".tile").nth(7).wait_for()
    await sees_a_picture(page)
    assert len(sockets) == 1
    assert orders[-1][0] == "gauge-0"
    assert "gauge-7" not in orders[-1]
    await page.locator(".tile").nth(7).scroll_into_view_if_needed()
    await page.wait_for_function("document.querySelectorAll('.tile')[7].querySelector('canvas')")
    async with asyncio.timeout(30):  # what goes out of sight may be told a moment later
        while "gauge-0" in orders[-1]:
            await asyncio.sleep(0.05)
    assert "gauge-7" in orders[-1]
    assert len(sockets) == 1
    assert await faults(page) == []
    page.remove_listener("websocket", opened)


async def test_a_lost_camera_shows_no_frozen_picture_but_why(
    place: str, looked_at: Cameras, visits: Visits
) -> None:
    keep(place, "yard", looked_at.url(2))
    page = await (await visits.begin(place, language="ko-KR", theme="dark")).open("/console/live")
    tile = page.locator(".tile", has_text="yard")
    await sees_a_picture(page)
    looked_at.unplug(2)
    await tile.get_by_text("연결 끊김").wait_for()
    await tile.get_by_text("이 주소에 해당 스트림이 없습니다.").wait_for()
    assert await tile.locator("canvas").count() == 0
    assert await tile.locator(".tile-value").inner_text() == "–"
    assert await faults(page) == []


async def test_a_clip_is_taken_and_played_and_the_history_is_a_table(
    place: str, looked_at: Cameras, visits: Visits
) -> None:
    keep(place, "boiler", looked_at.url(DIAL), clips={"after_s": 2})
    page = await (await visits.begin(place)).open("/console/live/boiler")
    await sees_a_picture(page)
    await page.get_by_role("button", name="Take a clip now").click()
    await page.get_by_text("being taken").wait_for()
    play = page.get_by_role("button", name=re.compile("Play the clip"))
    await play.press("Enter")
    await page.wait_for_function("document.querySelector('video')?.readyState >= 2")
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Download CSV").click()
    table = (await (await coming.value).path()).read_text()
    assert table.startswith("at,tag,value")
    await page.get_by_role("button", name="24 h").press("Enter")
    await expect(page.get_by_role("button", name="24 h")).to_have_attribute("aria-pressed", "true")
    assert await faults(page) == []


async def test_a_stream_is_changed_and_removed(place: str, looked_at: Cameras, visits: Visits) -> None:
    keep(place, "boiler", looked_at.url(DIAL, "eve:hidden-word"))
    visit = await visits.begin(place, screen=PHONE)
    page = await visit.open("/console/live/boiler/change")
    assert "hidden-word" not in await page.content()
    await page.get_by_text("More options").click()
    await page.get_by_label("Pictures a second").fill("1")
    await page.get_by_label("Take a clip when an alarm is raised").check()
    assert await faults(page) == []
    await page.get_by_role("button", name="Save").click()
    await page.wait_for_url("**/console/live/boiler")
    (kept,) = told(place, "/v1/streams")
    assert (kept["options"]["fps"], kept["options"]["clips"]["on_alarm"]) == (1, True)
    beside = await visit.open("/console/live/boiler")
    await page.get_by_role("button", name="Remove", exact=True).click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    await page.wait_for_url("**/console/live")
    await page.get_by_text("No camera yet").wait_for()
    await beside.get_by_text("There is no stream of that name").wait_for()


async def test_what_is_not_there_is_told(place: str, visits: Visits) -> None:
    page = await (await visits.begin(place)).open("/console/live/nobody")
    await page.get_by_text("There is no stream of that name").wait_for()
    assert await faults(page) == []

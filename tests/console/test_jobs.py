"""Jobs: handed in by dropping files, followed, looked at, tried again; with a real worker."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect
from tools.walks.task import Place, half_failed

from console.conftest import PATIENCE_S, PHONE, Service, Visits, faults, walked_by_keys
from siseon.console.jobs.known import Job
from siseon.console.jobs.saying import state_of
from siseon.console.words.jobs import EN, KO, JobsWords

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIGN = Path(__file__).parents[2] / "examples" / "sign.png"


class Worker:
    """Beside the service of all tests, on the same database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """If it does not run."""
        if self._process is not None:
            return
        with (self._folder / "worker.log").open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "siseon", "worker", "--applications", "text"],
                stderr=log,
                env={**os.environ, "SISEON_CACHE_DIR": str(self._folder)},
                cwd=self._folder,
            )

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE_S)
        self._process = None


@pytest.fixture(scope="module")
def worker(shared: Service) -> Iterator[Worker]:
    made = Worker(shared.folder)
    yield made
    made.stop()


@pytest.fixture
def working(shared: Service, worker: Worker) -> str:
    """The address of a service whose jobs are run."""
    worker.start()
    return shared.address


def without_jobs(working: str) -> None:
    """Those of other tests go."""
    for job in httpx.get(f"{working}/v1/jobs", timeout=PATIENCE_S).json():
        httpx.delete(f"{working}/v1/jobs/{job['id']}", timeout=PATIENCE_S)


async def test_a_job_is_handed_in_followed_and_its_results_seen(
    working: str, visits: Visits, tmp_path: Path
) -> None:
    without_jobs(working)
    bad = tmp_path / "<img src=x onerror=alert(1)>.png"
    bad.write_bytes(b"no picture")
    visit = await visits.begin(working)
    page = await visit.open("/console/jobs")
    await page.get_by_text("No job yet").wait_for()
    assert await faults(page) == []
    await page.locator("input[type=file]").first.set_input_files([SIGN, bad])
    await page.get_by_role("button", name="Submit").click()
    await page.wait_for_url(re.compile(r"//[^/]+/console/jobs/\w+$"))
    some_failed = page.locator(".badge.warn").get_by_text("Done, some failed")
    await page.locator(".page-head").locator(some_failed).wait_for(timeout=PATIENCE_S * 1000)
    good, failed = page.locator(".item").nth(0), page.locator(".item").nth(1)
    await good.get_by_role("img", name="sign.png with what was found").wait_for()
    await page.wait_for_function("document.querySelector('.item img').naturalWidth > 0")
    await failed.get_by_text("unsupported_media").wait_for()
    await failed.get_by_text("<img src=x onerror=alert(1)>.png").wait_for()
    assert await page.locator("img[src=x]").count() == 0
    assert await faults(page) == []
    async with page.expect_download() as begun:
        await page.get_by_role("link", name="All results").click()
    assert (await begun.value).suggested_filename.endswith(".zip")
    await page.get_by_label("Which ones").select_option(label="Failed")
    await page.locator(".item").nth(1).wait_for(state="detached")
    await page.get_by_role("button", name="Try failed ones again").focus()
    await page.keyboard.press("Enter")
    await page.locator(".item").get_by_text("unsupported_media").wait_for(timeout=PATIENCE_S * 1000)
    await page.get_by_role("link", name="All jobs").click()
    await page.get_by_role("region", name="All jobs").get_by_text("1 of 2, 1 failed").wait_for()


@pytest.mark.parametrize(
    ("words", "some"), [(EN, "Done, some failed"), (KO, "완료, 일부 실패")], ids=["en", "ko"]
)
async def test_a_job_of_which_some_has_failed_has_no_green_tick(words: JobsWords, some: str) -> None:
    def told(failed: int) -> tuple[str, str]:
        job = Job.model_construct(state="done", workers=0, done=2 - failed, failed=failed, total=2)
        return state_of(job, words)

    assert told(1) == ("warn", some)
    assert told(0) == ("ok", words.done)


async def test_a_folder_and_addresses_are_handed_in_and_refusals_told_where_it_was_asked(
    working: str, visits: Visits, tmp_path: Path
) -> None:
    (tmp_path / "photos" / "of-may").mkdir(parents=True)
    (tmp_path / "photos" / "of-may" / "sign.png").write_bytes(SIGN.read_bytes())
    (tmp_path / "photos" / ".hidden").write_bytes(b"of the file manager")
    visit = await visits.begin(working, screen=PHONE)
    visit.expected = re.compile("400|404|422")
    page = await visit.open("/console/jobs")
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_role("alert").get_by_text("Choose a file first.").wait_for()
    await page.locator("input[webkitdirectory]").set_input_files(tmp_path / "photos")
    await expect(page.locator(".sent-files li")).to_have_text(["sign.png"])
    await page.get_by_label("Options as JSON").fill("{no")
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_text("The options are no JSON").wait_for()
    await page.get_by_label("Options as JSON").fill('{"nothing": 1}')
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_role("alert").get_by_text("nothing").wait_for()
    await page.get_by_label("Options as JSON").fill("")
    await page.get_by_label("Or addresses").fill("http://127.0.0.1:9/one.png")
    await page.get_by_role("button", name="Submit").click()
    await page.wait_for_url(re.compile(r"//[^/]+/console/jobs/\w+$"))
    blocked = page.locator(".item", has_text="url_blocked")
    await blocked.wait_for(timeout=PATIENCE_S * 1000)
    await expect(page.locator(".item")).to_have_count(2)


async def test_a_job_that_is_unknown_is_said_to_be_and_english_is_folded_away_in_korean(
    working: str, visits: Visits
) -> None:
    visit = await visits.begin(working, language="ko-KR")
    page = await visit.open("/console/jobs/00000000000000000000000000")
    panel = page.get_by_role("alert")
    await panel.get_by_text("job_not_found").wait_for()
    await expect(panel).to_contain_text("그런 작업이 없습니다")
    english = panel.locator("[lang=en]").first
    await expect(english).to_be_hidden()
    await panel.locator("summary").press("Enter")
    await expect(english).to_be_visible()
    assert await faults(page) == []


async def test_a_job_is_handed_in_and_looked_at_by_keys_alone(
    working: str, worker: Worker, visits: Visits
) -> None:
    """Nobody runs what is tried again: it would have failed again before the page hears of it."""
    await walked_by_keys(visits, "Jobs", Place(working))
    job = half_failed(working)
    worker.stop()
    await walked_by_keys(visits, "A job", Place(working, jobs={"text": job}))

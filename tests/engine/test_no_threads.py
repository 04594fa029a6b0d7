"""No more threads to be had: who starts or stops is told, what was loaded is unloaded, and later it works."""

from __future__ import annotations

from threading import Thread

import pytest

from engine.probes import Through, Watched, bounded, threads, watched
from siseon.contracts import StageFailed
from siseon.engine.placement.seam import Bell, Steps
from siseon.engine.placement.threads import Threads

__all__ = ["watched"]

pytestmark = pytest.mark.usefixtures(bounded.__name__)

REPLICAS = 2


class FewThreads(Threads):
    """Threads of this process, as long as there are some."""

    left = 0

    def start(self, name: str, steps: Steps, bell: Bell | None = None) -> Thread:
        if not self.left:
            steps.close()
            raise RuntimeError("can't start new thread")
        self.left -= 1
        return super().start(name, steps, bell)


@pytest.fixture
def few(watched: Watched) -> FewThreads:
    """The placement of a stage that takes a thread for its setup, each replica and its teardown."""
    watched.replicas = REPLICAS
    watched.placement = few = FewThreads()
    return few


@pytest.mark.parametrize("left", range(1 + REPLICAS))
@pytest.mark.parametrize("way", ["stage", "pipeline"])
async def test_a_start_without_threads_enough_fails_and_is_undone(way, left, few, watched, until, caplog):
    one = watched if way == "stage" else Through(watched)
    before = threads()
    few.left = left
    with pytest.raises(StageFailed, match="no thread"):
        await one.start()
    assert one.state == "closed"
    assert watched.setups == watched.teardowns == bool(left)
    await until(lambda: threads() <= before)
    few.left = 100
    async with one:
        assert getattr(await one(1), "data", 1) == 1
    assert watched.setups == watched.teardowns


async def test_a_stop_without_a_thread_for_the_teardown_tears_down_all_the_same(few, watched, until, caplog):
    before = threads()
    few.left = 1 + REPLICAS
    await watched.start()
    with pytest.raises(StageFailed, match="no thread"):
        await watched.stop()
    assert watched.state == "closed"
    assert watched.balance == (1, 1, [])
    await until(lambda: threads() <= before)
    few.left = 100
    async with watched:
        assert await watched(1) == 1

"""The replicas of one run of a stage: opened and closed beside the event loop, in bounded time, all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from siseon.contracts import SiseonError, StageFailed
from siseon.engine.mistakes import describe, log, positive
from siseon.engine.placement.seam import PlaceStatistics, Replica, Running, Steps
from siseon.engine.user_values import label_of

if TYPE_CHECKING:
    from siseon.engine.stage import Stage


class Replicas:
    """Opens, checks, closes."""

    def __init__(self, stage: Stage[Any, Any], loop: asyncio.AbstractEventLoop) -> None:
        self.held = False
        """From the opening until everything that was opened is closed again."""
        self._stage = stage
        self._loop = loop
        self._replicas = stage.placement.replicas(stage)
        self._opened: list[Replica] = []
        self._guard = Lock()
        self.running: list[Running] = []
        """What the placement carries out for the opening and the closing."""

    def credits(self) -> list[Replica]:
        """Each replica as often as it takes batches at a time."""
        return [replica for replica in self._replicas for _ in range(replica.credits)]

    def give_up(self) -> bool:
        """Nobody waits for what they compute; whether all will return soon."""
        told = [replica.give_up() for replica in self._opened]
        return all(told)

    def statistics(self) -> PlaceStatistics:
        """The sum of all."""
        told = [replica.statistics() for replica in self._replicas]
        return PlaceStatistics(
            {pid: size for one in told for pid, size in one.workers.items()},
            sum(one.restarts for one in told),
            sum(one.copies_without_room for one in told),
        )

    async def open(self) -> None:
        """Open all.

        Raises:
            SiseonError: what ``setup`` raised, or a limit that is not one; what had opened is closed.
        """
        stage = self._stage
        positive(stage.start_timeout_s, "start_timeout_s", whole=False)
        self.held = True
        if not await self._aside("setup", self._open_all, stage.start_timeout_s):
            raise StageFailed(
                f"setup did not return within {stage.start_timeout_s:g} seconds",
                hint="raise start_timeout_s, or look where setup hangs",
            )

    async def close(self) -> None:
        """Close all.

        Raises:
            StageFailed: ``teardown`` raised, or did not return; all are closed, or will be when it does.
        """
        if not await self._aside("teardown", self._close_all, self._stage.stop_timeout_s):
            raise StageFailed(f"teardown did not return within {self._stage.stop_timeout_s:g} seconds")

    def close_here(self) -> None:
        """Close all, in the thread of one that came back after everybody had given it up."""
        try:
            self._close_all()
        except StageFailed:
            log.warning("stage %s was torn down late, and not cleanly", label_of(self._stage))

    def _open_all(self) -> None:
        try:
            for replica in self._replicas:
                replica.open()
                self._opened.append(replica)
            self._check_limits()
        except BaseException as error:
            self.close_here()
            if isinstance(error, SiseonError):
                raise
            log.error("stage %s could not start", label_of(self._stage), exc_info=error)
            raise StageFailed(f"setup raised {describe(error)}", hint="the log has the traceback") from None

    def _close_all(self) -> None:
        failure: StageFailed | None = None
        while self._opened:
            try:
                self._opened.pop().close()
            except BaseException as error:  # noqa: BLE001 - the others are closed all the same
                log.error("teardown of stage %s raised", label_of(self._stage), exc_info=error)
                failure = failure or StageFailed(
                    f"teardown raised {describe(error)}", hint="the log has the traceback"
                )
        self.held = False
        if failure is not None:
            raise failure

    def _check_limits(self) -> None:
        """Read after ``setup``, which may set them by where the model runs."""
        stage = self._stage
        for name in ("max_batch", "max_queue", "replicas"):
            positive(getattr(stage, name), name)
        for replica in self._replicas:
            positive(replica.credits, "credits")
        if stage.max_cost is not None:
            positive(stage.max_cost, "max_cost", whole=False)
        for name in ("start_timeout_s", "stop_timeout_s", "stuck_after_s"):
            positive(getattr(stage, name), name, whole=False)
        if stage.linger_ms != 0:
            positive(stage.linger_ms, "linger_ms", whole=False)

    async def _aside(self, name: str, work: Callable[[], None], timeout: float) -> bool:
        """Carry out work beside the loop; False when it has not ended in its time.

        It then goes on, and what it has opened is closed when it comes back.

        Raises:
            SiseonError: what it raised.
        """
        done: asyncio.Future[None] = self._loop.create_future()
        overdue = False

        def settle(error: BaseException | None) -> None:
            if error is None and not done.done():
                done.set_result(None)
            elif error is not None and not done.done():
                done.set_exception(error)

        def steps() -> Steps:
            yield None
            failure: BaseException | None = None
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - handed to the one who waits
                failure = error
            yield None
            with self._guard:
                abandoned = overdue
            if abandoned:
                self.close_here()
            else:
                on_loop(self._loop, partial(settle, failure))

        try:
            self.running.append(self._stage.placement.start(f"{label_of(self._stage)}-{name}", steps()))
        except (
            RuntimeError
        ) as error:  # no more threads: a moment's blocking is better than weights kept for ever
            log.error("stage %s: %s has no thread: %s", label_of(self._stage), name, describe(error))
            self.close_here()
            raise StageFailed(f"{name} has no thread to run in: {describe(error)}") from None
        try:
            await asyncio.wait([done], timeout=timeout)
        finally:
            with self._guard:
                overdue = not done.done()
        if overdue:
            return False
        done.result()
        return True


def on_loop(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
    """Call in the loop, unless it was closed without a stop: then nobody is left to hear."""
    try:
        loop.call_soon_threadsafe(callback)
    except RuntimeError:
        log.warning("the event loop is closed: an outcome has no reader")

"""One pipeline under its name: which requests are let in to it, how long a client waits, and what one call may do."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from typing import Any

from pydantic import JsonValue

from siseon.applications.application import AnyApplication
from siseon.applications.options import Choices
from siseon.contracts import CapacityError, DeadlineExceeded, Result, SiseonError, StageFailed
from siseon.engine import Flow, Pipeline, Trace
from siseon.engine.flow import INTERACTIVE
from siseon.hosting.admission import Admission
from siseon.hosting.impatience import Impatience
from siseon.settings import Settings

log = logging.getLogger("siseon.hosting")


class Served:
    """One pipeline under its name. ``pipeline`` is replaced as a whole when a model is swapped."""

    def __init__(self, name: str, application: AnyApplication, options: Choices, settings: Settings) -> None:
        self.name = name
        self.application = application
        self.options = options
        self.admission = Admission(settings.max_in_flight)
        self.impatience = Impatience()
        self.turned_away = 0
        """Requests that were refused before they asked for room here, since the start."""
        self.pipeline: Pipeline[Any, Any]

    @property
    def stated(self) -> dict[str, JsonValue]:
        """The options that were stated; the others have their defaults."""
        return self.options.model_dump(mode="json", exclude_unset=True)

    async def run(
        self,
        item: object,
        *,
        trace: Trace,
        timeout: float,
        choices: Choices | None = None,
        untold: bool = False,
        client: Flow = INTERACTIVE,
    ) -> Result[Any]:
        """Run one request, with what it chooses, if there is room for it.

        ``untold``: a client waits for this alone, and has not said how long. ``client``: those of one take turns with
        those of others, and with jobs.

        Raises:
            SiseonError: the request's named failure; ``overloaded`` at once.
        """
        trace.pipeline = (
            self.name
        )  # at the door it is seen that the request came in, also where it finds no room
        impatience = self.impatience if untold else None
        crowded = self.admission.crowded
        self.admission.enter(timeout, impatience.waits_s() if impatience else math.inf, client)
        let_in = time.monotonic()  # what came before, a slow upload say, no queue has caused
        answered = failed = gone = False
        try:
            result = await call(
                self.pipeline,
                item,
                name=self.name,
                trace=trace,
                timeout=timeout,
                flow=client,
                choices=choices,
            )
            answered = True
            return result
        except asyncio.CancelledError:
            gone = True
            raise
        except (CapacityError, DeadlineExceeded):
            raise
        except SiseonError:
            failed = True
            raise
        finally:
            self.admission.leave(client, answered=answered, failed=failed)
            left_a_queue = gone and crowded  # who waited for nobody did not go for the queue
            if impatience and (answered or left_a_queue):
                impatience.left(time.monotonic() - let_in, answered=answered)


async def call(
    pipeline: Pipeline[Any, Any],
    item: object,
    *,
    name: str,
    trace: Trace,
    timeout: float,
    flow: Flow,
    choices: Choices | None,
) -> Result[Any]:
    """One item through a pipeline. ``sys.exit`` in an application's ``run`` ends its request, not the service and the
    requests of others.

    Raises:
        SiseonError: the item's named failure.
    """
    chosen = (
        choices is not None and choices.model_fields_set
    )  # one that offers no choice has no such parameter
    parameters: dict[str, object] = {"choices": choices} if chosen else {}
    try:
        return await pipeline(item, timeout=timeout, trace=trace, flow=flow, parameters=parameters)
    except SystemExit as error:
        log.error("pipeline %s called sys.exit", name, exc_info=error)
        raise StageFailed(f"pipeline {name} called sys.exit", hint="the log says where") from error

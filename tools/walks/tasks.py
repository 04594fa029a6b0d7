"""The main task of every page."""

from __future__ import annotations

import time

from siseon.applications.gauges.generated import calibration_of, photo

from . import steps
from .task import ADDED, BOILER, DIAL, SIGN, Place, Task

TRIES = 100
"""Looks at whether an alarm has gone, a tenth of a second apart."""


def _boiler(place: Place) -> None:
    """A stream that is calibrated, with no rule."""
    order = {"name": BOILER, "source": place.camera, "application": "gauges", "options": {"fps": 2}}
    if all(one["name"] != BOILER for one in place.call("GET", "/v1/streams")):
        place.call("POST", "/v1/streams", json=order)
    stated = calibration_of(photo(DIAL, "evaluation")).model_dump(mode="json", exclude_none=True)
    place.call("PUT", f"/v1/streams/{BOILER}/calibration", params={"reference": "none"}, json=stated)
    place.call("PATCH", f"/v1/streams/{BOILER}", json={"options": {"alarms": []}})


def _with_alarm(place: Place) -> None:
    _boiler(place)
    for _ in range(TRIES):  # one that the walk before has shelved is gone when its rule is
        if not place.call("GET", "/v1/alarms"):
            break
        time.sleep(0.1)
    rule = {"tag": "reading", "kind": "low", "limit": 100_000, "priority": "high"}
    place.call("PATCH", f"/v1/streams/{BOILER}", json={"options": {"alarms": [rule]}})


def _not_added(place: Place) -> None:
    if any(one["name"] == ADDED for one in place.call("GET", "/v1/streams")):
        place.call("DELETE", f"/v1/streams/{ADDED}")


def _asked(place: Place) -> None:
    """A picture is read; its trace is the one that is looked at."""
    answer = place.call("POST", "/v1/pipelines/text", files={"file": ("sign.png", SIGN.read_bytes())})
    place.jobs["trace"] = answer["trace_id"]


TASKS = (
    Task("Overview", "is it well; go on to Try", "/console/", steps.overview),
    Task("Try", "a picture is read, a layer put away", "/console/try", steps.trying),
    Task("Live", "a stream is opened", "/console/live", steps.live, _boiler),
    Task("Add a camera", "an address tested and added", "/console/add-camera", steps.add, _not_added),
    Task("A stream", "an alarm rule, which is raised", f"/console/live/{BOILER}", steps.stream, _boiler),
    Task(
        "Calibrate",
        "pointed at anew, and saved",
        f"/console/live/{BOILER}/calibrate",
        steps.calibrate,
        _boiler,
    ),
    Task("Alarms", "acknowledged, and shelved", "/console/alarms", steps.alarms, _with_alarm),
    Task("Jobs", "a file handed in", "/console/jobs", steps.jobs),
    Task("A job", "what failed is seen, fetched, retried", "/console/jobs/{text}", steps.job),
    Task(
        "Translation", "a text changed and rendered", "/console/jobs/{translation}/items/0", steps.translation
    ),
    Task("Oil", "a slick on the map, a frame's result", "/console/jobs/{oilspill}", steps.oil),
    Task("People", "a person seen and named", "/console/jobs/{people}", steps.people),
    Task("Models", "one is found", "/console/models", steps.models),
    Task("A model", "loaded and unloaded", "/console/models/gauge-pointer", steps.model),
    Task("Traces", "one is opened", "/console/traces", steps.traces, _asked),
    Task("A trace", "fetched for Perfetto", "/console/traces/{trace}", steps.trace, _asked),
    Task("Sign-in", "in, and out", "/console/sign-in", steps.sign_in),
)
"""In the order of the menu."""

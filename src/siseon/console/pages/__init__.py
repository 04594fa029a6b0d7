"""The pages of the console, in the order of the menu: a new one is a file here and an entry in ``PAGES``."""

from __future__ import annotations

from siseon.console.pages.alarms import ALARMS
from siseon.console.pages.calibrate import CALIBRATE
from siseon.console.pages.camera import ADD, CHANGE
from siseon.console.pages.job import JOB
from siseon.console.pages.jobs import JOBS
from siseon.console.pages.live import LIVE
from siseon.console.pages.model import MODEL
from siseon.console.pages.models import MODELS
from siseon.console.pages.overview import OVERVIEW
from siseon.console.pages.stream import STREAM_PAGE
from siseon.console.pages.trace import TRACE
from siseon.console.pages.traces import TRACES
from siseon.console.pages.translation import TRANSLATION
from siseon.console.pages.trying import TRY
from siseon.console.view import Page

PAGES: tuple[Page, ...] = (
    OVERVIEW,
    TRY,
    LIVE,
    ADD,
    STREAM_PAGE,
    CHANGE,
    CALIBRATE,
    ALARMS,
    JOBS,
    JOB,
    TRANSLATION,
    MODELS,
    MODEL,
    TRACES,
    TRACE,
)

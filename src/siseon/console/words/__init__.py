"""Every sentence of the console, in every language: a dataclass a page, an instance a language.

A sentence that lacks a translation does not type-check: a field has no default, and each instance gives all of them.
``{name}`` in a sentence is filled with ``str.format``; tests hold that all languages name the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from siseon.console.preferences import Language
from siseon.console.words.alarms import EN as ALARMS_EN
from siseon.console.words.alarms import KO as ALARMS_KO
from siseon.console.words.alarms import AlarmsWords
from siseon.console.words.calibrate import EN as CALIBRATE_EN
from siseon.console.words.calibrate import KO as CALIBRATE_KO
from siseon.console.words.calibrate import CalibrateWords
from siseon.console.words.camera import EN as CAMERA_EN
from siseon.console.words.camera import KO as CAMERA_KO
from siseon.console.words.camera import CameraWords
from siseon.console.words.every_page import EN as EVERY_PAGE_EN
from siseon.console.words.every_page import KO as EVERY_PAGE_KO
from siseon.console.words.every_page import EveryPageWords
from siseon.console.words.jobs import EN as JOBS_EN
from siseon.console.words.jobs import KO as JOBS_KO
from siseon.console.words.jobs import JobsWords
from siseon.console.words.live import EN as LIVE_EN
from siseon.console.words.live import KO as LIVE_KO
from siseon.console.words.live import LiveWords
from siseon.console.words.models import EN as MODELS_EN
from siseon.console.words.models import KO as MODELS_KO
from siseon.console.words.models import ModelsWords
from siseon.console.words.oil import EN as OIL_EN
from siseon.console.words.oil import OilWords
from siseon.console.words.oil_korean import KO as OIL_KO
from siseon.console.words.overview import EN as OVERVIEW_EN
from siseon.console.words.overview import KO as OVERVIEW_KO
from siseon.console.words.overview import OverviewWords
from siseon.console.words.people import EN as PEOPLE_EN
from siseon.console.words.people import KO as PEOPLE_KO
from siseon.console.words.people import PeopleWords
from siseon.console.words.shell import EN as SHELL_EN
from siseon.console.words.shell import KO as SHELL_KO
from siseon.console.words.shell import ShellWords
from siseon.console.words.sign_in import EN as SIGN_IN_EN
from siseon.console.words.sign_in import KO as SIGN_IN_KO
from siseon.console.words.sign_in import SignInWords
from siseon.console.words.stream import EN as STREAM_EN
from siseon.console.words.stream import KO as STREAM_KO
from siseon.console.words.stream import StreamWords
from siseon.console.words.traces import EN as TRACES_EN
from siseon.console.words.traces import KO as TRACES_KO
from siseon.console.words.traces import TracesWords
from siseon.console.words.translation import EN as TRANSLATION_EN
from siseon.console.words.translation import KO as TRANSLATION_KO
from siseon.console.words.translation import TranslationWords
from siseon.console.words.trying import EN as TRYING_EN
from siseon.console.words.trying import KO as TRYING_KO
from siseon.console.words.trying import TryingWords

__all__ = ["Words", "words_of"]


@dataclass(frozen=True, slots=True)
class Words:
    """All of one language."""

    every_page: EveryPageWords
    shell: ShellWords
    sign_in: SignInWords
    overview: OverviewWords
    trying: TryingWords
    jobs: JobsWords
    people: PeopleWords
    oil: OilWords
    models: ModelsWords
    traces: TracesWords
    live: LiveWords
    camera: CameraWords
    stream: StreamWords
    calibrate: CalibrateWords
    alarms: AlarmsWords
    translation: TranslationWords


EN = Words(
    every_page=EVERY_PAGE_EN,
    shell=SHELL_EN,
    sign_in=SIGN_IN_EN,
    overview=OVERVIEW_EN,
    trying=TRYING_EN,
    live=LIVE_EN,
    camera=CAMERA_EN,
    stream=STREAM_EN,
    calibrate=CALIBRATE_EN,
    alarms=ALARMS_EN,
    jobs=JOBS_EN,
    people=PEOPLE_EN,
    oil=OIL_EN,
    models=MODELS_EN,
    traces=TRACES_EN,
    translation=TRANSLATION_EN,
)
KO = Words(
    every_page=EVERY_PAGE_KO,
    shell=SHELL_KO,
    sign_in=SIGN_IN_KO,
    overview=OVERVIEW_KO,
    trying=TRYING_KO,
    live=LIVE_KO,
    camera=CAMERA_KO,
    stream=STREAM_KO,
    calibrate=CALIBRATE_KO,
    alarms=ALARMS_KO,
    jobs=JOBS_KO,
    people=PEOPLE_KO,
    oil=OIL_KO,
    models=MODELS_KO,
    traces=TRACES_KO,
    translation=TRANSLATION_KO,
)
IN_LANGUAGE: dict[Language, Words] = {"en": EN, "ko": KO}


def words_of(language: Language) -> Words:
    """Those of a language."""
    return IN_LANGUAGE[language]

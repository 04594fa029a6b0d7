"""Every sentence of the console, in every language: a dataclass a page, an instance a language.

A sentence that lacks a translation does not type-check: a field has no default, and each instance gives all of them.
``{name}`` in a sentence is filled with ``str.format``; tests hold that all languages name the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from siseon.console.preferences import Language
from siseon.console.words.common import EN as COMMON_EN
from siseon.console.words.common import KO as COMMON_KO
from siseon.console.words.common import CommonWords
from siseon.console.words.jobs import EN as JOBS_EN
from siseon.console.words.jobs import KO as JOBS_KO
from siseon.console.words.jobs import JobsWords
from siseon.console.words.models import EN as MODELS_EN
from siseon.console.words.models import KO as MODELS_KO
from siseon.console.words.models import ModelsWords
from siseon.console.words.overview import EN as OVERVIEW_EN
from siseon.console.words.overview import KO as OVERVIEW_KO
from siseon.console.words.overview import OverviewWords
from siseon.console.words.shell import EN as SHELL_EN
from siseon.console.words.shell import KO as SHELL_KO
from siseon.console.words.shell import ShellWords
from siseon.console.words.sign_in import EN as SIGN_IN_EN
from siseon.console.words.sign_in import KO as SIGN_IN_KO
from siseon.console.words.sign_in import SignInWords
from siseon.console.words.traces import EN as TRACES_EN
from siseon.console.words.traces import KO as TRACES_KO
from siseon.console.words.traces import TracesWords

__all__ = ["Words", "words_of"]


@dataclass(frozen=True, slots=True)
class Words:
    """All of one language."""

    common: CommonWords
    shell: ShellWords
    sign_in: SignInWords
    overview: OverviewWords
    jobs: JobsWords
    models: ModelsWords
    traces: TracesWords


EN = Words(COMMON_EN, SHELL_EN, SIGN_IN_EN, OVERVIEW_EN, JOBS_EN, MODELS_EN, TRACES_EN)
KO = Words(COMMON_KO, SHELL_KO, SIGN_IN_KO, OVERVIEW_KO, JOBS_KO, MODELS_KO, TRACES_KO)
IN_LANGUAGE: dict[Language, Words] = {"en": EN, "ko": KO}


def words_of(language: Language) -> Words:
    """Those of a language."""
    return IN_LANGUAGE[language]

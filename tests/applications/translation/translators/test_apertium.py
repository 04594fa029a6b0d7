"""With the real program, and with programs in its place that break their promises."""

import shutil

import pytest

from siseon.applications.translation.translators.apertium import RunApertium
from siseon.applications.translation.translators.local import Local
from siseon.applications.translation.translators.translator import Piece
from siseon.contracts import TranslatorFailed
from siseon.engine import Pipeline
from siseon.engine.placement.processes import Processes

pytestmark = pytest.mark.skipif(shutil.which("apertium") is None, reason="apertium is not installed")


class Only(Pipeline[list[str], list[str | None]]):
    def __init__(self):
        self.apertium = Local(RunApertium())

    async def run(self, item):
        pieces = [Piece(text, "en", 100) for text in item]
        return await self.apertium.translate(pieces, "es", {})


async def _translate(*texts):
    async with Only() as pipeline:
        return (await pipeline(list(texts))).data


async def test_texts_are_translated_each_for_itself():
    texts = await _translate("Opening hours", "No parking at any time", "I am going to the", "house.")

    assert texts == [
        "Horas inaugurales",
        "Ningún aparcamiento en cualquier tiempo",
        "Estoy yendo al",
        "Casa.",
    ] or (texts[0] == "Horas inaugurales" and "asa" in texts[3] and "asa" not in texts[2])


async def test_capitals_are_translated_as_words_and_stay_capitals():
    (text,) = await _translate("NO SMOKING")

    assert text.isupper()
    assert "FUMAR" in text


async def test_signs_of_its_stream_format_are_signs_of_the_text():
    hostile = "Fish [and] $5 ^chips^ <b>\\ @home {x}/y [#0] and\0more"
    first, second = await _translate(hostile, "Opening hours")

    assert "[#0]" in first
    assert "$5 ^chips^ <b>\\" in first
    assert second == "Horas inaugurales"


async def test_it_knows_the_pairs_that_are_installed():
    async with Only() as pipeline:
        assert pipeline.apertium.knows("en", "es")
        assert not pipeline.apertium.knows("en", "ko")


async def test_in_a_worker_process_it_knows_the_same_pairs_and_translates():
    pipeline = Only()
    pipeline.apertium.run.placement = Processes()
    async with pipeline:
        assert pipeline.apertium.knows("en", "es")
        assert (await pipeline(["Opening hours"])).data == ["Horas inaugurales"]


async def test_where_it_is_not_installed_it_knows_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    async with Only() as pipeline:
        assert not pipeline.apertium.knows("en", "es")


@pytest.mark.parametrize("behaviour", ["exit 1", "printf 'Hola'", "printf '\\377\\376[#x]'"])
async def test_a_program_that_answers_nothing_of_use_has_failed(monkeypatch, tmp_path, behaviour):
    program = tmp_path / "apertium"
    program.write_text(f"#!/bin/sh\ncase $1 in -l) echo '  eng-spa';; *) {behaviour};; esac\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(TranslatorFailed):
        await _translate("Opening hours")

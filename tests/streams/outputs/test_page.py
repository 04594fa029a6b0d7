"""The page about the systems of a plant says what is."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from typer.testing import CliRunner

from siseon.cli.app import app
from siseon.settings import OF_TESTS, Settings
from siseon.streams.life import State
from siseon.streams.outputs.present import Seen
from siseon.streams.outputs.registers import QUALITIES, STATES
from streams.outputs.outcomes import in_state, looking, measured, read
from streams.outputs.test_modbus import running

PAGE = (Path(__file__).parents[3] / "docs" / "plant.md").read_text(encoding="utf-8")


async def test_its_program_reads_a_figure(monkeypatch):
    monkeypatch.setattr(Seen, "age_s", 0.0)  # however long the program takes to begin
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    async with running(look=looking(boiler={"reading": 100})) as sink:
        sink.take(in_state("boiler"))
        sink.take(measured("boiler", read(3.5)))
        shown = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program.replace("1502", str(sink.port)), stdout=asyncio.subprocess.PIPE
        )
        told, _ = await shown.communicate()
    assert told == b"3.5 good 0\n"


def test_its_settings_exist_and_its_codes_are_ours():
    settings = {f"SISEON_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"SISEON_[A-Z_]+", PAGE)) <= settings | OF_TESTS
    for table in (QUALITIES, {state.value: number for state, number in STATES.items()}):
        assert ", ".join(f"{number} {word}" for word, number in table.items()) in PAGE
    assert set(STATES) == set(State)


def test_its_commands_are_taken(tmp_path, monkeypatch):
    monkeypatch.setenv("SISEON_CACHE_DIR", str(tmp_path))
    (add,) = re.findall(r"^siseon (streams add .*)$", PAGE, re.MULTILINE)
    assert CliRunner().invoke(app, add.split()).exit_code == 0
    assert "100–105" in CliRunner().invoke(app, ["streams", "modbus"]).stdout

"""What doctor says of the system."""

from __future__ import annotations

import pytest

from siseon.applications.translation.fonts import PACKAGES
from siseon.applications.translation.translators import apertium
from siseon.cli import system


def test_what_is_missing_comes_with_the_command_that_installs_it(
    monkeypatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(apertium.shutil, "which", lambda _: None)
    monkeypatch.setattr(system, "data_folder", lambda: None)
    monkeypatch.setattr(system, "face_for", lambda letters, _: None if letters == "Ag" else object())
    system.show_system()
    said = capsys.readouterr().out
    assert "apt install apertium apertium-eng-spa" in said
    assert "no language packs for kor, rus, srp, ell, tha, hin, ara: apt install tesseract-ocr-kor" in said
    assert "no font for latin: apt install fonts-dejavu-core" in said
    assert "fonts for translated pictures: cyrillic, greek" in said


def test_every_script_that_can_be_set_is_looked_for():
    assert set(system.SAMPLES) == set(PACKAGES)

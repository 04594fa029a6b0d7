"""What a picture's file and a table beside it say."""

from __future__ import annotations

from pathlib import Path

import pytest

from films import greys, write_film
from siseon.applications.oilspill.position.klv.tags import write_facts
from siseon.applications.oilspill.stages import OfFile, ReadFile
from siseon.contracts import Encoded
from siseon.media.film import picture_at


def test_a_moment_of_a_video_lies_between_its_packets(tmp_path: Path) -> None:
    packets = [
        write_facts({"latitude": 50 + 0.002 * second, "longitude": 7.0, "hfov": 30.0}) for second in range(3)
    ]
    film = write_film(tmp_path / "flight.ts", greys(20), packets)
    found = {}
    for second in (0.0, 0.4, 1.6, 2.0, 2.4, 3.6):
        name = f"flight.ts#t={second}"
        (told,) = ReadFile(None).process([OfFile(Encoded(picture_at(film, second), name), name, 96, 64)])
        first = told.sources[0]
        found[second] = first.value("latitude"), [one.reason for one in first.refused]
    assert found[0.0] == (pytest.approx(50, abs=1e-7), [])
    assert found[0.4] == (pytest.approx(50.0008, abs=1e-7), [])
    assert found[1.6] == (pytest.approx(50.0032, abs=1e-7), [])
    assert found[2.0] == (pytest.approx(50.004, abs=1e-7), [])
    assert found[2.4] == (None, ["unsure"] * 3)  # the last packet is 0.4 s away, a hundred metres at 250 m/s
    assert found[3.6] == (None, [])


def test_a_table_is_asked_by_path_and_says_what_it_lacks(tmp_path: Path) -> None:
    table = tmp_path / "frames.csv"
    table.write_text("file,latitude,longitud\na/1.jpg,50,7\n")
    stage = ReadFile(table)
    stage.setup()
    one, other = stage.process([OfFile(None, name, 8, 8) for name in ("a/1.jpg", "b/1.jpg")])
    assert [source.value("latitude") for source in one.sources] == [50]
    assert [note.partition(":")[0] for note in one.notes] == ["of the table frames.csv columns are not read"]
    assert other.sources == ()
    assert other.notes[1:] == ("no row of the table frames.csv is of it",)

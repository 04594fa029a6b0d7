"""What other programs read: logs, tables, subtitles, BORIS and ELAN."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

from people_told import NAME, told
from siseon.applications.people.expressions import Expressions
from siseon.applications.people.timeline.boris import HEADS, boris
from siseon.applications.people.timeline.eaf import eaf
from siseon.applications.people.timeline.files import files
from siseon.applications.people.timeline.logs import action_log, emotion_log
from siseon.applications.people.timeline.srt import srt
from siseon.applications.people.timeline.tables import action_table, people_table, presence_table
from siseon.applications.people.timeline.webvtt import webvtt

TIMELINE = told()
MADE = datetime(2026, 1, 1, tzinfo=UTC)


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_the_action_log_has_the_form_of_the_original_a_second_at_a_time() -> None:
    log = json.loads(b"".join(action_log(TIMELINE)))
    assert list(log) == [str(t) for t in range(0, 21_000, 1_000)]
    assert log["18000"] == {
        "1": {
            "pos": [280.0, 200.0, 360.0, 300.0],
            "actions": [
                {"action": "hug (a person)", "confidence": 0.6},
                {"action": "stand", "confidence": 0.9},
            ],
        },
        "2": {
            "pos": [400.0, 100.0, 480.0, 300.0],
            "actions": [
                {"action": "stand", "confidence": 0.8},
                {"action": "hug (a person)", "confidence": 0.6},
            ],
        },
    }


def test_actions_that_nobody_wants_are_left_out_of_the_log() -> None:
    log = json.loads(b"".join(action_log(TIMELINE, without={"hug"})))
    assert log["18000"]["2"]["actions"] == [{"action": "stand", "confidence": 0.8}]


def test_the_emotion_log_says_where_the_person_was() -> None:
    log = json.loads(b"".join(emotion_log(TIMELINE)))
    assert log["15000"] == {"1": {"pos": [250.0, 200.0, 330.0, 300.0], "emotion": "happy", "confidence": 0.8}}


def test_tables_name_people_as_they_were_named_and_no_spreadsheet_runs_a_name() -> None:
    assert [(row["name"], row["role"], row["sub_ids"]) for row in rows(people_table(TIMELINE))] == [
        (NAME, "child", "1 1002"),
        ("person 2", "adult", "2 1001"),
    ]
    assert rows(presence_table(TIMELINE))[1]["to_ms"] == "20000"
    hug = next(row for row in rows(action_table(TIMELINE)) if row["action"] == "hug")
    assert (hug["partner"], hug["partner_name"], hug["duration_ms"]) == ("2", "person 2", "2000")


def test_boris_has_a_row_per_state_with_its_columns() -> None:
    found = rows(boris(TIMELINE, media="film.mp4"))
    assert tuple(found[0]) == HEADS
    hug = next(row for row in found if row["Behavior"] == "hug" and row["Subject"] == "person 2")
    assert (hug["Start (s)"], hug["Stop (s)"]) == ("18.0", "20.0")
    assert (hug["Behavior type"], hug["Modifier #1"]) == ("STATE", NAME)


def test_subtitles_say_who_does_what_and_hold_no_markup_of_strangers() -> None:
    cues = webvtt(TIMELINE).decode().split("\n\n")
    assert cues[0] == "WEBVTT"
    assert cues[3].splitlines() == [
        "00:00:18.000 --> 00:00:20.000",
        'Ana &amp; "Bo" &lt;i&gt;, =1+1: hug person 2, stand',
        'person 2: stand, hug Ana &amp; "Bo" &lt;i&gt;, =1+1',
    ]
    times = r"\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}"
    assert all(re.fullmatch(times, cue.splitlines()[0]) for cue in cues[1:])


def test_subrip_has_the_same_cues_numbered_and_no_markup_of_strangers() -> None:
    cues = srt(TIMELINE).decode().split("\n\n")
    assert [cue.splitlines()[0] for cue in cues] == [str(number) for number in range(1, len(cues) + 1)]
    assert cues[2].splitlines()[1:] == [
        "00:00:18,000 --> 00:00:20,000",
        'Ana & "Bo" ‹i›, =1+1: hug person 2, stand',
        'person 2: stand, hug Ana & "Bo" ‹i›, =1+1',
    ]
    assert len(cues) == len(webvtt(TIMELINE).decode().split("\n\n")) - 1
    nobody = TIMELINE.model_copy(update={"actions": ()})
    assert srt(nobody) == b""


def test_elan_gets_the_elements_that_its_schema_asks_for_in_its_order() -> None:
    root = ET.fromstring(eaf(TIMELINE, media="film.mp4", made=MADE))
    assert root.tag == "ANNOTATION_DOCUMENT"
    assert {"AUTHOR", "DATE", "VERSION", "FORMAT"} <= set(root.attrib)
    order = [element.tag for element in root]
    tiers = order.count("TIER")
    assert order == ["HEADER", "TIME_ORDER", *["TIER"] * tiers, "LINGUISTIC_TYPE", *["CONSTRAINT"] * 4]
    media = root.find("HEADER/MEDIA_DESCRIPTOR")
    assert media is not None
    assert {"MEDIA_URL", "MIME_TYPE"} <= set(media.attrib)
    types = {one.get("LINGUISTIC_TYPE_ID") for one in root.findall("LINGUISTIC_TYPE")}
    slots = {
        one.get("TIME_SLOT_ID"): int(one.get("TIME_VALUE", "-1"))
        for one in root.findall("TIME_ORDER/TIME_SLOT")
    }
    assert list(slots.values()) == sorted(set(slots.values()))
    ids = [one.get("ANNOTATION_ID") for one in root.iter("ALIGNABLE_ANNOTATION")]
    assert len(ids) == len(set(ids)) == len(TIMELINE.actions)
    for tier in root.findall("TIER"):
        assert tier.get("LINGUISTIC_TYPE_REF") in types
        end = 0
        for annotation in tier.findall("ANNOTATION/ALIGNABLE_ANNOTATION"):
            start = slots[annotation.get("TIME_SLOT_REF1")]
            assert end <= start < slots[annotation.get("TIME_SLOT_REF2")]
            end = slots[annotation.get("TIME_SLOT_REF2")]
            assert [child.tag for child in annotation] == ["ANNOTATION_VALUE"]
    names = [tier.get("TIER_ID") for tier in root.findall("TIER")]
    assert names == ["1 posture", "1 approach 2", "1 hug 2", "2 posture", "2 hug 1"]


def test_each_file_has_a_name_of_its_own_and_expressions_one_only_where_they_were_asked_for() -> None:
    names = [file.name for file in files(TIMELINE, video="film.mp4", made=MADE)]
    assert len(names) == len(set(names)) == 13
    coding = b"person,action,from_ms,to_ms\n1,sit,0,12000\n"
    with_coding = {
        file.name: file.data for file in files(TIMELINE, video="film.mp4", made=MADE, coding=coding)
    }
    assert [row["variable"] for row in rows(with_coding["agreement.csv"])] == ["posture", "approach", "hug"]
    coverage = TIMELINE.coverage.model_copy(update={"faces": None, "expressions": None})
    bare = TIMELINE.model_copy(update={"coverage": coverage, "expressions": Expressions()})
    assert "emotion.log" not in [file.name for file in files(bare, video="film.mp4", made=MADE)]


def test_a_name_with_what_xml_cannot_hold_is_still_a_file() -> None:
    person = TIMELINE.people[1].model_copy(update={"name": "a\x00b\uffff\U0001f600"})
    named = TIMELINE.model_copy(update={"people": (TIMELINE.people[0], person)})
    root = ET.fromstring(eaf(named, media="a\x01.mp4", made=MADE))
    assert "ab\U0001f600" in {tier.get("PARTICIPANT") for tier in root.findall("TIER")}

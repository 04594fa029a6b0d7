"""What lines of an overlay mean, with what recognisers make of them; and what means nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.applications.oilspill.position.overlay.form import Form, GrammarName, Value
from siseon.applications.oilspill.position.overlay.grammar import parse
from siseon.applications.oilspill.position.overlay.scanner import MAX_TEXT

LATITUDE = Form("ddm", "latitude", decimals=2)
LONGITUDE = Form("ddm", "longitude", decimals=2)


@pytest.mark.parametrize(
    ("text", "form", "value"),
    [
        ("54:40.79N", LATITUDE, 54 + 40.79 / 60),
        ("N54°40.79'", LATITUDE, 54 + 40.79 / 60),
        ("54 40.79 N", LATITUDE, 54 + 40.79 / 60),
        ("5440.79N", LATITUDE, 54 + 40.79 / 60),
        ("54140.79N", LATITUDE, 54 + 40.79 / 60),  # a colon read as a stroke
        ("54:4O.79N", LATITUDE, 54 + 40.79 / 60),
        ("54:40-79N", LATITUDE, 54 + 40.79 / 60),
        ("54:40.795", LATITUDE, -54 - 40.79 / 60),  # an S where a letter must stand
        ("54:40.79H", LATITUDE, 54 + 40.79 / 60),
        ("110:07.44W", LONGITUDE, -110 - 7.44 / 60),
        ("110:07.44H", LONGITUDE, -110 - 7.44 / 60),  # no E is read so
        ("392/FI", Form("length", unit="ft"), 3927 * 0.3048),
        ("19NOU2026", Form("date"), date(2026, 11, 19)),
        ("16SER2026", Form("date"), date(2026, 9, 16)),
        ("11A35F51", Form("clock"), time(11, 35, 51)),
        ("UIC+0.0", Form("zone"), timedelta()),
        ("40°38'08.1\"N", Form("dms", "latitude", decimals=1), 40 + 38 / 60 + 8.1 / 3600),
        ('18923.47.5"5', Form("dms", "latitude", decimals=1), -18 - 23 / 60 - 47.5 / 3600),
        ("176:37:40.3W", Form("dms", "longitude", decimals=1), -176 - 37 / 60 - 40.3 / 3600),
        ("41.14025N", Form("decimal", "latitude", decimals=5), 41.14025),
        ("LON −104.763846", Form("decimal", "longitude", decimals=6, before="LON"), -104.763846),
        ("FCL0N-104.789776", Form("decimal", "longitude", decimals=6, before="FCLON"), -104.789776),
        ("12UWF5648159516", Form("mgrs", "latitude"), "12UWF5648159516"),
        ("4QFJ12345678", Form("mgrs", "latitude", digits=8), "04QFJ12345678"),
        ("5026FT", Form("length", unit="ft"), 5026 * 0.3048),
        ("1,839 m", Form("length", unit="m"), 1839),
        ("1.5NM", Form("length", unit="nm", decimals=1), 2778),
        ("-12 m", Form("length", unit="m"), -12),
        ("084°", Form("bearing", digits=3), 84),
        ("0849", Form("bearing", digits=3), 84),  # the ring of degrees
        ("360", Form("bearing", digits=3), 0),
        ("-6.5°", Form("angle"), -6.5),
        ("4.79", Form("angle", decimals=1), 4.7),
        ("17JUN2009", Form("date"), date(2009, 6, 17)),
        ("19 5EP 2O12", Form("date"), date(2012, 9, 19)),
        ("2012-09-19", Form("date"), date(2012, 9, 19)),
        ("16:54:09", Form("clock"), time(16, 54, 9)),
        ("165409.25Z", Form("clock", decimals=2), time(16, 54, 9, 250_000)),
        ("UTC-6.0", Form("zone"), timedelta(hours=-6)),
        ("UTC+05:30", Form("zone"), timedelta(hours=5, minutes=30)),
        ("Z", Form("zone"), timedelta()),
        ("02120:45", Form("clock"), time(2, 20, 45)),  # colons read as strokes
        (
            "TS: 2012-09-19 20:34:22",
            Form("date_time", before="TS:"),
            datetime(2012, 9, 19, 20, 34, 22, tzinfo=UTC),
        ),
        ("LI : D1SARM", Form("words", words=("LI:ARM", "LI:DISARM")), "LI:DISARM"),
        ("auto", Form("words"), "AUTO"),
    ],
)
def test_a_line_means_its_figure(text: str, form: Form, value: Value) -> None:
    found = parse(text, form)
    assert found == pytest.approx(value, abs=1e-9) if isinstance(value, float) else found == value


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("54:40.7N", LATITUDE),  # a digit was dropped
        ("54:0.79N", LATITUDE),
        ("54:60.79N", LATITUDE),
        ("91:40.79N", LATITUDE),
        ("54:40.79E", LATITUDE),
        ("54:40.79", LATITUDE),
        ("54:40.79NN", LATITUDE),
        ("54:4B.79N", LATITUDE),  # 8 and 0 are both read as B
        ("10:07.44W", Form("ddm", "longitude", digits=3, decimals=2)),
        ("54:40.12N", Form("dms", "latitude")),  # decimal minutes
        ("41.1402N", Form("decimal", "latitude", decimals=5)),
        ("+41.14025N", Form("decimal", "latitude", decimals=5)),
        ("4114025N", Form("decimal", "latitude")),
        ("12UWF564815951", Form("mgrs", "latitude")),
        ("61UWF56485951", Form("mgrs", "latitude")),
        ("12UWF", Form("mgrs", "latitude")),
        ("5026", Form("length")),
        ("5026M", Form("length", unit="ft")),
        ("5026FTX", Form("length", unit="ft")),
        ("84°", Form("bearing", digits=3)),
        ("361", Form("bearing", digits=3)),
        ("31JUN2009", Form("date")),
        ("19MAX2026", Form("date")),  # MAR or MAY
        ("19JXN2026", Form("date")),
        ("UTC+8.8", Form("zone")),
        ("38821T", Form("length", unit="ft")),  # an F, or a digit
        ("7JUN2009", Form("date")),
        ("16:54:60", Form("clock")),
        ("16:54", Form("clock")),
        ("UTC-", Form("zone")),
        ("UTC+15", Form("zone")),
        ("LI:OFF", Form("words", words=("LI:ARM", "LI:DISARM"))),
        ("", Form("words")),
        ("9" * (MAX_TEXT + 1), Form("length", unit="m")),
    ],
)
def test_what_is_not_of_the_form_means_nothing(text: str, form: Form) -> None:
    assert parse(text, form) is None


GRAMMARS: list[GrammarName] = [
    "dms", "ddm", "decimal", "mgrs", "length", "angle", "bearing", "date", "clock", "zone", "date_time", "words",
]  # fmt: skip


@given(
    st.text(alphabet="0123456789NSEWOIL:.,-+°'\" FTMUCZJAN①π", max_size=MAX_TEXT + 2),
    st.sampled_from(GRAMMARS),
)
def test_any_line_means_something_or_nothing(text: str, grammar: GrammarName) -> None:
    for decimals in (None, 0, 2):
        parse(text, Form(grammar, "latitude", decimals=decimals, unit="m"))
        parse(text, Form(grammar, "longitude", digits=3, decimals=decimals))

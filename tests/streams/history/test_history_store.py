"""A history in a real database: read in pages, bounded in age and rows, gone with its stream."""

from __future__ import annotations

from siseon.jobs.database import Database
from siseon.streams import kept
from siseon.streams.history import store
from siseon.streams.history.options import HistoryOptions
from siseon.streams.history.store import Point, Row, Span
from siseon.streams.kept_options import KeptOptions

AT = 1_800_000_000.0
DAY_S = 86400.0


def row(number: int, tag: str = "level", stream: str = "gate") -> Row:
    return Row(stream, AT + number, tag, float(number), "m", "good", None)


def read(database: Database, span: Span = Span(), stream: str = "gate") -> list[Point]:  # noqa: B008
    return store.read(database, stream, span, limit=1000)


def test_what_was_written_is_read_in_the_order_of_time_and_tag_by_span(database):
    store.write(database, [row(2, "b"), row(2, "a"), row(1, "b"), row(3, "a", "yard")])
    store.write(database, [Row("gate", AT + 4, "a", None, None, "bad", "glare")])
    found = read(database)
    assert [(point.at.timestamp() - AT, point.tag) for point in found] == [
        (1, "b"),
        (2, "a"),
        (2, "b"),
        (4, "a"),
    ]
    assert (found[-1].value, found[-1].quality, found[-1].reason) == (None, "bad", "glare")
    assert [point.tag for point in read(database, Span(tags=("a",)))] == ["a", "a"]
    assert len(read(database, Span(begin=AT + 2, end=AT + 4))) == 2
    assert read(database, stream="none") == []


def test_pages_leave_nothing_out_and_tell_nothing_twice(database):
    store.write(database, [row(number // 3, f"t{number % 3}") for number in range(20)])
    found: list[Point] = []
    while page := store.read(
        database,
        "gate",
        Span(),
        after=(found[-1].at.timestamp(), found[-1].tag) if found else None,
        limit=4,
    ):
        found += page
    assert found == read(database)
    assert len(found) == 20


def test_what_is_written_again_after_an_answer_was_lost_is_there_once(database):
    store.write(database, [row(1), row(2)])
    store.write(database, [row(1), row(2), row(3)])
    assert len(read(database)) == 3


def trim(database: Database, stream: str = "gate", **options: float) -> int:
    """How many slices it took."""
    count = 1
    while store.trim(database, stream, HistoryOptions.model_validate(options)):
        count += 1
    return count


def test_old_rows_go_in_slices_and_of_many_the_oldest(database, clock, monkeypatch):
    monkeypatch.setattr(store, "SLICE", 4)
    store.write(database, [row(number) for number in range(20)] + [row(0, stream="yard")])
    clock.time = AT + 7 + DAY_S
    assert trim(database, days=1) == 2
    assert [point.value for point in read(database)] == list(range(7, 20))
    assert trim(database, days=2, rows=3) == 3
    assert [point.value for point in read(database)] == [17, 18, 19]
    assert len(read(database, stream="yard")) == 1


def test_tags_of_one_time_count_as_rows_of_their_own(database):
    store.write(database, [row(number, tag) for number in range(5) for tag in ("a", "b")])
    trim(database, rows=4)
    assert [point.value for point in read(database)] == [3, 3, 4, 4]


def test_a_stream_that_is_gone_takes_its_history(database, monkeypatch):
    monkeypatch.setattr(store, "SLICE", 2)
    kept.add(database, "gate", "rtsp://camera/x", "gauges", KeptOptions())
    store.write(database, [row(n, stream=stream) for stream in ("gate", "yard", "a") for n in range(3)])
    while store.forget(database):
        pass
    assert (len(read(database)), read(database, stream="yard"), read(database, stream="a")) == (3, [], [])


def test_what_another_stream_of_that_name_has_seen_is_not_this_ones(database, clock):
    clock.time = AT + 2
    kept.add(database, "gate", "rtsp://camera/x", "text", KeptOptions())
    store.write(database, [row(1), row(2), row(3)])
    assert [point.value for point in read(database)] == [2, 3]


def test_every_finite_value_comes_back_as_it_was(database):
    values = [1e308, -1e308, 5e-324, 0.1]
    store.write(
        database, [Row("gate", AT + n, "t", value, None, "good", None) for n, value in enumerate(values)]
    )
    assert [point.value for point in read(database)] == values

from __future__ import annotations

from siseon.streams.life import State
from siseon.streams.outputs.changes import MOST_TAGS
from siseon.streams.outputs.present import Present
from streams.outputs.outcomes import failed, in_state, measured, read


def test_the_newest_of_each_tag_is_there_with_its_number():
    present = Present()
    for value in (1.0, 2.0):
        present.take(measured("gate", read(value)))
    present.take(failed("gate"))
    seen = present.seen("gate", "reading")
    assert seen is not None
    assert (seen.measurement.value, seen.number) == (2.0, 2)
    assert present.seen("gate", "other") is None
    assert present.state("gate") is None


def test_tags_beyond_what_a_stream_may_have_are_passed_over():
    present = Present()
    present.take(measured("gate", *(read(1.0, f"tag_{number}") for number in range(2 * MOST_TAGS))))
    present.take(measured("gate", read(2.0, "tag_0")))
    assert len(present.tags("gate")) == MOST_TAGS
    assert present.tags("gate")["tag_0"].number == 2


def test_a_stream_that_two_looks_do_not_find_is_forgotten_and_a_new_one_that_one_missed_is_not():
    present = Present()
    present.take(in_state("gate"))
    present.only(set())
    assert present.state("gate") is State.live
    present.only({"gate"})
    present.only(set())
    assert present.state("gate") is State.live
    present.only(set())
    assert present.state("gate") is None


def test_what_was_seen_before_a_stop_is_no_figure_of_what_runs_then():
    present = Present()
    present.take(measured("gate", read(42.0)))
    present.take(in_state("gate", State.stopped))
    present.take(in_state("gate"))
    seen = present.seen("gate", "reading")
    assert seen is not None
    assert (seen.measurement.value, seen.measurement.quality, seen.number) == (None, "bad", 2)

from __future__ import annotations

from people_seen import body, chunk
from siseon.applications.people.contracts import ChunkSeen
from siseon.applications.people.hiding import Hiding
from siseon.applications.people.lying import all_hidden, refusal
from siseon.contracts.wire import Box

SIZE = (1280, 720)
STANDS = {1: {t: body(300) for t in range(0, 8_001, 200)}}


def _lying(number: int) -> ChunkSeen:
    return chunk(number, {}).model_copy(update={"refused": (refusal(number),)})


def _standing(number: int) -> ChunkSeen:
    return chunk(
        number, {1: {t: box for t, box in STANDS[1].items() if number * 2_000 <= t <= number * 2_000 + 2_000}}
    )


def test_a_chunk_whose_people_lie_is_hidden_and_those_beside_it_are_not() -> None:
    chunks = [_standing(0), _lying(1), _standing(2), chunk(3, {})]
    hiding = Hiding(chunks)

    assert all_hidden(chunks) == {1}
    whole = [t_ms for t_ms in range(0, 8_001, 100) if hiding.areas(t_ms, *SIZE) == [Box(0, 0, *SIZE)]]
    assert whole == list(range(2_100, 4_000, 100))


def test_of_a_video_whose_people_lie_as_a_rule_all_is_hidden() -> None:
    chunks = [chunk(0, {}), _lying(1), _standing(2), chunk(3, {})]

    assert all_hidden(chunks) == {0, 1, 2, 3}
    assert all_hidden([_standing(0), chunk(1, {})]) == frozenset()
    hiding = Hiding(chunks)
    assert all(hiding.areas(t_ms, *SIZE) == [Box(0, 0, *SIZE)] for t_ms in range(0, 8_001, 100))


def test_after_the_last_chunk_that_was_looked_at_nothing_of_one_whose_people_lie_is_seen() -> None:
    hiding = Hiding([_standing(0), _standing(1), _lying(2)])

    assert hiding.areas(4_000, *SIZE) != [Box(0, 0, *SIZE)]
    assert hiding.areas(4_040, *SIZE) == [Box(0, 0, *SIZE)]

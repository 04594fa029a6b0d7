"""What moments are called, and what the files are called that are made of them."""

from __future__ import annotations

from siseon.media.film.names import moment_name, moment_of, stem


def test_a_moment_is_a_fragment_and_its_files_lie_in_order() -> None:
    names = [moment_name("a/flight.ts", second, 1.25) for second in (0.0, 1.25, 12.5, 100.0)]
    assert names == [
        "a/flight.ts#t=0.00",
        "a/flight.ts#t=1.25",
        "a/flight.ts#t=12.50",
        "a/flight.ts#t=100.00",
    ]
    assert moment_name("flight.ts", 12.0, 2.0) == "flight.ts#t=12.0"
    assert [moment_of(name) for name in names][2] == ("a/flight.ts", 12.5)
    stems = [stem(name) for name in names]
    assert stems == ["flight-00000.00s", "flight-00001.25s", "flight-00012.50s", "flight-00100.00s"]
    assert sorted(stems) == stems


def test_other_names_are_of_pictures() -> None:
    for name in ("flight.ts", "a#t=x.jpg", "#t=1.0", "flight.ts#t=1", "x#t=1.0.jpg"):
        assert moment_of(name) is None
    assert stem("a/DJI_1.JPG") == "DJI_1"

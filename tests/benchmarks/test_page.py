"""A page keeps what other runs measured."""

from __future__ import annotations

from benchmarks.page import page_of, sections

TITLES = ("The engine", "text against rapidocr", "Jobs")


def test_a_section_takes_the_place_of_its_older_self_and_others_stay():
    page = page_of("# As measured", TITLES, {"Jobs": "| old |\n\n### Redis\n\n| 1 |", "The engine": "| 7 |"})

    kept = sections(page, TITLES)
    assert kept == {"The engine": "| 7 |", "Jobs": "| old |\n\n### Redis\n\n| 1 |"}

    kept["The engine"] = "| 8 |"
    kept["text against rapidocr"] = "| 2 |"
    later = page_of("# As measured", TITLES, kept)
    assert [line for line in later.splitlines() if line.startswith("## ")] == [f"## {one}" for one in TITLES]
    assert "| 7 |" not in later
    assert sections(later, TITLES) == kept


def test_a_benchmark_that_there_is_no_more_leaves_the_page():
    page = page_of("# As measured", ("Gone", "Jobs"), {"Gone": "| 1 |", "Jobs": "| 2 |"})
    assert sections(page, TITLES) == {"Jobs": "| 2 |"}

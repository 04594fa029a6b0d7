from __future__ import annotations

import re
from html.parser import HTMLParser

import pypdfium2

from people_told import told
from siseon.applications.paper.html import html
from siseon.applications.paper.pdf import pdf
from siseon.applications.people.contracts import Timeline
from siseon.applications.people.expressions import Expressions
from siseon.applications.people.timeline.indicators import Indicators
from siseon.applications.people.timeline.report import report

TIMELINE = told()


def page(timeline: Timeline = TIMELINE, video: str = "film.mp4", **how: object) -> str:
    return html(report(timeline, video=video, **how)).decode()


class Tags(HTMLParser):
    """Everything that is opened and closed, and all text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "path"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_page_is_whole_and_names_of_strangers_are_text() -> None:
    tags = Tags()
    tags.feed(page(video="<b>film.mp4"))
    assert (tags.open, tags.wrong) == ([], [])
    assert "People in <b>film.mp4" in tags.texts
    assert any('Ana & "Bo" <i>' in text for text in tags.texts)


def test_it_needs_nothing_from_elsewhere() -> None:
    assert not re.search(r"(src|href)=|url\(|@import|<script", page())


def test_it_says_what_feelings_are_not_only_where_they_were_asked_for() -> None:
    assert "Regulation (EU) 2024/1689" in page()
    coverage = TIMELINE.coverage.model_copy(update={"faces": None, "expressions": None})
    bare = page(TIMELINE.model_copy(update={"coverage": coverage, "expressions": Expressions()}))
    assert "Nobody asked for them." in bare
    assert "Regulation" not in bare


def test_the_average_of_others_is_drawn_where_it_is_given_for_all() -> None:
    five = dict.fromkeys(("closeness", "repetition", "leading", "joy", "persistence"), 5.0)
    assert "stroke-dasharray" in page(indicators=Indicators(average=five))
    assert "stroke-dasharray" not in page(indicators=Indicators(average={"joy": 5.0}))


def test_where_nobody_is_said_to_be_a_child_one_line_says_how_to_say_so() -> None:
    people = tuple(one.model_copy(update={"role": None}) for one in TIMELINE.people)
    unsaid = page(TIMELINE.model_copy(update={"people": people}))
    assert unsaid.count("nobody is said to be a child") == 1
    assert "closeness, repetition, leading, joy, persistence: not told" in unsaid
    assert "[[rename]]" in unsaid
    assert "Scores have no norm" not in unsaid
    assert "[[rename]]" not in page()


def test_a_video_without_people_has_a_report_too() -> None:
    empty = TIMELINE.model_copy(
        update={"people": (), "merged": {}, "actions": (), "expressions": Expressions()}
    )
    assert "Nobody was seen." in page(empty)
    assert pdf(report(empty, video="film.mp4")).startswith(b"%PDF")


def test_the_paper_says_what_the_page_says() -> None:
    made = pdf(report(TIMELINE, video="film.mp4"))
    document = pypdfium2.PdfDocument(made)
    text = " ".join("".join(sheet.get_textpage().get_text_range() for sheet in document).split())
    for words in ("People in film.mp4", "Consent given by", "Time budget", "closeness"):
        assert words in text
    assert 'Ana & "Bo" <i>' in text
    assert made == pdf(report(TIMELINE, video="film.mp4"))

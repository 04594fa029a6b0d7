from __future__ import annotations

import re
from html.parser import HTMLParser

from people_told import told
from siseon.applications.people.timeline.report import report

TIMELINE = told()


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


def read(**how: object) -> Tags:
    tags = Tags()
    page = report(TIMELINE, video="<b>film.mp4", **how).decode()
    tags.feed(re.sub(r"<(path|rect|polygon)([^<>]*)/>", r"<\1\2></\1>", page).replace("</path>", ""))
    return tags


def test_the_page_is_whole_and_names_of_strangers_are_text() -> None:
    tags = read()
    assert (tags.open, tags.wrong) == ([], [])
    assert "People in <b>film.mp4" in tags.texts
    assert any('Ana & "Bo" <i>' in text for text in tags.texts)


def test_it_needs_nothing_from_elsewhere() -> None:
    page = report(TIMELINE, video="film.mp4").decode()
    assert not re.search(r"(src|href)=|url\(|@import|<script", page)


def test_it_says_what_feelings_are_not_only_where_they_were_asked_for() -> None:
    page = report(TIMELINE, video="film.mp4").decode()
    assert "Regulation (EU) 2024/1689" in page
    coverage = TIMELINE.coverage.model_copy(update={"faces": None, "expressions": None})
    bare = TIMELINE.model_copy(update={"coverage": coverage, "expressions": ()})
    assert "Nobody asked for them." in report(bare, video="film.mp4").decode()


def test_the_average_of_others_is_drawn_where_it_is_given_for_all() -> None:
    five = dict.fromkeys(("closeness", "repetition", "leading", "joy", "persistence"), 5.0)
    assert 'class="others"' in report(TIMELINE, video="x", average=five).decode()
    assert 'class="others"' not in report(TIMELINE, video="x", average={"joy": 5.0}).decode()


def test_a_video_without_people_has_a_report_too() -> None:
    empty = TIMELINE.model_copy(update={"people": (), "merged": {}, "actions": (), "expressions": ()})
    assert "Nobody was seen." in report(empty, video="film.mp4").decode()

import numpy as np
import pytest

from siseon.applications.text import Line
from siseon.applications.translation.entries import Row, entry_starts, is_value
from siseon.applications.translation.regions import group

WHITE = np.full((700, 1000, 3), 255, np.uint8)
LETTER, HEIGHT, PITCH = 10, 20, 28


def _block(text, x=100, y=100):
    """One line of text a row, from one edge on, as wide as it has letters."""
    return [
        Line(
            polygon=_ring(x, y + PITCH * number, LETTER * len(row), HEIGHT),
            text=row,
            score=0.99,
        )
        for number, row in enumerate(text.split("\n"))
    ]


def _ring(x, y, width, height):
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))


def _texts(lines):
    return [region.text for region in group(lines, WHITE)]


def test_the_hours_of_the_first_example_stand_apart():
    """As they were read from examples/sign.png, which is turned."""
    read = {
        "SEOUL LINE OF SIGHT": [(180, 88), (783, 68), (785, 128), (182, 148)],
        "Opening hours": [(333, 198), (642, 186), (644, 241), (335, 252)],
        "Monday to Friday 8:30 - 18:00": [(217, 292), (763, 274), (764, 324), (218, 342)],
        "Saturday 10:00 - 14:00": [(281, 360), (701, 342), (703, 394), (283, 412)],
        "Please ring twice": [(363, 471), (628, 465), (629, 505), (364, 512)],
    }
    lines = [Line(polygon=(*ring, ring[0]), text=text, score=0.99) for text, ring in read.items()]

    assert _texts(lines) == list(read)


@pytest.mark.parametrize(
    "entries",
    [
        ["Opening hours", "Monday to Friday 8:30 - 18:00", "Saturday 10:00 - 14:00"],
        ["Monday to Friday\n8:30 - 18:00", "Saturday\n10:00 - 14:00"],
        ["Mo - Fr 8:30 - 18:00", "Sa 10 - 14 Uhr", "Sonntag geschlossen"],
        ["Monday 8-12", "Tuesday closed", "Wednesday 8-12", "Closed on holidays"],
        ["Lunes a viernes 8:30 - 18:00", "Sábado cerrado"],
        ["월요일 - 금요일 8:30 - 18:00", "토요일 10:00 - 14:00"],
        ["ESPRESSO ..... 2.50", "TEA ..... 2.00"],
        ["Espresso 2.50", "Cappuccino 3.20", "Tea 2,80 €"],
        ["Cheese sandwich with\nsalad and fries 8.50", "Burger 9.00"],
        ["Adults 12 €", "Children under 6 free", "Groups 10 €"],
        ["8:00 Breakfast", "9:30 Talk by\nProf. Smith", "12:00 Lunch"],
        ["1. Wash your hands\nwith soap", "2. Dry them", "3. Leave"],
        ["Today:", "• Soup", "• Bread and\nbutter", "• Tea"],
        ["Free entry", "Guided tours in English", "Coffee shop", "Gift shop"],
        ["8:30 - 18:00", "10:00 - 14:00"],
    ],
    ids=lambda entries: entries[0],
)
def test_entries_stand_apart(entries):
    assert _texts(_block("\n".join(entries))) == [entry.replace("\n", " ") for entry in entries]


@pytest.mark.parametrize(
    "entries", [["月曜日 8:30-18:00", "土曜日 10:00-14:00"], ["普通价￥10.0起", "优惠价￥5.8起"]]
)
def test_entries_without_capitals_stand_apart_by_what_is_surely_a_value(entries):
    assert _texts(_block("\n".join(entries))) == entries


@pytest.mark.parametrize(
    "sentence",
    [
        "wet paint,\ndo not touch",
        "The museum is open on\nMonday 8:00 to 12:00 and\nTuesday 9:00 to 12:00",
        "Open Monday through\nFriday 8:00 - 18:00",
        "closed on Monday,\nTuesday and\nWednesday",
        "open from 8:30 to\n18:00 every day",
        "We were founded in 1998\nand closed in 2003",
        "over\n200 people and\n300 animals",
        "Bitte\nHunde an der\nLeine führen",
        "The Quick\nBrown Fox\nJumps Over\nThe Lazy Dog",
        "Roses are red\nViolets are blue\nSugar is sweet\nAnd so are you",
        "7-9\nMay 2024",
        "Monday\n7 May 2024\n18:00",
        "Speed limit\n30",
        "SALE\n50%\nOFF",
        "CHANNEL 4\nNEWS AT 10",
        "shot types from 46K shots in 7858\nmovies, of which 1200 were\nmade before 1980",
    ],
)
def test_sentences_over_several_rows_are_one_text(sentence):
    assert _texts(_block(sentence)) == [sentence.replace("\n", " ")]


def test_rows_with_a_value_in_another_column_are_rows_of_a_table():
    names = _block("Adults\nFamilies with up to\nthree children\nDogs")
    prices = [
        Line(polygon=_ring(420, 100 + PITCH * row, 50, HEIGHT), text=text, score=0.99)
        for row, text in ((0, "12 €"), (2, "30 €"), (3, "3 €"))
    ]

    texts = _texts([*names, *prices])

    assert sorted(texts) == ["12 €", "3 €", "30 €", "Adults", "Dogs", "Families with up to three children"]
    assert len(_texts(names)) == 1


@pytest.mark.parametrize("text", ["8:30 - 18:00", "12 €", "€2.50", "10 - 14 Uhr", "..... 3.20", "50 %"])
def test_values_stand_for_themselves(text):
    assert is_value(text)


@pytest.mark.parametrize("text", ["", "Room 5", "to 18:00", "B12", "-"])
def test_words_are_no_values(text):
    assert not is_value(text)


def test_the_work_for_a_long_list_grows_with_its_rows():
    """Ten thousand rows took twenty seconds: for each narrow one all were looked at, twice."""
    looked = 0

    class Counted(list):
        def __iter__(self):
            nonlocal looked
            for one in super().__iter__():
                looked += 1
                yield one

    rows = 400
    listed = Counted(
        Row("Word small", 0.0, 60.0 if number else 100.0, PITCH * number, HEIGHT, has_value=False)
        for number in range(rows)
    )
    assert entry_starts(listed) == [True] * rows
    assert looked <= 40 * rows


def test_a_row_of_endless_numbers_is_read_from_its_end():
    """Six thousand took five seconds: each number was taken for the value's begin, and followed to the end."""
    rows = [
        Row("1," * 100_000 + end, 0.0, 100.0, PITCH * at, HEIGHT, has_value=False)
        for at, end in enumerate("1x1")
    ]
    assert entry_starts(rows) == [True, False, False]

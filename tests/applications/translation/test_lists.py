from applications.translation.test_contracts import _region
from siseon.applications.text import Line
from siseon.applications.translation.lists import alignment, common_sizes

BLACK, RED = (0, 0, 0), (200, 0, 0)


def _item(y, height=20, x=10, width=200):
    ring = ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))
    return _region(polygon=ring, lines=(Line(polygon=ring, text="tea", score=1),))


def test_texts_of_a_list_have_one_size():
    items = [_item(0), _item(40, 22), _item(80)]

    assert common_sizes(items, [BLACK] * 3, [18, 14, 16]) == [14, 14, 14]


def test_one_long_text_does_not_make_a_list_small():
    items = [_item(0), _item(40), _item(80), _item(120)]

    assert common_sizes(items, [BLACK] * 4, [18, 7, 17, 18]) == [17, 7, 17, 17]


def test_other_colours_heights_and_places_are_no_list():
    items = [_item(0), _item(40), _item(80, 40), _item(400), _item(30, x=300)]

    assert common_sizes(items, [BLACK, RED, BLACK, BLACK, BLACK], [18, 14, 30, 13, 12]) == [
        18,
        14,
        30,
        13,
        12,
    ]


def test_scripts_from_different_sides_change_left_and_right():
    items = [_item(0, width=200), _item(40, width=90), _item(80, width=160)]

    assert alignment(items[0], items, "es") == "left"
    assert alignment(items[0], items, "ar") == "right"
    assert alignment(items[0], items, "tlh") == "left", "not known"
    arabic = [item.model_copy(update={"script": "arabic"}) for item in items]
    assert alignment(arabic[0], arabic, "ar") == "left"

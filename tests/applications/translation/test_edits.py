import json

import pytest

from applications.translation.test_contracts import _region
from siseon.applications.text import Line
from siseon.applications.translation.contracts import TranslationResult
from siseon.applications.translation.edits import edit_file, find_edits, read_edits, where_it_stood
from siseon.contracts import InputError

RING = ((10, 20), (50, 20), (50, 40), (10, 40), (10, 20))


def _result(*regions):
    return TranslationResult(
        image_id="page.png",
        width=100,
        height=60,
        target="es",
        translator="apertium",
        bucket="short",
        regions=regions,
        unread=(),
    )


def _box(x1, y1, x2, y2):
    return [[x1, y1], [x2, y1], [x2, y2], [x1, y2], [x1, y1]]


def test_what_is_written_is_read_again(tmp_path):
    result = _result(_region(translated="SALIDA"))
    file = edit_file(result)
    (tmp_path / file.name).write_bytes(file.data)

    assert file.name == "page.json"
    assert read_edits(tmp_path / "page.json", 100, 60) == result


def test_a_file_is_for_every_picture_and_a_folder_for_those_it_has_one_for(tmp_path):
    (tmp_path / "page.json").write_bytes(edit_file(_result()).data)
    other = _result().model_copy(update={"image_id": "page.jpg"})
    (tmp_path / "page-2.json").write_bytes(edit_file(other).data)

    assert find_edits(tmp_path, "page.png") == tmp_path / "page.json"
    assert find_edits(tmp_path, "page.jpg") == tmp_path / "page-2.json"
    assert find_edits(tmp_path, "page.webp") is None
    assert find_edits(tmp_path, "other.png") is None
    assert find_edits(tmp_path / "page.json", "other.png") == tmp_path / "page.json"
    assert find_edits(None, "page.png") is None


def test_two_edit_files_of_one_name_are_refused(tmp_path):
    for name in ("page.json", "page-3.json"):
        (tmp_path / name).write_bytes(edit_file(_result()).data)

    with pytest.raises(
        InputError, match=r"page-3\.json and page\.json are both edits of a picture 'page\.png'"
    ):
        find_edits(tmp_path, "page.png")


def test_regions_over_one_another_are_refused_beyond_a_bound(tmp_path):
    whole = _region(polygon=_box(0, 0, 100, 60), translated="SALIDA", lines=())
    (tmp_path / "page.json").write_bytes(edit_file(_result(*[whole] * 3000)).data)
    (tmp_path / "some.json").write_bytes(edit_file(_result(*[whole] * 10)).data)

    with pytest.raises(InputError, match="cover the picture 3000 times, more than 10"):
        read_edits(tmp_path / "page.json", 100, 60)
    assert len(read_edits(tmp_path / "some.json", 100, 60).regions) == 10


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda document: document.update(width=99), "for a picture of 99 × 60"),
        (lambda document: document["regions"][0].update(script="klingon"), "regions.0.script"),
        (lambda document: document["regions"][0].update(polygon=[[0, 0]]), "regions.0.polygon"),
        (
            lambda document: document["regions"][0].update(polygon=_box(20, 65, 90, 80)),
            "its middle is outside",
        ),
        (lambda document: document["regions"][0].update(polygon=_box(-1e300, 0, 1e300, 9)), "far outside"),
        (
            lambda document: document["regions"][0].update(
                lines=[{"polygon": _box(0, 0, 1e300, 9), "text": "A", "score": 0.9}]
            ),
            "regions.0.lines.0.polygon: is far outside",
        ),
        (lambda document: document["regions"][0].update(polygon=_box(-99, -99, 199, 159)), "larger than the"),
        (lambda document: document["regions"][0].update(translated=" "), "regions.0.translated: is empty"),
        (lambda document: document["regions"][0]["style"].update(size=1e9), "regions.0.style.size"),
        (lambda document: document.pop("target"), "target"),
        (lambda document: document.update(colour="red"), "colour"),
    ],
)
def test_a_mistake_is_named_by_its_place(tmp_path, change, told):
    document = json.loads(_result(_region(translated="SALIDA")).model_dump_json())
    change(document)
    file = tmp_path / "page.json"
    file.write_text(json.dumps(document))
    with pytest.raises(InputError, match=told):
        read_edits(file, 100, 60)


def test_what_is_no_edit_file_and_what_is_not_there_are_named(tmp_path):
    file = tmp_path / "page.json"
    file.write_text("<html>")
    with pytest.raises(InputError, match="is not an edit file"):
        read_edits(file, 100, 60)
    with pytest.raises(InputError, match="cannot be read"):
        read_edits(tmp_path / "none.json", 100, 60)


def test_a_text_that_was_moved_is_erased_where_it_stood():
    line = Line(polygon=RING, text="EXIT", score=1.0)
    moved = tuple((x + 45, y + 15) for x, y in RING)

    assert where_it_stood(_region(lines=(line,), polygon=moved)).box == _region(polygon=RING).box
    assert where_it_stood(_region(lines=(line,))).polygon == _region().polygon
    assert where_it_stood(_region()).polygon == _region().polygon

"""What is drawn of an answer: geometry by its form, whichever application it is of."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from siseon.console.scene import scene_of
from siseon.console.scene.build import MOST_THINGS
from siseon.console.trying.operation import option_of
from siseon.console.trying.program import as_curl, as_python
from siseon.contracts import Frame, Mask

RING = [[0, 0], [10, 0], [10, 5], [0, 5], [0, 0]]


def test_boxes_masks_rings_and_lines_become_layers() -> None:
    pixels = np.zeros((40, 60), np.uint8)
    pixels[10:20, 5:25] = 1
    pixels[13:16, 10:14] = 0
    mask = Mask.encode(pixels, Frame.root(width=60, height=40)).to_wire()
    scene = scene_of(
        {
            "width": 60,
            "height": 40,
            "detections": [
                {"box": [5, 10, 25, 20], "mask": mask, "class_name": "traffic_light", "score": 0.5, "class_id": 9}
            ],
            "classifications": [{"detection_index": 0, "class_name": "red", "score": 0.25}],
            "readings": [
                {"dial": RING, "needle": {"middle": [5, 5], "tip": [9, 1]}, "value": 1.26, "uncertainty": 0.02,
                 "unit": "bar", "quality": "uncertain"},
                {"dial": RING, "value": None, "quality": "refused", "reason": "glare"},
            ],
        }
    )  # fmt: skip
    assert [layer.name for layer in scene.layers] == [
        "detections.box",
        "detections.mask",
        "readings.outline",
        "readings.line",
    ]
    light, dial, refused = scene.things
    assert light.title == "traffic light"
    assert ("classification", "red 0.25") in light.facts
    assert (dial.title, dial.colour, refused.title, refused.colour) == (
        "1.26 ± 0.02 bar",
        "warn",
        "glare",
        "off",
    )
    outline = next(shape for shape in scene.shapes if shape.layer == "detections.mask")
    assert len(outline.rings) == 2
    assert outline.rings[0][0][0] in (5.0, 24.0)
    assert scene.labelled


def test_labels_that_repeat_the_picture_are_not_shown_first() -> None:
    assert not scene_of(
        {"lines": [{"polygon": RING, "text": "EXIT"}], "unread": [{"polygon": RING, "reason": "x"}]}
    ).labelled
    assert scene_of({"regions": [{"polygon": RING, "text": "EXIT", "translated": "SALIDA"}]}).labelled


def test_more_than_anybody_can_read_is_counted() -> None:
    scene = scene_of({"width": 9, "height": 9, "lines": [{"polygon": RING, "text": "a"}] * (MOST_THINGS + 7)})
    assert (len(scene.things), scene.left_out) == (MOST_THINGS, 7)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(
                [
                    "box",
                    "mask",
                    "polygon",
                    "width",
                    "height",
                    "value",
                    "uncertainty",
                    "a_index",
                    "as",
                    "size",
                    "counts",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(st.dictionaries(st.sampled_from(["width", "height", "lines", "as", "mask"]), JSON, max_size=5))
def test_no_answer_of_a_foreign_application_breaks_the_page(data: dict[str, object]) -> None:
    scene_of(data)  # type: ignore[arg-type]


def test_options_keep_their_bounds_and_defaults() -> None:
    score = option_of(
        {"name": "min_score", "schema": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5}}
    )
    assert (score.kind, score.least, score.most, score.default) == ("number", 0, 1, 0.5)
    most = option_of(
        {"name": "most", "schema": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}}
    )
    assert (most.kind, most.least, most.default) == ("whole", 1, None)
    assert option_of({"name": "way", "schema": {"type": "string", "enum": ["a", "b"]}}).choices == ("a", "b")


def test_programs_take_the_token_from_the_environment_and_the_options_along() -> None:
    query = {"classes": ["cup", "dining table"], "classify": False, "top_k": 3}
    curl = as_curl("https://here", "inspection", query, "cup.jpg", token=True)
    assert '-H "Authorization: Bearer $SISEON_TOKEN"' in curl
    assert "classes=cup&classes=dining+table&classify=false&top_k=3" in curl
    program = as_python("https://here", "inspection", query, "cup.jpg", token=True)
    assert "os.environ['SISEON_TOKEN']" in program
    compile(program, "program", "exec")

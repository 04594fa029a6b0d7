from siseon.applications.translation.contracts import TextRegion, TranslationResult
from siseon.contracts import Encoded


def _region(**changes):
    ring = ((10, 20), (50, 20), (50, 40), (10, 40), (10, 20))
    return TextRegion(
        **{"polygon": ring, "lines": (), "text": "EXIT", "script": "latin", "score": 1.0, **changes}
    )


def test_a_region_tells_its_corners_bounds_and_angle():
    region = _region()

    assert region.corners.shape == (4, 2)
    assert tuple(region.box) == (10, 20, 50, 40)
    assert region.angle == 0


def test_the_angle_is_that_of_the_top_edge_clockwise_as_seen():
    down = _region(polygon=((40, 10), (40, 50), (20, 50), (20, 10), (40, 10)))

    assert down.angle == 90


def test_the_picture_is_handed_out_but_is_no_part_of_the_document():
    result = TranslationResult(
        image_id="page.png",
        width=100,
        height=60,
        target="es",
        translator=None,
        bucket="short",
        regions=(_region(why_not="untranslated"),),
        unread=(),
    )
    with_picture = result.with_picture(Encoded(b"png", "page.png"))

    assert with_picture.picture == Encoded(b"png", "page.png")
    assert result.picture is None
    assert TranslationResult.model_validate_json(with_picture.model_dump_json()) == result

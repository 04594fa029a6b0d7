from __future__ import annotations

import resource

import cv2
import numpy as np
import pytest
import rasterio

from siseon.applications.oilspill.contracts import SEA_CLASSES, Georeference
from siseon.applications.oilspill.georeference import Pose, Sigmas, georeference
from siseon.applications.oilspill.georeference.geotiff import quicklook, write_classes, write_picture
from siseon.applications.oilspill.georeference.warp import Warped, warped
from siseon.applications.oilspill.palette import COLOURS, NOTHING
from siseon.contracts import FailureCode, InputError


@pytest.fixture(scope="module")
def frame() -> Warped:
    sigmas = Sigmas(position_m=4, height_m=5, azimuth=0.5, tilt=0.3, roll=0.5, fov=0.01)
    found = georeference(Pose(56.0, 10.5, 900.0, 30.0, 90.0, 0.0, 60.0, 36.0, sigmas), 900, 600)
    assert isinstance(found, Georeference)
    picture = np.random.default_rng(1).integers(40, 200, (600, 900, 3)).astype(np.uint8)
    classes = np.zeros((600, 900), np.uint8)
    classes[200:400, 300:600] = SEA_CLASSES.index("metallic")
    return warped(picture, classes, found)


@pytest.mark.parametrize("layout", ["lzw", "cog"])
def test_the_picture_is_read_back_where_it_lies(frame, layout, tmp_path):
    write_picture(frame, tmp_path / "a.tif", layout)
    with rasterio.open(tmp_path / "a.tif") as file:
        assert file.crs.to_string() == frame.crs
        assert tuple(file.transform)[:6] == pytest.approx(frame.transform)
        assert file.compression.name == "lzw"
        assert np.array_equal(file.read([1, 2, 3]).transpose(1, 2, 0), frame.picture)
        assert np.array_equal(file.read(4) > 0, frame.shown)
        assert [band.name for band in file.colorinterp] == ["red", "green", "blue", "alpha"]
        is_cog = file.tags(ns="IMAGE_STRUCTURE").get("LAYOUT") == "COG"
        assert is_cog == (layout == "cog")
        assert bool(file.overviews(1)) == is_cog


@pytest.mark.parametrize("layout", ["lzw", "cog"])
def test_the_classes_are_read_back_with_their_colours(frame, layout, tmp_path):
    write_classes(frame, tmp_path / "a.tif", layout)
    with rasterio.open(tmp_path / "a.tif") as file:
        assert np.array_equal(file.read(1), frame.classes)
        assert file.nodata == NOTHING
        metallic = SEA_CLASSES.index("metallic")
        assert file.colormap(1)[metallic][:3] == COLOURS["metallic"]
        assert file.tags()[f"CLASS_{metallic}"] == "metallic"


def test_a_quicklook_shows_oil_in_colour_and_nothing_beyond_the_frame(frame):
    pixels = cv2.imdecode(np.frombuffer(quicklook(frame), np.uint8), cv2.IMREAD_UNCHANGED)
    assert max(pixels.shape) <= 1024
    assert pixels[0, 0, 3] == 0
    middle = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2]
    assert middle[3] == 255


def test_a_folder_that_is_not_there_is_named_and_leaves_nothing(frame, tmp_path):
    with pytest.raises(InputError) as caught:
        write_picture(frame, tmp_path / "gone" / "a.tif")
    assert caught.value.code == FailureCode.storage_failed
    (tmp_path / "a.tif").mkdir()
    with pytest.raises(InputError):
        write_classes(frame, tmp_path / "a.tif")
    assert [path.name for path in tmp_path.iterdir()] == ["a.tif"]


@pytest.mark.parametrize("layout", ["lzw", "cog"])
def test_a_map_that_does_not_fit_is_not_there(frame, layout, tmp_path):
    """GDAL cuts a cloud-optimised one short, and says nothing."""
    write_classes(frame, tmp_path / "a.tif", layout)
    whole = (tmp_path / "a.tif").stat().st_size
    (tmp_path / "a.tif").unlink()
    most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (100, whole // 2, whole * 19 // 20, whole - 1):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(InputError) as caught:
                write_classes(frame, tmp_path / "a.tif", layout)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
        assert caught.value.code == FailureCode.storage_failed
        assert not list(tmp_path.iterdir())

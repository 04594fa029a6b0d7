from __future__ import annotations

import csv
import io
import json
import resource
import shutil
import sqlite3
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from contextlib import closing

import numpy as np
import pyogrio
import pyogrio.raw
import pytest
import shapely
from pyproj import Geod

from applications.oilspill.slicks.flight import frame
from siseon.applications.oilspill.contracts import MappedSlick
from siseon.applications.oilspill.slicks import merged
from siseon.applications.oilspill.slicks.export import COUNTERS, geojson, table, write
from siseon.applications.oilspill.slicks.kml import SPACE, kml
from siseon.contracts import FailureCode, InputError


@pytest.fixture(scope="module")
def slicks() -> tuple[MappedSlick, ...]:
    shown = [(-60.0, 0.0, 40.0, "sheen"), (-60.0, 0.0, 20.0, "emulsion"), (60.0, 20.0, 30.0, "true_colour")]
    return merged([frame("=나무 <1>.jpg", shown)])


@pytest.fixture(scope="module")
def at_the_antimeridian() -> tuple[MappedSlick, ...]:
    return merged([frame("a.jpg", [(0.0, 0.0, 50.0, "rainbow")], home=(180.0, -20.0))])


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson", "a.kml"])
def test_other_programs_read_the_same_shapes(slicks, name, tmp_path):
    write(slicks, tmp_path / name)
    head, _, shapes, _ = pyogrio.raw.read(tmp_path / name)
    assert head["crs"] == "EPSG:4326"
    found = shapely.area(shapely.from_wkb(shapes))
    assert found == pytest.approx([shapely.Polygon(s.rings[0], s.rings[1:]).area for s in slicks], rel=1e-4)
    assert all(shapely.is_valid(shapely.from_wkb(shapes)))


def test_the_figures_of_a_geopackage_are_those_of_the_slicks(slicks, tmp_path):
    write(slicks, tmp_path / "a.gpkg")
    head, _, _, values = pyogrio.raw.read(tmp_path / "a.gpkg", layer="slicks")
    read = dict(zip(head["fields"], values, strict=True))
    assert list(read["area_m2"]) == [one.area_m2 for one in slicks]
    assert list(read["class"]) == [one.sea_class for one in slicks]
    assert set(read["frames"]) == {"=나무 <1>.jpg"}
    emulsion, thickest = (list(read["class"]).index(name) for name in ("emulsion", "true_colour"))
    assert np.isnan(read["volume_least_l"][emulsion])
    assert np.isnan(read["volume_most_l"][thickest])
    assert read["volume_least_l"][thickest] == pytest.approx(slicks[thickest].area_m2 * 0.2)


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp"])
def test_the_same_slicks_are_the_same_file_on_another_day(slicks, name, tmp_path):
    """GDAL takes the day from the system's clock, which no test sets: it must not be in the file at all."""
    write(slicks, tmp_path / name)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    time.sleep(0.01)
    write(slicks, tmp_path / name)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
    head = pyogrio.read_info(tmp_path / name)
    seen = max(one.last_seen for one in slicks)
    if name == "a.shp":
        assert head["layer_metadata"]["DBF_DATE_LAST_UPDATE"] == f"{seen:%Y-%m-%d}"
    else:
        with closing(sqlite3.connect(tmp_path / name)) as package:
            ((changed,),) = package.execute("SELECT last_change FROM gpkg_contents").fetchall()
            assert package.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert changed == f"{seen:%Y-%m-%dT%H:%M:%S.000Z}"
        assert [first[name][at : at + 4] for at in COUNTERS] == [b"\0\0\0\1"] * 2
    write([], tmp_path / name)


def test_no_name_of_a_shapefile_is_cut(slicks, tmp_path):
    write(slicks, tmp_path / "a.shp")
    head, _, _, values = pyogrio.raw.read(tmp_path / "a.shp")
    names = list(head["fields"])
    assert len(set(names)) == len(names) == 16
    assert {"vol_min_l", "vol_max_l", "first_seen"} <= set(names)
    assert values[names.index("frames")][0] == "=나무 <1>.jpg"
    assert {path.suffix for path in tmp_path.iterdir()} == {".shp", ".shx", ".dbf", ".prj", ".cpg"}


def test_a_long_list_of_frames_is_cut_between_names(slicks, tmp_path):
    many = slicks[0].model_copy(update={"frames": tuple(f"frame-{n:04d}.jpg" for n in range(40))})
    write([many], tmp_path / "a.shp")
    head, _, _, values = pyogrio.raw.read(tmp_path / "a.shp")
    said = values[list(head["fields"]).index("frames")][0]
    assert said.endswith(".jpg;…")
    assert values[list(head["fields"]).index("frame_no")][0] == 40


def test_geojson_is_that_of_rfc_7946(slicks):
    read = json.loads(geojson(slicks))
    assert set(read) == {"type", "features"}
    for feature, slick in zip(read["features"], slicks, strict=True):
        outer, *holes = feature["geometry"]["coordinates"]
        assert shapely.LinearRing(outer).is_ccw
        assert not any(shapely.LinearRing(hole).is_ccw for hole in holes)
        area = sum(
            Geod(ellps="WGS84").polygon_area_perimeter(*zip(*ring, strict=True))[0]
            for ring in (outer, *holes)
        )
        assert area == pytest.approx(feature["properties"]["area_m2"], rel=1e-9)
        assert feature["properties"]["class"] == slick.sea_class


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson", "a.kml"])
def test_at_the_antimeridian_a_slick_is_cut_in_two(at_the_antimeridian, name, tmp_path):
    write(at_the_antimeridian, tmp_path / name)
    _, _, shapes, _ = pyogrio.raw.read(tmp_path / name)
    (shape,) = shapely.from_wkb(shapes)
    west, east = sorted(shapely.get_parts(shape), key=lambda part: part.bounds[0])
    assert west.bounds[0] == -180
    assert east.bounds[2] == 180
    assert east.bounds[0] > 179.99


def test_csv_has_a_line_per_slick_and_runs_nothing(slicks):
    rows = list(csv.DictReader(io.StringIO(table(slicks).decode())))
    assert [row["class"] for row in rows] == [one.sea_class for one in slicks]
    assert rows[0]["frames"] == "'=나무 <1>.jpg"
    for row, slick in zip(rows, slicks, strict=True):
        place = shapely.Point(float(row["longitude"]), float(row["latitude"]))
        assert shapely.Polygon(slick.rings[0], slick.rings[1:]).contains(place)


def test_kml_is_xml_whatever_a_file_is_called(slicks):
    named = slicks[0].model_copy(update={"frames": ("a\x07<b>&.jpg",)})
    root = ElementTree.fromstring(kml([named]))
    values = [value.text for value in root.iter(f"{{{SPACE}}}value")]
    assert "a\N{REPLACEMENT CHARACTER}<b>&.jpg" in values


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson", "a.csv"])
def test_no_slick_is_a_file_too_and_replaces_the_last_one(slicks, name, tmp_path):
    write(slicks, tmp_path / name)
    write((), tmp_path / name)
    assert pyogrio.read_info(tmp_path / name)["features"] in (0, -1)


def test_kml_without_slicks_has_its_styles_only():
    root = ElementTree.fromstring(kml(()))
    assert not list(root.iter(f"{{{SPACE}}}Placemark"))


def test_what_cannot_be_written_is_named_and_leaves_nothing(slicks, tmp_path):
    with pytest.raises(InputError, match=r"\.xlsx"):
        write(slicks, tmp_path / "a.xlsx")
    for name in ("a.gpkg", "a.csv"):
        with pytest.raises(InputError) as caught:
            write(slicks, tmp_path / "gone" / name)
        assert caught.value.code == FailureCode.storage_failed
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="needs ogrinfo: apt install gdal-bin")
@pytest.mark.parametrize("name", ["a.gpkg", "a.shp"])
def test_ogrinfo_opens_it(slicks, name, tmp_path):
    write(slicks, tmp_path / name)
    said = subprocess.run(
        ["ogrinfo", "-so", "-al", tmp_path / name], capture_output=True, text=True, check=True
    ).stdout
    assert f"Feature Count: {len(slicks)}" in said
    assert "WGS 84" in said


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp"])
@pytest.mark.parametrize("count", [0, 2])
def test_a_file_that_does_not_fit_is_not_there(slicks, name, count, tmp_path):
    """GDAL says nothing of what it cannot write as it closes a file."""
    whole = tmp_path / "whole"
    whole.mkdir()
    write(slicks[:count], whole / name)
    longest = max(path.stat().st_size for path in whole.iterdir())
    most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (20, 110, 400, longest * 2 // 3, longest * 9 // 10, longest - 1):
        place = tmp_path / str(limit)
        place.mkdir()
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(InputError) as caught:
                write(slicks[:count], place / name)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
        assert caught.value.code == FailureCode.storage_failed
        assert not list(place.iterdir())

"""The four steps under their earlier names, on pictures of a folder: what they make, hand over, read and load."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pyogrio
import pytest
import rasterio
from PIL import Image as Picture
from pyproj import Transformer

from applications.oilspill.sea.test_stage import orange, water
from siseon.applications.oilspill.compat import folder as folders
from siseon.applications.oilspill.compat import (
    load_model,
    run_georeference,
    run_inference,
    run_metadata_export,
    run_oilshape,
    run_pipeline,
)
from siseon.applications.oilspill.compat import run as running
from siseon.applications.oilspill.compat.folder import Folder
from siseon.applications.oilspill.contracts import OIL_CLASSES, SEA_CLASSES, Georeference
from siseon.applications.oilspill.georeference.plane import pixel_to_geo
from siseon.applications.oilspill.georeference.warp import NEIGHBOURS
from siseon.applications.oilspill.palette import COLOURS, NOTHING, TABLE, VEIL, blended
from siseon.applications.oilspill.position.overlay.mask import overlay_mask
from siseon.applications.oilspill.position.overlay.template import read_template
from siseon.applications.oilspill.sea import SeeTheSea
from siseon.contracts import InputError

HEADS = "file,latitude,longitude,height_m,platform_heading,sensor_azimuth,sensor_elevation,hfov\n"
ID = "flight-7"
MADE = {"Inference/f-9.png", "Mask/f-9.png", "Georeference/Tif/f-9.tif", "Oilshape/f-9.shp"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Three pictures with oil, the third without a place, one that is none, a table with the others' places."""
    root = tmp_path_factory.mktemp("root")
    (root / ID).mkdir()
    for seed, name in enumerate(("f-9.jpg", "f-10.jpg", "nowhere.png")):
        picture = water(seed)
        orange(picture)
        small = cv2.resize(picture, (320, 180), interpolation=cv2.INTER_AREA)  # looked at as a whole alone
        cv2.imwrite(str(root / ID / name), small[:, :, ::-1])
    (root / ID / "bad.jpg").write_bytes(b"no picture")
    table = root / "table.csv"
    table.write_text(f"{HEADS}f-9.jpg,56,10.5,300,20,0,-90,60\nf-10.jpg,56,10.51,300,20,0,-90,60\n")
    options = {"oilspill": {"sidecar": str(table), "templates": "none"}}
    own = {
        "SISEON_JOBS_FOLDER": str(root),
        "SISEON_CACHE_DIR": str(root / "cache"),
        "SISEON_PIPELINES": json.dumps(options),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in own.items():
            patch.setenv(name, value)
        yield own


@pytest.fixture(scope="module")
def model(environment: dict[str, str]) -> Iterator[SeeTheSea]:
    model = load_model()
    yield model
    model.teardown()


@pytest.fixture
def without_bad(environment: dict[str, str]) -> Iterator[None]:
    """Without the picture that is none: of steps alone it would end the whole."""
    bad = Path(environment["SISEON_JOBS_FOLDER"]) / ID / "bad.jpg"
    bad.rename(bad.with_suffix(".txt"))
    yield
    bad.with_suffix(".txt").rename(bad)


@pytest.fixture
def out(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder for what is made."""
    monkeypatch.setenv("SISEON_CACHE_DIR", str(tmp_path))
    return tmp_path / "oilspill" / ID


def files(folder: Path) -> dict[str, bytes]:
    """What was made; of a .dbf without the day on which it was written."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}
    return {name: data[4:] if name.endswith(".dbf") else data for name, data in found.items()}


def test_every_picture_has_its_outputs_and_two_steps_overlap(model: SeeTheSea, out: Path) -> None:
    run = run_pipeline(ID, model)
    made = files(out)
    assert made.keys() > MADE | {name.replace("f-9", "f-10") for name in MADE}
    assert made.keys() > {"Metadata/metadata.csv", "Metadata/metadata.json", "Inference/nowhere.png"}
    assert not (out / "Mask_Tif").exists()
    assert run.failed["bad.jpg"].code == "unsupported_media"
    assert run.without_position == {"nowhere.png": "no position of the camera is known"}
    inference, metadata, laid, outlined = (
        run.steps[name] for name in ("inference", "metadata", "georeference", "oilshape")
    )
    assert inference.start_s < metadata.end_s
    assert metadata.start_s < inference.end_s
    assert max(inference.end_s, metadata.end_s) <= laid.start_s < laid.end_s <= outlined.start_s
    assert "4 pictures, 1 failed, 1 without a position" in str(run)
    with rasterio.open(out / "Georeference" / "Tif" / "f-9.tif") as tif:
        assert (tif.compression.name, tif.crs.to_epsg(), tif.count) == ("lzw", 32632, 4)


def test_the_python_of_the_mapping_works_as_it_stands(
    environment: dict[str, str], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = Path(__file__).parents[4] / "docs" / "oilspill-mapping.md"
    (code,) = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    exec(code, {})
    told = capsys.readouterr().out
    assert "flight-7: 4 pictures, 1 failed, 1 without a position" in told
    assert "'bad.jpg': Failure" in told
    assert files(out).keys() > MADE


def test_steps_alone_from_files_or_caches_and_all_together_make_the_same(
    model: SeeTheSea, out: Path, without_bad: None
) -> None:
    cache = run_inference(model, ID)
    assert not out.exists()
    assert {name: one["ext"] for name, one in cache.items()} == {
        "f-9.jpg": ".jpg",
        "f-10.jpg": ".jpg",
        "nowhere.png": ".png",
    }
    run_inference(model, ID, write_files=True)
    run_metadata_export(ID)
    on_map = run_georeference(ID, cache)
    slicks = run_oilshape(ID, on_map)
    by_caches = files(out)
    shutil.rmtree(out / "Georeference")
    shutil.rmtree(out / "Oilshape")
    from_files = run_georeference(ID, write_files=True)
    assert from_files.keys() == on_map.keys() == {"f-9.jpg", "f-10.jpg"}
    for name, entry in on_map.items():
        np.testing.assert_array_equal(from_files[name]["mask"], entry["mask"])
        assert from_files[name]["transform"] == entry["transform"]
        assert from_files[name]["crs"] == entry["crs"] == "EPSG:32632"
    assert run_oilshape(ID) == slicks
    masks = {"Mask_Tif/f-9.tif", "Mask_Tif/f-10.tif"}
    assert files(out) == by_caches | {name: (out / name).read_bytes() for name in masks}
    for write_files in (False, True):
        shutil.rmtree(out)
        run_pipeline(ID, model, write_files=write_files)
        made = files(out)
        assert made.keys() - by_caches.keys() == (masks if write_files else set())
        assert {name: made[name] for name in by_caches} == by_caches


def test_a_mask_is_seen_in_its_colours_and_read_as_its_numbers_and_its_oil_has_its_area(
    model: SeeTheSea, out: Path, without_bad: None
) -> None:
    mask = run_inference(model, ID, write_files=True)["f-9.jpg"]["mask"]
    with Picture.open(out / "Mask" / "f-9.png") as picture:
        assert picture.mode == "P"
        np.testing.assert_array_equal(np.asarray(picture), mask)
        np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), TABLE[mask])
    run_metadata_export(ID)
    slicks = run_oilshape(ID, run_georeference(ID))["f-9.jpg"]
    emulsion = (mask == SEA_CLASSES.index("emulsion")).sum()
    assert emulsion > 500
    gsd = 2 * 300 * np.tan(np.radians(30)) / 320
    area = sum(slick.area_m2 for slick in slicks if slick.sea_class == "emulsion")
    assert area == pytest.approx(emulsion * gsd**2, rel=0.02)
    assert pyogrio.read_info(out / "Oilshape" / "f-9.shp")["features"] == len(slicks)


def test_an_overlay_is_read_into_the_table_and_what_it_covers_is_of_no_class(
    model: SeeTheSea, out: Path, test_data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "root" / "turret"
    folder.mkdir(parents=True)
    shutil.copy(test_data / "aerial-dev" / "overlay" / "turret_eo_2009.jpg", folder)
    monkeypatch.setenv("SISEON_JOBS_FOLDER", str(folder.parent))
    options = {"templates": "turret-ddm", "hfov": 2.0}
    monkeypatch.setenv("SISEON_PIPELINES", json.dumps({"oilspill": options}))
    run = run_pipeline("turret", model)
    assert "this is land" in run.without_position["turret_eo_2009.jpg"]
    made = out.parent / "turret"
    with (made / "Metadata" / "metadata.csv").open() as table:
        (row,) = csv.DictReader(table)
    assert row["latitude_from"] == "overlay"
    assert float(row["latitude"]) == pytest.approx(54 + 40.79 / 60)
    with Picture.open(made / "Mask" / "turret_eo_2009.png") as picture:
        mask = np.asarray(picture)
    height, width = mask.shape
    assert (mask[overlay_mask(read_template("turret-ddm"), width, height)] == NOTHING).all()


def test_what_does_not_fit_into_memory_goes_through_files(
    model: SeeTheSea, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_pipeline(ID, model)
    whole = files(out)
    monkeypatch.setattr(running, "CACHE_BYTES", 300_000)  # of one picture
    monkeypatch.setattr(folders, "THREADS", 1)
    run_pipeline(ID, model)
    assert files(out) == whole


def test_palette_and_kernel_are_made_once_and_pixels_are_coloured_by_one_look_up() -> None:
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 11, (90, 160)).astype(np.uint8)
    picture = rng.integers(0, 256, (90, 160, 3)).astype(np.uint8)
    seen = blended(picture, classes)
    for number, name in enumerate(SEA_CLASSES):
        there = classes == number
        expected = (
            picture[there] * (1 - VEIL) + np.array(COLOURS[name]) * VEIL
            if name in OIL_CLASSES
            else picture[there]
        )
        np.testing.assert_allclose(seen[there], expected, atol=0.51)
    assert not TABLE.flags.writeable
    assert NEIGHBOURS.shape == (3, 3)


def test_all_pixels_at_once_are_where_rasterio_says_one_by_one() -> None:
    (a, b, c), (d, e, f) = (0.4, 0.0, 500_000.0), (0.0, -0.4, 6_206_000.0)
    where = Georeference(
        method="nadir",
        crs="EPSG:32632",
        matrix=((a, b, c), (d, e, f), (0.0, 0.0, 1.0)),
        corners=((10.0, 56.0),) * 5,
        gsd_m=a,
        ce90_m=1.0,
        interpolated=False,
    )
    pixels = np.random.default_rng(0).integers(0, 2000, (200, 2))
    transform = rasterio.Affine(a, b, c, d, e, f)
    to_degrees = Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True)
    one_by_one = [to_degrees.transform(*rasterio.transform.xy(transform, y, x)) for x, y in pixels]
    np.testing.assert_allclose(pixel_to_geo(where, pixels + 0.5), one_by_one, atol=1e-9)


COUNTED = """
import json, sys
from collections import Counter

opened, started = Counter(), []
def hear(event, arguments):
    if event == "open":
        opened[str(arguments[0])] += 1
    elif event in ("subprocess.Popen", "os.system", "os.fork", "os.posix_spawn"):
        started.append(event)
sys.addaudithook(hear)
from siseon.applications.oilspill.compat import load_model, metadata, run_pipeline
early = metadata._engine.cache_info().currsize
model = load_model()
loaded = {name: count for name, count in opened.items() if name.endswith(".onnx")}
for _ in range(2):
    run_pipeline("flight-7", model)
print(json.dumps({
    "opened": opened, "started": started, "early": early, "loaded": loaded,
    "engines": metadata._engine.cache_info().misses, "sql": "sqlalchemy" in sys.modules,
}))
"""


def test_each_run_reads_each_picture_once_and_the_network_is_loaded_once_without_processes_or_a_database(
    environment: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNTED],
        env={**os.environ, "SISEON_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    folder = Path(environment["SISEON_JOBS_FOLDER"]) / ID
    opened = {name: count for name, count in told["opened"].items() if Path(name).parent == folder}
    assert opened == {str(path): 2 for path in folder.iterdir()}
    assert [Path(name).name for name in told["loaded"]] == ["sea-surface.onnx"]
    assert {name: count for name, count in told["opened"].items() if name.endswith(".onnx")} == told["loaded"]
    assert told["started"] == []
    assert told["sql"] is False
    assert (told["early"], told["engines"]) == (0, 1)
    ours = str(tmp_path)
    read_back = [name for name in told["opened"] if name.startswith(ours) and name.endswith((".tif", ".png"))]
    assert all("/.siseon-" in name for name in read_back)


@pytest.mark.parametrize(
    "file_id", ["", "..", "../etc", "a/b", ".hidden", "a" * 101, "a\0b", "flight-7 ", "비행"]
)
def test_a_stranger_names_a_folder_alone(environment: dict[str, str], file_id: str) -> None:
    with pytest.raises(InputError, match="is not a file_id"):
        run_metadata_export(file_id)


def test_a_folder_that_is_not_there_or_leads_out_is_refused(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="no folder 'flight-8'"):
        run_metadata_export("flight-8")
    (tmp_path / "way-out").symlink_to(environment["SISEON_JOBS_FOLDER"])
    monkeypatch.setenv("SISEON_JOBS_FOLDER", str(tmp_path))
    with pytest.raises(InputError, match="no folder 'way-out'"):
        run_metadata_export("way-out")
    monkeypatch.delenv("SISEON_JOBS_FOLDER")
    with pytest.raises(InputError, match="no folder of pictures is named"):
        run_metadata_export("flight-7")


def test_pictures_of_one_name_and_two_kinds_keep_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("a.jpg", "a.png", "b.jpg", "sub/a.jpg"):
        (tmp_path / "f" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "f" / name).touch()
    monkeypatch.setenv("SISEON_JOBS_FOLDER", str(tmp_path))
    assert [one.stem for one in Folder.of("f").pictures] == ["a.jpg", "a.png", "b", "sub/a"]

"""Reading real pictures with the weights that come with a dependency."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from loaded import loaded_models
from siseon.applications.text import Text, TextOptions
from siseon.applications.text.evaluate import read_all
from siseon.applications.text.refusals import Reading
from siseon.applications.text.tesseract import installed
from siseon.contracts import Encoded, Image
from siseon.engine import Trace
from siseon.media import read_file
from siseon.media.decode import decode
from siseon.models import ModelManager

SIGN = Path(__file__).parents[3] / "examples" / "sign.png"
LINES = 5
"""On it."""


async def read(*pictures: Encoded | Image, models: ModelManager | None = None, **options):
    async with Text(models or loaded_models(), TextOptions(**options)) as text:
        return await asyncio.gather(*(text(picture) for picture in pictures))


async def test_the_sign_of_the_readme_is_read_in_order_without_any_download() -> None:
    (result,) = await read(read_file(SIGN), models=ModelManager())
    assert result.data.text.splitlines() == [
        "SEOUL LINE OF SIGHT",
        "Opening hours",
        "Monday to Friday 8:30 - 18:00",
        "Saturday 10:00 - 14:00",
        "Please ring twice",
    ]
    assert result.data.image_id == "sign.png"
    assert [ref.name for ref in result.models] == ["ppocr-v6-det", "ppocr-v6-rec"]
    assert all(len(ref.sha256) == 64 for ref in result.models)


async def test_polygons_are_closed_rings_in_pixels_of_the_original_picture() -> None:
    (result,) = await read(read_file(SIGN))
    for line in result.data.lines:
        assert line.polygon[0] == line.polygon[-1]
        assert len(line.polygon) == 5
        assert all(0 <= x <= result.data.width and 0 <= y <= result.data.height for x, y in line.polygon)
    heading = result.data.lines[0].polygon
    assert 175 < min(x for x, _ in heading) < 200
    assert 770 < max(x for x, _ in heading) < 800


async def test_a_crop_is_read_in_the_coordinates_of_the_whole_picture() -> None:
    whole = decode(SIGN.read_bytes(), source="sign.png")
    (result,) = await read(whole.crop(150, 180, 800, 400))
    first = result.data.lines[0]
    assert first.text == "Opening hours"
    assert 320 < first.polygon[0][0] < 360
    assert (result.data.width, result.data.height) == (whole.width, whole.height)


async def test_a_picture_without_text_has_no_lines(test_data) -> None:
    blank = Image.from_array(decode(SIGN.read_bytes()).pixels * 0)
    (result,) = await read(blank)
    assert result.data.lines == ()
    assert result.data.unread == ()


async def test_lines_upside_down_are_turned_when_asked_for() -> None:
    image = decode(SIGN.read_bytes())
    turned = Image.from_array(image.pixels[::-1, ::-1].copy())
    (result,) = await read(turned, orientation="ppocr-v2-orientation")
    assert "SEOUL LINE OF SIGHT" in result.data.text


async def test_lines_of_different_pictures_share_batches() -> None:
    traces: list[Trace] = []
    text = Text(loaded_models())
    text.on_trace = traces.append
    text.recognize_text.max_batch, text.recognize_text.replicas = 4, 1
    process, first, lined_up = text.recognize_text.process, list[int](), threading.Event()

    def late(batch: Sequence[Image]) -> Sequence[Reading]:
        """The first one waits until the lines of both pictures are there."""
        first.append(len(batch))
        assert lined_up.wait(60)
        return process(batch)

    text.recognize_text.process = late  # type: ignore[method-assign]
    async with text:
        both = [asyncio.create_task(text(read_file(SIGN))) for _ in range(2)]
        while sum(first) + text.recognize_text.statistics().waiting < 2 * LINES:
            await asyncio.sleep(0.001)
        lined_up.set()
        await asyncio.gather(*both)
    spans = [span for trace in traces for span in trace.spans if span.stage == "recognize_text"]
    assert any(span.batch_size > span.items for span in spans)
    assert traces[0].stages() == ["decode", "detect_text", "crop_lines", "recognize_text", "order"]


@pytest.mark.parametrize("name", ["line_ko.jpg", "line_ru.jpg", "line_sr_cyrillic.png", "line_hi.png"])
async def test_scripts_that_the_recogniser_does_not_know_are_refused_not_guessed(test_data, name) -> None:
    (result,) = await read(read_file(test_data / "text-dev" / name), other_scripts="none")
    assert result.data.lines == ()
    assert {line.reason for line in result.data.unread} == {"unknown_script"}
    assert result.data.scripts == ("Latin", "Han", "Hiragana", "Katakana")


async def test_look_alikes_among_refused_lines_are_refused_too(test_data) -> None:
    # At this size the detector takes the line apart, and Serbian "je" reads as Latin with a score of 0.99.
    (result,) = await read(
        read_file(test_data / "text-dev" / "line_sr_cyrillic.png"),
        max_side=6000,
        max_enlargement=64,
        other_scripts="none",
    )
    assert len(result.data.unread) >= 3
    assert max(line.score for line in result.data.unread) > 0.99
    assert result.data.lines == ()


async def test_a_column_of_japanese_is_read_and_columns_run_from_the_right(test_data) -> None:
    (result,) = await read(read_file(test_data / "text-dev" / "manga_02.jpg"))
    assert result.data.text.splitlines() == ["実戦剣術も", "一流です"]


async def test_a_strip_is_read_and_its_margin_leaves_no_trace(test_data) -> None:
    (result,) = await read(read_file(test_data / "text-dev" / "line_zh_photo.jpg"))
    (line,) = result.data.lines
    assert all(0 <= y <= result.data.height for _, y in line.polygon)


async def test_a_line_reads_the_same_alone_and_in_company(test_data) -> None:
    folder = test_data / "text-dev"
    names = ["sign_zh_yuyuan.jpg", "poster_zh_promo.jpg", "sign_fr_louvre.jpg", "word_en_1bit.png"]
    together = await read(*(read_file(folder / name) for name in names))
    for name, result in zip(names, together, strict=True):
        (alone,) = await read(read_file(folder / name))
        assert [line.text for line in alone.data.lines] == [line.text for line in result.data.lines]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("sign_zh_yuyuan.jpg", "Yuyuan Rd."),
        ("sign_ja_nolitter.jpg", "NO LITTER"),
        ("exif_mirrored_zh.jpg", "我是中国人"),
        ("transparent_white_zh.png", "我是中国人"),
        ("line_zh_photo.jpg", "在中国作家协会第三届儿童文学"),
        ("word_en_1bit.png", "TEST"),
        ("poster_en_who.png", "Thoroughly cook meat and eggs"),
    ],
)
async def test_real_pictures_are_read(test_data, name, line) -> None:
    (result,) = await read(read_file(test_data / "text-dev" / name))
    assert line in result.data.text.splitlines()


async def test_character_errors_by_script_stay_where_they_were_measured(test_data, tmp_path) -> None:
    folder = test_data / "text-dev"
    entries = [
        entry
        for entry in json.loads((folder / "truth.json").read_text())
        if "page" not in entry["kind"] and entry["file"] != "news_ja.jpg"  # large, slow
    ]
    for entry in entries:
        (tmp_path / entry["file"]).symlink_to(folder / entry["file"])
    (tmp_path / "truth.json").write_text(json.dumps(entries))
    rows = {
        row.script: row
        for row in await read_all(Text(loaded_models(), TextOptions(other_scripts="none")), tmp_path)
    }
    assert rows["Han"].rate <= 0.01
    assert rows["Latin"].rate <= 0.015
    assert rows["Japanese, vertical"].rate <= 0.1
    for unknown in ("Hangul", "Cyrillic", "Devanagari"):
        assert rows[unknown].rate == 1.0
        assert rows[unknown].wrong == 0


@pytest.mark.skipif(not installed(), reason="tesserocr or a language pack is not installed")
async def test_with_language_packs_other_scripts_are_read(test_data) -> None:
    folder = test_data / "text-dev"
    truth = {entry["file"]: entry["text"] for entry in json.loads((folder / "truth.json").read_text())}
    names = ["line_ko.jpg", "line_ru.jpg", "line_sr_cyrillic.png", "line_hi.png"]
    for name, result in zip(names, await read(*(read_file(folder / name) for name in names)), strict=True):
        assert "".join(result.data.text.split()) == "".join("".join(truth[name]).split())
        assert {line.reader for line in result.data.lines} <= {
            "tesseract-kor",
            "tesseract-rus",
            "tesseract-srp",
            "tesseract-hin",
        }


async def test_ruby_is_no_line_and_stands_with_its_line(test_data) -> None:
    (result,) = await read(read_file(test_data / "text-dev" / "manga_11.jpg"))
    assert [line.text for line in result.data.lines][:2] == ["警察にも", "先生にも"]
    assert [[ruby.text for ruby in line.ruby] for line in result.data.lines][:2] == [
        ["けいさつ"],
        ["せんせい"],
    ]


def test_the_result_is_json_with_a_schema() -> None:
    from siseon.applications.text import TextResult

    schema = TextResult.model_json_schema()
    assert {"image_id", "lines", "unread", "scripts"} <= set(schema["properties"])

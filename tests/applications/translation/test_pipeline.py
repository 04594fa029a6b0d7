"""Whole pictures: read, translated, erased, set anew."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

from applications.translation.endpoint import Reply, completion, serving, texts_of
from loaded import loaded_models
from siseon.applications.build import build
from siseon.applications.translation import APPLICATION, Translation, TranslationOptions
from siseon.applications.translation.contracts import Style
from siseon.applications.translation.edits import edit_file
from siseon.contracts import Encoded, Image
from siseon.engine import Trace
from siseon.engine.machine import cores
from siseon.media import read_file
from siseon.media.decode import decode
from siseon.models import ModelManager
from siseon.settings import Settings

SIGN = Path(__file__).parents[3] / "examples" / "sign.png"
TERMS = {
    "SEOUL LINE OF SIGHT": "SEÚL, LÍNEA DE VISTA",
    "Please ring twice": "Llame dos veces",
}


async def translate(picture, models: ModelManager | None = None, **options):
    options = {"target": "es", **options}
    async with Translation(models or loaded_models(), TranslationOptions(**options)) as translation:
        return await translation(picture)


def pixels_of(result) -> np.ndarray:
    return decode(result.data.picture.data).pixels


@pytest.mark.skipif(shutil.which("apertium") is None, reason="apertium is not installed")
async def test_the_sign_of_the_readme_is_translated_offline():
    result = await translate(read_file(SIGN), ModelManager())
    data = result.data

    assert data.translator == "apertium"
    assert [region.why_not for region in data.regions] == [None] * len(data.regions)
    translations = [region.translated for region in data.regions]
    assert "Lunes a viernes 8:30 - 18:00" in translations
    assert "Sábado 10:00 - 14:00" in translations
    assert result.degraded == []
    picture = pixels_of(result)
    assert picture.shape == decode(SIGN.read_bytes()).pixels.shape
    assert (picture != decode(SIGN.read_bytes()).pixels).any()


async def test_what_the_picture_says_in_the_end_is_what_the_result_says():
    result = await translate(read_file(SIGN), translator="none", glossary=TERMS)
    again = await translate(result.data.picture, translator="none")

    told = {region.translated for region in result.data.regions if region.translated}
    assert told == set(TERMS.values())
    seen = {region.text for region in again.data.regions}
    assert "Llame dos veces" in seen
    assert "Please ring twice" not in seen


async def test_without_a_translator_every_text_is_untranslated_and_the_file_is_the_same():
    result = await translate(read_file(SIGN), translator="none")

    assert {(region.translated, region.why_not) for region in result.data.regions} == {(None, "untranslated")}
    assert result.data.translator is None
    assert result.data.picture.data == SIGN.read_bytes()
    assert result.warnings == ["nobody translates English to Spanish here: the glossary is all there is"]


async def test_a_translator_that_answers_html_costs_the_texts_and_not_the_picture():
    with serving(
        lambda *_: Reply(b"<html>maintenance</html>", headers={"content-type": "text/html"})
    ) as endpoint:
        result = await translate(
            read_file(SIGN), translator="chat", translator_model="m", translator_url=endpoint.url
        )

    assert {region.why_not for region in result.data.regions} == {"missing"}
    assert result.degraded == ["translate: translator_failed"]
    assert result.data.picture.data == SIGN.read_bytes()


async def test_half_an_answer_is_half_a_translation():
    def answer(body, _):
        return Reply(
            completion({text["id"]: "Llame dos veces" for text in texts_of(body) if "ring" in text["text"]})
        )

    with serving(answer) as endpoint:
        result = await translate(
            read_file(SIGN), translator="chat", translator_model="m", translator_url=endpoint.url
        )

    assert {(region.translated, region.why_not) for region in result.data.regions} == {
        ("Llame dos veces", None),
        (None, "missing"),
    }
    assert result.data.picture.data != SIGN.read_bytes()


async def test_translating_and_erasing_are_under_way_at_the_same_time():
    traces: list[Trace] = []

    def answer(body, endpoint):
        endpoint.released.wait(30)
        return Reply(completion({text["id"]: "Llame dos veces" for text in texts_of(body)}))

    with serving(answer) as endpoint:
        options = TranslationOptions(
            target="es", translator="chat", translator_model="m", translator_url=endpoint.url
        )
        translation = Translation(loaded_models(), options)
        translation.on_trace = traces.append
        translation.erase.process = _then(translation.erase.process, endpoint.released.set)
        async with translation:
            result = await translation(read_file(SIGN))  # the translator answers once the letters are erased

    assert any(region.translated for region in result.data.regions)
    stages = traces[0].stages()
    assert stages.index("erase") < stages.index("render") < stages.index("write")


def _then(process, after):
    def both(batch):
        done = process(batch)
        after()
        return done

    return both


async def test_an_edit_file_is_rendered_as_it_says_without_reading_or_translating(tmp_path):
    first = await translate(read_file(SIGN), translator="none", glossary=TERMS)
    regions = [
        region.model_copy(update={"translated": "TIMBRE", "style": Style(ink=(255, 0, 0))})
        if region.translated == "Llame dos veces"
        else region.model_copy(update={"translated": None})
        for region in first.data.regions
    ]
    edited = edit_file(first.data.model_copy(update={"regions": tuple(regions)}))
    (tmp_path / edited.name).write_bytes(edited.data)

    result = await translate(read_file(SIGN), edits=tmp_path)

    assert [region.translated for region in result.data.regions if region.translated] == ["TIMBRE"]
    assert "detect_text" not in {timing.stage for timing in result.timings}
    changed = (pixels_of(result) != decode(SIGN.read_bytes()).pixels).any(axis=2)
    box = next(region.box for region in regions if region.translated)
    assert changed.any()
    assert not changed[: int(box.y1) - 10].any()


async def test_a_picture_without_text_comes_back_as_it_is():
    solid = Encoded(_png(np.full((64, 96, 3), 90, np.uint8)), "solid.png")
    result = await translate(solid)

    assert result.data.regions == ()
    assert result.data.picture.data == solid.data
    assert result.degraded == []


async def test_pixels_are_translated_as_well_as_files():
    result = await translate(
        Image.from_array(decode(SIGN.read_bytes()).pixels), translator="none", glossary=TERMS
    )

    assert result.data.picture.data.startswith(b"\x89PNG")
    assert result.data.image_id == "anonymous"


def _png(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    PillowImage.fromarray(pixels).save(stream, "png")
    return stream.getvalue()


async def test_a_photo_stays_a_jpeg_and_keeps_its_exif_and_what_differs_is_said():
    stream = io.BytesIO()
    exif = PillowImage.Exif()
    exif[0x010F] = "A camera"
    PillowImage.open(SIGN).convert("RGB").save(stream, "jpeg", quality=85, exif=exif)
    result = await translate(Encoded(stream.getvalue(), "photo.jpg"), translator="none", glossary=TERMS)

    assert result.data.picture.name.endswith(".jpg")
    picture = PillowImage.open(io.BytesIO(result.data.picture.data))
    assert picture.format == "JPEG"
    assert picture.getexif()[0x010F] == "A camera"
    assert any("JPEG was written again" in warning for warning in result.warnings)


async def test_a_png_is_changed_nowhere_but_in_the_regions():
    result = await translate(read_file(SIGN), translator="none", glossary=TERMS)
    changed = (pixels_of(result) != decode(SIGN.read_bytes()).pixels).any(axis=2)

    for region in result.data.regions:
        if region.translated is not None:
            x1, y1, x2, y2 = region.box
            margin = (y2 - y1) / 2
            changed[int(y1 - margin) : int(y2 + margin), int(x1 - margin) : int(x2 + margin)] = False
    assert not changed.any()


async def test_an_animation_is_translated_in_its_first_picture_and_says_so():
    first = PillowImage.open(SIGN).convert("P")
    stream = io.BytesIO()
    first.save(stream, "gif", save_all=True, append_images=[first.rotate(90)])
    result = await translate(Encoded(stream.getvalue(), "moving.gif"), translator="none", glossary=TERMS)

    assert "first frame of an animation" in result.warnings
    assert result.data.picture.data.startswith(b"\x89PNG")
    assert "Llame dos veces" in [region.translated for region in result.data.regions]


async def test_a_picture_that_is_turned_is_read_and_comes_back_as_it_was_turned():
    stream = io.BytesIO()
    exif = PillowImage.Exif()
    exif[0x0112] = 6
    PillowImage.open(SIGN).convert("RGB").rotate(90, expand=True).save(stream, "png", exif=exif)
    result = await translate(Encoded(stream.getvalue(), "turned.png"), translator="none", glossary=TERMS)

    assert "Llame dos veces" in [region.translated for region in result.data.regions]
    assert PillowImage.open(io.BytesIO(result.data.picture.data)).size == (634, 982)


async def test_only_what_is_to_be_translated_is_looked_at_for_erasing():
    erased = []
    options = TranslationOptions(target="es", translator="none", glossary=TERMS)
    translation = Translation(loaded_models(), options)
    process = translation.find_strokes.process

    def seen(batch):
        erased.extend(region.text for one in batch for region in one.regions)
        return process(batch)

    translation.find_strokes.process = seen
    async with translation:
        result = await translation(read_file(SIGN))

    assert sorted(erased) == sorted(TERMS)
    assert len(result.data.regions) > len(erased)


def test_pictures_that_wait_for_the_network_are_not_held_to_the_cores():
    chat = {"translator": "chat", "translator_url": "http://127.0.0.1:1/", "translator_model": "m"}
    settings = Settings(max_at_work=7)

    assert Translation(ModelManager(), TranslationOptions()).max_at_work == cores() + 1
    assert Translation(ModelManager(), TranslationOptions(**chat)).max_at_work is None
    assert build("translation", APPLICATION, settings, TranslationOptions(), ModelManager()).max_at_work == 7


@pytest.mark.parametrize("echoing", [False, True])
async def test_an_answer_that_lacks_texts_is_said_and_an_echo_is_not_held_against_it(echoing):
    def answer(body, _):
        echo = {text["id"]: text["text"] for text in texts_of(body)}
        return Reply(completion(echo if echoing else {}))

    with serving(answer) as endpoint:
        options = {"translator": "chat", "translator_url": endpoint.url, "translator_model": "small"}
        result = await translate(read_file(SIGN), **options)

    assert not any(region.translated for region in result.data.regions)
    assert result.degraded == ([] if echoing else ["translate: translator_failed"])

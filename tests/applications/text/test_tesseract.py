"""Lines of scripts that the network does not know, with the language packs of the system."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from loaded import loaded_models
from siseon.applications.options import stated
from siseon.applications.text import APPLICATION, Line, Text, TextOptions, TextResult
from siseon.applications.text.looks import BORDER, LOOKS, shown
from siseon.applications.text.tesseract import ReadOtherScripts, Reread, best_of, data_folder, installed
from siseon.contracts import FailureCode, Image, InputError, Result, SiseonError
from siseon.engine.placement.processes import Processes
from siseon.models import ModelManager

DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
needs_packs = pytest.mark.skipif(not installed(), reason="tesserocr or a language pack is not installed")
needs_font = pytest.mark.skipif(not DEJAVU.exists(), reason="fonts-dejavu-core is not installed")


Colour = str | tuple[int, int, int]


def page(*lines: str, ink: Colour = "black", ground: Colour = "white") -> Image:
    font = ImageFont.truetype(str(DEJAVU), 44)
    picture = PillowImage.new("RGB", (900, 100 + 90 * len(lines)), ground)
    for number, line in enumerate(lines):
        ImageDraw.Draw(picture).text((60, 50 + 90 * number), line, ink, font=font)
    return Image.from_array(np.asarray(picture))


@pytest.fixture(scope="module")
def read():
    async def read(image: Image, models: ModelManager | None = None, **options):
        async with Text(models or loaded_models(), TextOptions(**options)) as text:
            return await text(image)

    return read


@needs_packs
@needs_font
async def test_lines_of_other_scripts_are_read_and_say_by_whom(read):
    lines = page("Ресторан открыт", "Ευχαριστώ πολύ", "Open until nine")
    result = await read(lines, ModelManager())

    assert [(line.text, line.reader) for line in result.data.lines] == [
        ("Ресторан открыт", "tesseract-rus"),
        ("Ευχαριστώ πολύ", "tesseract-ell"),
        ("Open until nine", "ppocr-v6-rec"),
    ]
    assert {"Latin", "Cyrillic", "Greek"} <= set(result.data.scripts)
    assert "tesseract-rus" in [ref.name for ref in result.models]


@needs_packs
@needs_font
@pytest.mark.parametrize("word", ["КАССА", "РЕСТОРАН", "МОСКВА", "ΦΑΡΜΑΚΕΙΟ", "ΑΘΗΝΑ"])
async def test_capitals_that_look_like_latin_ones_are_read_in_their_own_script(read, word):
    assert (await read(page(word))).data.text == word


@needs_packs
@needs_font
@pytest.mark.parametrize("word", ["EXIT", "HOTEL", "COMPACT", "TOKYO", "PHOTO", "CAT"])
async def test_latin_capitals_that_others_have_too_stay_latin(read, word):
    (line,) = (await read(page(word))).data.lines

    assert (line.text, line.reader) == (word, "ppocr-v6-rec")


@needs_packs
@needs_font
@pytest.mark.parametrize("word", ["касса", "рука"])
async def test_small_letters_that_look_like_latin_ones_are_read_in_their_own_script(read, word):
    assert (await read(page(word))).data.text == word


@needs_packs
@needs_font
async def test_light_that_falls_from_one_side_does_not_hide_a_line(read):
    lit = page("Осторожно, двери закрываются")
    light = np.linspace(1.0, 0.35, lit.width)[None, :, None]
    image = Image.from_array((lit.pixels * light).astype(np.uint8))

    assert (await read(image)).data.text == "Осторожно, двери закрываются"


@needs_packs
@needs_font
async def test_white_on_dark_is_read_as_well(read):
    assert (await read(page("Аптека", ink="white", ground="navy"))).data.text == "Аптека"


@needs_packs
@needs_font
async def test_in_worker_processes_the_packs_are_named_as_well():
    text = Text(ModelManager())
    text.read_other_scripts.placement = Processes()
    async with text:
        result = await text(page("Ресторан открыт"))

    assert result.data.text == "Ресторан открыт"
    assert "Cyrillic" in result.data.scripts
    assert "tesseract-rus" in [ref.name for ref in result.models]


@needs_font
async def test_without_it_such_lines_are_refused(read):
    result = await read(page("Ресторан открыт", "ΦΑΡΜΑΚΕΙΟ"), other_scripts="none")

    assert [line.reason for line in result.data.unread] == ["unknown_script", "unknown_script"]
    assert not result.data.lines


@needs_packs
@pytest.mark.parametrize(("warm_ups", "late"), [(1, False), (0, True)])
def test_packs_are_loaded_before_the_first_request_unless_it_is_alone(warm_ups: int, late: bool):
    stage = Text(ModelManager(warm_ups=warm_ups)).read_other_scripts
    assert stage is not None
    stage.setup()
    sets = [stage._readers.get() for _ in range(stage.replicas)]
    assert [not readers for readers in sets] == [late] * stage.replicas


@needs_packs
def test_which_packs_there_are_can_be_asked_while_they_are_loaded(monkeypatch):
    stage = ReadOtherScripts()
    asked, real = [], hashlib.sha256

    def sha256(content: bytes):
        asked.append(stage.models())
        return real(content)

    monkeypatch.setattr(hashlib, "sha256", sha256)
    stage.setup()
    stage.teardown()
    assert asked
    assert not any(asked)
    assert stage.models()


def test_where_no_pack_is_installed_nobody_is_asked(monkeypatch, tmp_path):
    monkeypatch.setattr("siseon.applications.text.tesseract.FOLDERS", (str(tmp_path),))

    assert data_folder() is None
    assert not installed()
    assert Text(ModelManager()).read_other_scripts is None


@needs_packs
@needs_font
async def test_a_word_of_twins_is_read_as_the_lines_beside_it(read):
    beside_cyrillic = await read(page("Свежий хлеб каждый день", "АТОМ"))
    beside_latin = await read(page("Fresh bread every morning", "ATOM"))

    assert beside_cyrillic.data.lines[-1].text == "АТОМ"
    assert beside_latin.data.lines[-1].text == "ATOM"


@needs_packs
@needs_font
async def test_red_on_a_green_as_bright_is_read(read):
    assert (await read(page("Аптека", ink=(200, 40, 40), ground=(60, 120, 60)))).data.text == "Аптека"


def test_letters_within_a_rim_are_shown_without_it():
    pixels = np.full((60, 300, 3), (110, 100, 130), np.uint8)
    pixels[15:45, 40:260] = 255
    pixels[22:38, 50:250] = 20
    look = next(look for look in LOOKS if look.within_rim)

    grey = shown(Image.from_array(pixels), look)
    scale = look.height / 60
    assert grey[BORDER + round(30 * scale), BORDER + round(150 * scale)] == 0  # ink
    assert grey[BORDER + round(18 * scale), BORDER + round(150 * scale)] == 255  # rim
    assert grey[BORDER + round(5 * scale), BORDER + round(150 * scale)] == 255  # ground


@needs_font
async def test_without_packs_capitals_that_lines_beside_them_make_doubtful_are_refused(read):
    result = await read(page("Свежий хлеб", "КАССА"), other_scripts="none")

    assert [line.reason for line in result.data.unread] == ["unknown_script", "ambiguous_script"]


def test_of_each_script_the_best_reading_is_kept():
    bad = Reread("๐666 8อน๑๐6", 0.9, "tha")  # digits among which two letters stand
    good = Reread("หอม", 0.6, "tha")
    russian, serbian = Reread("КАССА", 0.96, "rus"), Reread("КАССА", 0.92, "srp")

    assert not bad.sound
    assert set(best_of([bad, serbian, good, russian])) == {good, russian}


@needs_packs
@needs_font
async def test_only_the_packs_that_are_named_read(read):
    result = await read(page("Ресторан открыт", "Ευχαριστώ πολύ"), other_scripts=("ell",))

    assert [line.text for line in result.data.lines] == ["Ευχαριστώ πολύ"]
    assert [line.reason for line in result.data.unread] == ["unknown_script"]


@needs_packs
async def test_a_pack_that_is_named_and_missing_stops_the_start(monkeypatch, tmp_path):
    (tmp_path / "rus.traineddata").touch()
    monkeypatch.setattr("siseon.applications.text.tesseract.FOLDERS", (str(tmp_path),))

    with pytest.raises(SiseonError, match="not installed: kor, tha") as failed:
        async with Text(ModelManager(), TextOptions(other_scripts=("rus", "kor", "tha"))):
            pass
    assert failed.value.code == FailureCode.model_not_found
    assert failed.value.hint == "apt install tesseract-ocr-kor tesseract-ocr-tha"


@pytest.mark.parametrize("words", ["kor,klingon", "auto,kor", "none,rus", ""])
def test_packs_that_are_not_known_are_refused(words):
    with pytest.raises(InputError, match="auto, none, or some of kor"):
        stated(TextOptions, {"other_scripts": words})


def test_packs_may_be_named_on_a_command_line():
    assert stated(TextOptions, {"other_scripts": "kor,rus"}).other_scripts == ("kor", "rus")


def test_a_line_that_another_model_read_says_so_in_the_text_output():
    ring = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0), (0.0, 0.0))
    lines = [
        Line(polygon=ring, text=text, score=0.9, reader=reader)
        for text, reader in (("Аптека", "tesseract-rus"), ("Open", "ppocr-v6-rec"))
    ]
    data = TextResult(image_id="a", width=9, height=9, lines=tuple(lines), unread=(), scripts=())

    shown = APPLICATION.text(
        "a",
        Result(data=data, models=[], trace_id="0", timings=[], degraded=[], warnings=[], elapsed_ms=1.0),
    )
    assert "Аптека  [tesseract-rus]" in shown
    assert "Open  [" not in shown

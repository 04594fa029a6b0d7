"""Pages of a report, looked at as pictures and as text."""

from __future__ import annotations

import numpy as np
import pypdfium2
import pytest

from applications.oilspill.test_flight import frames, lost
from siseon.applications.concluding import Unanswered
from siseon.applications.oilspill.contracts import Metadata
from siseon.applications.oilspill.flight import flown
from siseon.applications.oilspill.palette import COLOURS
from siseon.applications.oilspill.report import Contents, contents, pdf
from siseon.contracts import Failure, FailureCode
from siseon.media.fonts import installed

KOREAN = "비행/한글 사진.jpg"


@pytest.fixture(scope="module")
def told() -> Contents:
    """Of four frames: one without a position, one whose position is filled from its neighbours."""
    first, second, third, fourth = frames()
    nowhere = lost(second).model_copy(update={"image_id": KOREAN, "time": None, "metadata": Metadata()})
    flight = flown([first, lost(third), fourth, nowhere])
    broken = Failure(code=FailureCode.corrupt_image, message="the file ends early", retryable=False)
    failed = [Unanswered("f-12.jpg", broken)]
    return contents(flight.frames, flight.slicks, flight.drifts, failed, ["a <note>"])


def test_its_pages_show_the_map_the_figures_and_the_form(told: Contents) -> None:
    made = pdf(told)
    assert made == pdf(told)
    pages = list(pypdfium2.PdfDocument(made))
    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    for words in (
        told.headline,
        "Note: a <note>.",
        "Dashed: places",
        "1 *",
        "f-12.jpg failed the file ends early (corrupt_image)",
        "to be filled in",
        "Areas are of",
    ):
        assert words in text.replace("\r\n", " "), words
    shown = np.asarray(pages[0].render(scale=1).to_pil())
    rainbow = (np.abs(shown.astype(int) - COLOURS["rainbow"]).max(axis=2) < 8).mean()
    assert 0.01 < rainbow < 0.2


def test_names_are_written_in_a_font_of_this_machine_or_spelt_out(told: Contents) -> None:
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf(told)))
    has_korean = any(path.endswith("NanumGothic.ttf") for path in installed())
    assert (KOREAN if has_korean else r"\ube44\ud589/") in text


def test_many_rows_go_on_on_the_next_page() -> None:
    nowhere = lost(frames()[0])
    many = [nowhere.model_copy(update={"image_id": f"{number}.jpg"}) for number in range(160)]
    pages = pypdfium2.PdfDocument(pdf(contents(many, (), ())))
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert len(pages) > 1
    assert "No frame has a position" in text
    assert "and 110 more, in the table of frames." in text

import numpy as np
import pytest
from pydantic import ValidationError

from siseon.applications.translation.evaluate import GeneratedTruth, evaluate
from siseon.applications.translation.generated import Page
from siseon.applications.translation.generated.page import Style as Look
from siseon.applications.translation.options import TranslationOptions
from siseon.applications.translation.scores import Scores, score
from siseon.media.bounds import DEFAULT_BOUNDS
from siseon.models import ModelManager


async def test_generated_pages_are_read_cleaned_and_set_within_the_bounds():
    counted = []

    table = await evaluate(
        ModelManager(),
        TranslationOptions(),
        GeneratedTruth(pictures=3, seed=0, split="development"),
        bounds=DEFAULT_BOUNDS,
        progress=lambda: counted.append(1),
    )

    scores = table.document["scores"]
    assert len(counted) == 3
    assert scores["outside"] == scores["overflow"] == 0
    assert scores["contrast"] >= 4.5
    assert scores["left"] <= 0.02 * scores["ink"]
    assert scores["translated"] >= 0.9 * scores["blocks"]
    assert scores["tau"] >= 0.9
    read, again = (sum(row["errors"] for row in table.document[key]) for key in ("reading", "rereading"))
    characters = sum(row["characters"] for row in table.document["reading"])
    assert read <= 0.03 * characters
    assert again <= 0.03 * sum(row["characters"] for row in table.document["rereading"])
    assert {len(row) for row in table.rows} == {len(table.heads)}


def _page():
    made = Page.of(np.full((200, 300, 3), 255, np.uint8), "development")
    rng = np.random.default_rng(0)
    assert made.write("Wet paint", "en", (150, 60), (280, 60), 32, Look((0, 0, 0)), "plain", rng)
    return made


def test_a_picture_that_changed_elsewhere_and_blocks_that_were_not_found_are_counted():
    made, scores = _page(), Scores()
    painted = made.pixels.copy()
    painted[150:160, 10:30] = 0

    score(scores, made, [], painted, "es", TranslationOptions())

    assert (scores.blocks, scores.found, scores.translated) == (1, 0, 0)
    assert scores.outside == 200


@pytest.mark.parametrize("wrong", [{"pictures": 0}, {"split": "both"}, {"seed": -1}])
def test_only_pages_that_can_be_made_are_asked_for(wrong):
    with pytest.raises(ValidationError):
        GeneratedTruth(**wrong)

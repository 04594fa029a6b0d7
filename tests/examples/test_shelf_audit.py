"""Detection, product names and price reading run as two branches of one pipeline; prices follow a grammar."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from siseon.applications.inspection import Box, Detect
from siseon.applications.inspection.gallery import Recognise
from siseon.applications.text import Line, Text
from siseon.contracts import Encoded, Image
from siseon.engine import Trace
from siseon.media.encode import encode
from siseon.models import ModelManager


@pytest.fixture(scope="module")
def shelf_audit(load_example):
    return load_example("shelf_audit")


@pytest.fixture
def gallery(test_data: Path, tmp_path: Path) -> Path:
    """Two products, cut out of photos: the refrigerator of the shelf's photo, and a corner of another."""
    photos = test_data / "coco-dev" / "images"
    picture = PillowImage.open(photos / "000000000802.jpg").convert("RGB")
    (tmp_path / "products").mkdir()
    picture.crop((0, 60, picture.width, 550)).save(tmp_path / "products" / "Frost 300.png")
    other = PillowImage.open(photos / "000000073326.jpg").convert("RGB")
    other.crop((0, 0, 160, 160)).save(tmp_path / "products" / "Another.png")
    return tmp_path / "products"


@pytest.fixture
def shelf(test_data: Path) -> Encoded:
    """A real photo of a refrigerator, with a price below it and a sale's date above."""
    picture = PillowImage.open(test_data / "coco-dev" / "images" / "000000000802.jpg").convert("RGB")
    draw = ImageDraw.Draw(picture)
    for area, text in (((230, 560, 424, 625), "$499.00"), ((0, 0, 300, 60), "Offer 24 May")):
        draw.rectangle(area, "white")
        draw.text((area[0] + 8, area[1] + 8), text, "black", font=ImageFont.load_default(size=38))
    return Encoded(encode(Image.from_array(np.array(picture)), "png"), "shelf.png")


async def test_a_price_hangs_on_the_product_above_it_and_other_digits_are_not_prices(
    shelf_audit, model_path, shelf, gallery
):
    async with shelf_audit.ShelfAudit(ModelManager(search_path=[model_path]), gallery) as pipeline:
        data = (await pipeline(shelf)).data
    (priced,) = [item for item in data.items if item.price]
    assert (priced.kind, priced.product) == ("refrigerator", "Frost 300")
    assert (priced.price.amount, priced.price.currency) == (Decimal("499.00"), "USD")
    assert data.prices_without_item == []
    assert [line for line in data.not_prices if "24" in line]


async def test_the_audit_nests_the_shipped_stages_and_pipeline_and_runs_its_branches_side_by_side(
    shelf_audit, model_path, shelf, gallery
):
    traces: list[Trace] = []
    pipeline = shelf_audit.ShelfAudit(ModelManager(search_path=[model_path]), gallery)
    pipeline.on_trace = traces.append
    async with pipeline:
        await pipeline(shelf)
    stages = pipeline.stages()
    stages.pop("text.read_other_scripts", None)  # where packs of other scripts are installed
    assert list(stages) == [
        "decode", "products.detect", "products.classify", "text.detect_text", "text.recognize_text",
    ]  # fmt: skip
    assert type(stages["products.detect"]) is Detect
    assert type(stages["products.classify"]) is Recognise
    assert type(pipeline.text) is Text
    spans = traces[0].spans
    text_begun = min(span.start_s for span in spans if span.stage == "text.detect_text")
    found = max(span.start_s + span.compute_s for span in spans if span.stage == "products.detect")
    assert text_begun < found, "the second branch waited for the first"


def test_the_command_prints_typed_json(run_example, test_data):
    done = run_example("shelf_audit", test_data / "coco-dev" / "images" / "000000073326.jpg")
    assert done.returncode == 0, done.stderr
    items = json.loads(done.stdout.partition(" ")[2])["items"]
    assert {"refrigerator", "bottle"} <= {item["kind"] for item in items}
    assert {item["product"] for item in items} == {None}, "nothing is named without a gallery"


def test_a_file_that_is_no_picture_is_a_named_failure(run_example, tmp_path):
    (tmp_path / "notes.jpg").write_text("nothing to see")
    done = run_example("shelf_audit", tmp_path / "notes.jpg")
    assert done.returncode == 1
    assert done.stderr.startswith("unsupported_media")


@pytest.mark.parametrize(
    ("line", "amount", "currency"),
    [
        ("12.50", "12.50", None),
        ("W3,500", "3500", "KRW"),
        ("W 12,900", "12900", "KRW"),
        ("Price: € 5", "5", "EUR"),
        ("Coca-Cola 2.49", "2.49", None),
        ("Milk EUR 2.49", "2.49", "EUR"),
        ("2,49 €", "2.49", "EUR"),
        ("1,299.00", "1299.00", None),
        ("1.299,00 €", "1299.00", "EUR"),
        ("1 299,00 EUR", "1299.00", "EUR"),
        ("₩ 3,500", "3500", "KRW"),
    ],
)
def test_a_price_becomes_an_exact_amount_with_its_currency(shelf_audit, line, amount, currency):
    price = shelf_audit.parse_price(line)
    assert (price.amount, price.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "€",
        "12",
        "500 g",
        "12.5",
        "8:30 - 18:00",
        "2 for 5.00",
        "Milk 1l 2.49",
        "off 20%",
        "-5.00",
        "Save -5.00",
        "€ $5",
        "$2.50€",
        "1.299 €",
        "1,29,00",
        "$1,2345.00",
        "2.49/kg",
        "¥12.50",
        "1234567.00",
    ],
)
def test_what_could_be_something_else_is_no_price(shelf_audit, line):
    assert shelf_audit.parse_price(line) is None


def test_a_product_takes_the_nearest_price_once_and_a_price_under_nothing_is_listed(shelf_audit):
    def item(x1: float, y1: float, x2: float, y2: float):
        return shelf_audit.Item(box=Box(x1, y1, x2, y2), kind="bottle", product=None)

    def line(x: float, y: float, text: str) -> Line:
        return Line(polygon=((x, y), (x + 10, y), (x + 10, y + 4), (x, y + 4), (x, y)), text=text, score=1.0)

    upper, lower = item(0, 0, 40, 50), item(0, 60, 40, 100)
    lines = (line(5, 52, "1.00"), line(5, 102, "2.00"), line(25, 103, "3.00"), line(80, 52, "4.00"))
    shelf = shelf_audit.match_prices([upper, lower], lines)
    assert (upper.price.amount, lower.price.amount) == (Decimal("1.00"), Decimal("2.00"))
    assert [price.amount for price in shelf.prices_without_item] == [Decimal("3.00"), Decimal("4.00")]

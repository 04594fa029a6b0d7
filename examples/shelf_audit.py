"""A shelf audit: find the products, name them, read the prices, and hang each price on a product.

Two branches run at the same time over one picture: detect → recognise, and the whole ``text`` pipeline. Products are
named by a folder of theirs (a folder or one picture for each), with "none of these" for all others. A price is
taken only where a line follows a strict grammar; lines with other digits are listed, not guessed at.

Run: ``SISEON_MODEL_PATH=FOLDER ./dev python examples/shelf_audit.py [GALLERY] PHOTO...``
"""

import asyncio
import re
import sys
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel

from siseon.applications.decode import Decode
from siseon.applications.inspection import Box, Detect, InspectionOptions
from siseon.applications.inspection.gallery import Recognise
from siseon.applications.inspection.naming import classification
from siseon.applications.text import Line, Text
from siseon.contracts import Encoded, Image, SiseonError
from siseon.engine import Pipeline, step
from siseon.media import read_file
from siseon.models import ModelManager
from siseon.settings import Settings

CURRENCIES, WITHOUT_CENTS = (
    {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₩": "KRW", "W": "KRW"},
    {"JPY", "KRW"},
)
_MARK = r"€|\$|£|¥|₩|EUR|USD|GBP|JPY|KRW"
PRICE = re.compile(
    rf"(?:[^\W\d_](?:[^\d€$£¥₩]*?[^\W\d_])??:?\s+)??(?P<before>{_MARK}|W(?=\s?\d{{1,3}},\d{{3}}))?\s?"
    r"(?P<whole>\d{1,6}|\d{1,3}(?P<group>[ ,.])\d{3}(?:(?P=group)\d{3})*)(?:(?P<point>[.,])(?P<cents>\d\d))?"
    rf"\s?(?P<after>{_MARK})?"
)
"""A whole line: words without digits, one amount, a currency on one side of it at most, no sign."""


class Price(BaseModel):
    amount: Decimal
    currency: str | None
    """ISO 4217; None when the label shows no currency."""


class Item(BaseModel):
    box: Box
    kind: str
    """What the detector calls it."""
    product: str | None
    """Its name in the gallery, or "none of these", or "uncertain"; None without a gallery, or for what is too small."""
    price: Price | None = None


class Shelf(BaseModel):
    items: list[Item]
    prices_without_item: list[Price]
    not_prices: list[str]
    """Lines with digits that the grammar refuses: weights, dates, misread prices."""


def parse_price(line: str) -> Price | None:
    """The price that a line states, or None.

    Without a currency cents are required ("12.50", not "12"), and a group of three digits is one only where it can
    be nothing else: "1,299.00" and "₩ 3,500" are prices, "1.299 €" could be either and is refused. The reader knows ₩
    and takes it for a W all the same, so a W before thousands is one.
    """
    found = PRICE.fullmatch(line.strip())
    if (
        found is None
        or (found["before"] and found["after"])
        or (found["point"] and found["group"] == found["point"])
    ):
        return None
    mark = found["before"] or found["after"]
    currency = CURRENCIES.get(mark, mark) if mark else None
    if found["cents"] is None and (currency is None or (found["group"] and currency not in WITHOUT_CENTS)):
        return None
    if found["cents"] is not None and currency in WITHOUT_CENTS:
        return None
    whole = found["whole"].replace(found["group"] or ",", "")
    return Price(amount=Decimal(f"{whole}.{found['cents'] or 0}"), currency=currency)


class Products(Pipeline[Image, list[Item]]):
    """The first branch: what stands on the shelf."""

    def __init__(self, models: ModelManager, gallery: Path | None = None) -> None:
        self.detect = Detect(models["yolox-nano"])
        self.options = InspectionOptions(gallery=None if gallery is None else str(gallery))
        self.classify = gallery and Recognise(models[self.options.embedder], gallery)

    async def run(self, item: Image) -> list[Item]:
        found = await self.detect(item)
        names: dict[int, str] = {}
        if self.classify:  # a general classifier's names are not products: without a gallery nothing is named
            crops = found.crops(item, min_side=32)
            labels = await self.classify.map(crops, timeout=2.0, fallback=None)
            named = zip(crops, labels, strict=True)
            names = {c.index: classification(c.index, x, self.options)["class_name"] for c, x in named if x}
        return [
            Item(box=Box(*box), kind=found.labels[class_id], product=names.get(index))
            for index, (box, class_id) in enumerate(
                zip(found.boxes.xyxy.tolist(), found.class_ids.tolist(), strict=True)
            )
        ]


class ShelfAudit(Pipeline[Encoded, Shelf]):
    """Both branches and what joins them."""

    def __init__(self, models: ModelManager, gallery: Path | None = None) -> None:
        self.decode = Decode()
        self.products = Products(models, gallery)
        self.text = Text(models)
        self.text.decode = self.decode  # one decoder for both

    async def run(self, item: Encoded) -> Shelf:
        image = await self.decode(item)
        items, text = await asyncio.gather(self.products.run(image), self.text.run(image))
        with step("match_prices"):
            return match_prices(items, text.lines)


def match_prices(items: list[Item], lines: tuple[Line, ...]) -> Shelf:
    """Give each price to the product whose lower edge is nearest to it; the first price of a product counts."""
    shelf = Shelf(items=items, prices_without_item=[], not_prices=[])
    for line in lines:
        price = parse_price(line.text)
        if price is None:
            shelf.not_prices += [line.text] if any(letter.isdigit() for letter in line.text) else []
            continue
        xs, ys = zip(*line.polygon[:4], strict=True)
        x, y = sum(xs) / 4, sum(ys) / 4
        below = [
            item
            for item in items
            if item.price is None and item.box.x1 <= x <= item.box.x2 and y > item.box.y1
        ]
        if below:
            min(below, key=lambda item: abs(y - item.box.y2)).price = price
        else:
            shelf.prices_without_item.append(price)
    return shelf


async def main(gallery: Path | None, photos: list[Encoded]) -> None:
    async with ShelfAudit(ModelManager(search_path=Settings().model_path), gallery) as pipeline:
        for photo in photos:
            print(photo.name, (await pipeline(photo)).data.model_dump_json(indent=2))


if __name__ == "__main__":
    try:
        paths = [Path(name) for name in sys.argv[1:]]
        folder = paths.pop(0) if paths and paths[0].is_dir() else None
        if not paths:
            sys.exit("usage: shelf_audit.py [GALLERY] PHOTO...")
        asyncio.run(main(folder, [read_file(path) for path in paths]))
    except SiseonError as error:
        sys.exit(f"{error.code}: {error.message}")

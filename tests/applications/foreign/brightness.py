"""An application of another package: how bright a picture is. Nothing of siseon knows of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from pydantic import BaseModel, ConfigDict, DirectoryPath

from siseon.applications.application import Application, Evaluation, Table
from siseon.applications.concluding import Answered, Unanswered
from siseon.applications.decode import Decode
from siseon.applications.options import Choices, Share
from siseon.contracts import Encoded, Image, Result
from siseon.engine import Pipeline, Stage
from siseon.media import MediaBounds, expand_inputs, read_file
from siseon.models import ModelManager


class BrightnessChoices(Choices):
    bright: Share = 0.1
    """From which mean of the pixels on a picture is called bright."""


class BrightnessOptions(BrightnessChoices):
    gain: float = 1.0
    """By what the mean is multiplied before."""


class BrightnessResult(BaseModel):
    brightness: float
    bright: bool


class Mean(Stage[Image, float]):
    name = "mean"

    def process(self, batch: Sequence[Image]) -> Sequence[float]:
        return [float(image.pixels.mean()) / 255 for image in batch]


class Brightness(Pipeline[Encoded | Image, BrightnessResult]):
    def __init__(self, models: ModelManager, options: BrightnessOptions, *, bounds: MediaBounds) -> None:
        self.options = options
        self.decode = Decode(bounds=bounds)
        self.mean = Mean()

    async def run(
        self, item: Encoded | Image, *, choices: BrightnessChoices | None = None
    ) -> BrightnessResult:
        value = self.options.gain * await self.mean(await self.decode.open(item))
        return BrightnessResult(brightness=value, bright=value >= self.options.chosen(choices).bright)


def inverted(image: Image, data: BrightnessResult) -> Image:
    return Image.from_array(255 - image.pixels)


def text(name: str, result: Result[BrightnessResult]) -> str:
    return f"{name} has a brightness of {result.data.brightness:.2f}"


def brightest(
    options: BrightnessOptions,
    answered: Iterable[Answered[BrightnessResult]],
    unanswered: Iterable[Unanswered],
) -> Iterator[Encoded]:
    """Its name, and its bytes as they were read again."""
    best = max(answered, key=lambda one: one.data.brightness)
    yield Encoded(f"{best.name} at a gain of {options.gain:g}".encode(), "brightest.txt")
    yield Encoded(best.read().data, "brightest.png")
    failed = "".join(f"{one.name}: {one.failure.code}\n" for one in unanswered)
    yield Encoded(failed.encode(), "failed.txt")


class Folder(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)

    folder: DirectoryPath
    """Folder of pictures that are all bright."""


async def share_of_bright(
    models: ModelManager,
    options: BrightnessOptions,
    truth: Folder,
    *,
    bounds: MediaBounds,
    progress: Callable[[], object],
) -> Table:
    async with Brightness(models, options, bounds=bounds) as pipeline:
        pictures = [read_file(path) for path in expand_inputs([str(truth.folder)])]
        right = [(await pipeline(picture)).data.bright for picture in pictures]
    share = sum(right) / len(right)
    return Table("brightness", ("pictures", "right"), ((str(len(right)), f"{share:.0%}"),), {"right": share})


APPLICATION = Application(
    kind=Brightness,
    options=BrightnessOptions,
    choices=BrightnessChoices,
    result=BrightnessResult,
    summary="Tell how bright pictures are.",
    draw=inverted,
    text=text,
    count=lambda data: int(data.bright),
    beside=lambda data: (Encoded(f"{data.brightness:.2f}".encode(), "mean.txt"),),
    conclude=brightest,
    evaluate=Evaluation(summary="Share of bright pictures.", truth=Folder, measure=share_of_bright),
)

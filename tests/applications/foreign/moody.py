"""An application of another package that fails on dark pictures, and gives on white ones what it should not."""

from __future__ import annotations

from dataclasses import replace

import brightness

from siseon.contracts import Encoded, Image, Result


class Moody(brightness.Brightness):
    async def run(
        self, item: Encoded | Image, *, choices: brightness.BrightnessChoices | None = None
    ) -> brightness.BrightnessResult:
        result = await super().run(item, choices=choices)
        if result.brightness < 1:
            return result
        return brightness.BrightnessResult.model_construct(brightness=object(), bright=True)


def draw(image: Image, data: brightness.BrightnessResult) -> Image:
    if not data.brightness:
        raise ValueError("draw likes no dark pictures")
    return brightness.inverted(image, data)


def text(name: str, result: Result[brightness.BrightnessResult]) -> str:
    if not result.data.brightness:
        raise SystemExit("text likes no dark pictures")
    return brightness.text(name, result)


def count(data: brightness.BrightnessResult) -> int:
    return 3 if data.brightness else "three"  # type: ignore[return-value]  # the fault


async def measure(*_: object, **__: object) -> brightness.Table:
    raise KeyError("no measure")


APPLICATION = replace(
    brightness.APPLICATION,
    kind=Moody,
    beside=None,
    draw=draw,
    text=text,
    count=count,
    evaluate=replace(brightness.APPLICATION.evaluate, measure=measure),
)

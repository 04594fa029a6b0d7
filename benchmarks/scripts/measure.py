"""Character errors of ``text`` on what ``generate.py`` wrote, by set and look. Run:

``python benchmarks/scripts/measure.py OUT [--set NAME=VALUE ...]``. *errors*: edit distance over the length of the
truth; *wrong*: those errors that were given out, the others are characters of refused or missed lines.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from siseon.applications.options import stated
from siseon.applications.text import Text, TextOptions, TextResult
from siseon.applications.text.evaluate import count_errors
from siseon.media import read_file
from siseon.models import ModelManager

sys.path.insert(0, str(Path(__file__).parents[1]))
from machine import machine

IN_FLIGHT = 4


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    arguments.add_argument("--only", default="", help="sets whose names have this in them")
    arguments.add_argument("--show", action="store_true", help="print each picture that is not read right")
    given = arguments.parse_args()
    options = stated(TextOptions, dict(setting.split("=", 1) for setting in given.set))
    print(machine())
    print("| set | characters | clean: errors | wrong | photo: errors | wrong |\n|---|---|---|---|---|---|")
    async with Text(ModelManager(), options) as text:
        names = sorted(path.name for path in (given.folder / "clean").iterdir())
        for name in (name for name in names if given.only in name):
            cells = []
            for look in ("clean", "photo"):
                entries, results = await read(text, given.folder / look / name)
                if given.show:
                    show(look, entries, results)
                rows = count_errors(entries, results)
                characters = sum(row.characters for row in rows)
                cells += [f"{sum(row.errors for row in rows) / characters:.1%}"]
                cells += [f"{sum(row.wrong for row in rows) / characters:.1%}"]
            print("| " + " | ".join((name.replace("_", " "), str(characters), *cells)) + " |", flush=True)


async def read(text: Text, folder: Path) -> tuple[list[dict[str, Any]], list[TextResult]]:
    entries = json.loads((folder / "truth.json").read_text("utf-8"))
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def one(name: str) -> TextResult:
        async with gate:
            return (await text(read_file(folder / name))).data

    return entries, list(await asyncio.gather(*(one(entry["file"]) for entry in entries)))


def show(look: str, entries: list[dict[str, Any]], results: list[TextResult]) -> None:
    for entry, result in zip(entries, results, strict=True):
        if "".join(result.text.split()) != "".join("".join(entry["text"]).split()):
            read = [f"{line.text} ({line.reader} {line.score:.2f})" for line in result.lines]
            unread = [f"{line.reason} {line.score:.2f}" for line in result.unread]
            print(look, entry["file"], entry["font"], entry["text"], "->", read, unread)


if __name__ == "__main__":
    asyncio.run(main())

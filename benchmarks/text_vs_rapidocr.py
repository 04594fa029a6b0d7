"""The ``text`` pipeline against rapidocr's own, over the same weights and the same detection size.

rapidocr runs as its documentation shows, one picture after another, its defaults but for the orientation
classifier, which neither side runs; ours runs 16 pictures in flight. Lines are compared as multisets of each
picture's texts, without white space; those that either side refuses by score count as absent.
Run: ``python benchmarks/text_vs_rapidocr.py FOLDER [FOLDER...]``
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections import Counter
from collections.abc import Sequence

from machine import machine
from rapidocr import RapidOCR

from siseon.contracts import Encoded
from siseon.media import expand_inputs, read_file
from siseon.media.decode import decode
from siseon.models import ModelManager
from siseon.pipelines.text import Text

IN_FLIGHT = 16
WARM_UP = 3
THEIR_MAX_SIDE = 6000
"""rapidocr scales short sides up to 736 without a bound on the long side; ours has one, and is set beyond it."""
THEIR_MIN_SCORE = 0.5
UNKNOWN_SCRIPTS = {"line_ko.jpg", "line_ru.jpg", "line_sr_cyrillic.png", "line_hi.png"}
"""Left out: in scripts that the weights do not know, ours refuses by design and theirs answers rubbish."""
Lines = list[Counter[str]]


def main() -> None:
    logging.disable(logging.INFO)
    pictures = [read_file(path) for path in expand_inputs(sys.argv[1:]) if path.name not in UNKNOWN_SCRIPTS]
    theirs, their_seconds = run_rapidocr(pictures)
    ours, our_seconds = asyncio.run(run_siseon(pictures))
    same = sum((a & b).total() for a, b in zip(theirs, ours, strict=True))
    lines = sum(a.total() for a in theirs)
    print(machine())
    print("| pipeline | pictures/s | lines |")
    print("|---|---|---|")
    print(f"| rapidocr | {len(pictures) / their_seconds:.2f} | {lines} |")
    print(f"| siseon text | {len(pictures) / our_seconds:.2f} | {sum(b.total() for b in ours)} |")
    print(
        f"\n{their_seconds / our_seconds:.2f} × its throughput; {same / lines:.1%} of its lines with the same text"
    )


def run_rapidocr(pictures: Sequence[Encoded]) -> tuple[Lines, float]:
    reader = RapidOCR(params={"Global.use_cls": False})
    # Both sides get pixels of the same decoder, so that only reading is compared; decoding is timed on both.
    for picture in pictures[:WARM_UP]:
        reader(decode(picture.data).pixels[:, :, ::-1].copy())
    start = time.perf_counter()
    results = [reader(decode(picture.data).pixels[:, :, ::-1].copy()) for picture in pictures]
    seconds = time.perf_counter() - start
    return [texts(result.txts or ()) for result in results], seconds


async def run_siseon(pictures: Sequence[Encoded]) -> tuple[Lines, float]:
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def one(picture: Encoded) -> Counter[str]:
        async with gate:
            return texts([line.text for line in (await text(picture)).data.lines])

    async with Text(ModelManager(), max_side=THEIR_MAX_SIDE, min_score=THEIR_MIN_SCORE) as text:
        await asyncio.gather(*map(one, pictures[:WARM_UP]))
        start = time.perf_counter()
        found = await asyncio.gather(*map(one, pictures))
        return list(found), time.perf_counter() - start


def texts(lines: Sequence[str]) -> Counter[str]:
    return Counter(stripped for line in lines if (stripped := "".join(line.split())))


if __name__ == "__main__":
    main()

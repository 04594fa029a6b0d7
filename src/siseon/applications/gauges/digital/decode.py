"""From the recogniser's probabilities to what a display shows, and how sure that is.

Source: "Connectionist Temporal Classification", Graves et al., ICML 2006: the text is that of the best path, repeats
merged and blanks removed; its probability is the sum over all paths that give it (the forward pass of section 4.1).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.digital.alphabet import POINTS, STYLES, SYMBOLS

BLANK = 0
_POINTS = [SYMBOLS.index(symbol) + 1 for symbol in POINTS]


class Seen(NamedTuple):
    """What a display shows."""

    text: str
    """Of the recogniser's symbols; empty where nothing is lit."""
    places: tuple[float, ...]
    """Of each symbol: where it stands in the strip, from 0 at its left to 1 at its right end."""
    sureness: float
    """Probability of the text, in [0, 1]."""
    styles: tuple[float, ...]
    """Probabilities of the kinds of display."""
    point: float = 0.0
    """Probability of a point or colon, where that is likeliest, in the view that sees most of one."""

    @property
    def style(self) -> str:
        """The most likely kind."""
        return STYLES[int(np.argmax(self.styles))]


def seen_in(symbols: NDArray[np.float32], styles: NDArray[np.float32]) -> Seen:
    """Decode (T, C) float32 probabilities of the symbols and those of the styles."""
    path = symbols.argmax(axis=1)
    starts = np.flatnonzero((np.diff(path, prepend=BLANK) != 0) & (path != BLANK))
    found = path[starts]
    ends = [int(np.argmax(path[start:] != path[start])) or len(path) - start for start in starts.tolist()]
    middles = [(start + long / 2) / len(path) for start, long in zip(starts.tolist(), ends, strict=True)]
    text = "".join(SYMBOLS[number - 1] for number in found.tolist())
    return Seen(text, tuple(middles), probability(symbols, found), tuple(float(one) for one in styles))


def seen_by_all(symbols: NDArray[np.float32], styles: NDArray[np.float32], most: int) -> Seen:
    """What (V, T, C) views of one display show: the text that ``most`` of them find likeliest, as sure as they are of
    it on average. A view that reads another text makes it less sure."""
    views = [seen_in(one, kind) for one, kind in zip(symbols, styles, strict=True)]
    best, texts = views[0]._replace(sureness=-1.0), set[str]()
    for view in views:
        if view.text not in texts:
            texts.add(view.text)
            wanted = np.array([SYMBOLS.index(symbol) + 1 for symbol in view.text], np.intp)
            sure = sorted((probability(one, wanted) for one in symbols), reverse=True)[:most]
            best = max(best, view._replace(sureness=float(np.mean(sure))), key=lambda seen: seen.sureness)
    point = float(symbols[:, :, _POINTS].max())
    return best._replace(styles=tuple(float(one) for one in styles.mean(axis=0)), point=point)


def probability(symbols: NDArray[np.float32], text: NDArray[np.intp]) -> float:
    """That (T, C) probabilities say this text, numbers of symbols."""
    states = np.full(2 * len(text) + 1, BLANK)
    states[1::2] = text
    skips = np.zeros(len(states), bool)  # past a blank, between two symbols that differ
    skips[3::2] = text[1:] != text[:-1]
    likely = symbols[:, states].astype(np.float64)
    alpha = np.zeros(len(states))
    alpha[:2] = likely[0, :2]
    for step in likely[1:]:
        before = alpha.copy()
        before[1:] += alpha[:-1]
        before[2:] += np.where(skips[2:], alpha[:-2], 0.0)
        alpha = before * step
    return float(np.clip(alpha[-2:].sum(), 0.0, 1.0))

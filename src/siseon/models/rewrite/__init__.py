"""Networks as they are run on a CPU: the same sums, written so that they take less time.

ONNX Runtime fuses what exports write apart, but has no optimizer for these. They are changed in memory at each load:
the file stays as it was published and as its hash verifies it. What is not quite of such a form stays as it is.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Sequence
from pathlib import Path

from siseon.models.rewrite.beside import with_separate_convolutions
from siseon.models.rewrite.bottleneck import with_narrow_bottlenecks
from siseon.models.rewrite.enlarging import with_enlarging_last
from siseon.models.rewrite.excited import with_one_product
from siseon.models.rewrite.fixed import with_fixed_weights
from siseon.models.rewrite.focus import without_focus
from siseon.models.rewrite.graph import Graph, read
from siseon.models.rewrite.identity import without_identities
from siseon.models.rewrite.pools import with_shared_maxima
from siseon.models.rewrite.pyramid import with_small_convolutions

MOST_BYTES = 1 << 28
"""Of a network that is copied for it: in larger ones these take no time to speak of."""
Change = Callable[[Graph], None]
CHANGES: Sequence[Change] = (
    with_fixed_weights,
    without_identities,
    without_focus,
    with_shared_maxima,
    with_small_convolutions,
    with_narrow_bottlenecks,
    with_separate_convolutions,
    with_one_product,
    with_enlarging_last,
)


def rewritten(path: Path, changes: Sequence[Change] = CHANGES) -> bytes | None:
    """The network in ``path`` after these changes; None where none was made."""
    if path.stat().st_size > MOST_BYTES:
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            graph = read(data)
            if graph is None:
                return None
            for change in changes:
                change(graph)
            return graph.written() if graph.changed else None
        except (LookupError, ValueError):  # not as the exports are written
            return None

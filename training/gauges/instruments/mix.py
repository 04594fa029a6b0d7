"""Writes the mean of the weights before and after a training that went on: more stays of what those before knew.

``python training/gauges/instruments/mix.py runs/before.pt runs/after.pt 0.6 runs/mixed.pt``: 0.6 of those after.
Wortsman et al., "Robust fine-tuning of zero-shot models", arXiv 2109.01903.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch


def main() -> None:
    """Mix and save."""
    before, after = (torch.load(Path(argument)) for argument in sys.argv[1:3])
    share, out = float(sys.argv[3]), Path(sys.argv[4])
    torch.save(
        {
            name: value * (1 - share) + after[name] * share if value.dtype.is_floating_point else after[name]
            for name, value in before.items()
        },
        out,
    )


if __name__ == "__main__":
    main()

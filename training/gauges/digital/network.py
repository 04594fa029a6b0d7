"""The recogniser: convolutions that halve a strip's height until one row is left, whose columns are its steps."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from siseon.applications.gauges.digital.alphabet import STYLES, SYMBOLS

CLASSES = len(SYMBOLS) + 1


class Digits(nn.Module):
    """(N, 3, 32, 160) of values 0 to 255 to probabilities: (N, 40, CLASSES) of symbols, (N, len(STYLES)) of kinds."""

    def __init__(self, widths: tuple[int, int, int, int, int] = (24, 36, 52, 72, 90)) -> None:
        super().__init__()
        first, second, third, fourth, last = widths
        self.rows = nn.Sequential(
            _layer(3, first, stride=(2, 2)),
            _layer(first, second),
            _layer(second, third, stride=(2, 1)),
            _Residual(third, (3, 3)),
            _layer(third, fourth, stride=(2, 2)),
            _Residual(fourth, (3, 3)),
            _layer(fourth, last, kernel=(4, 3), padding=(0, 1)),
            _Residual(last, (1, 5)),
        )
        self.symbols = nn.Conv2d(last, CLASSES, 1)
        self.styles = nn.Linear(2 * last, len(STYLES))

    def forward(self, strips: Tensor) -> tuple[Tensor, Tensor]:
        """Logits; light and contrast are taken out first."""
        middle = strips.mean((1, 2, 3), keepdim=True)
        spread = ((strips - middle) ** 2).mean((1, 2, 3), keepdim=True)
        row = self.rows((strips - middle) / (spread + 25.0).sqrt())
        pooled = torch.cat([row.mean((2, 3)), row.amax((2, 3))], 1)
        return self.symbols(row).squeeze(2).transpose(1, 2), self.styles(pooled)


class Probabilities(nn.Module):
    """What is exported."""

    def __init__(self, digits: Digits) -> None:
        super().__init__()
        self.digits = digits

    def forward(self, strips: Tensor) -> tuple[Tensor, Tensor]:
        """Softmax of both."""
        symbols, styles = self.digits(strips)
        return symbols.softmax(2), styles.softmax(1)


class _Residual(nn.Module):
    def __init__(self, width: int, kernel: tuple[int, int]) -> None:
        super().__init__()
        padding = (kernel[0] // 2, kernel[1] // 2)
        self.inner = nn.Sequential(
            _layer(width, width, kernel=kernel, padding=padding),
            nn.Conv2d(width, width, kernel, padding=padding, bias=False),
            nn.BatchNorm2d(width),
        )

    def forward(self, rows: Tensor) -> Tensor:
        return torch.relu(rows + self.inner(rows))


def _layer(
    inputs: int,
    outputs: int,
    *,
    kernel: tuple[int, int] = (3, 3),
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int] = (1, 1),
) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )

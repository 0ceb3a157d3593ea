"""The net: 40 x 40 in, fourteen logits out, a quarter of a million weights, about 0.15 ms a crop on one thread."""

from __future__ import annotations

import torch
from torch import nn


class Unit(nn.Sequential):
    """Convolution, batch norm, and ReLU unless ``plain``."""

    def __init__(self, into: int, out: int, kernel: int = 3, stride: int = 1, plain: bool = False) -> None:
        layers: list[nn.Module] = [
            nn.Conv2d(into, out, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(out),
        ]
        super().__init__(*layers, *([] if plain else [nn.ReLU()]))


class Residual(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(Unit(width, width), Unit(width, width, plain=True))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Same shape out."""
        return torch.relu(x + self.body(x))


class DigitNet(nn.Module):
    """Logits (n, 14) of normalised crops (n, 1, 40, 40)."""

    def __init__(self, classes: int = 14) -> None:
        super().__init__()
        self.features = nn.Sequential(
            Unit(1, 24, 5, 2), Unit(24, 48, 3, 2), Residual(48), Unit(48, 96, 3, 2), Residual(96)
        )
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.1), nn.Linear(96, classes))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits."""
        return self.head(self.features(x))


def folded(net: DigitNet) -> DigitNet:
    """The net with every batch norm folded into its convolution, for export."""
    net = net.eval()
    for module in list(net.modules()):
        if isinstance(module, Unit):
            module[0] = torch.nn.utils.fuse_conv_bn_eval(module[0], module[1])
            module[1] = nn.Identity()
    return net

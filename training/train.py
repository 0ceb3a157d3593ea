"""Train the net on rendered crops; what is kept is the running average of the weights.

    python training/train.py --shards DIR --epochs 12 --out net.pt

Shards are the files ``train-*.npz`` of `render`. With ``v-typical.npz`` and ``v-hard.npz`` in the folder (validation
writers) the accuracy on both is printed as training goes.
"""

from __future__ import annotations

import argparse
import copy
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from net import DigitNet

from sirekap.reading.crops import normalise

DECAY = 0.02


def loaded(paths: list[Path]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Normalised crops of several shards, times 255, and their classes."""
    images, labels = [], []
    for path in paths:
        with np.load(path) as found:
            crops, classes = found["images"], found["labels"]
        for start in range(0, len(crops), 5000):
            images.append(np.round(normalise(crops[start : start + 5000]) * 255).astype(np.uint8))
        labels.append(classes)
    return np.concatenate(images), np.concatenate(labels)


def varied(x: torch.Tensor) -> torch.Tensor:
    """Cheap variety at training time: shifts by a pixel, contrast, a floor, noise."""
    n = len(x)
    dx, dy = (int(v) for v in torch.randint(-1, 2, (2,)))
    x = torch.roll(x, (dy, dx), (2, 3))
    gain = torch.exp(0.18 * torch.randn(n, 1, 1, 1))
    floor = 0.03 * torch.randn(n, 1, 1, 1)
    x = x * gain + floor + 0.05 * torch.rand(n, 1, 1, 1) * torch.randn_like(x)
    return x.clamp_(0, 1)


def accuracy(net: DigitNet, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> tuple[float, float]:
    """Share right of the digits, and of everything."""
    net.eval()
    with torch.inference_mode():
        found = [
            net(torch.from_numpy(images[k : k + 1000]).float().div_(255).unsqueeze(1)).argmax(1)
            for k in range(0, len(images), 1000)
        ]
    right = torch.cat(found).numpy() == labels
    return float(right[labels < 10].mean()), float(right.mean())


class Pool:
    """The shards of a folder in memory; one that appears meanwhile joins when `refresh` is called."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.known = folder, set[Path]()
        self.images, self.labels = np.empty((0, 40, 40), np.uint8), np.empty(0, np.uint8)

    def refresh(self) -> None:
        """Take in new shards."""
        fresh = sorted(set(self.folder.glob("train-*.npz")) - self.known)
        if fresh:
            images, labels = loaded(fresh)
            self.images, self.labels = np.concatenate([self.images, images]), np.concatenate([self.labels, labels])
            self.known |= set(fresh)


class Trainer:
    """Net, running average and schedule; the clock sets the schedule when ``minutes`` are given, else the epochs do."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.net = DigitNet().to(memory_format=torch.channels_last)
        if options.start:
            self.net.load_state_dict(torch.load(options.start))
        self.average = copy.deepcopy(self.net)
        groups = [
            {"params": [p for p in self.net.parameters() if p.ndim > 1], "weight_decay": DECAY},
            {"params": [p for p in self.net.parameters() if p.ndim <= 1], "weight_decay": 0.0},
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=options.rate)
        self.steps, self.began = 0, time.monotonic()

    def minutes(self) -> float:
        """Since the beginning."""
        return (time.monotonic() - self.began) / 60

    def set_rate(self, epochs: float) -> bool:
        """Half a cosine after a short rise; False when training is over."""
        done = self.minutes() / self.options.minutes if self.options.minutes else epochs / self.options.epochs
        rate = self.options.rate * min(1.0, (self.steps + 1) / 300) * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))
        for group in self.optimiser.param_groups:
            group["lr"] = max(rate, self.options.rate * 0.003)
        return done < 1

    def step(self, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> float:
        """One step on one batch; gives the loss."""
        x = varied(torch.from_numpy(images).float().div_(255).unsqueeze(1)).contiguous(
            memory_format=torch.channels_last
        )
        classes = torch.from_numpy(labels.astype(np.int64))
        loss = functional.cross_entropy(self.net(x), classes, label_smoothing=self.options.smoothing)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.steps += 1
        keep = min(0.998, self.steps / (self.steps + 20))
        with torch.no_grad():
            for mean, now in zip(self.average.state_dict().values(), self.net.state_dict().values(), strict=True):
                if mean.dtype.is_floating_point:
                    mean.lerp_(now, 1 - keep)
                else:
                    mean.copy_(now)
        return float(loss.detach())

    def epoch(self, number: int, pool: Pool, rng: np.random.Generator) -> tuple[float, bool]:
        """Once through the pool; gives the mean loss and whether to go on."""
        batch = self.options.batch
        order = rng.permutation(len(pool.images))
        steps = len(order) // batch
        self.net.train()
        losses = []
        for k in range(steps):
            if not self.set_rate(number + k / steps):
                return float(np.mean(losses or [0])), False
            pick = np.sort(order[k * batch : (k + 1) * batch])
            losses.append(self.step(pool.images[pick], pool.labels[pick]))
        return float(np.mean(losses)), number + 1 < self.options.epochs


def train(options: argparse.Namespace) -> None:
    """Run all epochs, saving the running average and printing figures after each."""
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    trainer, pool = Trainer(options), Pool(options.shards)
    paths = {name: options.shards / f"v-{name}.npz" for name in ("typical", "hard")}
    checks = {name: loaded([path]) for name, path in paths.items() if path.exists()}
    number, more = 0, True
    while more:
        pool.refresh()
        loss, more = trainer.epoch(number, pool, rng)
        number += 1
        torch.save(trainer.average.state_dict(), options.out)
        found = {name: accuracy(trainer.average, *check) for name, check in checks.items()}
        figures = "  ".join(f"{name} {digits:.4f}/{every:.4f}" for name, (digits, every) in found.items())
        sys.stdout.write(f"epoch {number} n {len(pool.images)} loss {loss:.4f} {figures} {trainer.minutes():.1f} min\n")
        sys.stdout.flush()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--minutes", type=float, help="let the clock set the schedule, with at most --epochs epochs")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--smoothing", type=float, default=0.005, help="share of every label spread over all classes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--start", type=Path, help="weights to start from")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    train(options)


if __name__ == "__main__":
    main()

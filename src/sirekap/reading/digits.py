"""What one digit box holds: the small convolutional net over 40 x 40 crops.

How the net was made, and its figures, stand in ``training/``. Its temperature comes from the file that the
calibration command writes (`sirekap.reading.thresholds`).
"""

from __future__ import annotations

import functools
import hashlib
from importlib import resources
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from sirekap.reading import thresholds
from sirekap.reading.crops import SIDE, normalise
from sirekap.reading.result import CLASSES, OTHER

MODEL = "data/digits.onnx"
BATCH = 128
"""Most crops that go through the net at once; bounds memory."""


@functools.cache
def _model() -> bytes:
    return resources.files("sirekap.reading").joinpath(MODEL).read_bytes()


@functools.cache
def _session(threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(_model(), options, providers=["CPUExecutionProvider"])


@functools.cache
def model_hash() -> str:
    """SHA-256 of the model file in hex."""
    return hashlib.sha256(_model()).hexdigest()


def logits(crops: NDArray[np.uint8], *, threads: int = 1) -> NDArray[np.float32]:
    """What the net says before temperature: (n, 14) for crops (n, 40, 40) of `sirekap.reading.crops.cut`."""
    out = np.empty((len(crops), len(CLASSES)), np.float32)
    for start in range(0, len(crops), BATCH):
        part = normalise(crops[start : start + BATCH]).reshape(-1, 1, SIDE, SIDE)
        out[start : start + BATCH] = _session(threads).run(None, {"crops": part})[0]
    return out


def log_probabilities(crops: NDArray[np.uint8], *, threads: int = 1) -> NDArray[np.float32]:
    """Calibrated log-probabilities (n, 14) in the order of `CLASSES` of grey crops (n, 40, 40); n may be 0."""
    t = thresholds.load()
    return calibrated(logits(crops, threads=threads), t.temperature, t.other_gain, t.other_doubt)


def calibrated(found: NDArray[np.float32], temperature: float, gain: float, doubt: float) -> NDArray[np.float32]:
    """Log-probabilities (n, 14) of logits (n, 14): tempered, and a small probability of "other" raised.

    A net has not seen all that people do to a box. So "other" becomes ``gain`` times as likely, but no likelier than
    ``doubt`` unless it was; the other classes keep their proportions. No box changes its likeliest class by this, but
    one that is a little like a spoilt digit is no longer read with the utmost confidence.
    """
    scaled = found / np.float32(temperature)
    scaled -= scaled.max(axis=1, keepdims=True, initial=-np.inf)
    logs: NDArray[np.float32] = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
    before = np.exp(logs[:, OTHER])
    after = np.maximum(before, np.minimum(np.float32(gain) * before, np.float32(doubt)))
    raised = after > before
    logs[raised] += np.log((1 - after[raised]) / (1 - before[raised]))[:, None]
    logs[raised, OTHER] = np.log(after[raised])
    return logs

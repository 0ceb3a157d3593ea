"""The one file of thresholds."""

from __future__ import annotations

import json

import pytest

from sirekap.reading import thresholds


def test_the_shipped_file_loads_and_survives_rewriting() -> None:
    shipped = thresholds.load()
    assert thresholds.from_json(thresholds.to_json(shipped, calibration={"n": 1})) == shipped


def test_a_missing_or_impossible_threshold_is_named() -> None:
    found = json.loads(thresholds.to_json(thresholds.load()))
    with pytest.raises(ValueError, match="state"):
        thresholds.from_json(json.dumps({k: v for k, v in found.items() if k != "state"}))
    with pytest.raises(ValueError, match="slip"):
        thresholds.from_json(json.dumps(found | {"slip": 1.5}))

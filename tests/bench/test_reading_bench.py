"""The reader's bench returns every figure of the contract, as plain JSON, from a tiny run without any data set."""

from __future__ import annotations

import json

import pytest

from bench import BENCHES, reading
from bench.reading import Sizes

CONTRACT = [
    "digit_typical",
    "digit_hard",
    "digit_shift",
    "ece",
    "field_raw",
    "field_constrained",
    "form_exact",
    "accepted",
    "accepted_n",
    "silent_wrong",
    "slips_held_back",
    "registered",
    "misregistered_accepted",
    "cpu_ms_page_12mp",
    "cpu_ms_page_2560",
    "ratio_decode",
    "model_bytes",
    "peer_rapidocr_number",
    "peer_tesseract_number",
    "ours_number",
]
TINY = Sizes(2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)


@pytest.mark.slow
def test_measure_tiny_run_has_every_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIREKAP_BENCH_PEERS", "0")
    result = json.loads(json.dumps(reading.measure(TINY, 3, hands="drawn", workers=0)))
    figures, conditions = result["figures"], result["conditions"]
    assert (result["bench"], "reading" in BENCHES) == ("reading", True)
    assert [name for name in CONTRACT if name not in figures] == []
    assert {name for name in CONTRACT if figures[name] is None} <= {
        "peer_rapidocr_number",
        "peer_tesseract_number",
        "silent_wrong",
        "slips_held_back",
    }
    assert figures["accepted_of"] == 2 and figures["ours_number_n"] == 22
    assert conditions["hands"].startswith("drawn") and conditions["seed"] == 3
    assert conditions["peers"] == {"rapidocr": "not asked for: null", "tesseract": "not asked for: null"}


def test_release_and_quick_never_share_a_seed() -> None:
    assert reading.RELEASE_SEED != reading.QUICK_SEED
    assert reading.RELEASE.typical == 10_000

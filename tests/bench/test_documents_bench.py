"""The bench of documents sets what it says it sets."""

from __future__ import annotations

from bench import documents


def test_the_quick_bench_sets_a_small_district() -> None:
    found = documents.run(quick=True)
    figures = found["figures"]
    assert (found["bench"], found["conditions"]["stations"], found["conditions"]["rows"]) == ("documents", 31, 28)
    assert figures["pages"] == 4  # certificate, recap by village, a page of stations for each village
    assert figures["bytes_page"] == round(figures["bytes"] / 4)
    assert all(
        figures[name] > 0 for name in ("seconds", "cpu_s", "cpu_s_again", "cpu_s_cell_by_cell", "seal_s", "signature_s")
    )

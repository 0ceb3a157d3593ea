"""Generated pages are what the code says now."""

from __future__ import annotations

from pathlib import Path

from sirekap import reference

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_reference_pages_are_up_to_date() -> None:
    assert reference.outdated() == []


TESTED_ELSEWHERE = {"published-formats.md", "documents.md", "signed-documents.md"}
"""Written by hand; tests of the verifier and of the documents hold them against the code."""


def test_reference_folder_holds_the_generated_pages_and_those_tested_elsewhere() -> None:
    generated = {path.name for path in reference.pages()}
    found = {path.name for path in (DOCS / "reference").glob("*.md")}
    assert found == generated | TESTED_ELSEWHERE

"""The code names of the glossary are those of the code."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    line.strip("|").split("|")
    for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("|") and "---" not in line
][1:]
NAMES = sorted({name for row in ROWS for name in re.findall(r"`([^`]+)`", row[1])})


@cache
def words() -> frozenset[str]:
    """Every word of the source code."""
    sources = (ROOT / "src").rglob("*.py")
    return frozenset(word for source in sources for word in re.findall(r"\w+", source.read_text(encoding="utf-8")))


def test_every_row_has_three_cells() -> None:
    assert {len(row) for row in ROWS} == {3}


@pytest.mark.parametrize("name", NAMES)
def test_code_name_occurs_in_the_code(name: str) -> None:
    assert set(re.findall(r"\w+", name)) <= words()

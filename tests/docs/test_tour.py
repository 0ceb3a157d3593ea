"""Every stop of the tour names a file and a function that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOUR = ROOT / "docs" / "tour.md"
STOP = re.compile(r"`(src/[\w/]+\.py):([\w.]+)`")
STOPS = STOP.findall(TOUR.read_text(encoding="utf-8"))


@cache
def names(path: str) -> frozenset[str]:
    """Functions, classes, methods and constants of a module."""
    found = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
        if isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return frozenset(found)


@pytest.mark.parametrize(("path", "name"), STOPS)
def test_stop_exists(path: str, name: str) -> None:
    assert name in names(path)


def test_tour_passes_through_every_room_on_the_way() -> None:
    rooms = {path.split("/")[2].removesuffix(".py") for path, _ in STOPS}
    assert rooms >= {"election", "ledger", "evidence", "records", "workflow", "publication", "jobs"}


def test_tour_spells_no_path_in_another_way() -> None:
    text = STOP.sub("", TOUR.read_text(encoding="utf-8"))
    assert re.findall(r"src/\S+\.py", text) == []

"""The floors drawn are the floors the linter holds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "explanation" / "architecture.md"


def drawn_floors() -> str:
    """The import-linter layers of pyproject.toml as a mermaid diagram, the ground at the bottom."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    rooms = [re.sub(r"[()]|sirekap\.", "", layer) for layer in layers]
    nodes = [f'    f{number}["{room}"]' for number, room in enumerate(reversed(rooms), start=1)]
    edges = [f"    f{number} --> f{number - 1}" for number in range(len(rooms), 1, -1)]
    return "\n".join(["flowchart TB", *reversed(nodes), *edges])


def test_floors_drawn_are_the_linters() -> None:
    found = re.findall(r"^```mermaid\n(flowchart TB\n.*?)\n```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.M)
    assert found == [drawn_floors()]


def test_every_room_has_its_line_in_the_table() -> None:
    named = set(re.findall(r"^\| `(\w+)(?:/|\.py)` \|", PAGE.read_text(encoding="utf-8"), re.M))
    package = ROOT / "src" / "sirekap"
    rooms = {path.parent.name for path in package.glob("*/__init__.py")}
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    assert named == rooms | modules

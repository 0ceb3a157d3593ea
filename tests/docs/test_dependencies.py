"""Every dependency has its reason written down, and nothing else is listed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def listed(heading: str) -> set[str]:
    """First cells of the table under a heading."""
    text = (ROOT / "docs" / "explanation" / "dependencies.md").read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("|") and "---" not in line][1:]
    return {name.strip() for cell in cells for name in cell.split(",")}


def required(entries: list[str]) -> set[str]:
    """Names of requirement lines."""
    return {re.split(r"[\[<>=]", entry)[0] for entry in entries}


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert listed("Needed to run") == required(project["project"]["dependencies"])
    assert listed("Needed to develop") == required(project["dependency-groups"]["dev"])


def test_every_debian_package_has_its_reason() -> None:
    script = (ROOT / "scripts" / "system-packages").read_text(encoding="utf-8")
    assert listed("From Debian, for `make test` and `make bench` only") == set(
        re.findall(r"^        ([a-z0-9-]+)\)", script, re.M)
    )

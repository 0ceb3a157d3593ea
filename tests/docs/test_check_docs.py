"""The documentation check finds what it is for."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def check_docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_docs", ROOT / "scripts" / "check_docs.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_repo(root: Path, readme: str) -> Path:
    """A repository of one page, one other page, a Makefile and a list of commands."""
    (root / "docs" / "reference").mkdir(parents=True)
    (root / "README.md").write_text(readme)
    (root / "docs" / "other.md").write_text("# Satu judul / One heading\n")
    (root / "docs" / "reference" / "commands.md").write_text(
        "## `sirekap`\n## `sirekap keys`\n## `sirekap keys init`\n"
    )
    (root / "Makefile").write_text("demo: setup ## x\n\tfalse\n")
    return root


def test_problems_sound_page_has_none(tmp_path: Path, check_docs: ModuleType) -> None:
    text = "[a](docs/other.md#satu-judul--one-heading) [b](https://example.org/x) `make demo` `sirekap keys init`\n"
    assert list(check_docs.problems(make_repo(tmp_path, text))) == []


def test_problems_names_each_broken_thing(tmp_path: Path, check_docs: ModuleType) -> None:
    text = (
        "[a](docs/gone.md) ![b](docs/gone.png) [c](docs/other.md#gone)\n"
        "We make everything; sirekap speaks in prose.\n`make gone`\n```\nsirekap gone\nA=b sirekap keys gone\n```\n"
    )
    assert list(check_docs.problems(make_repo(tmp_path, text))) == [
        "README.md: tautan putus / broken link: docs/gone.md",
        "README.md: tautan putus / broken link: docs/gone.png",
        "README.md: tidak ada judul / no such heading: docs/other.md#gone",
        "README.md: tidak ada / no such target: make gone",
        "README.md: tidak ada / no such command: sirekap gone",
        "README.md: tidak ada / no such command: sirekap keys gone",
    ]

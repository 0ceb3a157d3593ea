"""Checks the pages people read: every relative link leads somewhere, every command named exists.

Standard library only. Commands are checked inside backticks and code blocks, `make x` against the
Makefile and `sirekap x` against docs/reference/commands.md, which is generated from the code.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
START = r"^(?:.*&& |(?:\w+=\S+ )+)?"
"""Where a command may begin in a line of code."""
MAKE = re.compile(START + r"make ([a-z][a-z-]*)", re.MULTILINE)
SIREKAP = re.compile(START + r"(?:\.venv/bin/)?sirekap ([a-z-]+)(?: ([a-z][a-z-]*))?", re.MULTILINE)
HEADING = re.compile(r"^## `sirekap ?([a-z -]*)`$", re.MULTILINE)
EXTERNAL = ("http://", "https://", "mailto:")


def pages(root: Path) -> list[Path]:
    """Every page for people, in order."""
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]


def targets(root: Path) -> set[str]:
    """Names that `make` knows."""
    return set(re.findall(r"^([a-z][a-z-]*):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def commands(root: Path) -> set[str]:
    """Command paths below `sirekap`, e.g. `keys init`."""
    text = (root / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    return {path for path in HEADING.findall(text) if path}


def code(text: str) -> str:
    """Everything in code blocks and backticks, one piece a line."""
    blocks = FENCE.findall(text)
    return "\n".join([*blocks, *SPAN.findall(FENCE.sub("", text))])


def anchors(text: str) -> set[str]:
    """Anchors of a page's headings, spelt as GitHub does."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_links(page: Path, text: str) -> Iterator[str]:
    """Relative links of one page that lead nowhere."""
    for link in LINK.findall(FENCE.sub("", text)):
        if link.startswith(EXTERNAL):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path) if path else page
        if not target.exists():
            yield f"tautan putus / broken link: {link}"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text(encoding="utf-8")):
            yield f"tidak ada judul / no such heading: {link}"


def unknown_commands(text: str, makes: set[str], known: set[str]) -> Iterator[str]:
    """Commands named in code that do not exist."""
    spoken = code(text)
    for name in MAKE.findall(spoken):
        if name not in makes:
            yield f"tidak ada / no such target: make {name}"
    for first, second in SIREKAP.findall(spoken):
        group = any(path.startswith(f"{first} ") for path in known)
        if first not in known or (group and second and f"{first} {second}" not in known):
            yield f"tidak ada / no such command: sirekap {first} {second}".rstrip()


def problems(root: Path) -> Iterable[str]:
    """One line for everything wrong under ``root``."""
    makes, known = targets(root), commands(root)
    for page in pages(root):
        text = page.read_text(encoding="utf-8")
        for problem in (*broken_links(page, text), *unknown_commands(text, makes, known)):
            yield f"{page.relative_to(root)}: {problem}"


def main() -> int:
    """Print every problem; 1 if there is one."""
    found = list(problems(ROOT))
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""The generated reference pages: one list of (path, text), written by `sirekap docs`, checked by tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
WIDTH: dict[str, Any] = {"terminal_width": 100, "max_content_width": 100}
"""Help text is as wide as this on every terminal."""


def pages() -> dict[Path, str]:
    """Path -> text of every generated page."""
    import click

    from sirekap.cli import CONTEXT, main
    from sirekap.config import settings_reference_markdown
    from sirekap.election.catalogue_pages import fields_reference_markdown, rules_reference_markdown
    from sirekap.election.plenary_pages import states_reference_markdown
    from sirekap.publication.datapackage import open_data_reference_markdown

    reference = DOCS / "reference"
    look: dict[str, Any] = {**CONTEXT, **WIDTH}
    return {
        reference / "fields.md": fields_reference_markdown(),
        reference / "rules.md": rules_reference_markdown(),
        reference / "plenary-states.md": states_reference_markdown(),
        reference / "settings.md": settings_reference_markdown(),
        reference / "open-data.md": open_data_reference_markdown(),
        reference / "commands.md": _commands(click.Context(main, info_name="sirekap", **look)),
    }


def _commands(context: object) -> str:
    import click

    def walk(ctx: click.Context) -> list[str]:
        out = [f"## `{ctx.command_path}`\n\n```text\n{ctx.get_help()}\n```\n"]
        if isinstance(ctx.command, click.Group):
            for name in sorted(ctx.command.commands):
                child = ctx.command.commands[name]
                out += walk(click.Context(child, info_name=name, parent=ctx))
        return out

    assert isinstance(context, click.Context)
    head = "# Perintah / Commands\n\nDibuat dari kode oleh `sirekap docs`; jangan diubah dengan tangan.\n\n"
    return head + "\n".join(walk(context))


def outdated() -> list[Path]:
    """Pages whose file differs from what the code says."""
    return [path for path, text in pages().items() if not path.exists() or path.read_text() != text]


def write() -> list[Path]:
    """Write every outdated page; returns those written."""
    stale = outdated()
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pages()[path])
    return stale

"""What every verb shares: where output goes, how errors end, how Django starts."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from sirekap.workflow.people import Actor

DEMO = Path("var/demo")
"""Where `sirekap demo` works unless told otherwise."""


def say(text: str) -> None:
    """Progress and tables go to stderr; stdout is for results."""
    click.echo(text, err=True)


def fail(text_id: str, text_en: str, status: int = 1) -> NoReturn:
    """End with an error in both languages."""
    say(f"✗ {text_id}\n  {text_en}")
    sys.exit(status)


def emit(result: dict[str, Any], as_json: bool) -> None:
    """The one JSON object on stdout, or one ``key: value`` a line."""
    if as_json:
        click.echo(json.dumps(result))
        return
    for key, value in result.items():
        click.echo(f"{key}: {value}")


def django_up(*, or_demo: bool = False) -> None:
    """Start Django with the settings from the environment; configuration errors in plain words.

    ``or_demo``: where the environment names no database and none was made here, look at the demo.
    """
    if or_demo and "SIREKAP_DATABASE_URL" not in os.environ and not Path("var/sirekap.sqlite3").exists():
        from sirekap.demo.run import MARKER, configure

        if (DEMO / MARKER).exists():
            say(f"Memakai {DEMO} / using {DEMO}")
            configure(DEMO.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sirekap.settings")
    from sirekap.config import ConfigError

    try:
        import django

        django.setup()
    except ConfigError as error:
        for problem in error.problems:
            say("\n".join(problem.lines()))
        sys.exit(2)


def account(username: str) -> Actor:
    """Who acts: the person behind an account; needs `django_up`."""
    from sirekap.records.models import Account
    from sirekap.workflow.people import actor_of

    found = Account.objects.filter(username=username, is_active=True).first()
    if found is None:
        fail(f"Tidak ada akun “{username}”.", f"There is no account “{username}”.")
    return actor_of(found.person_id)


as_json_option = click.option("--json", "as_json", is_flag=True, help="Satu objek JSON di stdout / one JSON object.")


def _use_folder(context: click.Context, parameter: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        from sirekap.cli import laptop

        if (folder / laptop.MARKER).exists():
            laptop.configure(folder.absolute())
            return
        from sirekap.demo.run import MARKER, configure

        if not (folder / MARKER).exists():
            fail(
                f"{folder} bukan folder demo atau laptop rapat luring.",
                f"{folder} is not a demo's folder, nor an offline plenary's laptop.",
                2,
            )
        configure(folder.absolute())


folder_option = click.option(
    "--dir",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    callback=_use_folder,
    expose_value=False,
    is_eager=True,
    help="Folder demo atau laptop luring / a demo's or an offline laptop's folder instead of the environment.",
)

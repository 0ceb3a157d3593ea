"""The Jinja environment of the public site and of the staff screens: autoescape, one look.

The public site prints both languages (see `sirekap.publication.texts`), staff screens Indonesian.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2

from sirekap.election.standing import Standing
from sirekap.publication import formats, texts
from sirekap.publication.lean import Lean

_ROOM = Path(__file__).parent
TEMPLATES = _ROOM / "templates"
STYLESHEET = _ROOM / "look" / "sirekap.css"
SCRIPT = _ROOM / "look" / "sirekap.js"


@functools.cache
def stylesheet() -> tuple[str, bytes]:
    """The stylesheet's published path (named after its content) and its bytes."""
    return _asset(STYLESHEET)


@functools.cache
def script() -> tuple[str, bytes]:
    """The public pages' small script, likewise: every page works without it."""
    return _asset(SCRIPT)


def _asset(file: Path) -> tuple[str, bytes]:
    data = file.read_bytes()
    return f"assets/{file.stem}-{hashlib.sha256(data).hexdigest()[:10]}{file.suffix}", data


def environment(
    *,
    loader: jinja2.BaseLoader | None = None,
    gettext: Callable[[str], str] | None = None,
    ngettext: Callable[[str, str, int], str] | None = None,
    **options: Any,
) -> jinja2.Environment:
    """A Jinja environment with the look's templates, filters and ``_()``; ``t()`` and ``t_attr()`` do as ``_()``.

    ``loader`` is asked first (Django's Jinja2 backend passes its own), then the templates of this
    room. Without ``gettext`` every text stays as written: Indonesian.
    """
    own = jinja2.FileSystemLoader(TEMPLATES)
    options.setdefault("undefined", jinja2.StrictUndefined)
    options.setdefault("auto_reload", False)
    options.pop("autoescape", None)
    env = jinja2.Environment(
        autoescape=True,
        loader=jinja2.ChoiceLoader([loader, own]) if loader else own,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    env.install_gettext_callables(gettext or str, ngettext or _plural, newstyle=False)  # type: ignore[attr-defined]
    plain = functools.partial(_translate, gettext or str)
    env.globals.update(_=plain, t=plain, t_attr=plain, t_record=str)
    env.filters.update(formats.FILTERS)
    env.globals.update(
        Standing=Standing,
        STANDING_MEANING=formats.STANDING_MEANING,
        STAGE_LABEL=formats.STAGE_LABEL,
        stylesheet_path=stylesheet()[0],
    )
    return env


def _translate(gettext: Callable[[str], str], text: str, **values: object) -> str:
    """``_("%(n)s TPS", n=3)``: plain text, so autoescape still sees it.

    Jinja's own newstyle ``_`` declares its argument safe HTML: one ``_(name)`` would let a name in unescaped.
    """
    return gettext(text) % values if values else gettext(text)


def _plural(one: str, many: str, n: int) -> str:
    return one if n == 1 else many


@functools.cache
def site_environment() -> jinja2.Environment:
    """The environment the static site is rendered with, in both languages, compiled once per process."""
    env = environment()
    env.add_extension(Lean)
    env.globals.update(t=texts.spans, t_attr=texts.attribute, t_record=texts.record, script_path=script()[0])
    return env

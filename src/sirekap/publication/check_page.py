"""``periksa.html``: one file that checks the site in the reader's own browser, also when saved on a disk."""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path

from markupsafe import Markup

from sirekap.publication.jinja import STYLESHEET, site_environment

PATH = "periksa.html"
_LOOK = Path(__file__).parent / "look"


@functools.cache
def page() -> tuple[str, bytes]:
    """The page's path and bytes; the same until its look or its script changes."""
    script = (_LOOK / "periksa.js").read_text(encoding="utf-8")
    css = STYLESHEET.read_text(encoding="utf-8") + (_LOOK / "periksa.css").read_text(encoding="utf-8")
    template = site_environment().get_template("site/check.html")
    values = {"css": Markup(css), "script": Markup(script), "policy": policy()}  # nosec B704
    return PATH, template.render(values).encode()


@functools.cache
def policy() -> str:
    """The page's content security policy: its own script and nothing else, data from any address the reader names."""
    digest = base64.b64encode(hashlib.sha256((_LOOK / "periksa.js").read_bytes()).digest()).decode("ascii")
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; connect-src https: http:; "
        "base-uri 'none'; form-action 'none'"
    )

"""The style page: every component and state of the look on one page, with invented figures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sirekap.election import chasil, progress
from sirekap.election.contests import Pair
from sirekap.election.standing import Standing
from sirekap.publication import tables
from sirekap.publication.jinja import site_environment, stylesheet
from sirekap.publication.model import Change, Event, Progress
from sirekap.publication.texts import Text, say

ARRIVED = Text(progress.ARRIVED.definition_id, progress.ARRIVED.definition_en)
COUNTED = Text(progress.COUNTED.definition_id, progress.COUNTED.definition_en)
_PHOTO = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 60 90'%3E"
    "%3Crect width='60' height='90' fill='%23eee'/%3E%3Cpath d='M8 12h44M8 22h44M8 32h44M8 42h30' "
    "stroke='%23777' stroke-width='2'/%3E%3C/svg%3E"
)


def _sample() -> dict[str, Any]:
    at = datetime(2024, 11, 28, 3, 15, tzinfo=UTC)
    pairs = (
        Pair(1, "Nama Calon Pertama – Nama Wakil Pertama", "#b67352"),
        Pair(2, "Nama Calon Kedua – Nama Wakil Kedua", "#8cb9bd"),
        Pair(3, "Nama Calon Ketiga – Nama Wakil Ketiga", "#c7b7a3"),
    )
    admin: dict[str, int | None] = {"voted_dpt_l": 146, "voted_dpt_p": 151, "voted_dpt_j": 297, "ballots_used": 303}
    changes = (Change("votes_2", 118, 112), Change("votes_3", 135, 141))
    return {
        "standings": list(Standing),
        "pairs": pairs,
        "figures": {"votes_1": 41, "votes_2": 112, "votes_3": 141, "valid": 294, "invalid": 9, "total": 303},
        "progress": Progress(
            "received",
            say("Foto diterima lengkap"),
            4014,
            4236,
            ARRIVED,
        ),
        "finished": Progress(
            "verified",
            say("Terverifikasi"),
            4236,
            4236,
            COUNTED,
        ),
        "fields": [chasil.BY_ID[i] for i in ("votes_1", "votes_2", "votes_3", "valid", "invalid", "total")],
        "lpj": [chasil.BY_ID[f"voted_dpt_{c}"] for c in "lpj"],
        "groups": tables.administration(admin, {**admin, "voted_dpt_p": 157, "voted_dpt_j": 303}),
        "event": Event(at, say("Pleno kecamatan"), say("Dikoreksi"), "Turus keliru dibaca.", changes, 40001),
        "at": at,
        "photo": _PHOTO,
    }


def render_style_page(css: str = "", home: str = "/") -> str:
    """The page as HTML. ``css`` is the stylesheet's address (default: its published path), ``home`` the way back."""
    template = site_environment().get_template("look/style.html")
    return template.render(css=css or stylesheet()[0], home=home, **_sample())

"""Words and choices that people give with an objection, cleaned and checked."""

from __future__ import annotations

from enum import StrEnum

from sirekap.workflow.errors import Refused

TEXT_MOST, DEMAND_MOST, ANSWER_MOST = 4000, 1000, 1000


def one_of(kinds: type[StrEnum], value: str) -> str:
    """The value of one of the choices; raises `Refused` (400) for anything else."""
    try:
        return str(kinds(value).value)
    except ValueError:
        choices = ", ".join(kinds)
        raise Refused("choice", f"Pilih salah satu: {choices}.", f"Choose one of: {choices}.", 400) from None


def words(text: str, least: int, most: int) -> str:
    """A text of one or more lines without control characters; raises `Refused` when it is too short or too long."""
    clean = "\n".join("".join(c for c in line if c.isprintable()).strip() for line in text.splitlines()).strip()
    if not least <= len(clean) <= most:
        raise Refused(
            "text",
            f"Uraian wajib {least} sampai {most} huruf. Uraian yang lebih panjang dapat dilampirkan sebagai berkas.",
            f"The text must have {least} to {most} characters. Attach a longer one as a file.",
            400,
        )
    return clean

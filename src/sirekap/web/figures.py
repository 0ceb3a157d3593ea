"""Between a form on screen and the figures an act takes; sections and marks of the entry form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from sirekap.election import chasil
from sirekap.election.rules import Finding, describe
from sirekap.publication.books import pairs_of
from sirekap.records.models import Contest
from sirekap.workflow import verification
from sirekap.workflow.errors import Refused

SECTION_TITLES = {
    "I.A": "I.A Data pemilih",
    "I.B": "I.B Pengguna hak pilih",
    "II": "II. Surat suara",
    "III": "III. Pemilih disabilitas",
    "IV": "IV. Perolehan suara",
    "V": "V. Suara sah dan tidak sah",
}
_WHOLE = re.compile(r"-?[0-9]{1,9}")


def read(data: Mapping[str, str], ids: Iterable[str]) -> dict[str, Any]:
    """Typed text -> figures: blank is ``None``, whole numbers become integers, anything else stays text
    for the rules to refuse."""
    out: dict[str, Any] = {}
    for name in ids:
        text = data.get(name, "").strip()
        out[name] = int(text) if _WHOLE.fullmatch(text) else (text or None)
    return out


def blank(figures: Mapping[str, Any]) -> list[str]:
    """Fields left empty."""
    return [name for name, value in figures.items() if value is None]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the entry form: a single field, or the three columns of a row."""

    label: str
    fields: tuple[chasil.Field, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the entry form."""

    title: str
    rows: tuple[Row, ...]


@dataclass(slots=True)
class FigureForm:
    """An entry form as a template shows it: sections, typed values, errors per field, and what to say on top."""

    sections: tuple[Section, ...]
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    summary: list[tuple[str, str]] = field(default_factory=list)
    refused: Refused | None = None
    ask_paper_wrong: bool = False
    ask_blank: bool = False

    def ask_about_blanks(self, empty: Sequence[str], columns: int) -> None:
        """Refuse until the author says that the ``empty`` boxes are empty on the paper too. Raises `Refused`."""
        verification.refuse_malformed(self.values, columns)
        self.ask_blank = True
        self.errors = {name: _("Masih kosong.") for name in empty}
        raise blank_refusal(len(empty))

    def refuse(self, refused: Refused, ids: Iterable[str] | None = None) -> None:
        """Mark the fields of a refusal's findings and say it on top. ``ids``: the fields shown, if not `sections`."""
        self.refused = refused
        self.ask_paper_wrong = refused.code == "arithmetic"
        shown = {f.id for s in self.sections for r in s.rows for f in r.fields} if ids is None else set(ids)
        for finding in refused.findings:
            text = f"{finding.code}: {describe(finding, 'typist')}"
            named = [name for name in finding.fields if name in shown]
            self.summary.append((f"f-{named[-1]}" if named else "isian", text))
            for name in named:
                self.errors.setdefault(name, text)


def sections(contest: Contest, ids: Sequence[str] | None = None) -> tuple[Section, ...]:
    """The form's sections in form order, all fields or only ``ids``."""
    pairs = {f"votes_{p.number}": p.name for p in pairs_of(contest)}
    wanted = chasil.field_ids(contest.columns) if ids is None else ids
    by_section: dict[str, dict[str, list[chasil.Field]]] = {}
    for entry in chasil.fields(contest.columns, optional=True):
        if entry.id in wanted:
            by_section.setdefault(entry.section, {}).setdefault(entry.stem, []).append(entry)
    return tuple(
        Section(
            _(SECTION_TITLES[name]),
            tuple(Row(_label(members, pairs), tuple(members)) for members in stems.values()),
        )
        for name, stems in by_section.items()
    )


def _label(members: Sequence[chasil.Field], pairs: Mapping[str, str]) -> str:
    first = members[0]
    if first.id in pairs:
        return f"{first.row.removeprefix('IV.')}. {pairs[first.id]}"
    return first.label_id if first.column is None or len(members) == 1 else first.label_id.rpartition(",")[0]


def blank_refusal(count: int) -> Refused:
    """Fields were left empty without saying that the paper's boxes are empty."""
    return Refused(
        "blank",
        f"{count} isian masih kosong, jadi belum disimpan. Isi, atau nyatakan bahwa kotaknya memang kosong di kertas.",
        f"{count} fields are empty, so nothing was saved. Fill them, or say that the boxes are empty on the paper.",
        400,
    )


def finding_lines(codes: Sequence[str], known: Sequence[Finding], role: str) -> list[tuple[str, str, str]]:
    """(code, tone, text) for stored rule codes, with numbers where the finding is at hand."""
    from sirekap.election.rules import RULE_BY_CODE, title

    by_code = {f.code: f for f in known}
    out = []
    for code in codes:
        text = describe(by_code[code], role) if code in by_code else title(code)
        out.append((code, "error" if RULE_BY_CODE[code].severity == "error" else "warn", text))
    return out

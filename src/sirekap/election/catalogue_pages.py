"""Reference pages generated from the field catalogue and the table of rules (Markdown)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sirekap.election import chasil
from sirekap.election.rules_base import DEFAULT_LIMITS, Rule, Scope, Severity
from sirekap.election.rules_table import RULES
from sirekap.election.rules_wording import WORDING

_SCOPES = {
    Scope.FORM: ("Satu formulir", "One form"),
    Scope.CHANNELS: ("Cara menulis satu angka", "Ways of writing one figure"),
    Scope.CONTESTS: ("Dua pemilihan di satu TPS", "Two contests of one station"),
    Scope.TIERS: ("Antartingkat rekapitulasi", "Between tiers of the recapitulation"),
    Scope.WORKFLOW: ("Dari jalannya rekapitulasi", "From the course of the recapitulation"),
}
_SEVERITY = {Severity.ERROR: "galat / error", Severity.WARNING: "peringatan / warning"}
_SAMPLE_COLUMNS = 2
_LAST_PAGE = "terakhir / last"


_RULES_INTRO = f"""# Aturan pemeriksaan / Numbered checks

Halaman ini dibuat dari `sirekap.election.rules`. Pemeriksaan tidak pernah mengubah angka.
Satu sebab, satu pesan: sebuah aturan tidak dilaporkan bila aturan di kolom terakhirnya menjelaskannya,
yaitu bila satu perubahan pada satu angka memenuhi keduanya.

This page is generated from `sirekap.election.rules`. A check never alters a figure.
One cause, one message: a rule is left out when a rule in its last column explains it, that is when one
change of one figure would satisfy both. A figure with a format error hides every rule that needs it.

Batas yang dapat diatur / Settings: {DEFAULT_LIMITS.station_cap} pemilih per TPS / voters per station;
surat suara cadangan / reserve ballots {DEFAULT_LIMITS.reserve_per_mille / 10} %;
keseragaman diperiksa mulai / uniformity looked at from {DEFAULT_LIMITS.uniform_from} suara / votes."""

_FIELDS_INTRO = """# Isian C.Hasil / Fields of C.Hasil

Halaman ini dibuat dari `sirekap.election.chasil`. Kolom L/P/J: laki-laki, perempuan, jumlah.
Blind: diketik KPPS sebelum melihat hasil baca mesin.

This page is generated from `sirekap.election.chasil`. Columns L/P/J: men, women, sum.
Blind: keyed by the station committee before it sees any reading."""


def rules_reference_markdown() -> str:
    """Page with every rule: code, severity, formula, fields, texts, source, what hides it."""
    parts = [_RULES_INTRO]
    for scope, (id_, en) in _SCOPES.items():
        rows = [_rule_row(rule) for rule in RULES if rule.scope is scope]
        head = ("Kode / Code", "", "Aturan / Rule", "Rumus / Formula", "Isian / Fields", "Sumber / Source", "Hidden by")
        parts += [f"## {id_} / {en}", _table(head, rows)]
    parts += ["## Penjelasan bagi koordinator / For the coordinator"]
    advice = ("Kode / Code", "Sebab dan tindakan", "Cause and action")
    parts += [_table(advice, [_advice_row(rule) for rule in RULES])]
    return "\n\n".join(parts) + "\n"


def fields_reference_markdown() -> str:
    """Page with every field of the catalogue: id, row, page, digits, labels."""
    rows = [
        (
            f"`{f.id}`",
            f.row,
            str(f.page or _LAST_PAGE),
            str(f.digits),
            f.label_id,
            f.label_en,
            "sebagian formulir / some layouts" if f.optional else "ya / yes",
            "ya / yes" if f.blind else "",
        )
        for f in chasil.CATALOGUE
    ]
    head = ("Id", "Baris / Row", "Hal. / Page", "Kotak / Boxes", "Indonesia", "English", "Dicetak / Printed", "Blind")
    return f"{_FIELDS_INTRO}\n\n{_table(head, rows)}\n"


def _rule_row(rule: Rule) -> tuple[str, ...]:
    words = WORDING[rule.code]
    return (
        rule.code,
        _SEVERITY[rule.severity],
        f"{words.title_id} / {words.title_en}",
        rule.formula,
        _field_list(rule),
        rule.source,
        ", ".join(rule.hidden_by),
    )


def _field_list(rule: Rule) -> str:
    if rule.check is None:
        return ""
    shown = [f for f in rule.fields(_SAMPLE_COLUMNS) if not f.startswith("votes_")]
    votes = ["`votes_1 ...`"] if len(shown) < len(rule.fields(_SAMPLE_COLUMNS)) else []
    return ", ".join(votes + [f"`{f}`" for f in shown])


def _advice_row(rule: Rule) -> tuple[str, ...]:
    words = WORDING[rule.code]
    return (
        rule.code,
        f"Sebab: {words.cause_id} Tindakan: {words.action_id}",
        f"Cause: {words.cause_en} Action: {words.action_en}",
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_line(head), _line(["---"] * len(head))]
    return "\n".join(lines + [_line(row) for row in rows])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

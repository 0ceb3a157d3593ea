"""The Frictionless descriptor of the open data: every table, its files and the dictionary of its columns.

Source: Data Package specification, version 1 (Table Schema for the columns).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sirekap.publication import datasets, formats
from sirekap.publication.datasets import Column, Table
from sirekap.publication.model import Cut, SiteInfo

MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
LICENCE = {
    "name": "CC0-1.0",
    "title": "Creative Commons Zero 1.0",
    "path": "https://creativecommons.org/publicdomain/zero/1.0/",
}


@dataclass(frozen=True, slots=True)
class Resource:
    """One table in one format: its files, relative to the descriptor; ``sizes`` and ``hashes`` alike, or none known."""

    kind: str
    table: Table
    extension: str
    paths: tuple[str, ...]
    sizes: tuple[int, ...]
    hashes: tuple[str, ...]


def descriptor(site: SiteInfo, cut: Cut | None, label: str, resources: Sequence[Resource]) -> dict[str, Any]:
    """``datapackage.json``. Without ``cut`` it changes only when the list of files does."""
    stated: dict[str, Any] = {"label": label, "simulated": site.simulated}
    made: dict[str, Any] = {}
    if cut is not None:
        stated |= {"cut": cut.number, "ledger_size": cut.ledger_size, "ledger_root": cut.ledger_root}
        made = {"created": formats.iso(cut.at), "version": f"0.0.{cut.number}"}
    return {
        "profile": "data-package",
        "name": "sirekap",
        "title": site.title,
        "description": _description(site, label),
        **made,
        "licenses": [LICENCE],
        "sirekap": stated,
        "resources": [_resource(found) for found in resources],
    }


def _description(site: SiteInfo, label: str) -> str:
    simulated = f" {site.simulated_label}." if site.simulated else ""
    return f"{label}.{simulated} Setiap angka di atas TPS adalah jumlah angka TPS yang terverifikasi atau disahkan."


def _resource(found: Resource) -> dict[str, Any]:
    kind = found.extension.removesuffix(".gz")
    out: dict[str, Any] = {
        "name": f"{found.kind}-{found.table.name}-{kind}",
        "title": f"{found.table.title_id} / {found.table.title_en}",
        "path": found.paths[0] if len(found.paths) == 1 else list(found.paths),
        "format": kind,
        "mediatype": MEDIA_TYPES[kind],
        "profile": "data-resource" if kind == "parquet" else "tabular-data-resource",
    }
    if kind != "parquet":
        out["encoding"] = "utf-8"
    if found.extension.endswith(".gz"):
        out["compression"] = "gz"
    if len(found.hashes) == 1:
        out |= {"bytes": found.sizes[0], "hash": f"sha256:{found.hashes[0]}"}
    return {**out, "schema": schema_path(found.kind, found.table)}


def schema_path(kind: str, table: Table) -> str:
    """Where a table's schema lies, relative to the descriptor; its three formats share it."""
    return f"{kind}/{table.name}.schema.json"


def schema(table: Table) -> dict[str, Any]:
    """The Table Schema of a table: the data dictionary in both languages."""
    out: dict[str, Any] = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    return {**out, "primaryKey": list(table.key)} if table.key else out


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.allowed:
        constraints["enum"] = list(column.allowed)
    return {
        "name": column.name,
        "type": column.type,
        "title": column.label_id,
        "description": column.label_en,
        **({"constraints": constraints} if constraints else {}),
    }


SHOWN_COLUMNS = 2


def open_data_reference_markdown() -> str:
    """The reference page of the open data: every table with its columns, in both languages."""
    parts = [_INTRO]
    for table in datasets.tables(SHOWN_COLUMNS):
        key = ", ".join(f"`{name}`" for name in table.key) or "-"
        lines = ["| kolom / column | jenis / type | arti | meaning |", "|---|---|---|---|"]
        lines += [f"| `{c.name}` | {_kind(c)} | {_cell(c.label_id)} | {_cell(c.label_en)} |" for c in table.columns]
        parts += [f"## `{table.name}`", f"{table.title_id} / {table.title_en}", f"Kunci / key: {key}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


_INTRO = """# Data terbuka: kamus / Open data: the dictionary

Dibuat dari `sirekap.publication.datasets` dan `sirekap.election.chasil` oleh `sirekap docs`; jangan diubah.
Generated from the code by `sirekap docs`; do not edit.

Kolom `votes_*` ditulis di sini untuk pemilihan dengan dua kolom suara; pemilihan lain punya sebanyak kolomnya.
Columns `votes_*` are shown for a contest with two vote columns; another contest has as many as its form."""


def _kind(column: Column) -> str:
    return f"{column.type}: " + ", ".join(column.allowed) if column.allowed else column.type


def _cell(text: str) -> str:
    return text.replace("|", "\\|")

"""The page of the open data, ``data/index.html``: what there is, how big, how to cite and check it, the dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sirekap.publication.datapackage import LICENCE, Resource
from sirekap.publication.datasets import Column, Table
from sirekap.publication.model import Cut
from sirekap.publication.site import SiteWriter
from sirekap.publication.texts import Text

PAGE = "data/index.html"
NAMES = {"csv": "CSV", "json": "JSON", "parquet": "Parquet", "csv.gz": "CSV.gz", "json.gz": "JSON.gz"}


@dataclass(frozen=True, slots=True)
class File:
    """One format of a table: its name, its only file or its folder, how many files, bytes of all (0: not known)."""

    name: str
    path: str
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class Line:
    """One table of one contest kind in all its formats."""

    name: str
    title: Text
    files: tuple[File, ...]


def lines(resources: Sequence[Resource], kind: str) -> list[Line]:
    """The tables of a contest kind, in the order given."""
    out: dict[str, Line] = {}
    for found in resources:
        if found.kind == kind:
            line = out.setdefault(found.table.name, Line(found.table.name, title(found.table), ()))
            out[found.table.name] = Line(line.name, line.title, (*line.files, _file(found)))
    return list(out.values())


def _file(found: Resource) -> File:
    single = len(found.paths) == 1
    path = found.paths[0] if single else found.paths[0].rpartition("/")[0] + "/"
    return File(NAMES[found.extension], path, len(found.paths), sum(found.sizes))


def title(table: Table) -> Text:
    """A table's title in both languages."""
    return Text(table.title_id, table.title_en)


def meaning(column: Column) -> Text:
    """What a column says, in both languages."""
    return Text(column.label_id, column.label_en)


def size(count: int) -> str:
    """Bytes for people: ``12 KB``, ``3,4 MB``."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} KB"
    return f"{count / 1_000_000:.1f} MB".replace(".", ",")


def add_page(
    writer: SiteWriter,
    cut: Cut,
    resources: Sequence[Resource],
    reports: Sequence[str],
    *,
    official: bool,
    commission: bool,
) -> None:
    """Write the page. ``reports``: paths of NIST's reports, relative to the page; ``commission``: its JSON is there."""
    tables: dict[str, Table] = {}
    for found in resources:
        kept = tables.get(found.table.name)
        if kept is None or len(found.table.columns) > len(kept.columns):
            tables[found.table.name] = found.table
    extra = {
        "cut": cut,
        "official": official,
        "commission": commission,
        "kinds": [(kind, name, lines(resources, kind.value)) for kind, name in writer.site.contests],
        "tables": list(tables.values()),
        "reports": reports,
        "licence": LICENCE,
        "size": size,
        "title_of": title,
        "meaning": meaning,
    }
    writer.add_page("data", PAGE, None, extra)

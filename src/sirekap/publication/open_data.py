"""The open data of a cut: which files are due, made from what the cut has just published.

Tables of stations come from the villages' ``data.json`` on disk, never from the database, so they cannot differ from
the pages. A small site (one regency) writes every changed table whole at every cut. A large one keeps parts by regency
and renews the longest outdated parts a few at a time; ``data/parts.json`` says which cut each part stands at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sirekap.election.contests import ContestKind
from sirekap.election.regions import RegionTier
from sirekap.ledger import canonical
from sirekap.publication import datasets, load, model, opendata, paths, tabular
from sirekap.publication.books import Book
from sirekap.publication.datapackage import Resource, descriptor, schema, schema_path
from sirekap.publication.datasets import Scope, Table
from sirekap.publication.load import Source
from sirekap.publication.site import SiteWriter

FOLDER = "data"
PACKAGE = f"{FOLDER}/datapackage.json"
PARTS = f"{FOLDER}/parts.json"
LARGE = 20_000
"""Station rows above which the tables are kept in parts."""
BUDGET = 2_000
"""Station rows whose parts a cut of a large site renews."""
Changed = Mapping[ContestKind, set[str]]
_EXTENSIONS = {False: ("csv", "json", "parquet"), True: ("csv.gz", "json.gz", "parquet")}


@dataclass(frozen=True, slots=True)
class Part:
    """The stations of one kind in one regency. ``cut``: the cut its files stand at; ``since``: outdated since."""

    kind: ContestKind
    regency: str
    cut: int = 0
    since: int | None = None


def pending(root: Path) -> bool:
    """Whether a part waits to be renewed although nothing else changes."""
    return any(part.since is not None for part in _known_parts(root).values())


def is_large(src: Source) -> bool:
    """Whether this site keeps its tables in parts."""
    return sum(len(book.codes) for book in src.books.values()) > LARGE


def add_tables(writer: SiteWriter, src: Source, only: Changed | None) -> list[Resource]:
    """Write the tables that are due. Returns every table's files, for the package and the page.

    Must run after the cut's villages are written.
    """
    large = is_large(src)
    scopes = {kind: scope_of(src, book) for kind, book in src.books.items()}
    parts = _parts(writer.root, src, only)
    if large:
        for part in _due(parts, src, whole=only is None):
            _write(writer, src, scopes[part.kind], part.kind, (part.regency,), f"/{part.regency}", large=True)
            parts[part.kind, part.regency] = Part(part.kind, part.regency, src.cut.number)
    else:
        for kind in src.books:
            regencies = tuple(regency for k, regency in parts if k is kind)
            if any(parts[kind, regency].since is not None for regency in regencies):
                _write(writer, src, scopes[kind], kind, regencies, "", large=False)
                for regency in regencies:
                    parts[kind, regency] = Part(kind, regency, src.cut.number)
    for kind in src.books:
        _write_top(writer, src, scopes[kind], kind)
    writer.add_file(PARTS, canonical.dumps({"parts": [_part_object(part) for part in parts.values()]}))
    return list(_resources(writer.root, src, parts, large))


def add_package(writer: SiteWriter, src: Source, resources: list[Resource]) -> None:
    """The descriptor of all tables, and each table's schema."""
    for found in resources:
        writer.add_file(f"{FOLDER}/{schema_path(found.kind, found.table)}", _dumps(schema(found.table)))
    writer.add_file(PACKAGE, _dumps(descriptor(writer.site, src.cut, label(src), resources)))


def _dumps(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def label(src: Source) -> str:
    """The standing of everything together: official only when every contest is determined."""
    official = all(src.official(book.contest) for book in src.books.values())
    return opendata.LABEL_OFFICIAL if official else opendata.LABEL_UNOFFICIAL


def scope_of(src: Source, book: Book) -> Scope:
    """What the rows of a book share."""
    return Scope(
        ContestKind(book.contest.kind).value,
        book.contest.region,
        src.official(book.contest),
        src.election.simulated,
        _Names(src.names),
    )


class _Names(dict[str, str]):
    """Region code -> display name, made when first asked for."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self._plain = names

    def get(self, code: str, default: str = "") -> str:  # type: ignore[override]
        if code not in self:
            self[code] = load.display_name(code, self._plain[code]) if code in self._plain else default
        return self[code]


def _known_parts(root: Path) -> dict[tuple[ContestKind, str], Part]:
    try:
        listed = json.loads((root / PARTS).read_bytes())["parts"]
    except FileNotFoundError:
        return {}
    found = [Part(ContestKind(p["contest"]), p["region"], p["cut"], p["since"]) for p in listed]
    return {(part.kind, part.regency): part for part in found}


def _parts(root: Path, src: Source, only: Changed | None) -> dict[tuple[ContestKind, str], Part]:
    """Every part as it stands before this cut writes, in region order."""
    known = _known_parts(root) if only is not None else {}
    out: dict[tuple[ContestKind, str], Part] = {}
    for kind, book in sorted(src.books.items()):
        for regency in sorted({code[:4] for code in book.codes}):
            part = known.get((kind, regency), Part(kind, regency, 0, src.cut.number))
            if part.since is None and (only is None or regency in only.get(kind, ())):
                part = Part(kind, regency, part.cut, src.cut.number)
            out[kind, regency] = part
    return out


def _due(parts: Mapping[tuple[ContestKind, str], Part], src: Source, *, whole: bool) -> Iterator[Part]:
    """The outdated parts to renew now, longest outdated first: all in a whole cut, else as the budget allows."""
    stale = sorted(
        (part for part in parts.values() if part.since is not None), key=lambda p: (p.since or 0, p.regency, p.kind)
    )
    rows = 0
    for part in stale:
        if rows >= BUDGET and not whole:
            return
        run = src.books[part.kind].slice(part.regency)
        rows += run.stop - run.start
        yield part


def _part_object(part: Part) -> dict[str, object]:
    return {"contest": part.kind.value, "region": part.regency, "cut": part.cut, "since": part.since}


def _station_tables(columns: int) -> tuple[Table, Table, Table]:
    return datasets.stations_table(columns), datasets.stages_table(columns), datasets.history_table()


def _write(
    writer: SiteWriter,
    src: Source,
    scope: Scope,
    kind: ContestKind,
    regencies: tuple[str, ...],
    suffix: str,
    *,
    large: bool,
) -> None:
    """Tables of stations, villages and districts of some regencies: ``data/<kind>/<table><suffix>.<extension>``."""
    book = src.books[kind]
    columns = book.contest.columns
    tiers = (RegionTier.VILLAGE, RegionTier.DISTRICT)
    tables = (*_station_tables(columns), *(datasets.region_table(tier, columns) for tier in tiers))
    with tabular.sheets(*tables) as (opened, connection):
        stations, stages, history, villages, districts = opened
        for regency in regencies:
            for district in load.region(src, kind, regency).rows:
                districts.add([datasets.region_row(district, scope)])
                for village in load.region(src, kind, district.code).rows:
                    villages.add([datasets.region_row(village, scope)])
                    for station in village_stations(writer.root, kind, village.code):
                        stations.add([datasets.station_row(station, scope)])
                        stages.add(datasets.stage_rows(station, scope))
                        history.add(datasets.history_rows(station, scope))
        for sheet in opened:
            for extension, data in sheet.files(connection, compressed=large):
                writer.add_file(f"{FOLDER}/{kind.value}/{sheet.table.name}{suffix}.{extension}", data)


def _write_top(writer: SiteWriter, src: Source, scope: Scope, kind: ContestKind) -> None:
    """Tables of regencies, provinces and pairs: small, written whole."""
    book = src.books[kind]
    columns = book.contest.columns
    provinces = [load.region(src, kind, code) for code in sorted({c[:2] for c in book.codes})]
    top = (datasets.region_table(RegionTier.REGENCY, columns), datasets.region_table(RegionTier.PROVINCE, columns))
    with tabular.sheets(*top, datasets.pairs_table()) as (opened, connection):
        regency_sheet, province_sheet, pair_sheet = opened
        for view in provinces:
            regency_sheet.add(datasets.region_row(row, scope) for row in view.rows)
            province_sheet.add([datasets.region_row(row_of(view), scope, votes=bool(view.pairs))])
        pair_sheet.add(datasets.pair_rows(book.pairs, scope))
        for sheet in opened:
            for extension, data in sheet.files(connection):
                writer.add_file(f"{FOLDER}/{kind.value}/{sheet.table.name}.{extension}", data)


def row_of(view: model.RegionView) -> model.Row:
    """A region as one row of the table above it."""
    return model.Row(
        view.code,
        view.name,
        view.standings,
        view.figures if view.counted else None,
        sum(row.findings for row in view.rows if len(row.code) < 13) or sum(bool(row.findings) for row in view.rows),
    )


def village_stations(root: Path, kind: ContestKind, village: str) -> list[datasets.Object]:
    """The stations of a village as its ``data.json`` has them."""
    found = json.loads((root / paths.region_folder(kind, village) / "data.json").read_bytes())
    return list(found["stations"])


def _resources(
    root: Path, src: Source, parts: Mapping[tuple[ContestKind, str], Part], large: bool
) -> Iterator[Resource]:
    """Every table in every format, as it lies in ``root``."""
    for kind, book in sorted(src.books.items()):
        columns = book.contest.columns
        regencies = [part.regency for (k, _), part in parts.items() if k is kind and part.cut]
        tiers = (RegionTier.VILLAGE, RegionTier.DISTRICT)
        split = (*_station_tables(columns), *(datasets.region_table(tier, columns) for tier in tiers))
        whole = (
            datasets.region_table(RegionTier.REGENCY, columns),
            datasets.region_table(RegionTier.PROVINCE, columns),
        )
        for table in split:
            names = [f"{table.name}/{regency}" for regency in regencies] if large else [table.name]
            yield from _resource(root, kind, table, names, large)
        for table in (*whole, datasets.pairs_table()):
            yield from _resource(root, kind, table, [table.name], False)


def _resource(root: Path, kind: ContestKind, table: Table, names: list[str], large: bool) -> Iterator[Resource]:
    for extension in _EXTENSIONS[large]:
        found = [f"{kind.value}/{name}.{extension}" for name in names]
        files = [root / FOLDER / path for path in found]
        single = len(files) == 1
        hashes = tuple(hashlib.sha256(file.read_bytes()).hexdigest() for file in files) if single else ()
        sizes = tuple(file.stat().st_size for file in files)
        if found:
            yield Resource(kind.value, table, extension, tuple(found), sizes, hashes)

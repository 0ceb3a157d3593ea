"""The tables of a cut: which are due, made from what the cut has just published.

Tables of stations come from the villages' ``data.json`` on disk, never from the database, so they cannot differ from
the pages. A small site (one regency) writes every changed table whole at every cut. A large one keeps a part by
district, ``stations/3216/321601.csv.gz``, and renews the longest outdated ones, some rows a cut
(``SIREKAP_OPEN_DATA_ROWS``), all of them in a whole cut; ``data/parts.json`` says which cut each part stands at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

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
Changed = Mapping[ContestKind, set[str]]
_EXTENSIONS = {False: ("csv", "json", "parquet"), True: ("csv.gz", "json.gz", "parquet")}


@dataclass(frozen=True, slots=True)
class Part:
    """What is renewed together: all of one kind (``region`` empty), or a district of it.

    ``cut``: the cut its files stand at, 0 before the first; ``since``: the cut that outdated it, if one did.
    """

    kind: ContestKind
    region: str
    cut: int = 0
    since: int | None = None


Parts = dict[tuple[ContestKind, str], Part]


def pending(root: Path) -> bool:
    """Whether a part waits for a cut although nothing else changes."""
    return settings.CONFIG.open_data_rows > 0 and any(part.since is not None for part in _known_parts(root).values())


def is_large(src: Source) -> bool:
    """Whether this site keeps its tables in parts."""
    return sum(len(book.codes) for book in src.books.values()) > LARGE


def add_tables(writer: SiteWriter, src: Source, only: Changed | None) -> list[Resource]:
    """Write the tables that are due. Returns every table's files, for the package and the page.

    Must run after the cut's villages are written.
    """
    large = is_large(src)
    parts = _parts(writer.root, src, only, large)
    rows = None if only is None or not large else int(settings.CONFIG.open_data_rows)
    with tabular.engine() as engine:
        work = _Work(writer, src, engine, large, {kind: scope_of(src, book) for kind, book in src.books.items()})
        due = list(_due(parts, src, rows))
        for part in due:
            work.stations(part)
            parts[part.kind, part.region] = Part(part.kind, part.region, src.cut.number)
        for kind, regency in dict.fromkeys((part.kind, part.region[:4]) for part in due):
            work.districts(kind, regency)
        for kind in src.books:
            work.top(kind)
    writer.add_file(PARTS, canonical.dumps({"parts": [_part_object(part) for part in parts.values()]}))
    return list(_resources(writer.root, src, parts, large))


def add_package(writer: SiteWriter, src: Source, resources: list[Resource]) -> None:
    """The descriptor of all tables, and each table's schema."""
    for found in resources:
        writer.add_file(f"{FOLDER}/{schema_path(found.kind, found.table)}", _dumps(schema(found.table)))
    cut = None if is_large(src) else src.cut
    writer.add_file(PACKAGE, _dumps(descriptor(writer.site, cut, label(src), resources)))


def _dumps(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


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
    return {(part.kind, part.region): part for part in found}


def _parts(root: Path, src: Source, only: Changed | None, large: bool) -> Parts:
    """Every part as it stands before this cut writes, in region order."""
    known = _known_parts(root) if only is not None else {}
    out: Parts = {}
    for kind, book in sorted(src.books.items()):
        changed = only.get(kind, set()) if only is not None else {""}
        for region in book.regions(6) if large else [""]:
            part = known.get((kind, region), Part(kind, region, 0, src.cut.number))
            if part.since is None and (only is None or (region in changed if region else bool(changed))):
                part = Part(kind, region, part.cut, src.cut.number)
            out[kind, region] = part
    return out


def _due(parts: Parts, src: Source, rows: int | None) -> Iterator[Part]:
    """The outdated parts to renew now, longest outdated first: all, or until ``rows`` stations are renewed."""
    stale = (part for part in parts.values() if part.since is not None)
    done = 0
    for part in sorted(stale, key=lambda p: (p.since or 0, p.cut, p.region, p.kind)):
        if rows is not None and done >= rows:
            return
        run = src.books[part.kind].slice(part.region) if part.region else slice(0, 0)
        done += run.stop - run.start
        yield part


def _part_object(part: Part) -> dict[str, object]:
    return {"contest": part.kind.value, "region": part.region, "cut": part.cut, "since": part.since}


def _station_tables(columns: int) -> tuple[Table, ...]:
    """The tables that a part holds."""
    return (
        datasets.stations_table(columns),
        datasets.stages_table(columns),
        datasets.history_table(),
        datasets.region_table(RegionTier.VILLAGE, columns),
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """What writing tables needs."""

    writer: SiteWriter
    src: Source
    engine: tabular.Engine
    large: bool
    scopes: Mapping[ContestKind, Scope]

    def stations(self, part: Part) -> None:
        """A part's tables of stations and villages."""
        kind, scope, book = part.kind, self.scopes[part.kind], self.src.books[part.kind]
        districts = [part.region] if part.region else book.regions(6)
        with self.engine.sheets(*_station_tables(book.contest.columns)) as sheets:
            stations, stages, history, villages = sheets
            for district in districts:
                for village in load.region(self.src, kind, district).rows:
                    villages.add([datasets.region_row(village, scope)])
                    for station in village_stations(self.writer.root, kind, village.code):
                        stations.add([datasets.station_row(station, scope)])
                        stages.add(datasets.stage_rows(station, scope))
                        history.add(datasets.history_rows(station, scope))
            place = f"/{part.region[:4]}/{part.region}" if part.region else ""
            self._save(kind, sheets, place, compressed=self.large)

    def districts(self, kind: ContestKind, regency: str) -> None:
        """Sums by district: of one regency in a large site, of all where ``regency`` is empty."""
        table = datasets.region_table(RegionTier.DISTRICT, self.src.books[kind].contest.columns)
        with self.engine.sheets(table) as sheets:
            for code in [regency] if regency else self.src.books[kind].regions(4):
                rows = load.region(self.src, kind, code).rows
                sheets[0].add(datasets.region_row(row, self.scopes[kind]) for row in rows)
            self._save(kind, sheets, f"/{regency}" if regency else "", compressed=self.large)

    def top(self, kind: ContestKind) -> None:
        """Tables of regencies, provinces and pairs: small, written whole at every cut."""
        book, scope = self.src.books[kind], self.scopes[kind]
        tables = (*_top_tables(book.contest.columns), datasets.pairs_table())
        with self.engine.sheets(*tables) as sheets:
            regencies, provinces, pairs = sheets
            for code in book.regions(2):
                view = load.region(self.src, kind, code)
                regencies.add(datasets.region_row(row, scope) for row in view.rows)
                provinces.add([datasets.region_row(row_of(view), scope, votes=bool(view.pairs))])
            pairs.add(datasets.pair_rows(book.pairs, scope))
            self._save(kind, sheets, "", compressed=False)

    def _save(self, kind: ContestKind, sheets: list[tabular.Sheet], place: str, *, compressed: bool) -> None:
        for sheet in sheets:
            for extension, data in sheet.files(compressed=compressed):
                self.writer.add_file(f"{FOLDER}/{kind.value}/{sheet.table.name}{place}.{extension}", data)


def _top_tables(columns: int) -> tuple[Table, Table]:
    return datasets.region_table(RegionTier.REGENCY, columns), datasets.region_table(RegionTier.PROVINCE, columns)


def own_cut(src: Source, book: Book, code: str) -> model.Cut:
    """The first cut that holds a region's figures as they stand; other contests, shown on its page, do not count."""
    return src.stamp(int(book.last[book.slice(code)].max()))


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
    return list(
        opendata.read_region((root / paths.region_folder(kind, village) / "data.json").read_bytes())["stations"]
    )


def _resources(root: Path, src: Source, parts: Parts, large: bool) -> Iterator[Resource]:
    """Every table in every format, as it lies in ``root``."""
    for kind, book in sorted(src.books.items()):
        columns = book.contest.columns
        written = [part.region for (k, _), part in parts.items() if k is kind and part.cut]
        for table in _station_tables(columns):
            names = [f"{table.name}/{region[:4]}/{region}" for region in written] if large else [table.name]
            yield from _resource(root, kind, table, names, large)
        table = datasets.region_table(RegionTier.DISTRICT, columns)
        regencies = dict.fromkeys(region[:4] for region in written)
        names = [f"{table.name}/{regency}" for regency in regencies] if large else [table.name]
        yield from _resource(root, kind, table, names, large)
        for table in (*_top_tables(columns), datasets.pairs_table()):
            yield from _resource(root, kind, table, [table.name], False, large)


def _resource(
    root: Path, kind: ContestKind, table: Table, names: list[str], compressed: bool, large: bool = False
) -> Iterator[Resource]:
    """A large site's files are too many to look at in every cut: their sizes and hashes stand in the manifests."""
    for extension in _EXTENSIONS[compressed] if names else ():
        found = tuple(f"{kind.value}/{name}.{extension}" for name in names)
        data = [] if compressed or large else [(root / FOLDER / path).read_bytes() for path in found]
        hashes = tuple(hashlib.sha256(one).hexdigest() for one in data)
        yield Resource(kind.value, table, extension, found, tuple(map(len, data)), hashes)

"""The commission's JSON of a cut: which files are due, filled from the cut's own views and published villages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from sirekap.election.contests import ContestKind, Pair
from sirekap.election.standing import Standing
from sirekap.election.tally import Tally, tally
from sirekap.publication import commission, load, model
from sirekap.publication.books import Book
from sirekap.publication.commission import Sum, path
from sirekap.publication.load import Source
from sirekap.publication.open_data import Changed, own_cut, row_of, village_stations
from sirekap.publication.site import SiteWriter

LISTS = "wilayah/pilkada"
RESULTS = "pilkada/hhcw"
RECAP = "pilkada/hr"
_RECAP_RUNG = {2: Standing.REGENCY, 4: Standing.DISTRICT}
"""A recap lists, per region below, the stations that the plenary of that region has ratified."""


def add_commission(writer: SiteWriter, src: Source, only: Changed | None, base: str) -> None:
    """Write what changed, or everything. ``base``: what stands before the path of a photograph, with its slash.

    Must run after the cut's villages are written.
    """
    if not (writer.root / RESULTS).exists():
        only = None
    for kind, book in src.books.items():
        found = _Kind(src, kind, book)
        _lists(writer, found, only)
        _results(writer, found, only, base)
        _recaps(writer, found)
        region = book.contest.region
        file = commission.candidates({region: found.pairs}, {region: found.stamp(src.cuts[0])})
        writer.add_file(f"pilkada/paslon/{kind.value}.json", commission.dumps(file))


class _Kind:
    """One contest kind with what all its files need."""

    def __init__(self, src: Source, kind: ContestKind, book: Book) -> None:
        self.src, self.kind, self.book = src, kind, book
        self.pairs: tuple[Pair, ...] = book.pairs
        self._ids = commission.pair_ids(self.pairs, book.contest.region)
        self._cuts = {cut.number: cut for cut in src.cuts}

    def ids(self, code: str) -> Mapping[int, str]:
        """The vote columns that ``code`` has in common: none above the contest's region."""
        return self._ids if code.startswith(self.book.contest.region) else {}

    def stamp(self, cut: model.Cut | int) -> str:
        found = self._cuts[cut] if isinstance(cut, int) else cut
        return commission.stamp(found.at, self.src.zone)

    def due(self, only: Changed | None) -> Iterator[str]:
        """Codes of the regions to write, top down."""
        for code in load.region_codes(self.book):
            if only is None or code in only.get(self.kind, ()):
                yield code

    def sum(self, row: model.Row) -> Sum:
        figures = row.figures or {}
        votes = {pair.number: figures.get(f"votes_{pair.number}") or 0 for pair in self.pairs}
        return Sum(votes, row.counted, row.stations)

    def whole(self, rows: Iterable[model.Row]) -> Sum:
        sums = [self.sum(row) for row in rows]
        votes = {pair.number: sum(s.votes[pair.number] for s in sums) for pair in self.pairs}
        return Sum(votes, sum(s.counted for s in sums), sum(s.stations for s in sums))


def _lists(writer: SiteWriter, found: _Kind, only: Changed | None) -> None:
    """``wilayah``: what lies below each region."""
    names = found.src.names
    provinces = sorted({code[:2] for code in found.book.codes})
    writer.add_file(path(LISTS, found.kind.value, ""), _listed((code, names[code]) for code in provinces))
    for code in found.due(only):
        rows = load.region(found.src, found.kind, code).rows
        below = ((row.code, names.get(row.code, row.name)) for row in rows)
        writer.add_file(path(LISTS, found.kind.value, code), _listed(below))


def _listed(regions: Iterable[tuple[str, str]]) -> bytes:
    return commission.dumps(commission.places(regions))


def _results(writer: SiteWriter, found: _Kind, only: Changed | None, base: str) -> None:
    """``hhcw``: the count so far, from the nation down to the stations."""
    kind = found.kind.value
    top = [row_of(load.region(found.src, found.kind, code)) for code in sorted({c[:2] for c in found.book.codes})]
    nation = {row.code: (found.sum(row), found.ids(row.code)) for row in top}
    result = commission.region_result("hhcw", found.whole(top), {}, nation, found.stamp(found.src.cut))
    writer.add_file(path(RESULTS, kind, ""), commission.dumps(result))
    for code in found.due(only):
        view = load.region(found.src, found.kind, code)
        kinds = _stations(writer, found, code, base) if len(code) == 10 else {}
        rows = {}
        for row in view.rows:
            own = found.sum(row)
            own = Sum(own.votes, own.counted, own.stations, kinds.get(row.code, own.kind))
            rows[row.code] = (own, found.ids(row.code))
        result = commission.region_result(
            "hhcw", found.whole(view.rows), found.ids(code), rows, found.stamp(own_cut(found.src, found.book, code))
        )
        writer.add_file(path(RESULTS, kind, code), commission.dumps(result))


def _stations(writer: SiteWriter, found: _Kind, village: str, base: str) -> dict[str, str]:
    """The stations of a village; returns station -> result kind."""
    kinds = {}
    for station in village_stations(writer.root, found.kind, village):
        code = station["code"]
        kinds[code] = commission.result_kind(station["generation_kind"])
        images = commission.page_images(station["photos"], station["generation"], base)
        result = commission.station_result(
            station["figures"]["counted"], found.ids(code), images, kinds[code], found.stamp(station["cut"])
        )
        writer.add_file(path(RESULTS, found.kind.value, code), commission.dumps(result))
    return kinds


def _recaps(writer: SiteWriter, found: _Kind) -> None:
    """``hr``: sums of ratified stations, for provinces and regencies."""
    book = found.book
    codes = np.array(book.codes)
    for digits, rung in _RECAP_RUNG.items():
        ratified = tally(codes, book.matrix, book.counted & (book.standing >= rung))
        for code in sorted({c[:digits] for c in book.codes}):
            _recap(writer, found, code, ratified)


def _recap(writer: SiteWriter, found: _Kind, code: str, ratified: Tally) -> None:
    view = load.region(found.src, found.kind, code)
    rows = {row.code: (_ratified(found, row.code, ratified), found.ids(row.code)) for row in view.rows}
    result = commission.region_result(
        "hr", _ratified(found, code, ratified), found.ids(code), rows, found.stamp(own_cut(found.src, found.book, code))
    )
    writer.add_file(path(RECAP, found.kind.value, code), commission.dumps(result))


def _ratified(found: _Kind, code: str, ratified: Tally) -> Sum:
    region = ratified.region(code)
    figures = dict(zip(found.book.fields, region.sums.tolist(), strict=True))
    votes = {pair.number: figures[f"votes_{pair.number}"] for pair in found.pairs}
    return Sum(votes, int(region.counted), region.rows.stop - region.rows.start)

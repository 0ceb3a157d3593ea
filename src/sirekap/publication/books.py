"""A contest's rows as columns: standing, pages, findings, newest entry, counted figures, and their tally.

Read once, a few thousand rows at a time, so that a nation never stands in memory as Python objects; afterwards only
the rows that changed are read again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import OuterRef, Q, QuerySet, Subquery

from sirekap.election import chasil
from sirekap.election.contests import Pair
from sirekap.election.standing import Standing, all_pages
from sirekap.election.tally import Tally, UnknownRegion, tally
from sirekap.records.models import Contest, Leaf, StationContest

BLANK_COLUMN_NAME = "Kolom kosong"
UNSEQUENCED = np.iinfo(np.int64).max
"""Ledger index of an entry that has none yet: later than any."""
CHUNK = 4000
IDS = 500
"""Keys in one query."""
_HEAD = ("station_id", "standing", "pages", "findings", "leaf_index", "counted_id")


def pairs_of(contest: Contest) -> tuple[Pair, ...]:
    """The vote columns of a contest in form order, the blank column included."""
    pairs = tuple(Pair(p.number, p.name, p.colour, p.commission_id) for p in contest.pairs.all())
    if len(pairs) < contest.columns:
        pairs += (Pair(len(pairs) + 1, BLANK_COLUMN_NAME),)
    return pairs


@dataclass(slots=True)
class Book:
    """One contest's open rows in region-code order; every column has one value per row.

    ``last``: ledger index of the newest entry about the row, `UNSEQUENCED` before it has one. ``findings``: rule codes.
    ``matrix``: int32 [rows x fields], counted figures, 0 where there is none; ``stated``: which of the form's optional
    fields a counted row states. ``ids``: the fields that count (optional ones once any row states them).
    """

    contest: Contest
    pairs: tuple[Pair, ...]
    codes: list[str]
    standing: npt.NDArray[np.int8]
    pages: npt.NDArray[np.int16]
    findings: list[tuple[str, ...]]
    last: npt.NDArray[np.int64]
    counted: npt.NDArray[np.bool_]
    matrix: npt.NDArray[np.int32]
    stated: npt.NDArray[np.bool_]
    fields: tuple[str, ...]
    ids: tuple[str, ...] = ()
    tally: Tally = field(init=False)
    _rungs: npt.NDArray[np.int32] = field(init=False)
    _complete: npt.NDArray[np.int32] = field(init=False)
    _found: npt.NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.sum_up()

    def sum_up(self) -> None:
        """Derive sums and running counts from the columns."""
        optional = _optional(self.contest, self.fields)
        stated = dict(zip(optional, self.stated.any(axis=0).tolist(), strict=True)) if optional else {}
        self.ids = tuple(name for name in self.fields if stated.get(name, True))
        self.tally = tally(np.array(self.codes), self.matrix, self.counted)
        rungs = self.standing[None, :] == np.arange(len(Standing), dtype=np.int8)[:, None]
        self._rungs = _running(rungs)
        wanted = all_pages(self.contest.columns)
        self._complete = _running(((self.pages & wanted) == wanted)[None, :])[0]
        self._found = np.array([row for row, codes in enumerate(self.findings) if codes], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.codes)

    def __contains__(self, code: str) -> bool:
        """Whether a region has a station in this contest."""
        try:
            self.tally.region(code)
        except UnknownRegion:
            return False
        return True

    def slice(self, code: str) -> slice:
        """The region's rows."""
        return self.tally.region(code).rows

    def regions(self, digits: int) -> list[str]:
        """The codes of a tier's regions, ascending."""
        tier = self.tally.tier(digits)
        return [tier.code(index) for index in range(len(tier.codes))]

    def children(self, code: str, digits: int) -> list[str]:
        """The regions of the next tier (``digits``) inside a region, ascending."""
        rows, tier = self.slice(code), self.tally.tier(digits)
        first, stop = np.searchsorted(tier.start, (rows.start, rows.stop))
        return [tier.code(index) for index in range(int(first), int(stop))]

    def figures(self, code: str) -> dict[str, int]:
        """Sums of a region over its counted stations."""
        sums = dict(zip(self.fields, self.tally.region(code).sums.tolist(), strict=True))
        return {name: sums[name] for name in self.ids}

    def row(self, index: int) -> dict[str, int] | None:
        """One station's counted figures."""
        if not self.counted[index]:
            return None
        values = dict(zip(self.fields, self.matrix[index].tolist(), strict=True))
        return {name: values[name] for name in self.ids}

    def standings(self, rows: slice) -> tuple[int, ...]:
        """Rows exactly at each rung."""
        return tuple((self._rungs[:, rows.stop] - self._rungs[:, rows.start]).tolist())

    def complete(self, rows: slice) -> int:
        """Rows whose pages have all been received."""
        return int(self._complete[rows.stop] - self._complete[rows.start])

    def with_findings(self, rows: slice) -> Sequence[int]:
        """The rows that carry a finding."""
        first, stop = np.searchsorted(self._found, (rows.start, rows.stop))
        return self._found[first:stop].tolist()  # type: ignore[no-any-return]

    def finding_counts(self, rows: slice) -> Counter[str]:
        """Rows per rule code."""
        return Counter(code for row in self.with_findings(rows) for code in self.findings[row])

    def newest(self, rows: slice) -> int:
        """Ledger index of the newest entry about any of the rows."""
        return int(self.last[rows].max())

    def place(self, station: str) -> int | None:
        """The row of a station; ``None`` when it has none here."""
        row = bisect_left(self.codes, station)
        return row if row < len(self.codes) and self.codes[row] == station else None

    def last_of(self, station: str) -> int:
        """Ledger index of the newest entry about a station's row."""
        row = self.place(station)
        return UNSEQUENCED if row is None else int(self.last[row])

    def since(self, index: int) -> Iterator[str]:
        """Stations whose newest entry has that ledger index or a later one."""
        return (self.codes[row] for row in np.flatnonzero(self.last >= index).tolist())


def read(contest: Contest) -> Book | None:
    """All open rows of a contest; ``None`` when it has no station."""
    fields = chasil.field_ids(contest.columns, optional=True)
    optional = [fields.index(name) for name in _optional(contest, fields)]
    codes: list[str] = []
    findings: list[tuple[str, ...]] = []
    parts: list[tuple[npt.NDArray[Any], ...]] = []
    rows = _rows(fields, Q(contest=contest)).order_by("pk").iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        codes += [row[0] for row in chunk]
        findings += [_shared(row[3]) for row in chunk]
        parts.append(_columns(chunk, optional))
    if not codes:
        return None
    standing, pages, last, counted, matrix, stated = (np.concatenate(column) for column in zip(*parts, strict=True))
    matrix = np.asfortranarray(matrix)
    return Book(
        contest, pairs_of(contest), codes, standing, pages, findings, last, counted, matrix, stated, fields
    )  # fmt: skip


def refresh(book: Book, seqs: Iterable[int]) -> bool:
    """Read again the rows whose newest entry is one of ``seqs``; False when a row is new here, or was closed."""
    wanted = set(seqs)
    if not wanted:
        return True
    newest = StationContest.objects.filter(contest=book.contest, last_seq__gte=min(wanted)).order_by()
    keys = [key for key, seq in newest.values_list("pk", "last_seq").iterator(chunk_size=CHUNK) if seq in wanted]
    place = {int(code): row for row, code in ((r, book.codes[r]) for r in _places(book, keys))}
    optional = [book.fields.index(name) for name in _optional(book.contest, book.fields)]
    for start in range(0, len(keys), IDS):
        some = keys[start : start + IDS]
        chunk = list(_rows(book.fields, Q(pk__in=some)))
        at = [place.get(int(row[0]), -1) for row in chunk]
        if len(chunk) < len(some) or -1 in at:
            return False
        for row, values in zip(at, chunk, strict=True):
            book.findings[row] = _shared(values[3])
        standing, pages, last, counted, matrix, stated = _columns(chunk, optional)
        book.standing[at], book.pages[at], book.last[at] = standing, pages, last
        book.counted[at], book.matrix[at], book.stated[at] = counted, matrix, stated
    if keys:
        book.sum_up()
    return True


def _places(book: Book, keys: Iterable[str]) -> list[int]:
    codes = book.tally.codes
    wanted = np.array([int(key.partition("-")[0]) for key in keys], dtype=np.int64)
    at = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    return at[codes[at] == wanted].tolist()  # type: ignore[no-any-return]


def _rows(fields: tuple[str, ...], where: Q) -> QuerySet[StationContest, tuple[Any, ...]]:
    index = Subquery(Leaf.objects.filter(entry_id=OuterRef("last_seq")).values("index")[:1])
    found = StationContest.objects.filter(where, closed=False).annotate(leaf_index=index)
    return found.values_list(*_HEAD, *[f"counted__{name}" for name in fields])


def _columns(chunk: list[tuple[Any, ...]], optional: list[int]) -> tuple[npt.NDArray[Any], ...]:
    """Standing, pages, last, counted, figures, stated of some rows."""
    head = len(_HEAD)
    figures = [row[head:] for row in chunk]
    return (
        np.array([row[1] for row in chunk], dtype=np.int8),
        np.array([row[2] for row in chunk], dtype=np.int16),
        np.array([UNSEQUENCED if row[4] is None else row[4] for row in chunk], dtype=np.int64),
        np.array([row[5] is not None for row in chunk], dtype=np.bool_),
        np.array([[value or 0 for value in row] for row in figures], dtype=np.int32).reshape(len(chunk), -1),
        np.array([[row[at] is not None for at in optional] for row in figures], dtype=np.bool_).reshape(
            len(chunk), len(optional)
        ),
    )


def _optional(contest: Contest, fields: tuple[str, ...]) -> list[str]:
    """Rows of the form that only some layouts print."""
    core = set(chasil.field_ids(contest.columns))
    return [name for name in fields if name not in core]


_known: dict[tuple[str, ...], tuple[str, ...]] = {}


def _shared(codes: list[str]) -> tuple[str, ...]:
    """One tuple for all rows with the same findings."""
    key = tuple(codes)
    return _known.setdefault(key, key)


def _running(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """Running counts [n x rows + 1] along the rows."""
    out = np.zeros((len(flags), flags.shape[1] + 1), dtype=np.int32)
    np.cumsum(flags, axis=1, out=out[:, 1:])
    return out

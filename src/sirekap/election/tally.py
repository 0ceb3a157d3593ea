"""The tally: a region is a slice of the station rows.

Stations are kept in region-code order, so every village, district, regency, province and the
nation is a contiguous run of rows. Villages are summed once from the rows, and every tier above
from the tier below. Vote columns add up only within one contest: the caller passes the rows
of one contest, or reads the vote columns only at tiers inside one contest's scope.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Matrix = npt.NDArray[np.signedinteger[Any]]

STATION_DIGITS = 13
TIER_DIGITS = (0, 2, 4, 6, 10)
"""Digits of the region code per tier: nation, province, regency, district, village."""

_LOW = 0 if sys.byteorder == "little" else 1
_CHUNK = 1 << 17
_THREADED_FROM = 2_000_000
_PACK_LIMIT = 2**31
_INT64_LIMIT = 2**63


class TallyError(ValueError):
    """The input cannot be tallied; the message says which row and why."""


class UnsortedCodes(TallyError):
    """Station codes are not in ascending order."""


class DuplicateCode(TallyError):
    """A station code occurs twice."""


class BadCode(TallyError):
    """A station code is not 13 digits."""


class ShapeMismatch(TallyError):
    """Codes, matrix, mask or changes do not fit together."""


class TallyOverflow(TallyError):
    """A sum could exceed 64 bits."""


class UnknownRegion(TallyError):
    """No station of the tally lies in the region asked for."""


@dataclass(frozen=True, slots=True)
class TierSums:
    """All regions of one tier, in code order.

    ``codes``, ``start``, ``stop``, ``stations``, ``counted``: int64 [regions]; rows
    ``start:stop`` are the region's stations. ``sums``: int64 [regions x fields], stored
    column by column. ``missing``: int64 [regions x fields], counted rows whose figure is
    absent, or ``None`` when no missing mask was given.
    """

    digits: int
    codes: Ints
    start: Ints
    stop: Ints
    stations: Ints
    counted: Ints
    sums: Ints
    missing: Ints | None = None

    def code(self, index: int) -> str:
        """Region code as text (the nation is the empty string)."""
        return str(int(self.codes[index])).zfill(self.digits) if self.digits else ""


@dataclass(frozen=True, slots=True)
class RegionSums:
    """One region: ``rows`` is its run of station rows, ``sums`` int64 [fields]."""

    code: str
    rows: slice
    stations: int
    counted: int
    sums: Ints
    missing: Ints | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums of every tier, nation first, village last. Station rows are the caller's matrix."""

    codes: Ints
    fields: int
    tiers: tuple[TierSums, ...]

    def tier(self, digits: int) -> TierSums:
        """The tier whose region codes have ``digits`` digits (0 = nation)."""
        return self.tiers[TIER_DIGITS.index(digits)]

    def region(self, code: str) -> RegionSums:
        """One region by its code. Raises :class:`UnknownRegion` when it has no station here."""
        if len(code) not in TIER_DIGITS or not (code.isdecimal() or not code):
            raise UnknownRegion(f"{code!r} is not a region code of 0, 2, 4, 6 or 10 digits")
        tier = self.tier(len(code))
        key = int(code or 0)
        at = int(np.searchsorted(tier.codes, key))
        if at >= len(tier.codes) or int(tier.codes[at]) != key:
            raise UnknownRegion(f"region {code} has no station in this tally")
        return RegionSums(
            code=code,
            rows=slice(int(tier.start[at]), int(tier.stop[at])),
            stations=int(tier.stations[at]),
            counted=int(tier.counted[at]),
            sums=tier.sums[at],
            missing=None if tier.missing is None else tier.missing[at],
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """New contents of some station rows, each row at most once.

    ``rows``: int64 [k] positions in the tally's codes. ``before``/``after``: [k x fields]
    figures; ``counted_before``/``counted_after``: bool [k]; ``missing_*``: bool [k x fields]
    where the tally keeps missing figures.
    """

    rows: Ints
    before: Matrix
    after: Matrix
    counted_before: Bools
    counted_after: Bools
    missing_before: Bools | None = None
    missing_after: Bools | None = None


def station_codes(codes: npt.NDArray[Any]) -> Ints:
    """Codes as int64 [rows], checked: 13 digits, ascending, unique.

    Raises :class:`BadCode`, :class:`UnsortedCodes`, :class:`DuplicateCode`, :class:`ShapeMismatch`.
    """
    if codes.ndim != 1:
        raise ShapeMismatch(f"codes must be one-dimensional, got {codes.ndim} dimensions")
    out = _parse(codes) if codes.dtype.kind == "U" else codes
    if out.dtype.kind not in "iu":
        raise BadCode(f"codes must be integers or text, got {codes.dtype}")
    if len(out) and (int(out.min()) < 0 or int(out.max()) >= 10**STATION_DIGITS):
        raise BadCode(f"a station code has {STATION_DIGITS} digits, got {int(out.min())}..{int(out.max())}")
    numbers: Ints = out.astype(np.int64, copy=False)
    wrong = np.flatnonzero(numbers[1:] <= numbers[:-1])
    if len(wrong):
        row = int(wrong[0]) + 1
        text = str(int(numbers[row])).zfill(STATION_DIGITS)
        if numbers[row] == numbers[row - 1]:
            raise DuplicateCode(f"station {text} occurs twice (rows {row - 1} and {row})")
        raise UnsortedCodes(f"station {text} (row {row}) must come before row {row - 1}: sort rows by code")
    return numbers


def _parse(codes: npt.NDArray[np.str_]) -> Ints:
    width = codes.dtype.itemsize // 4
    if not len(codes):
        return np.zeros(0, np.int64)
    if width != STATION_DIGITS:
        raise BadCode(f"a station code has {STATION_DIGITS} digits, got text of width {width}")
    digits = np.ascontiguousarray(codes).view(np.uint32).reshape(-1, width) - np.uint32(ord("0"))
    bad = np.flatnonzero((digits > 9).any(axis=1))
    if len(bad):
        raise BadCode(f"station code {str(codes[bad[0]])!r} (row {int(bad[0])}) is not {STATION_DIGITS} digits")
    out = np.zeros(len(codes), np.int64)
    for place in range(width):
        out = out * 10 + digits[:, place]
    return out


def tally(codes: npt.NDArray[Any], matrix: Matrix, counted: Bools, missing: Bools | None = None) -> Tally:
    """Sum the counted rows of ``matrix`` for the nation, provinces, regencies, districts, villages.

    ``codes``: station codes [rows], ascending, int64 or 13-character text. ``matrix``: int32 or
    int64 [rows x fields]; column-major (``order="F"``) is the fast layout, row-major is copied.
    ``counted``: bool [rows]; other rows add 0. ``missing``: optional bool [rows x fields];
    those figures add 0 and are counted apart. Raises :class:`TallyError`.
    """
    numbers = station_codes(codes)
    rows = len(numbers)
    _check_shapes(rows, matrix, counted, missing)
    fields = matrix.shape[1]
    if not rows:
        return _empty(numbers, fields, missing is not None)
    figures = matrix if missing is None else np.where(missing, matrix.dtype.type(0), matrix)
    ladder = _ladder(numbers)
    sums = _sum_rows(figures, counted, ladder)
    counts = _sum_rows(counted.astype(np.int32)[:, None], counted, ladder)
    absent = [None] * len(ladder) if missing is None else _sum_rows(missing.astype(np.int32), counted, ladder)
    tiers = []
    for step, table, count, gap in zip(ladder, sums, counts, absent, strict=True):
        stop = np.append(step.start[1:], rows)
        stations = stop - step.start
        tiers.append(TierSums(step.digits, step.codes, step.start, stop, stations, count[:, 0], table, gap))
    return Tally(numbers, fields, tuple(reversed(tiers)))


def _check_shapes(rows: int, matrix: Matrix, counted: Bools, missing: Bools | None) -> None:
    if matrix.ndim != 2 or matrix.shape[0] != rows:
        raise ShapeMismatch(f"matrix must be [{rows} x fields], got {matrix.shape}")
    if matrix.dtype not in (np.dtype(np.int32), np.dtype(np.int64)):
        raise ShapeMismatch(f"matrix must be int32 or int64, got {matrix.dtype}")
    if counted.shape != (rows,) or counted.dtype != np.bool_:
        raise ShapeMismatch(f"counted must be bool [{rows}], got {counted.dtype} {counted.shape}")
    if missing is not None and (missing.shape != matrix.shape or missing.dtype != np.bool_):
        raise ShapeMismatch(f"missing must be bool {matrix.shape}, got {missing.dtype} {missing.shape}")


@dataclass(frozen=True, slots=True)
class _Step:
    """One tier of the climb: ``firsts`` are run starts in the tier below, ``start`` in the rows."""

    digits: int
    codes: Ints
    start: Ints
    firsts: Ints


def _ladder(numbers: Ints) -> list[_Step]:
    """Tiers from the village up to the nation."""
    steps: list[_Step] = []
    keys, start, below = numbers, np.arange(0, dtype=np.int64), STATION_DIGITS
    for digits in reversed(TIER_DIGITS):
        upper = keys // 10 ** (below - digits)
        firsts = np.concatenate(([0], np.flatnonzero(upper[1:] != upper[:-1]) + 1)).astype(np.int64)
        start = start[firsts] if steps else firsts
        keys, below = upper[firsts], digits
        steps.append(_Step(digits, keys, start, firsts))
    return steps


def _sum_rows(matrix: Matrix, counted: Bools, ladder: list[_Step]) -> list[Ints]:
    """Sums of counted rows, one int64 [regions x fields] table per step of the ladder."""
    columns = np.asfortranarray(matrix).T
    width, rows = columns.shape
    mask = -counted.astype(np.int32)
    edges = np.append(ladder[0].firsts, rows)
    tables = [np.empty((width, len(step.firsts)), np.int64) for step in ladder]
    cuts = np.unique(np.searchsorted(edges, np.append(np.arange(0, rows, _CHUNK), rows)))

    def add_rows(chunk: int) -> None:
        first, last = int(cuts[chunk]), int(cuts[chunk + 1])
        span = slice(int(edges[first]), int(edges[last]))
        _sum_villages(
            columns[:, span], mask[span], edges[first : last + 1] - span.start, rows, tables[0][:, first:last]
        )

    def climb(column: int) -> None:
        for lower, upper, step in zip(tables, tables[1:], ladder[1:], strict=False):
            np.add.reduceat(lower[column], step.firsts, out=upper[column])

    _spread(add_rows, len(cuts) - 1, columns.size)
    _spread(climb, width, columns.size)
    return [table.T for table in tables]


def _sum_villages(columns: Matrix, mask: npt.NDArray[np.int32], edges: Ints, rows: int, out: Ints) -> None:
    """Village sums of one chunk of rows into ``out`` [fields x villages].

    Two 32-bit columns travel in one 64-bit word where no village can overflow its half, so
    the rows are added up two fields at a time.
    """
    villages, longest = edges[:-1], int(np.diff(edges).max())
    packed = np.empty(columns.shape[1], np.int64)
    halves = packed.view(np.int32)
    for first in range(0, len(columns), 2):
        two, sums = columns[first : first + 2], out[first : first + 2]
        if len(two) == 2 and all(_fits_half(column, longest) for column in two):
            np.bitwise_and(two[0], mask, out=halves[_LOW::2])
            np.bitwise_and(two[1], mask, out=halves[1 - _LOW :: 2])
            both = np.add.reduceat(packed, villages)
            np.bitwise_and(both, 0xFFFFFFFF, out=sums[0])
            np.right_shift(both, 32, out=sums[1])
            continue
        for column, total in zip(two, sums, strict=True):
            _fits_int64(column, rows)
            np.multiply(column, -mask, out=packed, dtype=np.int64)
            np.add.reduceat(packed, villages, out=total)


def _fits_half(column: Matrix, longest: int) -> bool:
    # Read as unsigned, a negative figure is huge: one pass answers both questions.
    return column.dtype == np.int32 and int(column.view(np.uint32).max()) * longest < _PACK_LIMIT


def _fits_int64(column: Matrix, rows: int) -> None:
    largest = max(int(column.max()), -int(column.min()))
    if largest * rows >= _INT64_LIMIT:
        raise TallyOverflow(f"a figure of {largest} in {rows} rows could exceed 64 bits")


def _spread(work: Callable[[int], None], tasks: int, cells: int) -> None:
    """Run ``work(0..tasks-1)``, on all cores when the matrix is large."""
    workers = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, tasks)
    if cells < _THREADED_FROM or workers == 1:
        for task in range(tasks):
            work(task)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(tasks)))


def _empty(numbers: Ints, fields: int, keeps_missing: bool) -> Tally:
    def tier(digits: int) -> TierSums:
        regions = 0 if digits else 1
        zeros = np.zeros(regions, np.int64)
        table = np.zeros((regions, fields), np.int64)
        return TierSums(digits, zeros, zeros, zeros, zeros, zeros, table, table if keeps_missing else None)

    return Tally(numbers, fields, tuple(tier(digits) for digits in TIER_DIGITS))


def apply_deltas(current: Tally, changes: Changes) -> Tally:
    """The tally after some rows changed, equal to a recomputation.

    ``changes.before`` must be what the tally summed for those rows. The given tally is left
    as it is. Raises :class:`ShapeMismatch` for rows outside the tally, named twice, or of
    another width.
    """
    _check_changes(current, changes)
    after, before = changes.counted_after.astype(np.int64), changes.counted_before.astype(np.int64)
    figures = _present(changes.after, changes.missing_after) * after[:, None]
    figures = figures - _present(changes.before, changes.missing_before) * before[:, None]
    absent: Ints | None = None
    if changes.missing_after is not None and changes.missing_before is not None:
        absent = changes.missing_after * after[:, None] - changes.missing_before * before[:, None]
    tiers = tuple(_shift(tier, changes.rows, figures, after - before, absent) for tier in current.tiers)
    return replace(current, tiers=tiers)


def _present(figures: Matrix, missing: Bools | None) -> Ints:
    wide: Ints = figures.astype(np.int64)
    return wide if missing is None else np.where(missing, 0, wide)


def _check_changes(current: Tally, changes: Changes) -> None:
    k = len(changes.rows)
    wide = (k, current.fields)
    keeps = current.tiers[0].missing is not None
    masks = (changes.missing_before, changes.missing_after)
    if changes.before.shape != wide or changes.after.shape != wide:
        raise ShapeMismatch(f"changed figures must be [{k} x {current.fields}]")
    if changes.counted_before.shape != (k,) or changes.counted_after.shape != (k,):
        raise ShapeMismatch(f"counted masks of the changes must be bool [{k}]")
    if any((mask is not None) != keeps or (mask is not None and mask.shape != wide) for mask in masks):
        raise ShapeMismatch("changes need missing masks exactly when the tally has them")
    if k and (int(changes.rows.min()) < 0 or int(changes.rows.max()) >= len(current.codes)):
        raise ShapeMismatch(f"changed rows must lie in 0..{len(current.codes) - 1}")
    if len(np.unique(changes.rows)) != k:
        raise ShapeMismatch("a changed row is named twice: pass its first 'before' and its last 'after'")


def _shift(tier: TierSums, rows: Ints, figures: Ints, counts: Ints, absent: Ints | None) -> TierSums:
    at = np.searchsorted(tier.start, rows, side="right") - 1
    sums, counted = tier.sums.copy(order="K"), tier.counted.copy()
    np.add.at(sums, at, figures)
    np.add.at(counted, at, counts)
    missing = tier.missing
    if missing is not None and absent is not None:
        missing = missing.copy(order="K")
        np.add.at(missing, at, absent)
    return replace(tier, sums=sums, counted=counted, missing=missing)

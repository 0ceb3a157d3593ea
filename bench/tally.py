"""National tally: our slices against one bare pass, DuckDB and Polars, all in the same run.

All sides start from arrays or tables in their own memory format and end with the sums of every
field for villages, districts, regencies, provinces and the nation. The peers are given the
village key as a ready column and run in the fastest of several formulations tried (every tier
from the one below, figures times mask); ours derives the regions from the station codes.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from sirekap.election import chasil
from sirekap.election.tally import Changes, Tally, apply_deltas, tally

STATIONS, PROVINCES, REGENCIES, DISTRICTS, VILLAGES = 870_592, 37, 508, 7_288, 83_731
"""Planning size (two contests in 435,296 stations, an upper bound); regions of Pilkada 2024."""
STEPS = (10**4, 10**2, 10**2, 10**2)
"""Divisors from village code to district, regency, province, nation."""

Ints = npt.NDArray[np.int64]


def run(quick: bool = False) -> dict[str, Any]:
    """Measure; ``quick`` uses a tenth of the rows and 3 repetitions instead of 9.

    Ratios are medians of our time over medians of theirs, lower is better.
    """
    scale, repeats = (10, 3) if quick else (1, 9)
    fields = chasil.field_ids(chasil.MAX_COLUMNS, optional=True)
    codes, matrix, counted = nation(scale, len(fields))
    sides: dict[str, Callable[[], Any]] = {
        "ours": lambda: tally(codes, matrix, counted),
        "one_pass": lambda: matrix.sum(axis=0, dtype=np.int64),
    }
    conditions: dict[str, Any] = {
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "numpy": np.__version__,
        "quick": quick,
        "repeats": repeats,
        "rows_note": "one code per row; counted: 90.5 % of rows",
        "regions": [],
        "peers": {},
    }
    for name, prepare in (("duckdb", _duckdb), ("polars", _polars)):
        try:
            sides[name] = prepare(codes, matrix, counted, fields, conditions["peers"])
        except ImportError:
            conditions["peers"][name] = "not installed: ratio is null"
    seconds, results = _interleave(sides, repeats)
    ours: Tally = results["ours"]
    conditions["regions"] = [len(tier.codes) for tier in ours.tiers]
    conditions["peers_equal"] = {
        name: all(
            np.array_equal(_expected(tier), table)
            for tier, table in zip(ours.tiers[::-1], results[name](), strict=True)
        )
        for name in ("duckdb", "polars")
        if name in results
    }
    conditions["seconds_by_side"] = seconds
    equal, conditions["incremental_1000_rows_seconds"] = _incremental(codes, matrix, counted, ours)
    figures: dict[str, Any] = {"rows": len(codes), "fields": len(fields), "seconds": seconds["ours"]}
    for other in ("one_pass", "duckdb", "polars"):
        figures[f"ratio_{other}"] = round(seconds["ours"] / seconds[other], 3) if other in seconds else None
    figures["incremental_equals_full"] = equal
    return {"bench": "tally", "figures": figures, "conditions": conditions}


def nation(scale: int, fields: int) -> tuple[Ints, npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """Station codes, figures [rows x fields] (column-major) and mask with the nation's shape."""
    rng = np.random.default_rng(20241127)
    keys: Ints = np.arange(11, 11 + PROVINCES)
    for size, digits in ((REGENCIES, 2), (DISTRICTS, 2), (VILLAGES // scale, 4), (STATIONS // scale, 3)):
        parents = np.sort(np.concatenate((np.arange(len(keys)), rng.integers(0, len(keys), max(size - len(keys), 0)))))
        firsts = np.flatnonzero(np.diff(parents, prepend=-1))
        ordinal = np.arange(len(parents)) - np.repeat(firsts, np.diff(firsts, append=len(parents))) + 1
        keys = keys[parents] * 10**digits + ordinal
    matrix = np.asfortranarray(rng.integers(0, 600, (len(keys), fields), dtype=np.int32))
    return keys, matrix, rng.random(len(keys)) < 0.905


def _interleave(sides: dict[str, Callable[[], Any]], repeats: int) -> tuple[dict[str, float], dict[str, Any]]:
    times: dict[str, list[float]] = {name: [] for name in sides}
    results: dict[str, Any] = {name: side() for name, side in sides.items()}
    for _ in range(repeats):
        for name, side in sides.items():
            began = time.perf_counter()
            results[name] = side()
            times[name].append(time.perf_counter() - began)
    return {name: statistics.median(values) for name, values in times.items()}, results


def _expected(tier: Any) -> Ints:
    return np.column_stack((tier.codes, tier.stations, tier.counted, tier.sums))


def _table(codes: Ints, matrix: Any, counted: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    columns = {field: np.ascontiguousarray(matrix[:, at]) for at, field in enumerate(fields)}
    return {"code": codes // 1000, "counted": counted} | columns


def _duckdb(
    codes: Ints, matrix: Any, counted: Any, fields: tuple[str, ...], notes: dict[str, Any]
) -> Callable[[], Any]:
    import duckdb

    db = duckdb.connect()
    db.register("source", _table(codes, matrix, counted, fields))
    db.execute("CREATE TABLE station AS SELECT * FROM source")
    statements = [_duckdb_statement(tier, fields) for tier in range(5)]
    notes["duckdb"] = f"{duckdb.__version__}, five group-bys into tables, each tier from the one below"

    def work() -> Callable[[], list[Any]]:
        for statement in statements:
            db.execute(statement)
        return lambda: [_duckdb_table(db, tier) for tier in range(5)]

    return work


def _duckdb_statement(tier: int, fields: tuple[str, ...]) -> str:
    """Statement that makes ``tier0`` (villages) from the stations, or a tier from the one below."""
    if tier == 0:
        head = "code, count(*) AS stations, sum(counted::INTEGER)::BIGINT AS counted"
        figures = ", ".join(f"sum({f} * counted::INTEGER)::BIGINT AS {f}" for f in fields)
        body = f"SELECT {head}, {figures} FROM station"
    else:
        head = f"code // {STEPS[tier - 1]} AS code"
        figures = ", ".join(f"sum({f})::BIGINT AS {f}" for f in ("stations", "counted", *fields))
        body = f"SELECT {head}, {figures} FROM tier{tier - 1}"
    return f"CREATE OR REPLACE TEMP TABLE tier{tier} AS {body} GROUP BY 1"


def _duckdb_table(db: Any, tier: int) -> Any:
    got = db.execute(f"SELECT * FROM tier{tier} ORDER BY code").fetchnumpy()  # nosec
    return np.column_stack([np.asarray(column) for column in got.values()]).astype(np.int64)


def _polars(
    codes: Ints, matrix: Any, counted: Any, fields: tuple[str, ...], notes: dict[str, Any]
) -> Callable[[], Any]:
    import polars as pl

    frame = pl.DataFrame(_table(codes, matrix, counted, fields)).with_columns(pl.col("code").set_sorted())
    notes["polars"] = f"{pl.__version__}, five group-bys, each tier from the one below, sorted keys"
    # A village's 32-bit sum cannot overflow here, and Polars sums 32-bit columns faster in 32 bits.
    first = [pl.len().cast(pl.Int64).alias("stations"), pl.col("counted").sum().cast(pl.Int64)]
    first += [(pl.col(f) * pl.col("counted").cast(pl.Int32)).sum().cast(pl.Int64) for f in fields]
    names = ["stations", "counted", *fields]

    def work() -> Callable[[], list[Any]]:
        tiers = [frame.lazy().group_by("code").agg(first).collect()]
        for step in STEPS:
            tiers.append(tiers[-1].lazy().group_by(pl.col("code") // step).agg(pl.col(names).sum()).collect())
        return lambda: [tier.sort("code").to_numpy().astype(np.int64) for tier in tiers]

    return work


def _incremental(codes: Ints, matrix: Any, counted: Any, full: Tally) -> tuple[bool, float]:
    rng = np.random.default_rng(7)
    rows = np.sort(rng.choice(len(codes), 1000, replace=False))
    after = rng.integers(0, 600, (len(rows), matrix.shape[1]), dtype=np.int32)
    now_counted = rng.random(len(rows)) < 0.95
    began = time.perf_counter()
    updated = apply_deltas(full, Changes(rows, matrix[rows], after, counted[rows], now_counted))
    seconds = time.perf_counter() - began
    matrix, counted = matrix.copy(order="F"), counted.copy()
    matrix[rows], counted[rows] = after, now_counted
    again = tally(codes, matrix, counted)
    equal = all(np.array_equal(_expected(a), _expected(b)) for a, b in zip(updated.tiers, again.tiers, strict=True))
    return equal, seconds

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.election import tally as t

CODES = np.array([1101011001001, 1101011001002, 1101012001001, 1102011001001, 3216011007001], np.int64)
MATRIX = np.array([[1, 10], [2, 20], [3, 30], [4, 40], [5, 50]], np.int32)
COUNTED = np.array([True, False, True, True, True])


def summary(tally: t.Tally) -> list[tuple[object, ...]]:
    return [
        (
            tier.digits,
            *(a.tolist() for a in (tier.codes, tier.start, tier.stop, tier.stations, tier.counted, tier.sums)),
            None if tier.missing is None else tier.missing.tolist(),
        )
        for tier in tally.tiers
    ]


def plain(codes: list[int], matrix: np.ndarray, counted: np.ndarray, digits: int) -> dict[int, list[int]]:
    out: dict[int, list[int]] = {}
    for code, row, counts in zip(codes, matrix.tolist(), counted.tolist(), strict=True):
        key = int(str(code).zfill(13)[:digits] or 0)
        sums = out.setdefault(key, [0] * len(row))
        if counts:
            out[key] = [a + b for a, b in zip(sums, row, strict=True)]
    return out


def test_tally_small_tree():
    assert summary(t.tally(CODES, MATRIX, COUNTED)) == [
        (0, [0], [0], [5], [5], [4], [[13, 130]], None),
        (2, [11, 32], [0, 4], [4, 5], [4, 1], [3, 1], [[8, 80], [5, 50]], None),
        (4, [1101, 1102, 3216], [0, 3, 4], [3, 4, 5], [3, 1, 1], [2, 1, 1], [[4, 40], [4, 40], [5, 50]], None),
        (6, [110101, 110201, 321601], [0, 3, 4], [3, 4, 5], [3, 1, 1], [2, 1, 1], [[4, 40], [4, 40], [5, 50]], None),
        (
            10,
            [1101011001, 1101012001, 1102011001, 3216011007],
            [0, 2, 3, 4],
            [2, 3, 4, 5],
            [2, 1, 1, 1],
            [1, 1, 1, 1],
            [[1, 10], [3, 30], [4, 40], [5, 50]],
            None,
        ),
    ]


def test_tally_text_codes_equal_integers():
    assert summary(t.tally(CODES.astype("U13"), MATRIX, COUNTED)) == summary(t.tally(CODES, MATRIX, COUNTED))


def test_tally_missing_adds_nothing_and_is_counted():
    missing = np.array([[True, False], [True, True], [False, False], [False, True], [False, False]])
    nation = t.tally(CODES, MATRIX, COUNTED, missing).region("")
    assert (nation.sums.tolist(), nation.missing.tolist()) == ([12, 90], [1, 1])


def test_tally_region_is_a_slice():
    region = t.tally(CODES, MATRIX, COUNTED).region("1101")
    assert (region.code, region.rows, region.stations, region.counted, region.sums.tolist()) == (
        "1101",
        slice(0, 3),
        3,
        2,
        [4, 40],
    )


@pytest.mark.parametrize("code", ["3217", "99", "321", "32160110070", "abcd"])
def test_tally_region_unknown(code):
    with pytest.raises(t.UnknownRegion):
        t.tally(CODES, MATRIX, COUNTED).region(code)


def test_tally_no_rows():
    empty = t.tally(np.zeros(0, np.int64), np.zeros((0, 3), np.int32), np.zeros(0, bool))
    assert empty.region("").sums.tolist() == [0, 0, 0]
    assert [len(tier.codes) for tier in empty.tiers] == [1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("error", "codes"),
    [
        (t.UnsortedCodes, CODES[::-1]),
        (t.DuplicateCode, CODES[[0, 0, 1, 2, 3]]),
        (t.BadCode, CODES * 10),
        (t.BadCode, -CODES[::-1]),
        (t.BadCode, CODES.astype(np.float64)),
        (t.BadCode, np.array(["11010110010"] * 5)),
        (t.BadCode, np.array(["11010110010a1"] * 5)),
        (t.ShapeMismatch, CODES[:4]),
        (t.ShapeMismatch, CODES.reshape(5, 1)),
    ],
)
def test_tally_bad_codes(error, codes):
    with pytest.raises(error):
        t.tally(codes, MATRIX, COUNTED)


@pytest.mark.parametrize(
    ("matrix", "counted", "missing"),
    [
        (MATRIX[:, 0], COUNTED, None),
        (MATRIX.astype(np.float64), COUNTED, None),
        (MATRIX, COUNTED[:4], None),
        (MATRIX, COUNTED.astype(np.int32), None),
        (MATRIX, COUNTED, COUNTED),
    ],
)
def test_tally_wrong_shapes(matrix, counted, missing):
    with pytest.raises(t.ShapeMismatch):
        t.tally(CODES, matrix, counted, missing)


def test_tally_overflow():
    with pytest.raises(t.TallyOverflow):
        t.tally(CODES, np.full((5, 1), 2**62, np.int64), COUNTED)


def test_tally_sums_beyond_32_bits():
    matrix = np.full((5, 3), 2**31 - 1, np.int32)
    assert t.tally(CODES, matrix, np.ones(5, bool)).region("").sums.tolist() == [5 * (2**31 - 1)] * 3


def test_tally_many_rows_uses_several_chunks():
    rng = np.random.default_rng(3)
    codes = 3216011001000 + np.sort(rng.choice(10**8, 300_000, replace=False))
    matrix = np.asfortranarray(rng.integers(0, 600, (len(codes), 9), dtype=np.int32))
    matrix[5, 3] = -7
    counted = rng.random(len(codes)) < 0.5
    got = t.tally(codes, matrix, counted)
    for tier in got.tiers:
        keys, at = np.unique(codes // 10 ** (13 - tier.digits) if tier.digits else codes * 0, return_inverse=True)
        expected = np.zeros((len(keys), 9), np.int64)
        np.add.at(expected, at, matrix * counted[:, None])
        assert np.array_equal(tier.codes, keys) and np.array_equal(tier.sums, expected)


def test_apply_deltas_refuses_bad_changes():
    current = t.tally(CODES, MATRIX, COUNTED)
    yes = np.array([True, True])
    for rows, figures in (([0, 0], MATRIX[:2]), ([0, 5], MATRIX[:2]), ([0, 1], MATRIX[:2, :1]), ([0], MATRIX[:2])):
        with pytest.raises(t.ShapeMismatch):
            t.apply_deltas(current, t.Changes(np.array(rows), figures, figures, yes, yes))


numbers = st.one_of(st.integers(0, 999), st.integers(-(2**31), 2**31 - 1))


@st.composite
def stations(draw):
    parts = st.tuples(st.integers(11, 13), st.integers(1, 2), st.integers(1, 2), st.integers(1, 2), st.integers(1, 9))
    picked = draw(st.sets(parts, min_size=1, max_size=25))
    codes = np.array(sorted(((((p * 100 + k) * 100 + d) * 10000 + v) * 1000 + s) for p, k, d, v, s in picked))
    fields = draw(st.integers(1, 5))
    dtype = draw(st.sampled_from([np.int32, np.int64]))

    def table(values):
        size = len(codes) * fields
        return np.array(draw(st.lists(values, min_size=size, max_size=size))).reshape(len(codes), fields)

    def mask():
        return np.array(draw(st.lists(st.booleans(), min_size=len(codes), max_size=len(codes))), bool)

    order = draw(st.sampled_from(["C", "F"]))
    before, after = (np.asarray(table(numbers), dtype=dtype, order=order) for _ in range(2))
    gaps = (table(st.booleans()), table(st.booleans())) if draw(st.booleans()) else (None, None)
    return codes, before, after, mask(), mask(), gaps


@settings(max_examples=60, deadline=None)
@given(stations())
def test_tally_equals_plain_sums(case):
    codes, matrix, _, counted, _, _ = case
    got = t.tally(codes, matrix, counted)
    for tier in got.tiers:
        expected = plain(codes.tolist(), matrix, counted, tier.digits)
        assert dict(zip(tier.codes.tolist(), tier.sums.tolist(), strict=True)) == expected
        assert tier.stations.sum() == len(codes) and tier.counted.sum() == counted.sum()


@settings(max_examples=60, deadline=None)
@given(stations(), st.randoms(use_true_random=False))
def test_apply_deltas_equals_recomputation(case, random):
    codes, before, after, was, now, (gap_before, gap_after) = case
    rows = np.array(random.sample(range(len(codes)), random.randint(0, len(codes))), np.int64)
    start = t.tally(codes, before, was, gap_before)
    frozen = summary(start)
    pick = (None, None) if gap_before is None else (gap_before[rows], gap_after[rows])
    got = t.apply_deltas(start, t.Changes(rows, before[rows], after[rows], was[rows], now[rows], *pick))
    matrix, counted = before.copy(), was.copy()
    matrix[rows], counted[rows] = after[rows], now[rows]
    gaps = None
    if gap_before is not None:
        gaps = gap_before.copy()
        gaps[rows] = gap_after[rows]
    assert summary(got) == summary(t.tally(codes, matrix, counted, gaps))
    assert summary(start) == frozen

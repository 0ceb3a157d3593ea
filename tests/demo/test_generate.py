"""What the demo's plan adds up to, exactly, for two seeds."""

from __future__ import annotations

import csv
import io
import time
from collections import Counter

import numpy as np
import pytest

from sirekap.demo.facts import GOVERNOR, KINDS, REGENT, facts
from sirekap.demo.generate import generate
from sirekap.demo.plan import ErrorKind, Plan, Stage, import_csv
from sirekap.election import chasil, rules
from sirekap.election.contests import ContestKind
from sirekap.election.rules_cross import check_cross_contest

COLUMNS = {REGENT: 3, GOVERNOR: 4}
TRUE_STAGES = (Stage.DISTRICT, Stage.FINAL)


def broken(plan: Plan, kind: ContestKind, stage: Stage) -> dict[str, int]:
    """Identities and hard bounds that do not hold -> number of stations, written out independently of rules.py."""
    rows = plan.rows[kind]
    f = {name: rows.column(stage, name) for name in rows.field_ids}
    pairs = [f[f"votes_{n + 1}"] for n in range(COLUMNS[kind])]
    stems = ("roll_dpt", "voted_dpt", "voted_dpph", "voted_dptb", "voted_total", "disabled")
    holds = {f"{s} l+p=j": f[f"{s}_l"] + f[f"{s}_p"] == f[f"{s}_j"] for s in stems}
    for c in "lpj":
        holds[f"b4 {c}"] = f[f"voted_total_{c}"] == f[f"voted_dpt_{c}"] + f[f"voted_dpph_{c}"] + f[f"voted_dptb_{c}"]
        holds[f"b1 {c} <= roll"] = f[f"voted_dpt_{c}"] <= f[f"roll_dpt_{c}"]
        holds[f"disabled {c} <= b4"] = f[f"disabled_{c}"] <= f[f"voted_total_{c}"]
    holds["valid"] = sum(pairs) == f["valid"]
    holds["total"] = f["valid"] + f["invalid"] == f["total"]
    holds["used"] = (f["total"] == f["ballots_used"]) & (f["total"] == f["voted_total_j"])
    holds["received"] = f["ballots_received"] == f["ballots_used"] + f["ballots_spoiled"] + f["ballots_unused"]
    holds["reserve"] = f["ballots_received"] == f["roll_dpt_j"] + np.ceil(f["roll_dpt_j"] * 0.025)
    holds["total <= received"] = f["total"] <= f["ballots_received"]
    holds["total <= 600"] = f["total"] <= 600
    holds["digits"] = np.all((rows.stage(stage) >= 0) & (rows.stage(stage) <= 999), axis=1)
    return {name: int((~ok).sum()) for name, ok in holds.items() if not ok.all()}


def totals(plan: Plan, kind: ContestKind, stage: Stage) -> list[int]:
    return [int(plan.rows[kind].column(stage, f"votes_{n + 1}").sum()) for n in range(COLUMNS[kind])]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stage", TRUE_STAGES)
def test_true_rows_hold_every_identity_and_bound(plan: Plan, kind: ContestKind, stage: Stage) -> None:
    assert plan.rows[kind].field_ids == chasil.field_ids(COLUMNS[kind])
    assert plan.rows[kind].stage(stage).shape == (4236, len(chasil.field_ids(COLUMNS[kind])))
    assert broken(plan, kind, stage) == {}


def test_final_rows_pass_the_rules_except_the_large_roll(plan: Plan) -> None:
    found = []
    for kind in KINDS:
        for i, station in enumerate(plan.stations):
            figures = plan.figures(kind, i, Stage.FINAL)
            found += [(station.code, f.code) for f in rules.check(figures, COLUMNS[kind], complete=True)]
    large = [s.code for s in plan.stations if s.roll_l + s.roll_p > 600]
    assert len(large) == 1
    assert found == [(large[0], "W402")] * 2


def test_contests_of_one_station_agree(plan: Plan) -> None:
    found = [
        check_cross_contest(plan.figures(GOVERNOR, i, Stage.FINAL), plan.figures(REGENT, i, Stage.FINAL))
        for i in range(4236)
    ]
    assert [f for f in found if f] == []


def test_regent_totals_are_the_published_ones(plan: Plan) -> None:
    rows = plan.rows[REGENT]
    sums = {s: [int(rows.column(s, n).sum()) for n in ("valid", "invalid", "total")] for s in TRUE_STAGES}
    assert totals(plan, REGENT, Stage.DISTRICT) == [204136, 588323, 666497]
    assert totals(plan, REGENT, Stage.FINAL) == [204305, 588399, 666494]
    assert sums == {Stage.DISTRICT: [1458956, 43737, 1502693], Stage.FINAL: [1459198, 43495, 1502693]}


@pytest.mark.parametrize("kind", KINDS)
def test_snapshot_holds_per_district(plan: Plan, kind: ContestKind) -> None:
    known, t = facts(), plan.times[kind]
    district = np.array([s.district for s in plan.stations])
    counted = t.verified <= int(known.snapshot.timestamp())
    votes = np.column_stack([plan.rows[kind].column(Stage.PAPER, f"votes_{n + 1}") for n in range(COLUMNS[kind])])
    for d in known.districts:
        here, count = district == d.code, d.counts[kind]
        assert tuple(votes[here & counted].sum(axis=0).tolist()) == count.votes
        assert int((t.arrive[here] <= int(known.snapshot.timestamp())).sum()) == count.arrived
        assert int((t.arrive[here] <= int(known.early.timestamp())).sum()) == count.early
        assert not (here & counted & (t.arrive > int(known.snapshot.timestamp()))).any()
    expected = {REGENT: (3850, 3850), GOVERNOR: (3750, 3900)}[kind]
    assert expected[0] <= int(counted.sum()) <= expected[1]


def test_snapshot_is_untouched_by_errors_that_change_votes(plan: Plan) -> None:
    for error in plan.errors:
        if error.kind in (ErrorKind.SLIP, ErrorKind.REFUSED_SLIP, ErrorKind.LARGE_ROLL, ErrorKind.LATE_CORRECTION):
            continue
        verified = plan.times[error.contest].verified[plan.index[error.station]]
        assert verified > int(facts().snapshot.timestamp()), error


def test_votes_look_like_votes(plan: Plan) -> None:
    rows = plan.rows[REGENT]
    total, roll = rows.column(Stage.FINAL, "total"), rows.column(Stage.FINAL, "roll_dpt_j")
    share = rows.column(Stage.FINAL, "votes_3") / rows.column(Stage.FINAL, "valid")
    village = np.unique([s.village for s in plan.stations], return_inverse=True)[1]
    size = np.bincount(village)
    between = float(np.average((np.bincount(village, share) / size - share.mean()) ** 2, weights=size))
    regular = np.array([not s.special for s in plan.stations])
    assert round(float(total.sum() / roll.sum()), 3) == 0.667
    assert 45 < float(total.std()) < 90
    assert float(share.var()) > 3 * float((share * (1 - share) / total).mean())
    assert between / float(share.var()) > 0.35
    assert (int(roll[regular].min()) >= 200, int(roll[regular].max()) <= 600) == (True, True)


def test_rolls_lead_from_the_decree_to_election_day(plan: Plan) -> None:
    known = facts()
    decree = {s.code: (s.import_l, s.import_p) for s in plan.stations if s.import_l is not None}
    assert len(decree) == 4206
    assert [sum(x or 0 for x in column) for column in zip(*decree.values(), strict=True)] == [known.men, known.women]
    now: dict[str, tuple[int | None, int | None]] = dict(decree)
    acts = sorted([*plan.added_stations, *plan.roll_amendments], key=lambda a: a.at)
    for act in acts:
        if act.code not in now:
            now[act.code] = (act.roll_l, act.roll_p)  # type: ignore[union-attr]
            continue
        assert now[act.code] == (act.old_l, act.old_p)  # type: ignore[union-attr]
        now[act.code] = (act.new_l, act.new_p)  # type: ignore[union-attr]
    assert now == {s.code: (s.roll_l, s.roll_p) for s in plan.stations}
    assert (sum(s.roll_l for s in plan.stations), sum(s.roll_p for s in plan.stations)) == (known.men, known.women)
    assert max((x or 0) + (y or 0) for x, y in decree.values()) <= 600
    assert len(plan.added_stations) == 30
    assert len({a.code[:6] for a in plan.added_stations}) >= 8
    assert max(a.at for a in plan.roll_amendments) < facts().early


def test_stations_of_each_village_match_the_estimate(plan: Plan) -> None:
    codes = [s.code for s in plan.stations]
    assert codes == sorted(set(codes))
    assert Counter(c[:10] for c in codes) == {v.code: v.stations for v in facts().villages}
    assert {len(c) for c in codes} == {13}
    roll = plan.rows[REGENT].column(Stage.PAPER, "roll_dpt_j").tolist()
    assert roll == [s.roll_l + s.roll_p for s in plan.stations]


def test_corrections_lead_from_paper_to_final(plan: Plan) -> None:
    for before, after, corrections in (
        (Stage.PAPER, Stage.DISTRICT, plan.district_corrections),
        (Stage.DISTRICT, Stage.FINAL, plan.regency_corrections),
    ):
        rows = {kind: plan.rows[kind].stage(before).copy() for kind in KINDS}
        for c in corrections:
            for change in c.changes:
                cell = plan.index[c.station], plan.rows[c.contest].field_ids.index(change.field)
                assert rows[c.contest][cell] == change.old != change.new
                rows[c.contest][cell] = change.new
        for r in plan.recounts if before is Stage.PAPER else plan.revotes:
            rows[r.contest][plan.index[r.station]] = [r.figures[f] for f in plan.rows[r.contest].field_ids]
        assert {k: np.array_equal(rows[k], plan.rows[k].stage(after)) for k in KINDS} == dict.fromkeys(KINDS, True)


def test_regency_corrections_are_named_and_add_up(plan: Plan) -> None:
    moved = Counter({f"votes_{n}": 0 for n in (1, 2, 3)} | {"valid": 0, "invalid": 0})
    for c in plan.regency_corrections:
        moved.update({x.field: x.new - x.old for x in c.changes})
    assert dict(moved) == {"votes_1": 169, "votes_2": 76, "votes_3": -3, "valid": 242, "invalid": -242}
    assert (len(plan.regency_corrections), len({c.station[:6] for c in plan.regency_corrections})) == (11, 11)
    assert all(c.reason for c in plan.regency_corrections)
    assert [c.late for c in plan.regency_corrections].count(True) == 1


def test_same_seed_gives_the_same_plan_quickly() -> None:
    start = time.perf_counter()
    a, b = generate(3), generate(3)
    assert time.perf_counter() - start < 10
    assert (a.stations, a.events, a.errors, a.district_corrections, a.regency_corrections, a.sessions) == (
        b.stations,
        b.events,
        b.errors,
        b.district_corrections,
        b.regency_corrections,
        b.sessions,
    )
    assert all(np.array_equal(a.rows[k].paper, b.rows[k].paper) for k in KINDS)
    assert not np.array_equal(a.rows[REGENT].paper, generate(4).rows[REGENT].paper)


def test_import_csv_holds_the_decree(plan: Plan) -> None:
    texts = import_csv(plan)
    parsed = {name: list(csv.DictReader(io.StringIO(text))) for name, text in texts.items()}
    assert {name: (list(rows[0]), len(rows)) for name, rows in parsed.items()} == {
        "regions.csv": (["code", "name"], 2 + 23 + 187),
        "stations.csv": (["code", "dpt_l", "dpt_p"], 4206),
        "pairs.csv": (["contest", "number", "name", "colour", "commission_id"], 7),
    }
    assert parsed["pairs.csv"][0] == {
        "contest": "pkwkk",
        "number": "1",
        "name": "Dani Ramdan - Romli HM",
        "colour": "#B67352",
        "commission_id": "1000588",
    }
    assert parsed["regions.csv"][:2] == [
        {"code": "32", "name": "Jawa Barat"},
        {"code": "3216", "name": "Kabupaten Bekasi"},
    ]


def test_summary_repeats_the_published_totals(plan: Plan) -> None:
    summary = plan.summary()
    assert (summary["stations"], summary["imported"], summary["roll"]) == (4236, 4206, [1124775, 1127081])
    assert summary["pkwkk"]["final"] == {  # type: ignore[index]
        "votes": [204305, 588399, 666494],
        "valid": 1459198,
        "invalid": 43495,
        "total": 1502693,
    }

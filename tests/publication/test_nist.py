"""NIST SP 1500-100 v2: the published schema accepts our reports, references resolve, figures are those of the pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from support import small_election as se
from support.open_sites import CONFIRMED, VERIFIED, OpenSites

SCHEMA = Path(__file__).parents[3] / "shared/data/standards/nist_cdf/NIST_V2_election_results_reporting.json"
CONTESTS = (se.REGENT, se.GOVERNOR)


def report(site: Path, contest: str) -> dict[str, Any]:
    return dict(json.loads((site / "data/nist" / f"{contest}.json").read_bytes()))


def counts(found: dict[str, Any], selection: int) -> dict[str, int]:
    chosen = found["Election"][0]["Contest"][0]["ContestSelection"][selection - 1]
    return {item["GpUnitId"].removeprefix("gp-"): item["Count"] for item in chosen["VoteCounts"]}


@pytest.mark.skipif(not SCHEMA.exists(), reason="NIST's schema lies beside this checkout only")
@pytest.mark.parametrize("contest", CONTESTS)
def test_published_schema_accepts_the_report(open_sites: OpenSites, contest: str) -> None:
    validator = Draft4Validator(json.loads(SCHEMA.read_bytes()), format_checker=Draft4Validator.FORMAT_CHECKER)
    for site in (open_sites.early, open_sites.final):
        assert [error.message for error in validator.iter_errors(report(site, contest))] == []


@pytest.mark.parametrize("contest", CONTESTS)
def test_every_reference_resolves(open_sites: OpenSites, contest: str) -> None:
    for site in (open_sites.early, open_sites.final):
        found = report(site, contest)
        ids, references = set(), set()
        for value in _objects(found):
            ids |= {value["@id"]} if "@id" in value else set()
            for key, target in value.items():
                if key.endswith("Id") and key != "VendorApplicationId":
                    references.add(target)
                if key.endswith("Ids"):
                    references |= set(target)
        assert references - ids == set()


def _objects(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    if isinstance(value, list):
        for inner in value:
            yield from _objects(inner)


def test_status_follows_the_contest(open_sites: OpenSites) -> None:
    assert [report(site, se.REGENT)["Status"] for site in (open_sites.early, open_sites.final)] == [
        "unofficial-partial",
        "certified",
    ]


def test_counts_are_those_of_counted_stations_only(open_sites: OpenSites) -> None:
    found = counts(report(open_sites.early, se.REGENT), 1)
    votes = se.figures(se.row_id(VERIFIED))["votes_1"]
    assert found == dict.fromkeys(["3216", VERIFIED[:6], VERIFIED[:10], VERIFIED], votes)
    assert CONFIRMED not in found


def test_pair_is_a_ticket_of_two(open_sites: OpenSites) -> None:
    from datetime import UTC, date, datetime

    from sirekap.election.contests import ContestKind, Pair
    from sirekap.publication import nist

    pairs = (Pair(1, "Ade Kuswara Kunang, S.H. – dr. Asep Surya Atmaja", "#C7B7A3", "1000590"), Pair(2, "Kolom kosong"))
    contest = nist.Contest(
        ContestKind.REGENT, "3216", "Bupati", "Pilkada", date(2024, 11, 27), pairs, True, True,
        datetime(2024, 12, 6, tzinfo=UTC), 9, 1,
    )  # fmt: skip
    election = nist.report(contest, [nist.Unit("3216", "Kabupaten Bekasi", {"votes_1": 7, "votes_2": 1}, 1, 1)])
    found = election["Election"][0]
    names = [c["BallotName"]["Text"][0]["Content"] for c in found["Candidate"]]
    assert names == ["Ade Kuswara Kunang, S.H.", "dr. Asep Surya Atmaja", "Kolom kosong"]
    assert [c["IsTopTicket"] for c in found["Candidate"]] == [True, False, True]
    selections = found["Contest"][0]["ContestSelection"]
    assert [s["CandidateIds"] for s in selections] == [["candidate-1-1", "candidate-1-2"], ["candidate-2-1"]]
    assert [c.get("PostElectionStatus") for c in found["Candidate"]] == ["projected-winner"] * 2 + [None]

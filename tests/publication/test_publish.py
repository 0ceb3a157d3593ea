"""A cut from a real database: what is public when, what a cut rewrites, what it leaves alone."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support import small_election
from support.small_election import STATIONS, SmallElection, figures, row_id

from sirekap.election.contests import ContestKind
from sirekap.evidence.store import EvidenceStore, open_store
from sirekap.ledger.note import Signer
from sirekap.publication import model, opendata, paths, publish
from sirekap.records.models import Cut
from sirekap.workflow import plenary, verification

pytestmark = pytest.mark.django_db
LOG = Signer("small.example/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
FIRST = row_id(STATIONS[0])


@pytest.fixture
def small() -> SmallElection:
    return small_election.build()


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return open_store(str(tmp_path / "evidence"))


def cut(tmp_path: Path, store: EvidenceStore, small: SmallElection, minutes: int = 0) -> model.Report | None:
    return publish.publish(tmp_path / "site", store, LOG, small.at + timedelta(minutes=minutes))


def station(tmp_path: Path, code: str = STATIONS[0]) -> dict[str, object]:
    path = tmp_path / "site" / paths.station_folder(ContestKind.REGENT, code) / "data.json"
    (found,) = [item for item in opendata.read_region(path.read_bytes())["stations"] if item["code"] == code]
    return dict(found)


def village_votes(tmp_path: Path) -> int | None:
    folder = tmp_path / "site" / paths.region_folder(ContestKind.REGENT, STATIONS[0][:10])
    figures = opendata.read_region((folder / "data.json").read_bytes())["figures"]
    return figures and int(figures["votes_1"])


def test_cut_without_news_is_not_made(tmp_path: Path, small: SmallElection, store: EvidenceStore) -> None:
    assert cut(tmp_path, store, small) is not None
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "site").rglob("*") if p.is_file()}
    assert cut(tmp_path, store, small, 1) is None
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "site").rglob("*") if p.is_file()} == before
    assert list(Cut.objects.values_list("number", flat=True)) == [1]


def test_confirmed_figures_stand_on_the_station_page_only(
    tmp_path: Path, small: SmallElection, store: EvidenceStore
) -> None:
    small_election.photograph(small, store, FIRST)
    verification.make_statement(small.kpps[STATIONS[0]], FIRST, figures(FIRST), small.at)
    cut(tmp_path, store, small)
    page = station(tmp_path)
    assert page["standing"] == "confirmed"
    assert page["figures"] == {"written": figures(FIRST), "verified": None, "decided": None, "counted": None}
    assert village_votes(tmp_path) is None
    html = (tmp_path / "site" / paths.page(ContestKind.REGENT, STATIONS[0])).read_text()
    assert "Belum diverifikasi, tidak dihitung" in html


def test_verified_station_is_counted_and_says_it_is_not_official(
    tmp_path: Path, small: SmallElection, store: EvidenceStore
) -> None:
    small_election.verify(small, store, FIRST)
    cut(tmp_path, store, small)
    assert village_votes(tmp_path) == figures(FIRST)["votes_1"]
    assert "Bukan hasil resmi" in (tmp_path / "site/index.html").read_text()
    assert "Simulasi" in (tmp_path / "site/index.html").read_text()


def test_second_cut_rewrites_only_what_changed(tmp_path: Path, small: SmallElection, store: EvidenceStore) -> None:
    small_election.verify(small, store, FIRST)
    cut(tmp_path, store, small)
    small_election.verify(small, store, row_id(STATIONS[1]))
    report = cut(tmp_path, store, small, 1)
    assert report is not None
    stations = {Path(p).stem for p in report.paths_written if len(Path(p).stem) == 13}
    assert stations == {STATIONS[1]}
    assert village_votes(tmp_path) == figures(FIRST)["votes_1"] + figures(row_id(STATIONS[1]))["votes_1"]


def test_partial_cut_equals_a_whole_one(tmp_path: Path, small: SmallElection, store: EvidenceStore) -> None:
    cut(tmp_path, store, small)
    small_election.verify(small, store, FIRST)
    partial = cut(tmp_path, store, small, 1)
    assert partial is not None
    manifest = (tmp_path / "site/manifest.json").read_bytes()
    whole = publish.publish(tmp_path / "again", store, LOG, small.at + timedelta(minutes=1), whole=True)
    assert whole is not None
    pages = sorted(p.relative_to(tmp_path / "site") for p in (tmp_path / "site").glob("pkw*/**/*.html"))
    differing = [p for p in pages if (tmp_path / "site" / p).read_bytes() != (tmp_path / "again" / p).read_bytes()]
    assert [p for p in differing if len(p.stem) == 13] == []
    assert hashlib.sha256(manifest).hexdigest() == partial.manifest_sha256


def test_correction_is_shown_with_old_and_new_and_reason(
    tmp_path: Path, small: SmallElection, store: EvidenceStore
) -> None:
    small_election.verify(small, store, FIRST)
    session = small_election.open_session(small, "321601")
    evidence = store.put(b"minutes").sha256
    chair, member = small.chairs["321601"], small.members["321601"][0]
    right = figures(FIRST, shift=5)
    changes = {name: right[name] for name in ("votes_1", "votes_2")}
    plenary.correct(chair, member, store, session.pk, FIRST, changes, "Tertukar saat disalin", evidence, small.at)
    cut(tmp_path, store, small)
    last = station(tmp_path)["history"][-1]  # type: ignore[index]
    old = figures(FIRST)
    assert (last["role"], last["why"]) == ("Pleno kecamatan", "Tertukar saat disalin")
    assert last["changes"] == [{"field": n, "old": old[n], "new": right[n]} for n in ("votes_1", "votes_2")]


def test_closed_session_stands_in_the_history_of_its_stations(
    tmp_path: Path, small: SmallElection, store: EvidenceStore
) -> None:
    for row in small_election.rows_of("321601"):
        small_election.verify(small, store, row)
    small_election.close_district(small, "321601")
    cut(tmp_path, store, small, 180)
    page = station(tmp_path)
    assert page["standing"] == "district"
    assert [(e["role"], e["what"]) for e in page["history"]][-2:] == [  # type: ignore[attr-defined]
        ("Pleno kecamatan", "Dibacakan dan diterima"),
        ("Pleno kecamatan", "Rapat pleno ditutup: angka disahkan"),
    ]


def test_entry_that_slips_in_is_waited_for_and_stands_in_the_same_cut(
    tmp_path: Path, small: SmallElection, store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _slip_in(monkeypatch, small, store)
    cut(tmp_path, store, small)
    page = station(tmp_path)
    assert (page["standing"], page["cut"]) == ("received", 1)
    assert page["history"][-1]["ledger_index"] is not None  # type: ignore[index]


def test_cut_is_put_off_rather_than_ahead_of_the_ledger(
    tmp_path: Path, small: SmallElection, store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "SNAPSHOT_ATTEMPTS", 1)
    _slip_in(monkeypatch, small, store)
    with pytest.raises(publish.LedgerBehind):
        cut(tmp_path, store, small)
    assert not (tmp_path / "site" / "manifest.json").exists()
    cut(tmp_path, store, small, 1)
    assert station(tmp_path)["cut"] == 1


def _slip_in(monkeypatch: pytest.MonkeyPatch, small: SmallElection, store: EvidenceStore) -> None:
    """A photograph is committed between the first sequencing and the reading of the state."""
    real = publish.sequencing.sequence

    def arrive() -> None:
        monkeypatch.setattr(publish.sequencing, "sequence", real)
        small_election.photograph(small, store, FIRST)

    monkeypatch.setattr(publish.sequencing, "sequence", lambda at, log: (real(at, log), arrive())[0])


def test_photographs_are_published_under_their_hash(tmp_path: Path, small: SmallElection, store: EvidenceStore) -> None:
    small_election.photograph(small, store, FIRST)
    cut(tmp_path, store, small)
    (photo,) = station(tmp_path)["photos"]  # type: ignore[misc]
    assert photo["pages"] == [1, 2, 3]
    assert hashlib.sha256((tmp_path / "site" / photo["path"]).read_bytes()).hexdigest() == photo["sha256"]


def test_closed_station_leaves_the_denominator(tmp_path: Path, small: SmallElection, store: EvidenceStore) -> None:
    from sirekap.workflow import register

    cut(tmp_path, store, small)
    register.close_station(small.administrator, STATIONS[2], "Dilebur ke TPS lain", small.at.date(), small.at)
    cut(tmp_path, store, small, 1)
    folder = tmp_path / "site" / paths.region_folder(ContestKind.REGENT, STATIONS[0][:10])
    assert opendata.read_region((folder / "data.json").read_bytes())["station_count"] == 2
    assert not (tmp_path / "site" / paths.page(ContestKind.REGENT, STATIONS[2])).exists()


def test_correction_links_to_its_published_evidence(tmp_path: Path, small: SmallElection, store: EvidenceStore) -> None:
    small_election.verify(small, store, FIRST)
    session = small_election.open_session(small, "321601")
    evidence = store.put(small_election.photo("box")).sha256
    right = figures(FIRST, shift=5)
    changes = {name: right[name] for name in ("votes_1", "votes_2")}
    chair, member = small.chairs["321601"], small.members["321601"][0]
    plenary.correct(chair, member, store, session.pk, FIRST, changes, "Tertukar saat disalin", evidence, small.at)
    cut(tmp_path, store, small)
    path = station(tmp_path)["history"][-1]["evidence"]  # type: ignore[index]
    assert path == f"foto/{evidence[:2]}/{evidence}.png"
    assert hashlib.sha256((tmp_path / "site" / path).read_bytes()).hexdigest() == evidence
    html = (tmp_path / "site" / paths.page(ContestKind.REGENT, STATIONS[0])).read_text()
    assert f'href="../../../../../{path}"' in html

"""The static site: links, manifests, number policy, repeatability, hostile names."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import re
from pathlib import Path

import pytest

from sirekap.election.contests import ContestKind, Pair
from sirekap.election.standing import Standing
from sirekap.ledger import canonical
from sirekap.publication import manifest, model, opendata
from sirekap.publication.site import SiteWriter, render_site
from sirekap.publication.texts import Text, say
from tests.publication import sample

VILLAGE = "pkwkk/32/3216/321601/3216011007"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    _render(tmp_path)
    return tmp_path


def _render(root: Path, **options: bool) -> model.Report:
    return render_site(root, sample.SITE, sample.home(), sample.regions(), sample.stations(), **options)


def _files(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_manifest_tree_commits_to_every_file(site: Path) -> None:
    listed: dict[str, tuple[str, int]] = {}

    def walk(folder: str) -> None:
        path = f"{folder}/manifest.json".lstrip("/")
        document = canonical.loads((site / path).read_bytes())
        assert document["folder"] == folder
        for item in document["files"] + document["children"]:
            listed[f"{folder}/{item['path']}".lstrip("/")] = (item["sha256"], item["size"])
        for item in document["children"]:
            walk(f"{folder}/{item['path'].rpartition('/')[0]}".lstrip("/"))

    walk("")
    actual = {path: (hashlib.sha256(data).hexdigest(), len(data)) for path, data in _files(site).items()}
    del actual["manifest.json"]
    assert listed == actual


def test_same_input_gives_same_bytes_and_writes_nothing_twice(
    site: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    first = _render(other)
    assert _files(other) == _files(site)
    again = _render(site)
    assert (again.files_written, again.bytes_written, again.files_removed) == (0, 0, 0)
    assert (again.files, again.manifest_sha256) == (first.files, first.manifest_sha256)
    assert first.files_written == first.files == len(_files(site))
    assert first.bytes_written == sum(len(data) for data in _files(site).values())


def test_partial_cut_writes_the_station_and_its_ancestors_only(site: Path) -> None:
    before = _files(site)
    writer = SiteWriter(site, sample.SITE, partial=True)
    moved = dataclasses.replace(sample.station(ContestKind.REGENT, 1, Standing.VERIFIED))
    writer.add_village(sample.region(ContestKind.REGENT, "3216011007"), [moved])
    report = writer.finish()
    chain = [f"{VILLAGE.rsplit('/', n)[0]}/manifest.json" for n in (0, 1, 2, 3, 4)]
    assert report.paths_written == [
        f"{VILLAGE}/3216011007001.html", f"{VILLAGE}/data.json", *chain, "manifest.json"
    ]  # fmt: skip
    after = _files(site)
    assert {p for p in after if after[p] != before[p]} == set(report.paths_written)
    stations = [moved if (s.kind, s.code) == (moved.kind, moved.code) else s for s in sample.stations()]
    whole = render_site(site, sample.SITE, sample.home(), sample.regions(), stations)
    assert (whole.files_written, whole.manifest_sha256) == (0, report.manifest_sha256)


def _without(region: model.RegionView, station: str) -> model.RegionView:
    return dataclasses.replace(region, rows=tuple(row for row in region.rows if row.code != station))


def test_stale_pages_go_and_strangers_stay(site: Path) -> None:
    for path in ("foto/ab/x.jpg", "ledger/checkpoint", "latest.json", "pkwkk/32/old.html", "assets/old.css"):
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text("x")
    gone = "3216011007005"
    stations = [s for s in sample.stations() if s.code != gone]
    report = render_site(site, sample.SITE, sample.home(), [_without(r, gone) for r in sample.regions()], stations)
    assert report.files_removed == 4
    left = set(_files(site))
    assert {"foto/ab/x.jpg", "ledger/checkpoint", "latest.json"} <= left
    assert [p for p in left if gone in p or p.endswith(("old.html", "old.css", ".tmp"))] == []


def test_hostile_names_are_escaped(tmp_path: Path) -> None:
    evil = '<script>alert("1")</script>'
    station = dataclasses.replace(
        sample.station(ContestKind.REGENT, 5, Standing.DISTRICT),
        name=evil,
        contest_title=evil,
        pairs=(Pair(1, evil, '"/><script>'), *sample.REGENT_PAIRS[1:]),
        trail=tuple(model.Crumb(c.code, evil) for c in sample.trail("3216011007005")),
        findings=(model.Finding("E1", "error", Text(evil, evil)),),
        history=(
            model.Event(sample.CUT.at, Text(evil, evil), Text(evil, evil), evil, (model.Change("<script>", 1, 2),)),
        ),
    )
    region = dataclasses.replace(
        sample.region(ContestKind.REGENT, "3216011007"),
        name=evil,
        rows=tuple(
            dataclasses.replace(r, name="=" + evil, generation=evil)
            for r in sample.village_rows(ContestKind.REGENT)
            if r.code == station.code
        ),
    )
    site = dataclasses.replace(
        sample.SITE, title=evil, simulated_label=Text(evil, evil), contests=((ContestKind.REGENT, evil),)
    )
    render_site(tmp_path, site, sample.home(), [region], [station])
    assert [p for p in tmp_path.rglob("*.html") if '<script>alert("1")' in p.read_text()] == []
    rows = list(csv.reader(io.StringIO(opendata.region_csv(region).decode())))
    assert {row[1] for row in rows[1:]} == {"'=" + evil}


def test_totals_and_tables_hold_counted_stations_only(site: Path) -> None:
    data = opendata.read_region((site / VILLAGE / "data.json").read_bytes())
    assert [(c["standing"], c["figures"] is not None) for c in data["children"]] == [
        ({s.key: int(s is standing) for s in Standing}, standing >= Standing.VERIFIED) for standing in sample.STANDINGS
    ]
    assert (data["counted"], data["station_count"], data["official"], data["label"]) == (
        2,
        5,
        False,
        "Bukan hasil resmi",
    )
    assert data["figures"] == sample.figures(ContestKind.REGENT, 2)


def test_village_with_a_station_neither_given_nor_published_is_refused(tmp_path: Path) -> None:
    village = sample.region(ContestKind.REGENT, "3216011007")
    for partial in (False, True):
        with pytest.raises(LookupError, match="3216011007002, 3216011007003"):
            SiteWriter(tmp_path, sample.SITE, partial=partial).add_village(village, sample.stations()[:1])


def test_row_with_uncounted_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="3216011007001: figures without a counted station"):
        model.Row("3216011007001", "TPS 001", sample.one(Standing.CONFIRMED), sample.figures(ContestKind.REGENT))


def test_confirmed_figures_show_on_their_own_page_marked(site: Path) -> None:
    page = (site / VILLAGE / "3216011007003.html").read_text()
    assert "Belum diverifikasi, tidak dihitung" in page and ">118<" in page
    document = opendata.read_region((site / VILLAGE / "data.json").read_bytes())["stations"][2]["figures"]
    expected = sample.figures(ContestKind.REGENT)
    assert document == {"written": expected, "verified": None, "decided": None, "counted": None}


def test_corrected_station_shows_the_chain_and_the_reason(site: Path) -> None:
    page = (site / VILLAGE / "3216011007005.html").read_text()
    row = re.search(r"Holik.*?<tr", page, re.S)
    assert row and re.findall(r'<td( class="differs")?>(\d+)', row[0]) == [("", "118"), (' class="differs"', "112")]
    assert "Turus keliru." in page and "#40.001" in page


def test_unofficial_and_honesty_sentence_until_complete(tmp_path: Path) -> None:
    region = sample.region(ContestKind.REGENT, "3216")
    complete = dataclasses.replace(region, standings=sample.one(Standing.REGENCY, 5))
    official = dataclasses.replace(complete, standings=sample.one(Standing.DETERMINED, 5), official=True)
    seen = []
    for view in (region, complete, official):
        render_site(tmp_path, sample.SITE, model.HomeView((), (), sample.CUT), [view], [])
        page = (tmp_path / "pkwkk/32/3216/index.html").read_text()
        seen.append(("Bukan hasil resmi" in page, "bukan sampel acak" in page, "Hasil yang ditetapkan KPU" in page))
    assert seen == [(True, True, False), (True, False, False), (False, False, True)]


def test_votes_of_several_contests_are_never_summed(site: Path) -> None:
    data = opendata.read_region((site / "pkwkk/32/data.json").read_bytes())
    assert [key for key in data["figures"] if key.startswith("votes_")] == []
    assert "votes_1" not in (site / "pkwkk/32/data.csv").read_text()
    assert "tidak dapat dijumlahkan" in (site / "pkwkk/32/index.html").read_text()


def test_outcome_is_told_with_its_threshold(tmp_path: Path) -> None:
    text = say("Suara terbanyak: nomor urut %(n)s, %(name)s.", n=3, name="Nama")
    outcome = model.Outcome(3, text, 1459198, 78095, 7296, "Nomor 2901 Tahun 2024", sample.CUT.at)
    contest = dataclasses.replace(sample.home().contests[0], outcome=outcome)
    render_site(tmp_path, sample.SITE, model.HomeView((contest,), (), sample.CUT), [], [])
    page = (tmp_path / "pkwkk/index.html").read_text()
    told = [str(text), "78.095 dari 1.459.198 suara sah", "7.296 suara", "Menunggu register Mahkamah Konstitusi"]
    assert [t for t in told if t not in page] == []


def test_first_cut_covering_keeps_old_stamps() -> None:
    cuts = tuple(dataclasses.replace(sample.CUT, number=n, ledger_size=n * 10) for n in (1, 2, 3))
    assert [model.first_cut_covering(i, cuts).number for i in (0, 9, 10, 29)] == [1, 1, 2, 3]
    with pytest.raises(ValueError, match="no cut covers ledger entry 30"):
        model.first_cut_covering(30, cuts)


@pytest.mark.parametrize("path", ["../x.html", "/etc/x", "pkwkk/../../x"])
def test_path_leaving_the_site_is_refused(tmp_path: Path, path: str) -> None:
    writer = SiteWriter(tmp_path / "site", sample.SITE)
    with pytest.raises(ValueError, match="leaves the site"):
        writer.add_file(path, b"x")
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_file_in_a_contest_folder_joins_its_manifest(tmp_path: Path) -> None:
    tree = manifest.ManifestTree()
    tree.add("pkwkk/32/3216/dhasil.pdf", b"pdf")
    tree.add("unduh/x.json", b"{}")
    made = {path: json.loads(data) for path, data in tree.manifests()}
    assert list(made) == [f"{p}manifest.json" for p in ("pkwkk/32/3216/", "pkwkk/32/", "pkwkk/", "")]
    assert [f["path"] for f in made["pkwkk/32/3216/manifest.json"]["files"]] == ["dhasil.pdf"]
    assert [f["path"] for f in made["manifest.json"]["files"]] == ["unduh/x.json"]

"""The front page: what it answers at a glance, how much it weighs, the map of circles, the share cards."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import io
import itertools
import math
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import Page

from sirekap.election.contests import ContestKind, Pair
from sirekap.publication import cards, centroids, changes, circles, formats, front, front_pages, model, search
from sirekap.publication.site import SiteWriter
from tests.publication import districts, sample

LIMIT = 40_000
"""Bytes that the first page may weigh, compressed, with everything it loads."""
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
SEARCH = search.regencies(
    {kind: [f"{code}200{village}{n:03d}" for code in sorted(centroids.shipped()) for village in (1, 2) for n in (1, 2, 12)]
     for kind in ContestKind},
    {"32": "Jawa Barat", "3216": "Kabupaten Bekasi"}
    | {code: f"Cikarang {code[4:]}" for code in centroids.shipped()}
    | {f"{code}200{v}": f"Suka {'Dámi' if v == 1 else 'Maju'} {code[4:]}" for code in centroids.shipped() for v in (1, 2)},
)  # fmt: skip
MOVED = {
    "kind": "pkwkk", "risen": 1, "fallen": 1, "stations_more": 3, "regions_more": 0, "corrections_more": 0,
    "moves": [{"from": None, "to": "verified", "stations": 1}, {"from": "verified", "to": "awaited", "stations": 1}],
    "stations": [{"code": "3216011007001", "name": "Kelurahan Setia Asih, TPS 001", "from": "verified", "to": "awaited"}],
    "regions": [{"code": "3216", "name": "Kabupaten Bekasi", "counted": [1, 2], "votes": [[1, 2], [3, 3], [0, 9]],
                 "valid": [4, 14], "invalid": [0, 0]}],
    "corrections": [{"code": "3216011007001", "name": "Kelurahan Setia Asih, TPS 001", "tier": "district",
                     "reason": "Turus keliru.", "fields": [["votes_1", 118, 112]], "at": "2024-11-28T03:00:00Z"}],
}  # fmt: skip
RECORDS = [
    {"number": 12, "at": "2024-11-28T03:15:04Z", "ledger_size": 90, "since": 60, "first": False, "contests": [MOVED],
     "decisions": [{"kind": "pkwkk", "what": "determined", "pair": 3, "reference": "2901", "at": "2024-12-05T03:15:04Z"}]},
    {"number": 1, "at": "2024-11-27T06:00:00Z", "ledger_size": 60, "since": 0, "first": True, "contests": [], "decisions": []},
]  # fmt: skip


def _write(root: Path, state: str, site: model.SiteInfo = sample.SITE) -> SiteWriter:
    writer = SiteWriter(root, site)
    view = districts.home(state)
    for contest in view.contests:
        writer.add_contest(contest.region.kind, (contest,))
    front_pages.add_search(writer, SEARCH, sample.CUT)
    front_pages.add_changes(writer, RECORDS, sample.CUT, sample.TITLES, sample.PAIRS, False)
    writer.add_home(view, changes.summary(RECORDS[0]))
    writer.finish()
    return writer


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The front pages in three states of the count."""
    out = {}
    for state in districts.STATES:
        out[state] = tmp_path_factory.mktemp(state)
        _write(out[state], state)
    return out


@pytest.mark.parametrize("state", districts.STATES)
def test_first_page_with_everything_it_loads_is_light(sites: dict[str, Path], state: str) -> None:
    page = (sites[state] / "index.html").read_text()
    loads = re.findall(r'<(?:link rel=stylesheet href|script src|img src)="([^"]+)"', page)
    assert len(loads) == 3
    files = [sites[state] / path for path in ("index.html", *loads)]
    weights = {file.name: len(gzip.compress(file.read_bytes(), 6, mtime=0)) for file in files}
    assert sum(weights.values()) <= LIMIT, weights


def test_home_says_how_far_who_leads_and_why_it_is_not_the_result(sites: dict[str, Path]) -> None:
    none, half, done = ((sites[state] / "index.html").read_text() for state in ("none", "half", "done"))
    said = [
        ("Bukan hasil resmi", (True, True, False)),
        ("Hasil yang ditetapkan KPU", (False, False, True)),
        ("Belum ada TPS yang dihitung", (True, False, False)),
        ("Terbanyak dalam angka yang terverifikasi: nomor urut", (False, True, False)),
        ("Suara terbanyak: nomor urut", (False, False, True)),
        ("bukan sampel acak", (False, True, False)),
        ("Mengapa ini belum hasil:", (True, True, False)),
        ("Keputusan 2901 Tahun 2024", (False, False, True)),
        ("Sedang berlangsung", (True, True, True)),
        ("Simulasi.", (True, True, True)),
    ]
    assert [(text, tuple(text in page for page in (none, half, done))) for text, _ in said] == said


def test_every_district_has_a_circle_that_links_to_its_page_and_says_what_it_shows(sites: dict[str, Path]) -> None:
    page = (sites["half"] / "index.html").read_text()
    links = re.findall(r'<a href="([^"]+)" aria-label="([^"]+)"><title>', page)
    wanted = [
        f"{kind}/32/3216/{code}/index.html" for kind in ("pkwkk", "pkwkp") for code in sorted(centroids.shipped())
    ]
    assert [href for href, _ in links] == wanted
    assert [label for _, label in links if "TPS" not in label or " / " not in label] == []
    assert page.count('class="area none"') - 1 == sum("belum ada TPS yang dihitung" in label for _, label in links)


def test_names_of_a_map_are_escaped(tmp_path: Path) -> None:
    evil = '"><script>alert(1)</script>'
    view = districts.home("half")
    rows = tuple(dataclasses.replace(r, name=evil) for r in view.contests[0].region.rows)
    areas = front.area_map(ContestKind.REGENT, rows, (Pair(1, evil, evil), Pair(2, evil, "#0000zz")), {}, {})
    contest = dataclasses.replace(view.contests[0], areas=areas, title=evil)
    writer = SiteWriter(tmp_path, dataclasses.replace(sample.SITE, title=evil))
    writer.add_home(dataclasses.replace(view, contests=(contest,)))
    text = (tmp_path / "index.html").read_text()
    assert "<script>alert" not in text and 'fill="">' not in text


@given(st.lists(st.integers(0, 400_000), min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_circles_never_cover_each_other_and_stay_inside(weights: list[int], random: object) -> None:
    near = [(-6 + (n * 7919 % 97) / 300, 107 + (n * 104729 % 89) / 300) for n in range(len(weights))]
    places = tuple(circles.Place(f"{n:06d}", w, *at) for n, (w, at) in enumerate(zip(weights, near, strict=True)))
    drawn = circles.layout(places)
    for one, other in itertools.combinations(drawn.discs, 2):
        assert math.hypot(one.x - other.x, one.y - other.y) >= one.r + other.r - 0.5
    for disc in drawn.discs:
        assert disc.r >= circles.LEAST_RADIUS
        assert disc.y - disc.r >= -0.2 and disc.y + disc.r <= drawn.height + 0.2
        assert disc.x - disc.r >= -0.2 and disc.x + disc.r <= drawn.width + 0.2


def test_circles_at_one_place_part_and_unknown_places_stand_in_order() -> None:
    same = circles.layout(tuple(circles.Place(str(n), 100, -6.2, 107.1) for n in range(5)))
    assert (same.placed, len({(d.x, d.y) for d in same.discs})) == (True, 5)
    unknown = circles.layout((circles.Place("1", 5), circles.Place("2", 5, -6.0, 107.0)))
    assert (unknown.placed, unknown.discs[0].x < unknown.discs[1].x) == (False, True)


@pytest.mark.parametrize(
    ("votes", "wanted"),
    [
        ((50, 30, 20), front.Lead((1,), 2, 20, 2000)),
        ((40, 40, 20), front.Lead((1, 2), None, 0, 0)),
        ((0, 0, 0), None),
        ((100, 0, 0), front.Lead((1,), 2, 100, 10000)),
    ],
)
def test_lead_of_the_counted_votes(votes: tuple[int, ...], wanted: front.Lead | None) -> None:
    figures: dict[str, int | None] = {f"votes_{n}": v for n, v in enumerate(votes, 1)} | {"valid": sum(votes)}
    assert front.lead(sample.REGENT_PAIRS, figures) == wanted


def test_margin_is_never_rounded_to_nothing_nor_up() -> None:
    assert [front.Lead((1,), 2, m, m * 10000 // 1_000_000).points_text for m in (0, 1, 100, 5_099)] == [
        "0,00",
        "<0,01",
        "0,01",
        "0,50",
    ]


def test_number_on_every_tint_reads_well() -> None:
    colours = [p.colour for some in sample.PAIRS.values() for p in some] + ["#000000", "#ce1126", "#1f77b4", "#ffff00"]
    weak = []
    for colour, share in itertools.product(colours, front.TINTS):
        light, dark = sorted(
            (formats.luminance(c) for c in (front.tint(colour, share), formats.ink_on(front.tint(colour, share)))),
            reverse=True,
        )
        if (light + 0.05) / (dark + 0.05) < 4.5:
            weak.append((colour, share))
    assert weak == []


def test_card_holds_standing_cut_and_simulation_and_is_drawn_once(tmp_path: Path) -> None:
    view = districts.contest(ContestKind.REGENT, "half")
    card = front.card(view.region, sample.SITE)
    assert card is not None
    assert card.words == (
        f"Bupati dan Wakil Bupati Bekasi, Kabupaten Bekasi. Bukan hasil resmi. {formats.thousands(view.region.counted)} dari "
        f"{formats.thousands(view.region.stations)} TPS dihitung. "
        + "; ".join(f"{b.number} {formats.percent(b.votes, card.valid)}" for b in card.bars)
        + ". Potongan data 12 · 28 November 2024 10.15 WIB. Data simulasi."
    )
    picture = cards.png(card)
    assert (Image.open(io.BytesIO(picture)).size, cards.digest_of(picture)) == ((1200, 630), card.digest)
    assert cards.png.__wrapped__(card) == picture
    kept = picture + b"as it lies there"
    assert cards.make(card, lambda: kept) == kept
    assert cards.make(dataclasses.replace(card, when="later"), lambda: kept) != kept
    assert cards.digest_of(b"GIF89a") is None


def test_card_of_a_large_site_waits_for_a_hundredth_but_not_for_the_end() -> None:
    card = front.card(districts.contest(ContestKind.REGENT, "half").region, sample.SITE)
    assert card is not None
    card = dataclasses.replace(card, counted=5_000, stations=10_000, official=False)
    there = cards.png(card)
    later = {
        "a few": dataclasses.replace(card, counted=5_099),
        "a hundredth": dataclasses.replace(card, counted=5_100),
        "fewer": dataclasses.replace(card, counted=4_900),
        "all": dataclasses.replace(card, counted=10_000),
        "none": dataclasses.replace(card, counted=0),
        "a station more": dataclasses.replace(card, stations=10_001),
        "determined": dataclasses.replace(card, counted=5_001, official=True),
    }
    kept = [name for name, found in later.items() if cards.make(found, lambda: there, 1) == there]
    assert kept == ["a few"]
    nearly = dataclasses.replace(card, counted=9_999)
    all_but_one = cards.png(nearly)
    complete = dataclasses.replace(card, counted=10_000)
    assert cards.make(complete, lambda: all_but_one, 1) == cards.png(complete)
    assert cards.make(later["a few"], lambda: there) == cards.png(later["a few"])


def test_card_changes_with_everything_it_says() -> None:
    card = front.card(districts.contest(ContestKind.REGENT, "half").region, sample.SITE)
    assert card is not None
    bars = (dataclasses.replace(card.bars[0], votes=card.bars[0].votes + 1), *card.bars[1:])
    changed = {
        "title": "x", "place": "x", "official": True, "simulated": False, "counted": 1, "stations": 9, "valid": 7,
        "bars": bars, "when": "x",
    }  # fmt: skip
    assert set(changed) == {f.name for f in dataclasses.fields(cards.Card)}
    made = {cards.png(dataclasses.replace(card, **{name: value})) for name, value in changed.items()}  # type: ignore[arg-type]
    assert len(made | {cards.png(card)}) == len(changed) + 1


@pytest.mark.parametrize("columns", [1, 2, 6, 12])
def test_card_of_any_number_of_pairs_is_drawn(columns: int) -> None:
    bars = tuple(cards.Bar(n, "Nama yang sangat panjang sekali " * 5, "#336699", n) for n in range(1, columns + 1))
    card = cards.Card("T" * 90, "P" * 90, False, True, 1, 2, 78, bars, "Potongan data 1")
    assert cards.digest_of(cards.png(card)) == card.digest


def test_pages_name_their_card_with_the_whole_address_when_it_is_known(tmp_path: Path) -> None:
    _write(tmp_path / "plain", "half")
    site = dataclasses.replace(sample.SITE, address="https://hasil.example/")
    _write(tmp_path / "known", "half", site)
    image = re.compile(r'<meta property="og:image" content="([^"]+)">')
    found = {
        (where, name): image.findall((tmp_path / where / name).read_text())
        for where in ("plain", "known")
        for name in ("index.html", "pkwkp/index.html")
    }
    assert found == {
        ("plain", "index.html"): ["pkwkk/kartu.png"],
        ("plain", "pkwkp/index.html"): ["../pkwkp/kartu.png"],
        ("known", "index.html"): ["https://hasil.example/pkwkk/kartu.png"],
        ("known", "pkwkp/index.html"): ["https://hasil.example/pkwkp/kartu.png"],
    }
    assert (tmp_path / "plain/pkwkk/kartu.png").stat().st_size < 60_000


def test_regions_above_the_wanted_tiers_only_have_cards(tmp_path: Path) -> None:
    site = dataclasses.replace(sample.SITE, card_tiers=(2, 4))
    writer = SiteWriter(tmp_path, site)
    for code in ("32", "3216", "321601"):
        writer.add_region(sample.region(ContestKind.GOVERNOR, code))
    writer.finish()
    cards_made = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.png"))
    assert cards_made == ["pkwkp/32/3216/kartu.png", "pkwkp/32/kartu.png"]
    assert "og:image" not in (tmp_path / "pkwkp/32/3216/321601/index.html").read_text()


def test_same_views_give_the_same_bytes(sites: dict[str, Path], tmp_path: Path) -> None:
    cards.png.cache_clear()
    circles.layout.cache_clear()
    _write(tmp_path, "half")
    listed = {p.relative_to(tmp_path): hashlib.sha256(p.read_bytes()).hexdigest() for p in tmp_path.rglob("*.*")}
    before = {
        p.relative_to(sites["half"]): hashlib.sha256(p.read_bytes()).hexdigest() for p in sites["half"].rglob("*.*")
    }
    assert listed == before


def test_centroids_complain_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "letak.csv"
    file.write_text("# sumber\ncode,lat,lon,name\n3273,-6.9,107.6,Bandung\n\n32730,-6.9,107.6,\n")
    with pytest.raises(centroids.BadCentroids) as caught:
        centroids.load(file)
    assert (caught.value.text_id.partition(":")[0], caught.value.text_en.partition(":")[0]) == (
        "letak.csv, baris 5",
        "letak.csv, line 5",
    )
    file.write_text("\ufeffcode,lat,lon\n321601,-1,100\n3273,-6.9,107.6\n")
    assert centroids.load(file) == centroids.shipped() | {"321601": (-1.0, 100.0), "3273": (-6.9, 107.6)}
    with pytest.raises(centroids.BadCentroids, match="cannot be read"):
        centroids.load(tmp_path / "absent.csv")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("state", "scheme", "width", "paths"),
    [
        ("none", "dark", 360, ("index.html",)),
        ("half", "light", 360, ("index.html", "pkwkp/index.html", "cari.html", "perubahan.html")),
        ("done", "dark", 1280, ("index.html", "pkwkk/index.html")),
    ],
)
def test_pages_pass_axe_and_fit(
    sites: dict[str, Path], state: str, scheme: str, width: int, paths: tuple[str, ...], page: Page
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 800})
    for path in paths:
        page.goto((sites[state] / path).as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = Axe().run(page, options=RULES).response["violations"]
        nodes = [(path, fault["id"], node["html"][:160]) for fault in found for node in fault["nodes"]]
        assert [node for node in nodes if node[1] != "region" or 'class="lang"' not in node[2]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path

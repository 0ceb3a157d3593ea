"""Region codes, slices, the tree and official times."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.election import regions
from sirekap.election.regions import RegionTier, RegionTree, TimeZone

STATION = "3216011007001"
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

station_codes = st.lists(
    st.tuples(*(st.integers(0, 2) for _ in range(5))).map(
        lambda n: f"{30 + n[0]}{n[1]:02}{n[2]:02}{2000 + n[3]}{n[4]:03}"
    ),
    unique=True,
    max_size=60,
).map(sorted)


@pytest.mark.parametrize(
    ("code", "tier"),
    [
        ("", RegionTier.NATION),
        ("32", RegionTier.PROVINCE),
        ("3216", RegionTier.REGENCY),
        ("321601", RegionTier.DISTRICT),
        ("3216011007", RegionTier.VILLAGE),
        (STATION, RegionTier.STATION),
    ],
)
def test_tier_of_code_by_digits(code: str, tier: RegionTier) -> None:
    assert regions.tier_of(code) is tier


def test_tier_equals_commission_tingkat() -> None:
    assert [int(tier) for tier in RegionTier] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "code", ["3", "321", "32160", "3216011", "32160110070011", "32.16", "٣٢", "3²", " 3", "-1", "+1"]
)
def test_tier_of_malformed_code_is_typed_error(code: str) -> None:
    with pytest.raises(regions.MalformedCode) as caught:
        regions.tier_of(code)
    assert caught.value.code == code
    assert repr(code) in caught.value.text_id
    assert repr(code) in caught.value.text_en


def test_parent_and_ancestors_of_station() -> None:
    assert regions.ancestors(STATION) == ("", "32", "3216", "321601", "3216011007")
    assert regions.parent(STATION) == "3216011007"
    assert (regions.parent("32"), regions.parent("")) == ("", None)
    assert regions.ancestors("") == ()


def test_is_within_region_by_prefix() -> None:
    assert regions.is_within(STATION, "")
    assert regions.is_within(STATION, "3216")
    assert regions.is_within("3216", "3216")
    assert not regions.is_within("3216", STATION)
    assert not regions.is_within(STATION, "3275")


@given(codes=station_codes, data=st.data())
@settings(max_examples=150)
def test_slice_of_region_is_exactly_its_stations(codes: list[str], data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(codes) if codes else st.just(STATION))
    region = source[: data.draw(st.sampled_from(list(regions.DIGITS.values())))]
    assert codes[regions.slice_of(codes, region)] == [c for c in codes if c.startswith(region)]
    ids = [f"{c}-pkwkk" for c in codes]
    assert ids[regions.slice_of(ids, region)] == [i for i in ids if i.startswith(region)]


def test_slice_of_absent_region_is_empty_at_its_place() -> None:
    codes = ["3216011007001", "3275011001001"]
    assert regions.slice_of(codes, "3217") == slice(1, 1)
    assert regions.slice_of(codes, "99") == slice(2, 2)
    assert regions.slice_of([], "32") == slice(0, 0)


def _tree() -> RegionTree:
    names = [
        (STATION, "TPS 1"),
        ("3216", "BEKASI"),
        ("32", "JAWA BARAT"),
        ("3216011007", "SETIA ASIH"),
        ("321602", "BABELAN"),
        ("321601", "TARUMAJAYA"),
    ]
    return RegionTree.of(names)


def test_tree_gives_children_path_and_names() -> None:
    tree = _tree()
    assert [r.code for r in tree.children("3216")] == ["321601", "321602"]
    assert [r.name for r in tree.path("3216011007")] == [
        "Indonesia",
        "JAWA BARAT",
        "BEKASI",
        "TARUMAJAYA",
        "SETIA ASIH",
    ]
    assert tree.name("321602") == "BABELAN"
    assert [r.code for r in tree.at(RegionTier.DISTRICT, "3216")] == ["321601", "321602"]
    assert [r.code for r in tree] == ["", "32", "3216", "321601", "3216011007", STATION, "321602"]
    assert len(tree) == 7
    assert "3216" in tree
    assert "3217" not in tree
    assert tree.children(STATION) == ()


def test_tree_may_hang_from_one_regency() -> None:
    tree = RegionTree.of([("321601", "TARUMAJAYA"), ("3216", "BEKASI")], top="3216")
    assert [r.name for r in tree.path("321601")] == ["BEKASI", "TARUMAJAYA"]
    assert len(tree) == 2


@pytest.mark.parametrize(
    ("names", "top", "error", "code"),
    [
        ([("32", "A"), ("32", "B")], "", regions.DuplicateRegion, "32"),
        ([("32", "A"), ("321601", "B")], "", regions.OrphanRegion, "321601"),
        ([("3216", "A"), ("32", "B")], "3216", regions.OrphanRegion, "32"),
        ([("3216", "A"), ("3275", "B")], "3216", regions.OrphanRegion, "3275"),
        ([("321", "A")], "", regions.MalformedCode, "321"),
        ([("32", "A")], "3216", regions.UnknownRegion, "3216"),
    ],
)
def test_tree_refuses_broken_list_with_typed_error(
    names: list[tuple[str, str]], top: str, error: type[regions.RegionError], code: str
) -> None:
    with pytest.raises(error) as caught:
        RegionTree.of(names, top)
    assert caught.value.code == code
    assert caught.value.text_id
    assert caught.value.text_en


def test_unknown_region_is_typed_error() -> None:
    for ask in (_tree().name, _tree().children, _tree().path):
        with pytest.raises(regions.UnknownRegion):
            ask("3299")


def test_region_of_other_tier_is_refused() -> None:
    with pytest.raises(regions.MalformedCode):
        regions.Region("3216", "BEKASI", RegionTier.DISTRICT)


def test_labels_cover_every_tier() -> None:
    assert set(regions.LABEL_ID) == set(regions.LABEL_EN) == set(RegionTier)


@pytest.mark.parametrize(
    ("code", "id_", "en"),
    [
        ("", "Nasional", "Nation"),
        ("32", "Provinsi", "Province"),
        ("3216", "Kabupaten", "Regency"),
        ("3275", "Kota", "City"),
        ("321601", "Kecamatan", "District"),
        ("3216011007", "Kelurahan", "Urban village"),
        ("3216012001", "Desa", "Village"),
        ("3216013001", "Desa/Kelurahan", "Village"),
        (STATION, "TPS", "Polling station"),
    ],
)
def test_kind_label_reads_the_code(code: str, id_: str, en: str) -> None:
    assert (regions.kind_label(code), regions.kind_label(code, "en")) == (id_, en)


def test_station_number_is_last_three_digits() -> None:
    assert regions.station_number(STATION) == 1
    with pytest.raises(regions.MalformedCode):
        regions.station_number("3216")


def test_time_zone_of_all_38_provinces() -> None:
    by_zone = {zone: " ".join(c for c in regions.PROVINCES if regions.time_zone(c) is zone) for zone in TimeZone}
    assert by_zone == {
        TimeZone.WIB: "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 61 62",
        TimeZone.WITA: "51 52 53 63 64 65 71 72 73 74 75 76",
        TimeZone.WIT: "81 82 91 92 93 94 95 96",
    }
    assert len(regions.PROVINCES) == 38


def test_time_zone_accepts_any_tier_and_statistics_code() -> None:
    assert regions.time_zone(STATION) == "WIB"
    assert regions.time_zone("97") == "WIT"
    assert regions.zoneinfo_name("9671") == "Asia/Jayapura"


@pytest.mark.parametrize("code", ["", "20", "99"])
def test_time_zone_of_unknown_province_is_typed_error(code: str) -> None:
    with pytest.raises(regions.UnknownRegion):
        regions.time_zone(code)


def test_zoneinfo_names_have_the_legal_offsets() -> None:
    noon = dt.datetime(2024, 11, 27, 12, tzinfo=dt.UTC)
    hours = {z: noon.astimezone(ZoneInfo(name)).utcoffset() for z, name in regions.ZONEINFO.items()}
    assert hours == {
        TimeZone.WIB: dt.timedelta(hours=7),
        TimeZone.WITA: dt.timedelta(hours=8),
        TimeZone.WIT: dt.timedelta(hours=9),
    }


@pytest.mark.skipif(not DATA.exists(), reason="the public data folder beside the repository is absent")
def test_codes_agree_with_the_commissions_files() -> None:
    national = json.loads((DATA / "sirekap" / "pkwkp_0.json").read_text())
    assert set(national["tungsura"]["table"]) == set(regions.PROVINCES) - {"34"}
    for row in json.loads((DATA / "sirekap" / "district_32_32.json").read_text()):
        assert regions.tier_of(row["kode"]) == row["tingkat"]
        assert (regions.kind_label(row["kode"]) == "Kota") == row["nama"].startswith("KOTA ")
    with (DATA / "bekasi_villages.csv").open() as file:
        for row in csv.DictReader(file):
            assert regions.kind_label(row["kode_kpu"]).lower() == row["jenis"]

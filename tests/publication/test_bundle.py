"""Bundles: the same cut gives the same bytes, nothing but one whole cut goes in, never half a file at the target."""

from __future__ import annotations

import fcntl
import hashlib
import json
import tarfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support import small_election
from support.small_election import STATIONS, row_id

from sirekap.evidence.store import open_store
from sirekap.ledger.note import Signer
from sirekap.publication import bundle, publish
from sirekap.publication.bundle import BundleError, Photos

pytestmark = pytest.mark.django_db
LOG = Signer("small.example/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    small, store = small_election.build(), open_store(str(tmp_path / "evidence"))
    for station in STATIONS[:3]:
        small_election.photograph(small, store, row_id(station))
    publish.publish(tmp_path / "site", store, LOG, small.at)
    return tmp_path / "site"


def _tar(path: Path) -> dict[str, bytes]:
    with tarfile.open(path, "r:") as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


def _folder(path: Path) -> dict[str, bytes]:
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in path.rglob("*") if p.is_file()}


def test_same_cut_gives_the_same_bytes_as_tar_and_as_folder(site: Path, tmp_path: Path) -> None:
    made = [bundle.make(site, tmp_path / name, Photos.SAMPLE, sample=2) for name in ("a.tar", "b.tar", "folder")]
    assert made[0] == made[1] == made[2]
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()
    contents = _tar(tmp_path / "a.tar")
    assert contents == _folder(tmp_path / "folder")
    assert (made[0].files, made[0].bytes) == (len(contents), sum(map(len, contents.values())))
    pointer = json.loads(contents["latest.json"])
    assert json.loads(contents["bundle.json"]) == {
        "format": bundle.FORMAT,
        "cut": 1,
        "photos": "sample",
        "photos_total": 3,
        "photos_included": 2,
        "seed": pointer["ledger_root"],
    }


@pytest.mark.parametrize(("photos", "left_out"), [(Photos.NONE, 3), (Photos.SAMPLE, 1), (Photos.ALL, 0)])
def test_everything_but_the_photographs_left_out_is_there(
    site: Path, tmp_path: Path, photos: Photos, left_out: int
) -> None:
    (site / "foto/ab").mkdir(exist_ok=True)
    for stray in ("note.txt", "pkwkk/x.123.tmp", "foto/ab/x.jpg"):
        (site / stray).write_text("stray")
    bundle.make(site, tmp_path / "out", photos, sample=2)
    whole = set(_folder(site)) - {".publishing", "note.txt", "pkwkk/x.123.tmp", "foto/ab/x.jpg"}
    missing = whole - set(_folder(tmp_path / "out"))
    assert len(missing) == left_out and all(path.startswith("foto/") for path in missing)
    assert set(_folder(tmp_path / "out")) - whole == {"bundle.json"}


def test_sample_follows_from_the_seed_alone(site: Path, tmp_path: Path) -> None:
    bundle.make(site, tmp_path / "out", Photos.SAMPLE, sample=1)
    seed = json.loads((site / "latest.json").read_bytes())["ledger_root"]
    names = {p.stem: p for p in (site / "foto").rglob("*.*")}
    first = min(names, key=lambda sha256: hashlib.sha256((seed + sha256).encode()).digest())
    assert [p.stem for p in (tmp_path / "out" / "foto").rglob("*.*")] == [first]


def test_site_in_the_middle_of_a_cut_is_refused(site: Path, tmp_path: Path) -> None:
    with open(site / ".publishing", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(BundleError, match="middle of a cut"):
            bundle.make(site, tmp_path / "out.tar", Photos.ALL)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["evidence", "site"]


@pytest.mark.parametrize("broken", ["pkwkk/manifest.json", "pkwkk/32/index.html", "foto", "latest.json"])
@pytest.mark.parametrize("target", ["out.tar", "out"])
def test_damaged_site_gives_no_bundle(site: Path, tmp_path: Path, broken: str, target: str) -> None:
    file = next((site / broken).rglob("*.png")) if broken == "foto" else site / broken
    data = file.read_bytes()
    file.unlink()
    file.write_bytes(b"x" * len(data))
    with pytest.raises(BundleError, match="not one whole cut"):
        bundle.make(site, tmp_path / target, Photos.ALL)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["evidence", "site"]


def test_older_bundle_is_replaced_and_anything_else_kept(site: Path, tmp_path: Path) -> None:
    bundle.make(site, tmp_path / "out", Photos.ALL)
    bundle.make(site, tmp_path / "out", Photos.NONE)
    assert not (tmp_path / "out" / "foto").exists()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    for target in (tmp_path / "other", site / "bundle.tar"):
        with pytest.raises(BundleError, match="no place for a bundle"):
            bundle.make(site, target, Photos.NONE)
    assert (tmp_path / "other" / "letter.txt").read_text() == "mine"
    with pytest.raises(BundleError, match="no site"):
        bundle.make(tmp_path / "nowhere", tmp_path / "x.tar", Photos.NONE)

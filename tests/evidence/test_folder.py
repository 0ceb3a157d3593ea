"""The folder store: killed writers, leftovers, foreign files, a dead disk; and store addresses."""

import os
import random
import stat
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from sirekap.evidence import EvidenceAddressError, EvidenceUnavailable, check_all, digest, open_store
from sirekap.evidence.folder import FolderStore

WRITER = """
import os, sys
from sirekap.evidence import open_store
store = open_store(sys.argv[1])
print("ready", flush=True)
while True:
    data = os.urandom(300_000)
    sha256 = store.put(data).sha256
    print(sha256, flush=True)
"""


def test_put_process_killed_at_any_moment_leaves_no_partial_file(tmp_path):
    store = FolderStore(tmp_path)
    moments = random.Random(5)
    acknowledged: list[str] = []
    for _ in range(8):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        acknowledged.append(process.stdout.readline().strip())
        time.sleep(moments.random() * 0.06)
        process.kill()
        output, _ = process.communicate()
        acknowledged += [line for line in output.split("\n")[:-1] if len(line) == 64]
    stored = list(store.iter_hashes())
    assert set(acknowledged) <= set(stored)
    assert len(acknowledged) >= 8
    assert check_all(store, stored) == []
    for file in tmp_path.glob("??/??/*"):
        assert digest(file.read_bytes()) == file.name


def test_put_file_is_read_only_and_its_place_is_the_hash(tmp_path):
    store = FolderStore(tmp_path)
    sha256 = store.put(b"photo").sha256
    assert store.path(sha256) == tmp_path / sha256[:2] / sha256[2:4] / sha256
    assert stat.S_IMODE(store.path(sha256).stat().st_mode) & 0o222 == 0
    assert os.listdir(tmp_path / "incoming") == []


def test_remove_leftovers_takes_old_ones_only(tmp_path):
    store = FolderStore(tmp_path)
    sha256 = store.put(b"photo").sha256
    old, new = tmp_path / "incoming" / "old", tmp_path / "incoming" / "new"
    for file in (old, new):
        file.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    assert store.remove_leftovers(timedelta(hours=1)) == 1
    assert os.listdir(tmp_path / "incoming") == ["new"]
    assert list(store.iter_hashes()) == [sha256]


def test_iter_hashes_passes_over_foreign_files(tmp_path):
    store = FolderStore(tmp_path)
    sha256 = store.put(b"photo").sha256
    (tmp_path / "00" / "00").mkdir(parents=True, exist_ok=True)
    (tmp_path / "00" / "00" / ("f" * 64)).write_bytes(b"in the wrong shard")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / sha256[:2] / sha256[2:4] / "thumbs.db").write_text("x")
    assert list(store.iter_hashes()) == [sha256]


def test_put_full_disk_is_unavailable_and_stores_nothing(tmp_path):
    script = (
        "import resource, signal, sys\n"
        "from sirekap.evidence import EvidenceUnavailable, open_store\n"
        "store = open_store(sys.argv[1])\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n    store.put(bytes(5000))\n"
        "except EvidenceUnavailable as error:\n    print(type(error.__cause__).__name__)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ran.stdout == "OSError\n"
    assert list(open_store(tmp_path).iter_hashes()) == []
    assert os.listdir(tmp_path / "incoming") == []


def test_open_store_place_that_is_a_file_is_unavailable(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(EvidenceUnavailable):
        open_store(tmp_path / "file")


@pytest.mark.parametrize("form", ["{}", "folder://{}"])
def test_open_store_folder_forms(tmp_path, form):
    store = open_store(form.format(tmp_path / "deep" / "er"))
    assert isinstance(store, FolderStore)
    assert store.root == tmp_path / "deep" / "er"


def test_open_store_relative_path_becomes_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = open_store(Path("evidence"))
    monkeypatch.chdir("/")
    assert store.put(b"photo").existed is False
    assert store.path(digest(b"photo")).is_relative_to(tmp_path / "evidence")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "folder://",
        "folder:///",
        "folder://host/path",
        "folder:///path?x=1",
        "ftp://host/path",
        "s3://",
        "s3://bucket?endpoint=http://a&endpoint=http://b",
        "s3://bucket?key=secret",
        "s3://bucket?endpoint",
        "s3://bucket/../other?region=us-east-1",
    ],
)
def test_open_store_address_not_understood_is_refused(url):
    with pytest.raises(EvidenceAddressError):
        open_store(url)

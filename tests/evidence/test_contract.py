"""What every store must do, run over a folder and over a real S3 server."""

import hashlib
import os
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from sirekap.evidence import (
    EvidenceAddressError,
    EvidenceCorrupt,
    EvidenceMissing,
    EvidenceStore,
    Stored,
    check_all,
    digest,
    open_store,
)

PHOTO = bytes(range(256)) * 40
ABSENT = digest(b"never stored")
NOT_HASHES = [
    "",
    "../../etc/passwd",
    "A" * 64,
    "a" * 63,
    "a" * 65,
    "a" * 64 + "\n",
    "/" + "a" * 63,
    "a" * 32 + "/" * 32,
]


def test_put_new_file_can_be_read_back(kind):
    assert isinstance(kind.store, EvidenceStore)
    sha256 = hashlib.sha256(PHOTO).hexdigest()
    assert kind.store.put(PHOTO) == Stored(sha256, len(PHOTO), False)
    assert kind.store.get(sha256) == PHOTO
    assert (kind.store.stat(sha256), kind.store.exists(sha256)) == (len(PHOTO), True)
    assert open_store(kind.url).get(sha256) == PHOTO


def test_put_twice_says_it_existed_and_changes_nothing(kind):
    first = kind.store.put(PHOTO)
    assert kind.store.put(PHOTO) == Stored(first.sha256, first.size, True)
    assert list(kind.store.iter_hashes()) == [first.sha256]


@pytest.mark.parametrize("size", [0, 1, 6_000_000])
def test_put_any_size_round_trips(kind, size):
    data = os.urandom(size)
    assert kind.store.get(kind.store.put(data).sha256) == data


def test_put_same_bytes_from_many_threads_stores_once(kind):
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: kind.store.put(PHOTO), range(16)))
    assert sorted(result.existed for result in results) == [False] + [True] * 15
    assert list(kind.store.iter_hashes()) == [digest(PHOTO)]


def test_put_over_a_file_of_another_size_is_corrupt_and_does_not_replace_it(kind):
    sha256 = digest(PHOTO)
    kind.plant(sha256, b"something else")
    with pytest.raises(EvidenceCorrupt):
        kind.store.put(PHOTO)
    assert kind.store.stat(sha256) == len(b"something else")


def test_get_absent_file_is_missing(kind):
    with pytest.raises(EvidenceMissing) as caught:
        kind.store.get(ABSENT)
    assert ABSENT in caught.value.text_id
    assert ABSENT in caught.value.text_en
    assert (kind.store.stat(ABSENT), kind.store.exists(ABSENT)) == (None, False)


def test_get_changed_file_is_corrupt(kind):
    kind.plant(ABSENT, PHOTO)
    with pytest.raises(EvidenceCorrupt):
        kind.store.get(ABSENT)


@pytest.mark.parametrize("wrong", NOT_HASHES)
def test_every_method_refuses_what_is_no_hash(kind, wrong):
    store = kind.store
    for call in (
        store.get,
        store.stat,
        store.exists,
        store.path,
        lambda text: store.presign(text, timedelta(minutes=1)),
    ):
        with pytest.raises(EvidenceAddressError):
            call(wrong)


def test_iter_hashes_lists_all_in_order(kind):
    stored = sorted(kind.store.put(str(number).encode()).sha256 for number in range(40))
    assert list(kind.store.iter_hashes()) == stored


def test_presign_gives_a_url_that_reads_the_file_and_expires(kind):
    stored = kind.store.put(PHOTO)
    url = kind.store.presign(stored.sha256, timedelta(minutes=5))
    if kind.name == "folder":
        assert url is None
        assert kind.store.path(stored.sha256).read_bytes() == PHOTO
        return
    assert kind.store.path(stored.sha256) is None
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.read() == PHOTO
    for refused in (url.partition("?")[0], url.replace("X-Amz-Expires=300", "X-Amz-Expires=301")):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(refused, timeout=10)
        assert caught.value.code == 403


def test_check_all_reports_missing_and_corrupt_only(kind):
    good = [kind.store.put(str(number).encode()).sha256 for number in range(3)]
    changed = digest(b"changed")
    kind.plant(changed, b"other")
    seen = []
    problems = check_all(kind.store, [*good, ABSENT, changed], seen.append)
    assert [(problem.sha256, problem.kind) for problem in problems] == [(ABSENT, "missing"), (changed, "corrupt")]
    assert seen == [1, 2, 3, 4, 5]
    assert check_all(kind.store, kind.store.iter_hashes()) == [problems[1]]

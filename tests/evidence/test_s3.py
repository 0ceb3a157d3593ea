"""What only the S3 store can get wrong: overwriting, wrong credentials, a dead server."""

import obstore
import pytest
from obstore.exceptions import BaseError
from obstore.store import S3Store as Bucket

from sirekap.evidence import EvidenceUnavailable, digest, open_store
from sirekap.evidence import s3 as s3_module


def test_put_server_refuses_to_replace_an_object(s3_server, monkeypatch):
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    options = {"endpoint": s3_server.endpoint, "region": s3_server.region}
    bucket = Bucket(s3_server.bucket, config=options, client_options={"allow_http": True})
    obstore.put(bucket, "once", b"first", mode="create")
    with pytest.raises(BaseError):
        obstore.put(bucket, "once", b"second", mode="create")
    assert bytes(obstore.get(bucket, "once").bytes()) == b"first"


def test_every_call_with_wrong_credentials_is_unavailable(s3_server, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_server.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    store = open_store(s3_server.url)
    calls = (
        lambda: store.put(b"photo"),
        lambda: store.get(digest(b"photo")),
        lambda: store.stat(digest(b"photo")),
        lambda: list(store.iter_hashes()),
    )
    for call in calls:
        with pytest.raises(EvidenceUnavailable):
            call()


def test_put_no_server_is_unavailable(s3_server, monkeypatch):
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(s3_module, "RETRY_FOR", s3_module.RETRY_FOR / 100)
    store = open_store("s3://evidence?endpoint=http://127.0.0.1:9&region=us-east-1")
    with pytest.raises(EvidenceUnavailable):
        store.put(b"photo")

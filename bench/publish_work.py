"""The processes of `bench.publish`: ``python -m bench.publish_work fill|first|cut|cold ...`` prints one JSON object.

The environment names database, site and store, as for every `sirekap` command.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import nation


def main(arguments: list[str]) -> dict[str, Any]:
    """Run one phase."""
    import django

    django.setup()
    phase, folder = arguments[0], Path(arguments[1])
    if phase == "fill":
        return fill(folder, *map(int, arguments[2:]))
    made = nation.Nation(**json.loads((folder / "nation.json").read_text()))
    if phase == "cold":
        return {"cold": _cut()}
    if phase == "first":
        return {"first": _cut(processes=int(arguments[2]))}
    return cuts(folder, made, int(arguments[2]))


def fill(folder: Path, stations: int, changed: int, photos: int = 64, side: int = 128) -> dict[str, Any]:
    """Build the nation with that many different photographs of ``side`` pixels; ``nation.json`` keeps who changes."""
    from django.conf import settings

    from sirekap import keys
    from sirekap.evidence.store import open_store
    from sirekap.records.migrating import migrate_database

    began = time.perf_counter()
    migrate_database()
    keys.init(settings.CONFIG.keys, "bench.example", demo=True, allow_in_repo=True)
    store = open_store(settings.CONFIG.evidence)
    pictures = [(found.sha256, len(data)) for data in _pictures(photos, side) for found in [store.put(data)]]
    made = nation.build(stations, scattered=2 * changed, together=changed, pictures=pictures, say=nation.say)
    (folder / "nation.json").write_text(json.dumps(asdict(made)))
    return {"fill_s": round(time.perf_counter() - began, 1), "entries": _entries(), "database_bytes": _size()}


def cuts(folder: Path, made: nation.Nation, processes: int) -> dict[str, Any]:
    """The first cut, one after scattered changes, one after changes in one place; then changes for a cold one."""
    half = len(made.scattered) // 2
    out = {"first": _cut(processes=processes)}
    _change(made, made.scattered[:half])
    out["scattered"] = _cut(processes, keep=folder / "scattered.json")
    _change(made, made.together)
    out["together"] = _cut(processes)
    _change(made, made.scattered[half:])
    return out


def _cut(processes: int = 1, keep: Path | None = None) -> dict[str, Any]:
    from sirekap.jobs.runner import cut

    last = [0]

    def advance(done: int, total: int) -> None:
        if done - last[0] >= 20_000:
            last[0] = done
            nation.say(f"{done} dari {total} halaman TPS / station pages")

    began, cpu = time.perf_counter(), _cpu()
    report = cut(advance=advance, processes=processes)
    seconds = time.perf_counter() - began
    if report is None:
        raise RuntimeError("nothing was published")
    if keep:
        keep.write_text(json.dumps(report.paths_written))
    return {
        "seconds": round(seconds, 3),
        "cpu_seconds": round(_cpu() - cpu, 3),
        "files": report.files_written,
        "bytes": report.bytes_written,
        "peak_rss_mb": _peak(),
    }


def _peak() -> int:
    """Of this process, and of its largest child; megabytes."""
    own, child = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return int(max(own, child) // 1024)


def _cpu() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _change(made: nation.Nation, codes: list[str]) -> None:
    """The second statement of some stations, as an operator makes it: they become verified."""
    import uuid

    from sirekap.records.models import Statement
    from sirekap.workflow import people, verification

    operator = people.actor_of(uuid.UUID(made.operator))
    for code in codes:
        row = f"{code}-{nation.KIND}"
        said = Statement.objects.select_related("figures").get(row_id=row).figures.figures()
        if not verification.make_statement(operator, row, said, nation.AT).verified:
            raise RuntimeError(f"{row} was not verified")
    nation.say(f"{len(codes)} TPS berubah / changed")


def _pictures(count: int, side: int) -> Iterator[bytes]:
    """Noise, all different."""
    import io

    from PIL import Image

    noise = random.Random(1)
    for _ in range(count):
        buffer = io.BytesIO()
        Image.frombytes("L", (side, side), noise.randbytes(side * side)).save(buffer, "PNG", compress_level=0)
        yield buffer.getvalue()


def _entries() -> int:
    from sirekap.records.models import Entry

    return int(Entry.objects.count())


def _size() -> int:
    from django.db import connection

    return os.path.getsize(connection.settings_dict["NAME"])


def plain_write(site: Path, paths: list[str], target: Path) -> dict[str, Any]:
    """The floor: the same bytes to as many files in a new folder, folders made beforehand; removed again."""
    contents = {path: (site / path).read_bytes() for path in paths}
    for folder in sorted({os.path.dirname(path) for path in paths}):
        os.makedirs(target / folder, exist_ok=True)
    began = time.perf_counter()
    for path, data in contents.items():
        with open(target / path, "wb") as handle:
            handle.write(data)
    seconds = time.perf_counter() - began
    shutil.rmtree(target)
    return {"seconds": seconds, "files": len(contents), "bytes": sum(map(len, contents.values()))}


def plain_read(site: Path, paths: list[str]) -> dict[str, Any]:
    """Bare reads of the files, hashed so that every byte is touched."""
    began, size = time.perf_counter(), 0
    for path in paths:
        data = (site / path).read_bytes()
        hashlib.sha256(data)
        size += len(data)
    return {"seconds": time.perf_counter() - began, "files": len(paths), "bytes": size}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))

"""What a forger can do to a published bundle: change files, recompute every hash above, rewrite and re-sign the ledger."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from sirekap.ledger import canonical, tiles
from sirekap.ledger.checkpoint import Checkpoint, sign_checkpoint
from sirekap.ledger.note import Signer
from sirekap.ledger.tree import leaf_hashes, root
from sirekap.publication import region_file

LEDGER = "buku-besar"
Entry = dict[str, Any]


def check(program: ModuleType, source: Path | str, **options: Any) -> list[tuple[str, str]]:
    """(kind, where) of every fault the verifier finds."""
    plain = {"key": None, "known": None, "against": None, "photos": "all"}
    report, _ = program.run(argparse.Namespace(source=str(source), **(plain | options)))
    return [(fault["kind"], fault["where"]) for fault in report.faults]


class Bundle:
    """A copy of a published site (hard links, broken on writing) and ways to falsify it."""

    def __init__(self, original: Path, folder: Path) -> None:
        shutil.copytree(original, folder, copy_function=os.link)
        self.folder = folder

    def path(self, path: str) -> Path:
        return self.folder / path

    def read(self, path: str) -> bytes:
        return self.path(path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        target = self.path(path)
        target.unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def replace(self, path: str, old: bytes, new: bytes) -> None:
        data = self.read(path)
        assert old in data, (path, old)
        self.write(path, data.replace(old, new, 1))

    def edit(self, path: str, change: Callable[[Any], object], *, raw: bool = False) -> None:
        """Change a JSON file in place; a region's ``data.json`` in its expanded form, unless ``raw``."""
        content = json.loads(self.read(path))
        packed = path.endswith("data.json") and not raw
        if packed:
            content = region_file.expand(content)
        change(content)
        content = region_file.pack(content) if packed else content
        self.write(path, json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())

    def rehash(self) -> str:
        """Recompute every manifest from what lies there, and the pointer; returns the root manifest's hash."""
        manifests = sorted(self.folder.rglob("manifest.json"), key=lambda p: -len(p.parts))
        for manifest in manifests:
            content = json.loads(manifest.read_bytes())
            for key in ("files", "children"):
                kept = [item for item in content[key] if (manifest.parent / item["path"]).exists()]
                for item in kept:
                    data = (manifest.parent / item["path"]).read_bytes()
                    item |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
                content[key] = kept
            self.write(manifest.relative_to(self.folder).as_posix(), canonical.dumps(content))
        digest = hashlib.sha256(self.read("manifest.json")).hexdigest()
        self.edit("latest.json", lambda pointer: pointer.update(manifest_sha256=digest))
        return digest

    def entries(self) -> list[Entry]:
        size = int(self.read(f"{LEDGER}/checkpoint").split(b"\n")[1])
        out: list[Entry] = []
        for number in range(-(-size // 256)):
            path = tiles.bundle_path(number, tiles.tile_width(0, number, size))
            out += [json.loads(raw) for raw in tiles.parse_bundle(self.read(f"{LEDGER}/{path}"))]
        return out

    def write_ledger(self, entries: list[Entry], signer: Signer, raw: dict[int, bytes] | None = None) -> None:
        """Replace the ledger: entries, tiles, one checkpoint; recorded roots of cuts are put right.

        ``raw``: leaf index -> bytes to write instead of the canonical ones.
        """
        shutil.rmtree(self.path(f"{LEDGER}/tile"))
        shutil.rmtree(self.path(f"{LEDGER}/checkpoints"))
        contents: list[bytes] = []
        for n, entry in enumerate(entries):
            if entry["kind"] == "publication.cut":
                entry["body"]["ledger_root"] = root(leaf_hashes(contents[: entry["body"]["ledger_size"]])).hex()
            contents.append((raw or {}).get(n) or canonical.dumps(entry))
        for at in range(0, len(contents), 256):
            some = contents[at : at + 256]
            self.write(f"{LEDGER}/{tiles.bundle_path(at // 256, len(some))}", tiles.bundle(some))
        for tile, data in tiles.build_tiles(0, leaf_hashes(contents), lambda tile: b"").items():
            self.write(f"{LEDGER}/{tile.path}", data)
        head = Checkpoint(signer.name, len(contents), root(leaf_hashes(contents)))
        self.write(f"{LEDGER}/checkpoint", sign_checkpoint(head, signer))
        last = next(e["body"] for e in reversed(entries) if e["kind"] == "publication.cut")
        names = {"cut": "number", "manifest_sha256": "manifest_sha256", "ledger_size": "ledger_size"}
        names["ledger_root"] = "ledger_root"
        self.edit("latest.json", lambda pointer: pointer.update({k: last[v] for k, v in names.items()}))

    def publish_forgery(self, signer: Signer) -> None:
        """What an operator with the log's key can do: recompute every hash and record it in the ledger's last cut."""
        digest, entries = self.rehash(), self.entries()
        entries[-1]["body"]["manifest_sha256"] = digest
        self.write_ledger(entries, signer)

    def rewrite(self, change: Callable[[list[Entry]], object], signer: Signer) -> None:
        """Change entries, rebuild the tiles, sign again."""
        entries = self.entries()
        change(entries)
        self.write_ledger(entries, signer)


def find(entries: list[Entry], kind: str, **body: Any) -> Entry:
    """The first entry of a kind whose body holds these values."""
    return next(e for e in entries if e["kind"] == kind and body.items() <= e["body"].items())

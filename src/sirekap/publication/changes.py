"""The change log's records as they are published: where they lie, how they are written, what one sums up to.

Pure. A record says what moved between two cuts; `load_changes` derives it from the facts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sirekap.ledger import canonical

PATH = "perubahan.json"
FORMAT = "sirekap-changes-1"
Record = dict[str, Any]


def dumps(records: list[Record]) -> bytes:
    """The log as canonical JSON."""
    return canonical.dumps({"format": FORMAT, "cuts": records})


def published(root: Path) -> dict[int, Record]:
    """Cut number -> record, as the site at ``root`` holds them; nothing where it holds none that can be read."""
    try:
        document = json.loads((root / PATH).read_bytes())
        return {item["number"]: item for item in document["cuts"]} if document["format"] == FORMAT else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def summary(found: Mapping[str, Any]) -> tuple[int, int, int, int]:
    """Of one record: stations risen, stations fallen, corrections, decisions."""
    contests = found["contests"]
    corrected = sum(len(c["corrections"]) + c["corrections_more"] for c in contests)
    return sum(c["risen"] for c in contests), sum(c["fallen"] for c in contests), corrected, len(found["decisions"])

"""The offline plenary by its commands: a centre and a laptop in folders and processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import small_election as se
from support.databases import using

from sirekap import keys
from sirekap.records.migrating import migrate_database
from sirekap.records.models import Account, StationContest
from sirekap.records.rebuilding import rebuild

DISTRICT = se.DISTRICTS[0]


def environment(folder: Path) -> dict[str, str]:
    """The settings of the centre; a laptop's folder brings its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SIREKAP_", "DJANGO_"))}
    return clean | {
        "SIREKAP_DATABASE_URL": f"sqlite:///{folder / 'centre.sqlite3'}",
        "SIREKAP_EVIDENCE": str(folder / "evidence"),
        "SIREKAP_KEYS": str(folder / "keys"),
        "SIREKAP_SITE": str(folder / "site"),
    }


def sirekap(folder: Path, *arguments: str, status: int = 0, given: str = "") -> dict[str, Any]:
    """Run one command; its JSON."""
    command = [sys.executable, "-m", "sirekap.cli", *arguments, "--json"]
    done = subprocess.run(
        command, env=environment(folder), cwd=folder, capture_output=True, text=True, input=given, check=False
    )
    assert done.returncode == status, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1])) if done.stdout else {"said": done.stderr}


@pytest.fixture
def centre(tmp_path: Path, django_db_blocker: Any) -> Path:
    """The folder of a centre with the small election and an administrator's account."""
    keys.init(tmp_path / "keys", "centre.example", demo=True, allow_in_repo=True)
    vkey = keys.public(tmp_path / "keys")[keys.Purpose.LOG]
    with django_db_blocker.unblock(), using(f"sqlite:///{tmp_path / 'centre.sqlite3'}"):
        migrate_database()
        small = se.build(vkey=vkey)
        Account.objects.create_account("admin", small.administrator.person)
        Account.objects.create_account("ketua", small.chairs[DISTRICT].person)
    return tmp_path


def script() -> str:
    """The district's plenary, one act a line."""
    acts: list[dict[str, Any]] = [{"act": "open", "as": "ketua", "contests": list(se.CONTESTS)}]
    acts += [
        {"act": "from_box", "as": "chair", "with": "member", "row": row, "figures": se.figures(row)}
        for row in se.rows_of(DISTRICT)
    ]
    acts += [{"act": "close", "as": "chair", "typed": "from_sheet"}]
    return "".join(json.dumps(act) + "\n" for act in acts)


def test_district_goes_out_and_comes_back_by_commands(centre: Path, django_db_blocker: Any) -> None:
    packed = sirekap(centre, "plenary", "pack", "--region", DISTRICT, "--out", "pack.tar")
    assert (packed["ok"], packed["people"], packed["region"]) == (True, 5, DISTRICT)
    assert (centre / packed["key"]).stat().st_mode & 0o077 == 0
    whole = (centre / "pack.tar").read_bytes()
    (centre / "cut.tar").write_bytes(whole[: len(whole) // 2])
    hostile = sirekap(centre, "plenary", "open", "cut.tar", "--dir", "laptop", "--key", packed["key"], status=1)
    assert "cannot be trusted" in hostile["said"]
    assert not (centre / "laptop").exists()
    opened = sirekap(centre, "plenary", "open", "pack.tar", "--dir", "laptop", "--log-key", "keys/log.vkey")
    assert opened["origin"] == packed["origin"] != "centre.example/log"
    cards = (centre / "laptop" / "kartu-masuk.txt").read_text().split("\t")
    assert (cards[0], cards[2]) == ("ketua", f"Ketua {DISTRICT}\n")
    done = sirekap(centre, "plenary", "acts", "-", "--dir", "laptop", given=script())
    assert done == {"ok": True, "done": len(se.rows_of(DISTRICT)) + 2}
    returned = sirekap(centre, "plenary", "return", "--out", "return.tar", "--dir", "laptop")
    assert returned["entries"] == done["done"] + 1
    merged = sirekap(centre, "plenary", "merge", "return.tar")
    assert (merged["ok"], merged["already_merged"], merged["root"]) == (True, False, returned["root"])
    with django_db_blocker.unblock(), using(f"sqlite:///{centre / 'centre.sqlite3'}"):
        rows = StationContest.objects.filter(pk__startswith=DISTRICT)
        assert set(rows.values_list("standing", flat=True)) == {5}
        assert rebuild()["changed"] == 0

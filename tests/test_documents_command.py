"""`sirekap documents`: a verdict for every file, the whole way from the practice authority to the valid sheet."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings
from support import signed
from support import small_election as se
from support.databases import Node, local, sqlite_template
from support.plenaries import closed_district

from sirekap.cli import main
from sirekap.records.models import Account
from sirekap.workflow import documents

__all__ = ["local", "sqlite_template"]
DISTRICT = se.DISTRICTS[0]


def invoke(*arguments: str) -> tuple[int, dict[str, Any], str]:
    result = CliRunner().invoke(main, ["documents", *arguments, "--json"])
    out = result.stdout.strip().splitlines()
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(out[-1]) if out else {}, result.stderr


@pytest.mark.parametrize(
    ("state", "spoilt", "expected"),
    [
        (5, b"", (0, "valid", [])),
        (0, b"", (1, "unsigned", ["unsigned"])),
        (2, b"", (1, "invalid", ["few_members"])),
        (5, b"\n", (1, "invalid", ["foreign_signature", "not_ours"])),
    ],
)
def test_verify_prints_verdict_and_reasons(
    state: int, spoilt: bytes, expected: tuple[int, str, list[str]], tmp_path: Path
) -> None:
    found = signed.signed()
    (tmp_path / "ca.pem").write_bytes(signed.pem(found.authority))
    file = tmp_path / "sheet.pdf"
    file.write_bytes(found.states[state] + spoilt)
    status, out, said = invoke("verify", str(file), "--ca", str(tmp_path / "ca.pem"), "--no-ledger")
    assert (status, out["verdict"], [one["code"] for one in out["reasons"]]) == expected
    assert list(out)[:2] == ["verdict", "reasons"]
    assert said.count("✗") == len(expected[2])


def test_practice_goes_from_the_authority_to_a_valid_sheet_of_the_ledger(
    local: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = dataclasses.replace(settings.CONFIG, keys=tmp_path / "keys", documents_trust=None)
    monkeypatch.setattr(settings, "CONFIG", config)
    monkeypatch.setenv("SIREKAP_DATABASE_URL", local.url)
    monkeypatch.setenv("SIREKAP_KEYS", str(tmp_path / "keys"))
    monkeypatch.setattr("sirekap.jobs.runner.evidence_store", lambda: local.store)
    closed_district(local, DISTRICT)
    people = {"ketua": local.small.chairs[DISTRICT]}
    people |= {f"anggota-{n}": one for n, one in enumerate(local.small.members[DISTRICT], 1)}
    for name, actor in people.items():
        Account.objects.create_account(name, actor.person)
    assert invoke("ca", "init")[0] == 0
    status, made, _ = invoke("issue", "dhasil_kecamatan", "--region", DISTRICT, "--contest", se.REGENT, "--as", "ketua")
    assert (status, made["ok"]) == (0, True)
    for name in people:
        assert invoke("ca", "enrol", "--as", name)[0] == 0
        assert invoke("sign", made["document"], "--as", name)[1]["field"] == name
    refused = invoke(
        "refuse", made["document"], "--capacity", "witness", "--pair", "1", "--reason", "Tidak", "--as", "ketua"
    )
    assert refused[1] == {"ok": True, "field": "saksi-1"}
    (listed,) = invoke("list")[1]["documents"]
    assert (listed["document"], listed["complete"]) == (made["document"], True)
    file = tmp_path / "sheet.pdf"
    file.write_bytes(local.store.get(listed["sha256"]))
    assert invoke("verify", str(file), "--ledger")[1]["verdict"] == "valid"
    found = documents.find(made["document"])
    stripped = local.store.get(found.sha256)
    file.write_bytes(stripped)
    assert invoke("verify", str(file), "--ledger")[1]["verdict"] == "unsigned"
    other = signed.signed()
    file.write_bytes(other.whole)
    codes = [one["code"] for one in invoke("verify", str(file), "--ledger")[1]["reasons"]]
    assert codes[-1] == "not_recorded" and "other_authority" in codes

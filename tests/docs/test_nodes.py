"""The pages about other nodes name what the code knows."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sirekap.records import holds
from sirekap.workflow import acts, nodes

DOCS = Path(__file__).resolve().parents[2] / "docs"
OFFLINE = (DOCS / "how-to" / "offline-plenary.md").read_text(encoding="utf-8")


def test_every_act_of_a_script_is_named_and_every_example_is_one() -> None:
    block = re.findall(r"^```json\n(.*?)^```", OFFLINE, re.MULTILINE | re.DOTALL)[0]
    shown = {json.loads(line)["act"] for line in block.splitlines()}
    others = OFFLINE.partition("The others:")[2].partition(".")[0]
    assert shown | set(re.findall(r"`(\w+)`", others)) == set(acts.ACTS)


def test_every_kind_that_a_laptop_records_can_be_done_again_or_checked() -> None:
    from sirekap.workflow import merging_documents

    assert {*acts.DESCRIBED, *merging_documents.STATED} == holds.OFFLINE_KINDS


def test_the_base_is_described_as_it_is_drawn() -> None:
    page = (DOCS / "explanation" / "nodes.md").read_text(encoding="utf-8").partition("**The base**")[2]
    named = set(re.findall(r"`([a-z]+\.[a-z*]+)`", page.partition("\n\n")[0]))
    whole = {kind if not kind.startswith("station.") else "station.*" for kind in nodes.WHOLE}
    assert named == whole | {"mandate.*"}

"""The background loop: sequence, publish, one publisher at a time."""

from __future__ import annotations

import dataclasses
import fcntl
from pathlib import Path

import pytest
from support import small_election

from sirekap import config, keys
from sirekap.jobs import runner
from sirekap.records.models import Checkpoint, Cut, Entry, Leaf

pytestmark = pytest.mark.django_db


@pytest.fixture
def node(tmp_path: Path, settings: object) -> Path:
    """A node of its own: keys, store and site in a temporary folder."""
    keys.init(tmp_path / "keys", "node.example", demo=True, allow_in_repo=True)
    base = config.load({})
    settings.CONFIG = dataclasses.replace(  # type: ignore[attr-defined]
        base, keys=tmp_path / "keys", evidence=str(tmp_path / "evidence"), site=tmp_path / "site"
    )
    small_election.build()
    return tmp_path


def test_one_round_sequences_everything_and_publishes(node: Path) -> None:
    runner.run_once()
    assert Leaf.objects.count() == Entry.objects.count()
    assert Checkpoint.objects.order_by("size").last().size == Entry.objects.count()  # type: ignore[union-attr]
    assert Cut.objects.count() == 1
    assert (node / "site/index.html").is_file()


def test_second_publisher_steps_back(node: Path) -> None:
    (node / "site").mkdir()
    with open(node / "site/.publishing", "w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert runner.cut() is None
    assert Cut.objects.count() == 0
    assert runner.cut() is not None


def test_demo_key_is_refused_in_production(node: Path, settings: object) -> None:
    settings.CONFIG = dataclasses.replace(settings.CONFIG, mode=config.Mode.PRODUCTION)  # type: ignore[attr-defined]
    with pytest.raises(keys.DemoKeyRefused):
        runner.sequence()

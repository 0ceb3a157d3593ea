"""One election for all tests of the verifier, built once; every test works on copies."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from support.databases import using
from verifier.night import Night

from sirekap.evidence.store import open_store
from sirekap.records import migrating

PROGRAM = Path(__file__).parents[2] / "verifier" / "sirekap_verify.py"


@pytest.fixture(scope="session")
def program() -> ModuleType:
    """The verifier, loaded from its file as a stranger would load it."""
    spec = importlib.util.spec_from_file_location("sirekap_verify", PROGRAM)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    """Folder with the site after every stage: opened, counting, district, determined."""
    folder = tmp_path_factory.mktemp("night")
    with django_db_blocker.unblock(), using(f"sqlite:///{folder}/night.sqlite3"):
        migrating.migrate_database()
        Night(folder, open_store(str(folder / "evidence"))).tell()
    return folder

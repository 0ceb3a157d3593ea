"""What every test may use: Hypothesis profiles, a real PostgreSQL, a browser. Missing programs fail, never skip."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page
from support import chromium, postgres

SERVER_FILE = "postgresql.json"

settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def postgresql_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> postgres.Server:
    """One server for the whole run, started by the first worker that asks; the end of the run stops it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if hasattr(request.config, "workerinput") else base
    file = shared / SERVER_FILE
    with (shared / "postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if file.exists():
            return postgres.Server(**json.loads(file.read_text()))
        server = postgres.start()
        file.write_text(json.dumps(postgres.as_dict(server)))
        return server


@pytest.fixture
def postgresql_database(postgresql_server: postgres.Server) -> Iterator[postgres.Database]:
    """A fresh, empty database on the shared server."""
    database = postgresql_server.create()
    yield database
    postgresql_server.drop(database.name)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser per worker."""
    with chromium.launch() as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the test's thread
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with an empty profile, in Indonesian."""
    with browser.new_context(locale="id-ID", reduced_motion="reduce") as context:
        yield context.new_page()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the shared PostgreSQL when the whole run ends, not when one worker does."""
    factory = getattr(session.config, "_tmp_path_factory", None)
    if hasattr(session.config, "workerinput") or factory is None:
        return
    file = Path(factory.getbasetemp()) / SERVER_FILE
    if file.exists():
        postgres.stop(postgres.Server(**json.loads(file.read_text())))
        file.unlink()

"""Plans of two seeds, made once."""

from __future__ import annotations

import pytest

from sirekap.demo.generate import generate
from sirekap.demo.plan import Plan


@pytest.fixture(scope="session", params=[2024, 7], ids=["seed2024", "seed7"])
def plan(request: pytest.FixtureRequest) -> Plan:
    return generate(request.param)

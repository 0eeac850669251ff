"""Fixtures of the runtime's tests."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from support import FakeServer, serving

# How long an example takes says something of the machine, not of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with serving() as running:
        yield running

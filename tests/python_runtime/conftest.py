"""Fixtures of the runtime's tests."""

from collections.abc import Iterator

import pytest

from support import FakeServer, serving


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with serving() as running:
        yield running

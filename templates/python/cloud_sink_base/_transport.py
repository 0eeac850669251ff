"""The provider's half of the delivery: one attempt at a time."""

from typing import Protocol

from ._job import Batch
from ._outcome import Outcome


class HealthError(Exception):
    """Why a health check failed, without secrets."""


class Transport(Protocol):
    """
    Performs attempts.  Never retries, never sleeps, keeps no events.

    Used from several threads at once when ``max_in_flight`` is above 1.
    """

    def send(self, batch: Batch) -> Outcome:
        """Perform one attempt, within the configured ``timeout_seconds``."""

    def health_check(self) -> None:
        """
        Ask the provider, as cheaply as it allows, whether it would answer.

        Raises:
            HealthError: It would not.
        """

    def close(self) -> None:
        """Release connections; the next attempt opens new ones."""

"""The provider's half of the delivery: one attempt at a time."""

from typing import Protocol

from ._job import Batch
from ._outcome import Outcome


class HealthError(Exception):
    """Why a health check failed, without secrets."""


class Transport(Protocol):
    """
    Performs attempts.  Never retries, keeps no events.

    Used from several threads at once when ``max_in_flight`` is above 1.
    """

    def send(self, batch: Batch) -> Outcome:
        """
        Perform one attempt.

        Within the configured ``timeout_seconds``; one that waits until the provider says that what
        it took is stored has a limit of its own.
        """

    def health_check(self) -> None:
        """
        Ask the provider, as cheaply as it allows, whether it would answer.

        Raises:
            HealthError: It would not.
        """

    def close(self) -> None:
        """Release connections; the next attempt opens new ones."""

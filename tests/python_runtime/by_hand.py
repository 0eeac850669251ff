"""A sink for a provider nobody described: the code that `docs/extending.md` shows."""

from typing import ClassVar

import httpx

from python.cloud_sink_base import (
    Batch,
    CloudSinkBase,
    CloudSinkConfig,
    EndpointUrl,
    Event,
    Limits,
    Outcome,
    Secret,
    Transient,
    json_array,
    outcome_of_status,
    unix_millis,
)


class TeamSinkConfig(CloudSinkConfig):
    """Where events go."""

    env_prefix = "TEAM_SINK_"
    required = ("url",)

    url: EndpointUrl | None = None
    token: Secret | None = None


class TeamSink(CloudSinkBase[TeamSinkConfig]):
    """Posts events as a JSON array."""

    name = "team"
    config_class = TeamSinkConfig
    limits = Limits(max_batch_events=500, max_batch_bytes=1_000_000)
    needs: ClassVar = {"httpx": "httpx"}

    def _initialize_client(self) -> None:
        token = self.config.token.get_secret_value() if self.config.token else ""
        seconds = self.config.timeout_seconds
        self.client = httpx.Client(headers={"x-token": token}, timeout=seconds)

    def _transform_entry(self, event: Event) -> dict[str, object]:
        return {**event.data, "at": unix_millis(event.timestamp), "text": event.message}

    def _send_batch(self, batch: Batch) -> Outcome:
        try:
            answer = self.client.post(f"{self.config.url}/logs", content=json_array(batch.records))
        except httpx.HTTPError as error:
            return Transient(reason=type(error).__name__)
        return outcome_of_status(answer.status_code, f"HTTP {answer.status_code}")

    def _close_client(self) -> None:
        self.client.close()

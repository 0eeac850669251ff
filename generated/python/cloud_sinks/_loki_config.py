"""Settings of the Grafana Loki sink."""

from enum import Enum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, model_validator

from .cloud_sink_base import EndpointUrl, Env, Secret, TextList, TextMap
from .cloud_sink_parts._check import header_text, only, without
from .cloud_sink_parts._connection import HttpSinkConfig
from .cloud_sink_parts._streams import check_labels


class LokiCompression(str, Enum):
    """How request bodies are compressed."""

    GZIP = "gzip"
    NONE = "none"
    """Bodies are sent as they are."""


class LokiSinkConfig(HttpSinkConfig):
    """
    How a `LokiSink` reaches Grafana Loki.

    A setting is read from the keyword, its environment variables in order, the variable
    ``LOKI_SINK_`` with its name in capitals, its default.
    """

    env_prefix: ClassVar[str] = "LOKI_SINK_"
    required: ClassVar[tuple[str, ...]] = ("url",)

    url: Annotated[EndpointUrl | None, Env("LOKI_SINK_URL", "LOKI_URL", "LOKI_ADDR")] = None
    """
    Scheme, host and port of Loki or of the gateway before it. The sink adds ``/loki/api/v1/push``.
    Required.
    """
    service_name: Annotated[
        str | None,
        Field(max_length=2_048),
        Env("LOKI_SINK_SERVICE_NAME", "LOKI_SERVICE_NAME"),
    ] = None
    """Label ``service_name`` of every event. Not set: ``diagnostics.service`` of the event."""
    labels: Annotated[
        TextMap,
        Env("LOKI_SINK_LABELS", "LOKI_LABELS"),
    ] = Field(default_factory=lambda: {"job": "fapilog"})
    """
    Labels of every event. Setting them replaces the default; repeat ``job:fapilog`` to keep it.
    Names outside ``[a-zA-Z_][a-zA-Z0-9_]*`` are made valid with ``_``; names that start with ``__``
    are Loki's own. Loki takes 15 labels at most, those of ``label_fields`` included and
    ``service_name`` not.
    """
    label_fields: Annotated[TextList, Env("LOKI_SINK_LABEL_FIELDS", "LOKI_LABEL_FIELDS")] = ()
    """
    Parts of an event that become labels, such as ``level`` or ``context.tenant_id``. Every distinct
    value makes a stream, so only for fields with few values.
    """
    max_streams: Annotated[
        int,
        Field(ge=1, le=5000),
        Env("LOKI_SINK_MAX_STREAMS", "LOKI_MAX_STREAMS"),
    ] = 100
    """
    Distinct label sets this sink may create. Beyond it, label values taken from events become
    ``overflow``, so that a field with many values cannot exhaust the tenant's streams.
    """
    tenant_id: Annotated[
        str | None,
        Field(min_length=1, max_length=150),
        AfterValidator(only("A-Za-z0-9!._*'()-")),
        AfterValidator(header_text),
        Env("LOKI_SINK_TENANT_ID", "LOKI_ORG_ID", "LOKI_TENANT_ID"),
    ] = None
    """
    Tenant, sent as ``X-Scope-OrgID``. Needed when Loki runs with ``auth_enabled`` and no gateway
    adds it.
    """
    username: Annotated[
        str | None,
        AfterValidator(without(":")),
        Env("LOKI_SINK_USERNAME", "LOKI_USERNAME"),
    ] = None
    """User of HTTP basic authentication. For Grafana Cloud the numeric instance id."""
    password: Annotated[Secret | None, Env("LOKI_SINK_PASSWORD", "LOKI_PASSWORD")] = None
    """
    Password of HTTP basic authentication. For Grafana Cloud an access policy token with
    ``logs:write``.
    """
    bearer_token: Annotated[
        Secret | None,
        Env("LOKI_SINK_BEARER_TOKEN", "LOKI_BEARER_TOKEN"),
    ] = None
    """
    Token for a gateway that asks for ``Authorization`` with the word Bearer. Goes before user and
    password when both are set.
    """
    compression: LokiCompression = LokiCompression.GZIP
    """How request bodies are compressed."""
    # Defaults that suit Grafana Loki.
    max_in_flight: Annotated[int, Field(ge=1, le=64)] = 1

    @model_validator(mode="after")
    def _check_labels(self) -> "LokiSinkConfig":
        check_labels(
            {"labels": self.labels, "label_fields": self.label_fields},
            most=15,
            uncounted=("service_name",),
        )
        return self

    @model_validator(mode="after")
    def _check_passwords(self) -> "LokiSinkConfig":
        if self.password and not self.username:
            message = "`password` needs `username`, which is not set: set both or neither"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _check_addresses(self) -> "LokiSinkConfig":
        self.check_plain_http(
            {"url": self.url},
            has_credentials=any((self.password, self.bearer_token)),
        )
        return self

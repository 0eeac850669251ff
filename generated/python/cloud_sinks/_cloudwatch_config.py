"""Settings of the Amazon CloudWatch Logs sink."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from .cloud_sink_base import AtLeastOne, CloudSinkConfig, EndpointUrl, Env, PositiveSeconds
from .cloud_sink_parts._check import not_prefix, one_of, only, without


class CloudWatchSinkConfig(CloudSinkConfig):
    """
    How a `CloudWatchSink` reaches Amazon CloudWatch Logs.

    A setting is read from the keyword, its environment variables in order, the variable
    ``CLOUDWATCH_SINK_`` with its name in capitals, its default.
    """

    env_prefix: ClassVar[str] = "CLOUDWATCH_SINK_"
    required: ClassVar[tuple[str, ...]] = ("log_group",)

    log_group: Annotated[
        str | None,
        Field(min_length=1, max_length=512),
        AfterValidator(only("A-Za-z0-9._/#-")),
        AfterValidator(not_prefix("aws/")),
        Env("CLOUDWATCH_SINK_LOG_GROUP", "CLOUDWATCH_LOG_GROUP"),
    ] = None
    """Log group that receives the events. Required."""
    log_stream: Annotated[
        str,
        Field(min_length=1, max_length=512),
        AfterValidator(without(":*")),
        Env("CLOUDWATCH_SINK_LOG_STREAM", "CLOUDWATCH_LOG_STREAM"),
    ] = "fapilog"
    """
    Log stream within the group. Several processes may share one; a stream for each host makes
    reading easier.
    """
    region: Annotated[
        str | None,
        Field(min_length=1),
        AfterValidator(only("a-z0-9-")),
        Env("CLOUDWATCH_SINK_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"),
    ] = None
    """AWS region. Not set: the region of the AWS profile or of the instance."""
    endpoint_url: Annotated[
        EndpointUrl | None,
        Env(
            "CLOUDWATCH_SINK_ENDPOINT_URL",
            "CLOUDWATCH_SINK_URL",
            "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
            "AWS_ENDPOINT_URL",
        ),
    ] = None
    """Replaces the address of the service, for a VPC endpoint, LocalStack, moto or a test."""
    create_log_group: Annotated[bool, Env("CLOUDWATCH_SINK_CREATE_LOG_GROUP")] = True
    """Create the group when the service says that it does not exist."""
    create_log_stream: Annotated[bool, Env("CLOUDWATCH_SINK_CREATE_LOG_STREAM")] = True
    """Create the stream when the service says that it does not exist."""
    retention_days: Annotated[
        int | None,
        AfterValidator(
            one_of(
                1,
                3,
                5,
                7,
                14,
                30,
                60,
                90,
                120,
                150,
                180,
                365,
                400,
                545,
                731,
                1096,
                1827,
                2192,
                2557,
                2922,
                3288,
                3653,
            ),
        ),
        Env("CLOUDWATCH_SINK_RETENTION_DAYS", "CLOUDWATCH_RETENTION_DAYS"),
    ] = None
    """
    Days that a group created by this sink keeps its events. Not set: for ever. An existing group is
    left as it is. One of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827,
    2192, 2557, 2922, 3288 or 3653.
    """
    # Defaults that suit Amazon CloudWatch Logs.
    batch_size: AtLeastOne = 10_000
    batch_bytes: AtLeastOne = 1_048_576
    retry_base_delay: PositiveSeconds = 1.0
    retry_max_delay: PositiveSeconds = 60.0

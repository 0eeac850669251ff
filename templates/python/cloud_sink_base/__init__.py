"""
Delivery runtime of a cloud sink: everything between an entry and one request.

A provider supplies an `Encoder` (event to record, records to body) and a `Transport` (one attempt);
this package supplies the bounded queue, batching, retry, breaker, dead-letter file, counters and
shutdown.  It knows no provider and opens no connection of its own.

::

    write(entry) ─► encode ─► bounded queue ─► delivery threads ─► Transport.send, ≤ max_in_flight
                               overflow policy   batcher, retry,    one attempt → Outcome
                                                 breaker (pure)

Delivery is at-least-once while the process lives: an attempt whose answer is lost is repeated.  An
accepted event ends as delivered, dead-lettered, or dropped with a reason, and
``accepted = delivered + dead_lettered + dropped + pending`` holds at every moment (`Stats`).
"""

from ._encoder import Encoder, enclosed, json_array, ndjson
from ._entry import EventTime
from ._event import Event
from ._job import Batch
from ._json import clean, dumps, lookup, merge, value_text
from ._limits import Limits, Order, Oversize, Sizing
from ._metrics import Sample, SinkCollector, prometheus, samples
from ._outcome import (
    Bisect,
    Delivered,
    Outcome,
    Partial,
    Paused,
    Rejected,
    RejectedItem,
    Split,
    Throttled,
    Transient,
    Uncertain,
    outcome_of_status,
)
from ._record import Record, Records
from ._reporter import DeliveryError, mute_own_requests
from ._secret import Secret, expose
from ._settings import (
    AtLeastOne,
    CloudSinkConfig,
    EndpointUrl,
    Env,
    EnvMilliseconds,
    Overflow,
    PositiveSeconds,
    Seconds,
    SecretMap,
    TextList,
    TextMap,
    WholeUrl,
    check_url,
)
from ._sink import CloudSinkBase, sinks
from ._stats import DropReason, RefuseReason, Stats, Undelivered
from ._timestamp import (
    parse_time,
    rfc3339_millis,
    rfc3339_nanos,
    unix_millis,
    unix_seconds,
)
from ._transport import HealthError, Transport

__all__ = [
    "AtLeastOne",
    "Batch",
    "Bisect",
    "CloudSinkBase",
    "CloudSinkConfig",
    "Delivered",
    "DeliveryError",
    "DropReason",
    "Encoder",
    "EndpointUrl",
    "Env",
    "EnvMilliseconds",
    "Event",
    "EventTime",
    "HealthError",
    "Limits",
    "Order",
    "Outcome",
    "Overflow",
    "Oversize",
    "Partial",
    "Paused",
    "PositiveSeconds",
    "Record",
    "Records",
    "RefuseReason",
    "Rejected",
    "RejectedItem",
    "Sample",
    "Seconds",
    "Secret",
    "SecretMap",
    "SinkCollector",
    "Sizing",
    "Split",
    "Stats",
    "TextList",
    "TextMap",
    "Throttled",
    "Transient",
    "Transport",
    "Uncertain",
    "Undelivered",
    "WholeUrl",
    "check_url",
    "clean",
    "dumps",
    "enclosed",
    "expose",
    "json_array",
    "lookup",
    "merge",
    "mute_own_requests",
    "ndjson",
    "outcome_of_status",
    "parse_time",
    "prometheus",
    "rfc3339_millis",
    "rfc3339_nanos",
    "samples",
    "sinks",
    "unix_millis",
    "unix_seconds",
    "value_text",
]

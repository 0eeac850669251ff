"""Counters as whoever collects metrics wants them: one by one, or as Prometheus' text."""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from importlib import import_module
from itertools import groupby
from typing import Any, NamedTuple, Protocol

from ._stats import DropReason, RefuseReason, Stats


class _Counted(Protocol):
    @property
    def name(self) -> str:
        """The label."""

    def stats(self) -> Stats:
        """Return the counters."""


class Sample(NamedTuple):
    """One counter or gauge."""

    name: str
    """Its name, the same in every language."""
    help: str
    """What it counts."""
    is_counter: bool
    """Whether it only grows."""
    reason: str | None
    """The reason it counts, where there is a count for each; those of zero are there too."""
    value: int
    """Its value."""


def samples(stats: Stats) -> list[Sample]:
    """Return all counters and gauges, those of one name together."""
    return [*_samples(stats)]


def prometheus(stats: Stats, sink: str) -> str:
    """Return all counters and gauges in Prometheus' text format, labelled with the sink's name."""
    label = sink.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    lines = []
    for name, group in groupby(_samples(stats), key=lambda sample: sample.name):
        for number, sample in enumerate(group):
            if number == 0:
                lines.append(f"# HELP {name} {sample.help}\n")
                lines.append(f"# TYPE {name} {'counter' if sample.is_counter else 'gauge'}\n")
            reason = "" if sample.reason is None else f',reason="{sample.reason}"'
            lines.append(f'{name}{{sink="{label}"{reason}}} {sample.value}\n')
    return "".join(lines)


class SinkCollector:
    """
    The counters of all sinks of this process, for a registry of ``prometheus_client``.

    Of fapilog's own metrics, with ``core.enable_metrics``, or of the program's::

        registry.register(SinkCollector(sinks))

    Args:
        find:
            Returns the sinks: the function `sinks`, or one of a part of them.
    """

    def __init__(self, find: Callable[[], Iterable[_Counted]]) -> None:
        self._find = find

    def collect(self) -> Iterator[Any]:
        """Return a family of metrics for each name."""
        core = import_module("prometheus_client.core")
        counted = [(sink.name, _samples(sink.stats())) for sink in self._find()]
        families: dict[str, Any] = {}
        for name, each in counted:
            for sample in each:
                kind = core.CounterMetricFamily if sample.is_counter else core.GaugeMetricFamily
                labels = ["sink"] if sample.reason is None else ["sink", "reason"]
                family = families.setdefault(
                    sample.name, kind(sample.name, sample.help, labels=labels)
                )
                values = [name] if sample.reason is None else [name, sample.reason]
                family.add_metric(values, sample.value)
        yield from families.values()

    def describe(self) -> list[Any]:
        """Return nothing: registering must not ask the sinks."""
        return []


def _samples(stats: Stats) -> Iterator[Sample]:
    def counter(name: str, text: str, value: int, reason: Enum | None = None) -> Sample:
        return Sample(f"cloud_sink_{name}", text, True, reason and reason.value, value)

    def gauge(name: str, text: str, value: int) -> Sample:
        return counter(name, text, value)._replace(is_counter=False)

    yield counter("events_accepted_total", "Events taken over.", stats.accepted)
    for refused in RefuseReason:
        count = stats.refused.get(refused.value, 0)
        text = "Events given back to the caller."
        yield counter("events_refused_total", text, count, refused)
    text = "Events that the provider confirmed."
    yield counter("events_delivered_total", text, stats.delivered)
    text = "Events kept in the dead-letter file."
    yield counter("events_dead_lettered_total", text, stats.dead_lettered)
    for dropped in DropReason:
        count = stats.dropped.get(dropped.value, 0)
        yield counter("events_dropped_total", "Events given up.", count, dropped)
    yield gauge("events_pending", "Events on their way.", stats.pending)
    yield counter("requests_total", "Attempts made.", stats.requests)
    yield counter("retries_total", "Attempts that repeated an earlier one.", stats.retries)
    yield counter("throttled_total", "Answers that said to slow down.", stats.throttled)
    yield counter("splits_total", "Requests that were cut in two.", stats.splits)
    text = "Accepted events without a readable time."
    yield counter("events_without_time_total", text, stats.events_without_time)
    text = "Whether credentials may travel unencrypted."
    yield gauge("credentials_in_clear", text, int(stats.credentials_in_clear))

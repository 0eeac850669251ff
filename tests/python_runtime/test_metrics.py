"""Counters: one by one, as Prometheus' text, in fapilog's own registry, and as they happen."""

import itertools
import warnings
from pathlib import Path

import pytest
from fapilog.metrics.metrics import MetricsCollector
from prometheus_client import generate_latest

from python.cloud_sink_base import (
    Delivered,
    DropReason,
    Outcome,
    Partial,
    Rejected,
    RejectedItem,
    SinkCollector,
    Stats,
    Uncertain,
    Undelivered,
    prometheus,
    samples,
)
from support import ScriptedSink, entry, settled, write_all

GOLDEN = Path(__file__).parent.parent / "dead_letter/metrics.prom"

STATS = Stats(
    accepted=100,
    refused={"queue_full": 2},
    delivered=80,
    dead_lettered=7,
    dropped={"uncertain": 3, "overflow": 4},
    pending=6,
    requests=12,
    retries=1,
    throttled=1,
    splits=2,
    events_without_time=5,
    credentials_in_clear=True,
)


def of_rust(line: str) -> bool:
    """Two reasons to refuse an event are Python's alone."""
    return "not_configured" not in line and "not_encodable" not in line


def test_the_text_for_prometheus_is_that_of_every_language() -> None:
    text = prometheus(STATS, 'a "sink"\\')

    lines = [line for line in text.splitlines() if of_rust(line)]
    assert GOLDEN.read_text(encoding="utf-8").splitlines() == lines


def test_every_reason_is_a_sample_of_its_own() -> None:
    reasons = [s.reason for s in samples(Stats()) if s.name == "cloud_sink_events_dropped_total"]

    assert [reason.value for reason in DropReason] == reasons


def test_fapilogs_own_registry_shows_the_counters_of_all_sinks() -> None:
    sink = ScriptedSink([Rejected("no")])
    metrics = MetricsCollector(enabled=True)
    registry = metrics.registry
    assert registry is not None
    registry.register(SinkCollector(lambda: [sink]))
    write_all(sink, [entry()])
    settled(sink)

    text = generate_latest(registry).decode()

    assert 'cloud_sink_events_accepted_total{sink="scripted"} 1.0' in text
    assert 'cloud_sink_events_dropped_total{reason="rejected",sink="scripted"} 1.0' in text
    assert "fapilog_events_processed_total" in text


@pytest.mark.parametrize("keeps", [True, False])
def test_what_is_not_delivered_is_told_as_it_happens(tmp_path: Path, keeps: bool) -> None:
    path = {"dead_letter_path": tmp_path / "dead"} if keeps else {}
    answer = Partial([RejectedItem(0, "bad"), RejectedItem(1, "bad")])
    sink = ScriptedSink([answer, Uncertain("some failed", 1)], **path)
    told: list[Undelivered] = []
    sink.on_undelivered = told.append

    for _ in range(2):
        write_all(sink, [entry(n) for n in range(3)])
        settled(sink)

    assert [
        Undelivered("scripted", DropReason.REJECTED, 2, "bad", keeps),
        Undelivered("scripted", DropReason.UNCERTAIN, 1, "some failed", False),
    ] == told


def test_a_callback_that_raises_stops_nothing() -> None:
    answers: list[Outcome] = [Rejected("no"), Delivered()]
    sink = ScriptedSink(itertools.chain(answers), batch_size=1)

    def raises(undelivered: Undelivered) -> None:
        raise ValueError(undelivered)

    sink.on_undelivered = raises
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        write_all(sink, [entry(0), entry(1)])
        settled(sink)

    stats = sink.stats()
    assert (1, 1) == (stats.delivered, stats.dropped_total)
    assert ["scripted: `on_undelivered` raised ValueError"] == [str(each.message) for each in said]

"""Retry policy, breaker, batcher and queue: pure, with the clock as an argument."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python.cloud_sink_base import (
    CloudSinkConfig,
    DropReason,
    Limits,
    Order,
    Overflow,
    Record,
    Records,
    Sizing,
)
from python.cloud_sink_base._batcher import Batcher
from python.cloud_sink_base._breaker import Breaker
from python.cloud_sink_base._queue import Queue
from python.cloud_sink_base._retry import RetryBudget, RetryPolicy, asked_delay

SECOND = 1_000_000_000


def record(size: int = 10, timestamp: int = 0, group: str | None = None) -> Record:
    return Record(b"x" * size, timestamp, group)


def queue_of(records: Iterable[Record]) -> Queue:
    queue = Queue(CloudSinkConfig(), Limits())
    queue.put_back(Records.of(records))
    return queue


def parts(record: Record) -> tuple[bytes, int, str | None]:
    return record.bytes, record.timestamp, record.group


# -- retry ---------------------------------------------------------------------------------------


@given(st.integers(0, 10**6), st.floats(0, 1))
def test_backoff_never_exceeds_the_cap(retry: int, chance: float) -> None:
    policy = RetryPolicy(5, 0.5, 30.0)

    assert 0 <= policy.delay(retry, chance) <= 30.0
    assert policy.delay(retry, 1.0) / 2 <= policy.cooldown(retry, chance) <= 30.0


def test_backoff_doubles_up_to_the_cap() -> None:
    policy = RetryPolicy(5, 0.5, 3.0)

    assert [0.5, 1.0, 2.0, 3.0] == [policy.delay(n, 1.0) for n in range(4)]


@pytest.mark.parametrize(
    ("asked", "expected"), [(None, None), (0.0, 0.0), (7.0, 7.0), (1e300, 300.0), (-1, 0.0)]
)
def test_retry_after_is_kept_within_bounds(asked: float | None, expected: float | None) -> None:
    assert expected == asked_delay(asked)


def test_retries_are_about_a_tenth_of_the_traffic() -> None:
    budget = RetryBudget()
    paid = 0

    for _ in range(10_000):
        budget.earn()
        paid += budget.spend()

    assert 1_000 <= paid <= 1_020


# -- breaker -------------------------------------------------------------------------------------


def cooldown(number: int) -> float:
    return float(min(2**number, 3))


def test_the_breaker_opens_after_a_row_of_failures() -> None:
    breaker = Breaker(max_retries=2)

    assert [False, False, True] == [breaker.on_failure(10.0, cooldown) for _ in range(3)]
    assert 1.0 == breaker.wait(10.0)
    assert 0.0 == breaker.wait(11.0)


def test_one_probe_at_a_time_goes_through_an_open_breaker() -> None:
    breaker = Breaker(max_retries=0)
    breaker.on_failure(0.0, cooldown)

    breaker.on_attempt()

    assert float("inf") == breaker.wait(5.0)


def test_the_wait_between_probes_grows_to_its_bound() -> None:
    breaker = Breaker(max_retries=0)
    breaker.on_failure(0.0, cooldown)
    waits = []

    for _ in range(3):
        breaker.on_attempt()
        breaker.on_failure(0.0, cooldown)
        waits.append(breaker.wait(0.0))

    assert [2.0, 3.0, 3.0] == waits


def test_a_success_closes_the_breaker_whatever_its_state() -> None:
    breaker = Breaker(max_retries=0)
    breaker.on_failure(0.0, cooldown)

    assert breaker.on_success()
    assert not breaker.is_open
    assert 0.0 == breaker.wait(0.0)


def test_a_refused_account_starts_the_count_of_probes_again() -> None:
    breaker = Breaker(max_retries=0)
    for _ in range(4):
        breaker.on_failure(0.0, cooldown)
        breaker.on_attempt()
    breaker.pause(0.0)
    breaker.on_attempt()

    breaker.on_failure(0.0, cooldown)

    assert cooldown(1) == breaker.wait(0.0)


# -- batcher -------------------------------------------------------------------------------------


def pack_all(batcher: Batcher, records: list[Record], now: int = 0) -> list[Records]:
    queue = queue_of(records)
    batches = []
    while queue:
        batch, unfit = batcher.pack(queue, now)
        assert batch or unfit
        batches.append(batch)
    return batches


# Small numbers, so that many batches are about as large as they may be.
@settings(max_examples=400)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 50), st.sampled_from(["a", "bb", None]))),
    st.integers(1, 10),
    st.integers(10, 40),
    st.sampled_from([20, None]),
    st.sampled_from(Order),
)
def test_batches_stay_within_every_limit_and_lose_nothing(
    shapes: list[tuple[int, int, str | None]],
    count: int,
    size: int,
    span: int | None,
    order: Order,
) -> None:
    sizing = Sizing(batch=2, record=1, group=3)
    limits = Limits(
        count,
        size,
        8,
        max_age_seconds=40,
        max_ahead_seconds=5,
        max_span_seconds=span,
        order=order,
        sizing=sizing,
    )
    records = [record(length, at * SECOND, group) for length, at, group in shapes]

    batches = pack_all(Batcher(limits, count, size), records, now=43 * SECOND)

    fits = [
        r
        for r in records
        if 2 + len(r.bytes) + 1 + len(r.group or "") + 3 * bool(r.group) <= size
        and len(r.bytes) <= 8
        and 3 * SECOND <= r.timestamp <= 48 * SECOND
    ]
    assert Counter(map(parts, fits)) == Counter(parts(each) for batch in batches for each in batch)
    for batch in filter(None, batches):
        groups = {each.group for each in batch if each.group}
        counted = 2 + sum(len(each.bytes) + 1 for each in batch) + sum(len(g) + 3 for g in groups)
        times = [each.timestamp for each in batch]
        assert len(batch) <= count
        assert counted <= size
        assert max(times) - min(times) < (span or 60) * SECOND
        assert order is not Order.WITHIN_BATCH or times == sorted(times)


@pytest.mark.parametrize("order", [Order.WITHIN_BATCH, Order.ANY])
def test_records_are_sorted_before_they_are_cut_by_span(order: Order) -> None:
    limits = Limits(10, 1000, 50, max_span_seconds=100, order=order)
    times = [10, 110, 0, 150, 99]

    batches = pack_all(Batcher(limits, 10, 1000), [record(1, at * SECOND) for at in times])

    assert [[0, 10, 99], [110, 150]] == [
        [each.timestamp // SECOND for each in batch] for batch in batches
    ]


def test_records_are_not_sorted_where_requests_have_an_order() -> None:
    limits = Limits(10, 1000, 50, max_span_seconds=100, order=Order.ACROSS_BATCHES)

    batches = pack_all(Batcher(limits, 10, 1000), [record(1, at * SECOND) for at in (10, 110, 0)])

    assert [[10], [110], [0]] == [[each.timestamp // SECOND for each in batch] for batch in batches]


def test_records_that_can_never_be_stored_are_set_aside() -> None:
    limits = Limits(10, 1000, 50, max_age_seconds=60, max_ahead_seconds=10)
    now = 1000 * SECOND
    queue = queue_of(
        [
            record(51, now),
            record(51, now - 61 * SECOND),
            record(5, now + 11 * SECOND),
            record(5, now),
        ]
    )

    batch, unfit = Batcher(limits, 10, 1000).pack(queue, now)

    assert [(5, now)] == [(len(each.bytes), each.timestamp) for each in batch]
    assert [51] == [len(data) for data in unfit[DropReason.OVERSIZE].bytes]
    assert [51, 5] == [len(data) for data in unfit[DropReason.OUT_OF_WINDOW].bytes]


def test_a_batch_is_in_time_order_where_the_provider_needs_it() -> None:
    limits = Limits(10, 1000, 50, order=Order.WITHIN_BATCH)
    queue = queue_of([record(1, 3), record(2, 1), record(3, 2), record(4, 1)])

    batch, _ = Batcher(limits, 10, 1000).pack(queue, 0)

    assert [(1, 2), (1, 4), (2, 3), (3, 1)] == [(r.timestamp, len(r.bytes)) for r in batch]


# -- queue ---------------------------------------------------------------------------------------


def queue_with(**settings: Any) -> Queue:
    return Queue(CloudSinkConfig(**settings), Limits())


def push_all(queue: Queue, count: int, size: int = 10) -> list[bool]:
    return [queue.push(record(size), 0.0) is not None for _ in range(count)]


def test_a_full_queue_has_no_room_by_events_or_bytes() -> None:
    assert [True, True, False] == push_all(queue_with(queue_max_events=2), 3)
    assert [True, True, False] == push_all(queue_with(queue_max_bytes=200), 3, size=36)


def test_an_empty_sink_takes_any_record() -> None:
    assert [True, False] == push_all(queue_with(queue_max_bytes=1), 2, size=1000)


def test_what_is_under_way_counts() -> None:
    by_events, by_bytes = queue_with(queue_max_events=2), queue_with(queue_max_bytes=200)
    by_events.held, by_bytes.held, by_bytes.held_size = 2, 1, 140

    assert [False] == push_all(by_events, 1)
    assert [False] == push_all(by_bytes, 1)


def test_drop_oldest_makes_room_but_not_from_what_is_under_way() -> None:
    queue = queue_with(queue_max_events=2, overflow=Overflow.DROP_OLDEST)
    for at in (1, 2):
        queue.push(record(timestamp=at), 0.0)

    evicted = queue.push(record(timestamp=3), 0.0)
    queue.held = 2

    assert [1] == [each.timestamp for each in evicted or ()]
    assert None is queue.push(record(), 0.0)
    assert [2, 3] == queue.take(2).timestamps


def test_drop_oldest_makes_room_for_the_bytes_of_a_record() -> None:
    queue = queue_with(queue_max_bytes=400, overflow=Overflow.DROP_OLDEST)
    for at in range(4):
        queue.push(record(36, at), 0.0)

    evicted = queue.push(record(150, 9), 0.0)

    assert [0, 1, 2] == [each.timestamp for each in evicted or ()]
    assert 36 + 150 + 2 * 64 == queue.size


@given(st.lists(st.integers(0, 5), min_size=1))
def test_records_that_are_put_back_are_the_next(counts: list[int]) -> None:
    queue = queue_of(record(1 + at, at) for at in range(10))

    for count in counts:
        queue.put_back(queue.take(count))

    assert list(range(10)) == queue.take(10).timestamps
    assert (0, 0, False) == (len(queue), queue.size, queue.has_batch)


@pytest.mark.parametrize("overflow", Overflow)
def test_a_full_queue_is_a_batch(overflow: Overflow) -> None:
    queue = queue_with(queue_max_events=2, batch_size=10, overflow=overflow)

    news = []
    for _ in range(4):
        queue.push(record(), 0.0)
        news.append((queue.has_news, queue.has_batch))

    # The third finds no room.
    assert [(True, False), (False, False), (True, True), (False, True)] == news


def test_news_are_the_first_record_and_a_full_batch() -> None:
    queue = queue_with(batch_size=3)

    news = []
    for _ in range(5):
        queue.push(record(), 0.0)
        news.append(queue.has_news)
    queue.take(3)

    assert [True, False, True, False, False] == news
    assert not queue.has_batch

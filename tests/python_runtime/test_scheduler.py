"""The state between queue and transport, with clock and chance as arguments."""

import itertools
import math
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python.cloud_sink_base import (
    Batch,
    Bisect,
    CloudSinkConfig,
    Delivered,
    DropReason,
    Limits,
    Order,
    Outcome,
    Partial,
    Paused,
    Record,
    Rejected,
    RejectedItem,
    Split,
    Throttled,
    Transient,
)
from python.cloud_sink_base._job import Failure
from python.cloud_sink_base._scheduler import Scheduler

WALL = 1_795_439_551_559_000_000


class Bench:
    """A delivery with a clock that stands until it is moved."""

    def __init__(
        self,
        order: Order = Order.ANY,
        limits: Limits | None = None,
        chance: Callable[[], float] = lambda: 1.0,
        **settings: Any,
    ) -> None:
        defaults: dict[str, Any] = {
            "batch_size": 4,
            "batch_timeout_seconds": 1.0,
            "max_retries": 2,
            "retry_base_delay": 1.0,
            "retry_max_delay": 8.0,
            "delivery_timeout_seconds": 100.0,
        }
        limits = limits or Limits(100, 100_000, 1_000, order=order)
        self.now = 0.0
        self.scheduler = Scheduler(CloudSinkConfig(**(defaults | settings)), limits, chance)
        self._numbers = itertools.count()
        self.failures: list[Failure] = []

    def write(self, count: int) -> None:
        for _ in range(count):
            data = f'{{"n":{next(self._numbers)}}}'.encode()
            self.scheduler.offer(Record(data, WALL), self.now)

    def take(self) -> Batch | float:
        """The next batch; failures on the way are buried without a dead-letter file."""
        while True:
            task = self.scheduler.take(self.now, WALL)
            assert self.scheduler.stats().is_balanced
            if not isinstance(task, Failure):
                return task
            self.failures.append(task)
            self.scheduler.bury(task, 0, task.reason)

    def send(self, outcome: Outcome) -> Batch:
        batch = self.take()
        assert isinstance(batch, Batch), f"nothing to send for {batch} s"
        self.scheduler.settle(batch, outcome, self.now)
        assert self.scheduler.stats().is_balanced
        return batch

    def next_batch(self) -> Batch:
        """Move the clock until there is something to send."""
        while not isinstance(task := self.take(), Batch):
            self.now += task
        return task

    def wait(self) -> float:
        """Move the clock to the next thing to do."""
        wait = self.take()
        assert isinstance(wait, float)
        self.now += wait
        return wait

    def dropped(self) -> dict[str, int]:
        self.take()
        return dict(self.scheduler.stats().dropped)


def numbers(batch: Batch) -> list[int]:
    return [int(record.bytes[5:-1]) for record in batch.records]


def test_a_full_batch_leaves_at_once_and_the_rest_lingers() -> None:
    bench = Bench()
    bench.write(6)

    assert [0, 1, 2, 3] == numbers(bench.send(Delivered()))
    assert 1.0 == bench.wait()
    assert [4, 5] == numbers(bench.send(Delivered()))
    assert 6 == bench.scheduler.stats().delivered


def test_a_batch_is_full_by_bytes_as_the_provider_counts_them() -> None:
    bench = Bench(batch_size=100, batch_bytes=200)
    bench.write(10)

    assert 1.0 == bench.take()
    bench.write(20)
    assert list(range(23)) == numbers(bench.send(Delivered()))


def test_a_drain_does_not_linger() -> None:
    bench = Bench()
    bench.write(1)

    bench.scheduler.begin_drain(bench.now)

    assert [0] == numbers(bench.send(Delivered()))


def test_a_drain_waits_half_a_second_at_most() -> None:
    bench = Bench()
    bench.write(4)
    bench.send(Throttled("HTTP 429", 300.0))

    bench.scheduler.begin_drain(bench.now)

    bench.send(Transient("HTTP 503", 300.0))
    assert 0.5 == bench.wait()
    assert [0, 1, 2, 3] == numbers(bench.send(Delivered()))


def test_a_process_that_was_stopped_for_a_minute_goes_on() -> None:
    bench = Bench(max_in_flight=2)
    bench.write(12)
    under_way = bench.next_batch()
    bench.send(Throttled("HTTP 429", 7.0))

    bench.now += 60.0
    bench.scheduler.settle(under_way, Delivered(), bench.now)

    assert [4, 5, 6, 7] == numbers(bench.send(Delivered()))
    assert [8, 9, 10, 11] == numbers(bench.send(Delivered()))
    assert {} == bench.dropped()


def test_requests_under_way_are_bounded() -> None:
    bench = Bench(max_in_flight=2)
    bench.write(12)

    assert isinstance(bench.take(), Batch)
    assert isinstance(bench.take(), Batch)
    assert math.inf == bench.take()


def test_a_transient_failure_is_retried_after_a_backoff() -> None:
    bench = Bench()
    bench.write(4)
    first = bench.send(Transient("HTTP 503"))

    assert 1.0 == bench.wait()
    assert first is bench.send(Delivered())
    assert (2, 1) == (bench.scheduler.stats().requests, bench.scheduler.stats().retries)


def test_a_failure_from_before_an_outage_uses_no_retry_after_it() -> None:
    bench = Bench(max_in_flight=2, max_retries=1)
    bench.write(8)
    down = Transient("HTTP 503")
    early, late = bench.next_batch(), bench.next_batch()
    bench.scheduler.settle(early, down, bench.now)
    assert early is bench.next_batch()

    bench.scheduler.settle(late, down, bench.now)
    assert late is bench.next_batch()
    bench.scheduler.settle(late, Delivered(), bench.now)
    bench.scheduler.settle(early, down, bench.now)

    assert early is bench.send(Delivered())
    assert 8 == bench.scheduler.stats().delivered


def test_events_that_are_all_deferred_are_an_outage() -> None:
    bench = Bench()
    bench.write(4)

    for _ in range(6):
        bench.scheduler.settle(bench.next_batch(), Partial((), range(4)), bench.now)

    assert bench.scheduler.is_failing
    assert {} == bench.dropped()
    assert 4 == bench.scheduler.stats().pending


def test_throttling_holds_the_whole_sink_as_long_as_asked() -> None:
    bench = Bench()
    bench.write(8)
    bench.send(Throttled("HTTP 429", 7.0))

    assert 7.0 == bench.wait()
    assert 1 == bench.scheduler.stats().throttled


@pytest.mark.parametrize("asked", [0.0, math.nan])
def test_a_wait_of_no_seconds_is_the_sinks_own(asked: float) -> None:
    bench = Bench(max_retries=5)
    bench.write(4)

    for own in (1.0, 2.0):
        bench.send(Throttled("HTTP 429", asked))
        assert own == bench.wait()


def test_retries_end_only_while_the_provider_takes_other_events() -> None:
    bench = Bench(max_in_flight=1, delivery_timeout_seconds=10_000)
    bench.write(40)

    for _ in range(30):
        if not bench.scheduler.pending():
            break
        batch = bench.next_batch()
        bad = 0 in numbers(batch)
        bench.scheduler.settle(batch, Transient("HTTP 500") if bad else Delivered(), bench.now)
        bench.take() if bench.scheduler._accounts.has_work else None

    assert {"retries_exhausted": 4} == bench.dropped()
    assert 36 == bench.scheduler.stats().delivered


def test_an_outage_keeps_events_whatever_the_retries() -> None:
    bench = Bench(delivery_timeout_seconds=10_000)
    bench.write(4)
    for _ in range(50):
        bench.scheduler.settle(bench.next_batch(), Transient("HTTP 503"), bench.now)

    bench.scheduler.settle(bench.next_batch(), Delivered(), bench.now)

    assert 4 == bench.scheduler.stats().delivered


def test_a_long_outage_costs_few_requests() -> None:
    bench = Bench(delivery_timeout_seconds=10_000)
    bench.write(100)

    while bench.now < 3600:
        bench.scheduler.settle(bench.next_batch(), Transient("HTTP 503"), bench.now)

    # One probe for each of the longest waits, and a few while the breaker was closing in.
    assert bench.scheduler.stats().requests <= 3600 / 8 + 10


def test_an_hour_of_outage_costs_about_one_request_a_batch() -> None:
    bench = Bench(
        limits=Limits(100, 100_000, 1_000),
        chance=random.Random(7).random,
        retry_base_delay=0.5,
        retry_max_delay=30.0,
        delivery_timeout_seconds=7_200,
        max_retries=5,
    )
    batches = 1_000
    for number in range(batches):
        # Four events are a batch; one comes every 3.6 s.
        bench.write(4)
        end = 3.6 * (number + 1)
        while isinstance(task := bench.take(), Batch) or bench.now + task <= end:
            if isinstance(task, Batch):
                bench.scheduler.settle(task, Transient("HTTP 503"), bench.now)
            else:
                bench.now += task
        bench.now = end
    while bench.scheduler.pending():
        bench.scheduler.settle(bench.next_batch(), Delivered(), bench.now)

    stats = bench.scheduler.stats()
    assert 4 * batches == stats.delivered
    assert stats.requests <= 1.10 * batches + 3_600 / 30


def test_a_thousand_clients_that_recover_do_not_synchronise() -> None:
    """All of them fail from the same moment on; the provider is back at another."""
    back, found = 600.0, Counter[int]()
    for client in range(1_000):
        bench = Bench(
            chance=random.Random(client).random,
            retry_max_delay=30.0,
            delivery_timeout_seconds=3_600,
        )
        bench.write(4)
        batch = bench.next_batch()
        while bench.now < back:
            bench.scheduler.settle(batch, Transient("HTTP 503"), bench.now)
            batch = bench.next_batch()
        found[int(bench.now - back)] += 1

    # Within the longest wait, and the fullest second has at most twice its share of the usual one.
    assert max(found) <= 30
    assert max(found.values()) <= 2 * 1_000 / 22.5


def test_one_batch_that_makes_the_provider_fail_does_not_stop_the_others() -> None:
    bench = Bench(max_in_flight=1)
    bench.write(40)
    stored: list[int] = []

    for _ in range(200):
        task = bench.take()
        if isinstance(task, float):
            if math.isinf(task):
                break
            bench.now += task
            continue
        poison = 0 in numbers(task)
        bench.scheduler.settle(task, Transient("HTTP 500") if poison else Delivered(), bench.now)
        stored += [] if poison else numbers(task)

    assert list(range(4, 40)) == sorted(stored)
    assert {"retries_exhausted": 4} == bench.dropped()


def test_what_is_given_up_has_the_times_of_its_attempts() -> None:
    bench = Bench()
    bench.now = 5.0
    bench.write(4)
    bench.send(Transient("HTTP 503"))
    batch = bench.next_batch()
    bench.scheduler.settle(batch, Rejected("HTTP 400"), bench.now + 1.0)

    bench.dropped()

    (failure,) = bench.failures
    assert (2, 5.0, bench.now) == (failure.attempts, failure.first_attempt, failure.last_attempt)


def test_the_delivery_timeout_ends_an_outage() -> None:
    bench = Bench(delivery_timeout_seconds=50)
    bench.write(4)
    while bench.now < 60:
        task = bench.take()
        if isinstance(task, Batch):
            bench.scheduler.settle(task, Transient("HTTP 503"), bench.now)
        else:
            bench.now += min(task, 5)

    assert {"delivery_timeout": 4} == bench.dropped()
    assert ["HTTP 503"] == [failure.detail for failure in bench.failures]


def test_paused_keeps_events_and_probes_slowly() -> None:
    bench = Bench(delivery_timeout_seconds=1_000)
    bench.write(4)
    bench.send(Paused("HTTP 403"))

    waits = []
    for _ in range(4):
        waits.append(bench.wait())
        bench.send(Paused("HTTP 403"))

    assert [30.0] * 4 == waits
    assert 4 == bench.scheduler.stats().pending
    assert bench.scheduler.is_failing


def test_a_request_that_is_too_large_is_sent_in_halves() -> None:
    bench = Bench()
    bench.write(4)
    bench.send(Split("HTTP 413"))

    assert [[0, 1], [2, 3]] == [numbers(bench.send(Delivered())) for _ in range(2)]
    assert 1 == bench.scheduler.stats().splits


def test_a_single_event_that_is_too_large_is_given_up() -> None:
    bench = Bench(batch_size=1)
    bench.write(1)
    bench.send(Split("HTTP 413"))

    assert {"oversize": 1} == bench.dropped()


@pytest.mark.parametrize(
    ("events", "poison"), [(64, 0), (64, 17), (64, 63), (10_000, 0), (10_000, 7321), (10_000, 9999)]
)
def test_bisecting_finds_the_bad_event_and_delivers_all_others(events: int, poison: int) -> None:
    bench = Bench(batch_size=events, limits=Limits(events, 1_000_000, 1_000))
    bench.write(events)

    while isinstance(batch := bench.take(), Batch):
        bad = poison in numbers(batch)
        bench.scheduler.settle(batch, Bisect("HTTP 400") if bad else Delivered(), bench.now)

    assert {"rejected": 1} == bench.dropped()
    assert events - 1 == bench.scheduler.stats().delivered
    # 29 for ten thousand.
    assert bench.scheduler.stats().requests <= 2 * math.ceil(math.log2(events)) + 1


@pytest.mark.parametrize("bad", [range(3, 200, 10), range(90, 110)], ids=["scattered", "in a row"])
def test_many_bad_events_cost_no_good_one(bad: range) -> None:
    bench = Bench(batch_size=100)
    bench.write(200)

    while isinstance(batch := bench.take(), Batch):
        is_bad = any(n in bad for n in numbers(batch))
        bench.scheduler.settle(batch, Bisect("HTTP 400") if is_bad else Delivered(), bench.now)

    assert {"rejected": 20} == bench.dropped()
    assert 180 == bench.scheduler.stats().delivered


def test_every_combination_of_items_is_counted_exactly() -> None:
    """All 6,561 outcomes of eight events that are each stored, deferred or refused."""
    for states in itertools.product(("ok", "retry", "reject"), repeat=8):
        bench = Bench(batch_size=8)
        bench.write(8)
        rejected = [RejectedItem(i, "bad") for i, state in enumerate(states) if state == "reject"]
        retry = [i for i, state in enumerate(states) if state == "retry"]

        bench.send(Partial(rejected, retry))
        bench.now += 10
        if retry:
            assert retry == numbers(bench.send(Delivered())), states

        expected = {"rejected": len(rejected)} if rejected else {}
        assert expected == bench.dropped(), states
        assert 8 - len(rejected) == bench.scheduler.stats().delivered, states


def test_wrong_positions_in_an_answer_are_ignored() -> None:
    bench = Bench()
    bench.write(4)

    bench.send(
        Partial([RejectedItem(1, "a"), RejectedItem(1, "b"), RejectedItem(99, "c")], [1, -1])
    )

    assert {"rejected": 1} == bench.dropped()
    assert 3 == bench.scheduler.stats().delivered


def test_items_may_come_from_a_generator() -> None:
    bench = Bench()
    bench.write(4)

    bench.send(Partial((RejectedItem(n, "bad") for n in (1, 2)), ()))  # type: ignore[arg-type]

    assert {"rejected": 2} == bench.dropped()


def test_events_the_provider_does_not_confirm_are_uncertain() -> None:
    bench = Bench()
    bench.write(4)

    bench.send(Partial([RejectedItem(0, RejectedItem.UNCERTAIN), RejectedItem(1, "bad")], [2, 3]))

    assert {"rejected": 1, "uncertain": 1} == bench.dropped()


def test_order_across_requests_is_kept_through_failures_and_splits() -> None:
    bench = Bench(order=Order.ACROSS_BATCHES, max_in_flight=4)
    bench.write(8)
    bench.send(Transient("HTTP 503"))
    bench.now += 1
    bench.send(Split("HTTP 413"))

    assert [[0, 1], [2, 3], [4, 5, 6, 7]] == [numbers(bench.send(Delivered())) for _ in range(3)]


def test_an_answer_for_a_batch_given_up_is_ignored() -> None:
    bench = Bench()
    bench.write(6)
    batch = bench.take()
    assert isinstance(batch, Batch)

    bench.scheduler.abandon(DropReason.SHUTDOWN_DEADLINE, "stopped")
    bench.scheduler.settle(batch, Delivered(), bench.now)

    assert {"shutdown_deadline": 6} == bench.dropped()
    assert 0 == bench.scheduler.stats().delivered


def test_given_up_events_leave_piece_by_piece_and_are_not_sent() -> None:
    bench = Bench(batch_size=1_000)
    bench.write(5_000)
    bench.scheduler.abandon(DropReason.SHUTDOWN_DEADLINE, "stopped")
    bench.write(3)

    first = bench.scheduler.take(bench.now, WALL)
    assert isinstance(first, Failure)
    assert math.inf == bench.scheduler.take(bench.now, WALL)
    bench.scheduler.bury(first, 0, first.reason)

    bench.scheduler.begin_drain(bench.now)
    assert [5_000, 5_001, 5_002] == numbers(bench.send(Delivered()))
    assert {"shutdown_deadline": 5_000} == bench.dropped()


def test_events_pushed_out_while_others_leave_are_counted_once() -> None:
    bench = Bench(queue_max_events=10, overflow="drop_oldest")
    bench.write(10)
    bench.scheduler.abandon(DropReason.SHUTDOWN_DEADLINE, "stopped")
    bench.write(4)

    bench.scheduler.begin_drain(bench.now)
    assert [10, 11, 12, 13] == numbers(bench.send(Delivered()))
    assert {"overflow": 4, "shutdown_deadline": 6} == bench.dropped()


def test_a_search_for_bad_events_is_bounded() -> None:
    bench = Bench(batch_size=64)
    bench.write(64)

    # Each refusal says something else, so that events are to blame.
    for number in itertools.count():
        if not isinstance(batch := bench.take(), Batch):
            break
        bench.scheduler.settle(batch, Bisect(f"HTTP 400: request {number}"), bench.now)

    assert {"rejected": 64} == bench.dropped()
    assert bench.scheduler.stats().requests <= 8 * (6 + 1) + 1


@pytest.mark.parametrize("refusal", [Bisect("HTTP 400: form"), Split("HTTP 413: form")])
@pytest.mark.parametrize("order", [Order.ANY, Order.ACROSS_BATCHES])
@pytest.mark.parametrize("events", [2, 3, 64, 1_000])
def test_when_all_is_refused_alike_no_event_is_to_blame(
    events: int, order: Order, refusal: Outcome
) -> None:
    bench = Bench(order=order, batch_size=events, delivery_timeout_seconds=10_000)
    bench.scheduler = Scheduler(
        CloudSinkConfig(batch_size=events, delivery_timeout_seconds=10_000),
        Limits(events, 1_000_000, order=order),
        lambda: 1.0,
    )
    bench.write(events)

    while isinstance(batch := bench.take(), Batch):
        bench.scheduler.settle(batch, refusal, bench.now)

    stats = bench.scheduler.stats()
    assert (events, {}) == (stats.pending, bench.dropped())
    assert stats.requests <= 5
    assert bench.scheduler.is_failing
    (notice,) = bench.scheduler.notices
    assert notice.startswith("paused, events are kept: HTTP 4")

    # One event every half a minute finds out when that has changed.
    for _ in range(3):
        assert 30.0 == bench.wait()
        assert 1 == len(bench.send(refusal))
    assert 30.0 == bench.wait()
    bench.send(Delivered())
    while isinstance(batch := bench.take(), Batch):
        bench.scheduler.settle(batch, Delivered(), bench.now)

    stats = bench.scheduler.stats()
    assert (events, {}) == (stats.delivered, bench.dropped())
    assert "recovered" == bench.scheduler.notices[-1]


def test_bad_events_taken_for_a_wrong_form_are_given_up_once_another_gets_through() -> None:
    bench = Bench(batch_size=2, batch_timeout_seconds=0)
    bench.write(2)
    for _ in range(3):
        bench.send(Bisect("HTTP 400"))
    assert 30.0 == bench.wait()
    bench.write(1)

    while isinstance(batch := bench.take(), Batch):
        bad = {0, 1}.intersection(numbers(batch))
        bench.scheduler.settle(batch, Bisect("HTTP 400") if bad else Delivered(), bench.now)

    assert ({"rejected": 2}, 1) == (bench.dropped(), bench.scheduler.stats().delivered)


@pytest.mark.parametrize("order", [Order.ANY, Order.ACROSS_BATCHES])
@pytest.mark.parametrize("poison", [0, 1, 32, 63])
def test_one_bad_event_is_never_taken_for_a_wrong_form(poison: int, order: Order) -> None:
    bench = Bench(order=order, batch_size=64)
    bench.write(64)

    while isinstance(batch := bench.take(), Batch):
        bad = poison in numbers(batch)
        bench.scheduler.settle(batch, Bisect("HTTP 400") if bad else Delivered(), bench.now)

    assert ({"rejected": 1}, 63) == (bench.dropped(), bench.scheduler.stats().delivered)
    assert [] == bench.scheduler.notices


def test_a_bad_event_held_while_another_part_is_under_way_is_not_given_up_early() -> None:
    bench = Bench(batch_size=2, max_in_flight=2)
    bench.write(2)
    bench.send(Bisect("HTTP 400"))
    first, second = bench.take(), bench.take()
    assert isinstance(first, Batch)
    assert isinstance(second, Batch)

    for _ in range(3):
        bench.scheduler.settle(first, Bisect("HTTP 400"), bench.now)
        bench.now += 1.0
        assert first is bench.take()
    bench.scheduler.settle(second, Bisect("HTTP 400"), bench.now)

    assert ({}, 2) == (bench.dropped(), bench.scheduler.stats().pending)
    assert 1 == len(bench.scheduler.notices)


def test_a_batch_throttled_again_and_again_is_sent_in_halves() -> None:
    bench = Bench(max_retries=5, max_in_flight=1, batch_size=8, delivery_timeout_seconds=10_000)
    bench.write(8)
    stored: list[int] = []

    while bench.scheduler.stats().pending:
        batch = bench.next_batch()
        fits = len(batch) <= 2
        bench.scheduler.settle(batch, Delivered() if fits else Throttled("HTTP 429"), bench.now)
        stored += numbers(batch) if fits else []

    stats = bench.scheduler.stats()
    assert (list(range(8)), {}) == (sorted(stored), bench.dropped())
    assert (9, 3) == (stats.throttled, stats.splits)


def test_a_single_event_that_is_throttled_stays_whole() -> None:
    bench = Bench(batch_size=1, delivery_timeout_seconds=10_000)
    bench.write(1)

    for _ in range(9):
        bench.scheduler.settle(bench.next_batch(), Throttled("HTTP 429"), bench.now)
    bench.scheduler.settle(bench.next_batch(), Delivered(), bench.now)

    assert (1, 0) == (bench.scheduler.stats().delivered, bench.scheduler.stats().splits)


def test_throttling_that_comes_and_goes_halves_nothing() -> None:
    bench = Bench(max_retries=9, delivery_timeout_seconds=10_000)
    bench.write(4)

    slow: Outcome = Throttled("HTTP 429")
    for outcome in [slow, slow, Transient("HTTP 503")] * 3:
        bench.scheduler.settle(bench.next_batch(), outcome, bench.now)

    assert 0 == bench.scheduler.stats().splits


def test_a_sink_given_up_while_probing_starts_afresh() -> None:
    bench = Bench(max_retries=0)
    bench.write(4)
    bench.send(Transient("HTTP 503"))
    bench.next_batch()
    bench.scheduler.abandon(DropReason.SHUTDOWN_DEADLINE, "stopped")

    bench.write(4)

    assert [4, 5, 6, 7] == numbers(bench.send(Delivered()))


def outcomes(count: int) -> st.SearchStrategy[Any]:
    index = st.integers(0, count - 1)
    return st.one_of(
        st.just(Delivered()),
        st.builds(
            Partial,
            st.lists(st.builds(RejectedItem, index, st.sampled_from(("bad", "uncertain")))),
            st.lists(index),
        ),
        st.just(Split("x")),
        st.just(Bisect("x")),
        st.builds(Throttled, st.just("x"), st.none() | st.floats(0, 5)),
        st.just(Transient("x")),
        st.just(Paused("x")),
        st.just(Rejected("x")),
    )


@settings(max_examples=200)
@given(st.data())
def test_every_event_is_counted_once_whatever_happens(data: st.DataObject) -> None:
    bench = Bench(
        order=data.draw(st.sampled_from(list(Order))),
        queue_max_events=data.draw(st.integers(5, 40)),
        max_in_flight=3,
    )
    under_way: list[Batch] = []
    for _ in range(data.draw(st.integers(1, 40))):
        step = data.draw(st.sampled_from(("write", "take", "settle", "wait", "drain", "abandon")))
        if step == "write":
            bench.write(data.draw(st.integers(1, 9)))
        elif step == "take" and isinstance(task := bench.take(), Batch):
            under_way.append(task)
        elif step == "settle" and under_way:
            bench.scheduler.settle(under_way.pop(), data.draw(outcomes(4)), bench.now)
        elif step == "wait":
            bench.now += data.draw(st.floats(0, 20))
        elif step == "drain":
            bench.scheduler.begin_drain(bench.now)
            bench.scheduler.end_drain()
        elif step == "abandon" and data.draw(st.integers(0, 9)) == 0:
            bench.scheduler.abandon(DropReason.SHUTDOWN_DEADLINE, "stopped")
        stats = bench.scheduler.stats()
        assert stats.is_balanced
        assert stats.pending <= 40

    for batch in under_way:
        bench.scheduler.settle(batch, Delivered(), bench.now)
    bench.scheduler.begin_drain(bench.now)
    for _ in range(10_000):
        task = bench.take()
        if isinstance(task, Batch):
            bench.scheduler.settle(task, Delivered(), bench.now)
        elif math.isinf(task):
            break
        else:
            bench.now += task

    stats = bench.scheduler.stats()
    assert (0, True) == (stats.pending, stats.is_balanced)
    assert (0, 0) == (bench.scheduler.queue.held, bench.scheduler.queue.held_size)

//! The page of a sink that lists every way an accepted event can end other than delivered, each with
//! the tests that make it happen.
//!
//! [`Ending`] is where the reasons come from: the runtimes' enums, their counters and the lines of
//! dead-letter files have these names and no others. A test holds that.

use minijinja::{Value, context};

use super::guide::{cell, duration, statuses};
use crate::sink::{ItemsBy, Outcome, OversizePolicy, Sink, TimePolicy};
use crate::text::number;

/// Why an accepted event ended undelivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The provider will never take it.
    Rejected,
    /// The provider does not say whether it stored it.
    Uncertain,
    /// Longer than the provider accepts.
    Oversize,
    /// Too old or too far ahead for the provider.
    OutOfWindow,
    /// All retries were used while the provider was taking other events.
    RetriesExhausted,
    /// The delivery timeout passed.
    DeliveryTimeout,
    /// The sink had to stop first.
    ShutdownDeadline,
    /// Pushed out of a full queue by a newer one.
    Overflow,
    /// The dead-letter file has reached its size.
    DeadLetterFull,
    /// The dead-letter file could not be written.
    DeadLetterFailed,
}

/// What is told of an ending.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// Its name in counters and dead letters.
    pub name: &'static str,
    /// When it happens, with any provider.
    pub when: &'static str,
    /// Whether the event is kept where there is a dead-letter file.
    pub is_kept: bool,
    /// File and name of the test of the Rust runtime that makes it happen.
    pub rust: (&'static str, &'static str),
    /// The same of the Python runtime.
    pub python: (&'static str, &'static str),
}

impl Ending {
    /// Every one, as counters list them.
    pub const ALL: [Self; 10] = [
        Self::Rejected,
        Self::Uncertain,
        Self::Oversize,
        Self::OutOfWindow,
        Self::RetriesExhausted,
        Self::DeliveryTimeout,
        Self::ShutdownDeadline,
        Self::Overflow,
        Self::DeadLetterFull,
        Self::DeadLetterFailed,
    ];

    /// What is told of it; one flat table.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub fn told(self) -> Told {
        let told = |name, when, is_kept, rust, python| Told {
            name,
            when,
            is_kept,
            rust,
            python,
        };
        match self {
            Self::Rejected => told(
                "rejected",
                "the provider refuses the event in the words its spec names",
                true,
                (
                    "outcomes.rs",
                    "partial_answer_retries_the_retryable_and_drops_the_rejected",
                ),
                (
                    "test_scheduler.py",
                    "test_every_combination_of_items_is_counted_exactly",
                ),
            ),
            Self::Uncertain => told(
                "uncertain",
                "the provider says that it lost events, or may have, and not which",
                true,
                (
                    "outcomes.rs",
                    "counted_losses_are_uncertain_and_nothing_is_sent_again",
                ),
                (
                    "test_scheduler.py",
                    "test_events_the_provider_does_not_confirm_are_uncertain",
                ),
            ),
            Self::Oversize => told(
                "oversize",
                "the event alone is longer than the provider takes",
                true,
                ("batching.rs", "oversize_record_is_dropped_and_counted"),
                (
                    "test_scheduler.py",
                    "test_a_single_event_that_is_too_large_is_given_up",
                ),
            ),
            Self::OutOfWindow => told(
                "out_of_window",
                "the provider would discard an event of that time without a word",
                true,
                ("batching.rs", "events_outside_the_window_are_not_sent"),
                (
                    "test_deciders.py",
                    "test_records_that_can_never_be_stored_are_set_aside",
                ),
            ),
            Self::RetriesExhausted => told(
                "retries_exhausted",
                "its own retries are used up while the provider takes other events",
                true,
                (
                    "retries.rs",
                    "retries_are_exhausted_only_while_others_get_through",
                ),
                (
                    "test_scheduler.py",
                    "test_retries_end_only_while_the_provider_takes_other_events",
                ),
            ),
            Self::DeliveryTimeout => told(
                "delivery_timeout",
                "`delivery_timeout_seconds` pass since its first attempt",
                true,
                ("retries.rs", "delivery_timeout_ends_the_keeping"),
                (
                    "test_scheduler.py",
                    "test_the_delivery_timeout_ends_an_outage",
                ),
            ),
            Self::ShutdownDeadline => told(
                "shutdown_deadline",
                "the sink's own deadline passes while it stops",
                true,
                (
                    "shutdown.rs",
                    "stop_against_a_silent_server_ends_at_the_deadline",
                ),
                (
                    "test_reporter.py",
                    "test_events_left_at_the_end_are_all_in_the_dead_letter_file",
                ),
            ),
            Self::Overflow => told(
                "overflow",
                "a newer event needs its place in a full queue, with `overflow: drop_oldest` only",
                false,
                ("queue.rs", "drop_oldest_keeps_the_newest"),
                (
                    "test_scheduler.py",
                    "test_events_pushed_out_while_others_leave_are_counted_once",
                ),
            ),
            Self::DeadLetterFull => told(
                "dead_letter_full",
                "the dead-letter file that should keep it has `dead_letter_max_bytes`",
                false,
                (
                    "dead_letter.rs",
                    "file_is_full_from_the_first_record_that_does_not_fit",
                ),
                (
                    "test_sink.py",
                    "test_what_the_dead_letter_file_cannot_hold_is_reported",
                ),
            ),
            Self::DeadLetterFailed => told(
                "dead_letter_failed",
                "the dead-letter file that should keep it cannot be written",
                false,
                ("dead_letter.rs", "file_that_cannot_be_written_is_counted"),
                (
                    "test_sink.py",
                    "test_only_a_regular_file_takes_dead_letters",
                ),
            ),
        }
    }

    /// When it happens with this provider; `None` where that is no other than with any. An ending
    /// that cannot happen says so.
    fn here(self, sink: &Sink) -> Option<String> {
        let never = || Some("does not happen".to_owned());
        match self {
            Self::Rejected => {
                let refuses = |outcome| {
                    matches!(
                        outcome,
                        Outcome::Items | Outcome::FirstBad | Outcome::Bisect | Outcome::Rejected
                    )
                };
                answers(sink, refuses).or_else(never)
            }
            Self::Uncertain => {
                let counts = sink.answers.items.as_ref();
                let counts = counts.is_some_and(|items| matches!(items.by, ItemsBy::Count { .. }));
                let loses = |outcome| match outcome {
                    Outcome::Items => counts,
                    other => matches!(other, Outcome::Uncertain | Outcome::FirstBad),
                };
                answers(sink, loses).or_else(never)
            }
            Self::Oversize => {
                let bytes = number(sink.limits.max_event_bytes.value).replace('_', ",");
                let cut = match sink.limits.oversize {
                    OversizePolicy::Truncate => ", its message cut",
                    OversizePolicy::DeadLetter => "",
                };
                Some(format!("more than {bytes} bytes{cut}"))
            }
            Self::OutOfWindow => {
                let limits = [
                    ("older than", &sink.limits.max_age),
                    ("further ahead than", &sink.limits.max_ahead),
                ];
                let beyond = limits.into_iter().filter_map(|(what, limit)| {
                    let limit = limit.as_ref()?;
                    (limit.policy == TimePolicy::DeadLetter)
                        .then(|| format!("{what} {}", duration(limit.seconds.value)))
                });
                let beyond: Vec<String> = beyond.collect();
                (!beyond.is_empty())
                    .then(|| beyond.join(", "))
                    .or_else(never)
            }
            _ => None,
        }
    }
}

/// The statuses of answers that mean such an outcome.
fn answers(sink: &Sink, means: impl Fn(Outcome) -> bool) -> Option<String> {
    let rules = sink.answers.rules.iter();
    let rules = rules.filter(|rule| means(rule.outcome));
    let mut found: Vec<String> = rules
        .map(|rule| match statuses(rule) {
            text if text.is_empty() => "a code in the answer".to_owned(),
            text => text,
        })
        .collect();
    found.dedup();
    (!found.is_empty()).then(|| format!("answers: {}", found.join(", ")))
}

/// What the page's template needs.
#[must_use]
pub fn context(sink: &Sink) -> Value {
    let rows = Ending::ALL.map(|ending| {
        let told = ending.told();
        context! {
            name => told.name,
            when => told.when,
            here => ending.here(sink).unwrap_or_else(|| "as with any provider".to_owned()),
            kept => match ending {
                Ending::Uncertain => "where the answer says which",
                _ if told.is_kept => "yes",
                _ => "no",
            },
            rust => format!("tests/runtime/tests/it/{}", told.rust.0),
            rust_test => told.rust.1,
            python => format!("tests/python_runtime/{}", told.python.0),
            python_test => told.python.1,
        }
    });
    context! { id => sink.id.as_str(), title => cell(&sink.title), rows => rows.to_vec() }
}

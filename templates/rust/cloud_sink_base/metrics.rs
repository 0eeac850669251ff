//! Counters as whoever collects metrics wants them: one by one, or as Prometheus' text.

use super::{DropReason, RefuseReason, Stats};

/// One counter or gauge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Its name, the same in every language.
    pub name: &'static str,
    /// What it counts.
    pub help: &'static str,
    /// Whether it only grows.
    pub is_counter: bool,
    /// The reason it counts, where there is a count for each; those of zero are there too.
    pub reason: Option<&'static str>,
    /// Its value.
    pub value: u64,
}

impl Stats {
    /// All counters and gauges, those of one name together.
    ///
    /// The sink needs no crate for metrics; for the `metrics` facade, every few seconds:
    ///
    /// ```ignore
    /// for sample in sink.stats().samples() {
    ///     let labels = [("sink", "NAME"), ("reason", sample.reason.unwrap_or_default())];
    ///     if sample.is_counter {
    ///         metrics::counter!(sample.name, &labels).absolute(sample.value);
    ///     } else {
    ///         metrics::gauge!(sample.name, &labels).set(sample.value as f64);
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn samples(&self) -> Vec<Sample> {
        let one = |name, help, value, is_counter| Sample {
            name,
            help,
            is_counter,
            reason: None,
            value,
        };
        let counter = |name, help, value| one(name, help, value, true);
        let mut samples = vec![counter(
            "cloud_sink_events_accepted_total",
            "Events taken over.",
            self.accepted,
        )];
        samples.extend(RefuseReason::ALL.map(|reason| Sample {
            reason: Some(reason.as_str()),
            ..counter(
                "cloud_sink_events_refused_total",
                "Events given back to the caller.",
                self.refused.get(&reason).copied().unwrap_or(0),
            )
        }));
        samples.extend([
            counter(
                "cloud_sink_events_delivered_total",
                "Events that the provider confirmed.",
                self.delivered,
            ),
            counter(
                "cloud_sink_events_dead_lettered_total",
                "Events kept in the dead-letter file.",
                self.dead_lettered,
            ),
        ]);
        samples.extend(DropReason::ALL.map(|reason| Sample {
            reason: Some(reason.as_str()),
            ..counter(
                "cloud_sink_events_dropped_total",
                "Events given up.",
                self.dropped.get(&reason).copied().unwrap_or(0),
            )
        }));
        samples.extend([
            one(
                "cloud_sink_events_pending",
                "Events on their way.",
                self.pending,
                false,
            ),
            counter("cloud_sink_requests_total", "Attempts made.", self.requests),
            counter(
                "cloud_sink_retries_total",
                "Attempts that repeated an earlier one.",
                self.retries,
            ),
            counter(
                "cloud_sink_throttled_total",
                "Answers that said to slow down.",
                self.throttled,
            ),
            counter(
                "cloud_sink_splits_total",
                "Requests that were cut in two.",
                self.splits,
            ),
            counter(
                "cloud_sink_events_without_time_total",
                "Accepted events without a readable time.",
                self.events_without_time,
            ),
            one(
                "cloud_sink_credentials_in_clear",
                "Whether credentials may travel unencrypted.",
                u64::from(self.credentials_in_clear),
                false,
            ),
        ]);
        samples
    }

    /// All counters and gauges in Prometheus' text format, labelled with the sink's name.
    #[must_use]
    pub fn prometheus(&self, sink: &str) -> String {
        let sink = sink
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n");
        let (mut lines, mut last) = (Vec::new(), "");
        for sample in self.samples() {
            let Sample { name, help, .. } = sample;
            if name != last {
                let kind = if sample.is_counter {
                    "counter"
                } else {
                    "gauge"
                };
                lines.push(format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
                last = name;
            }
            let value = sample.value;
            match sample.reason {
                Some(reason) => lines.push(format!(
                    "{name}{{sink=\"{sink}\",reason=\"{reason}\"}} {value}\n"
                )),
                None => lines.push(format!("{name}{{sink=\"{sink}\"}} {value}\n")),
            }
        }
        lines.concat()
    }
}

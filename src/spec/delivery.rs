//! The delivery settings that every sink has, and what their defaults come to for one provider.

use serde_json::{Value, json};

use super::model::Spec;

/// One delivery setting.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliverySetting {
    /// Its name, as users type it.
    pub name: &'static str,
    /// What its values are, in a word.
    pub kind: &'static str,
    /// The default, as users would type it; `null` when there is none.
    pub default: Value,
    /// What it does.
    pub description: String,
}

impl Spec {
    /// All delivery settings, with the defaults this provider's sink starts with.
    #[must_use]
    pub fn delivery_settings(&self) -> Vec<DeliverySetting> {
        let mut settings = Vec::from(self.batching());
        settings.extend(self.retrying());
        settings.extend(keeping());
        settings.extend(self.compressing());
        settings
    }

    fn batching(&self) -> [DeliverySetting; 4] {
        let defaults = self.delivery_defaults();
        [
            setting(
                "batch_size",
                "int",
                defaults.batch_size,
                "Events per request aimed for.",
            ),
            setting(
                "batch_bytes",
                "int",
                defaults.batch_bytes,
                "Bytes per request aimed for, before compression.",
            ),
            setting(
                "batch_timeout_seconds",
                "duration",
                number(defaults.batch_timeout_seconds),
                "Longest a partial batch waits.",
            ),
            setting(
                "max_in_flight",
                "int",
                defaults.max_in_flight,
                "Requests sent and not yet answered.",
            ),
        ]
    }

    fn retrying(&self) -> [DeliverySetting; 5] {
        let defaults = self.delivery_defaults();
        [
            setting(
                "max_retries",
                "int",
                defaults.max_retries,
                "Retries after the first attempt.",
            ),
            setting(
                "retry_base_delay",
                "duration",
                number(defaults.retry_base_delay),
                "First backoff in seconds; doubled each time, with full jitter.",
            ),
            setting(
                "retry_max_delay",
                "duration",
                number(defaults.retry_max_delay),
                "Longest backoff in seconds.",
            ),
            setting(
                "timeout_seconds",
                "duration",
                number(defaults.timeout_seconds),
                "Limit of one attempt.",
            ),
            setting(
                "delivery_timeout_seconds",
                "duration",
                900,
                "Limit of all attempts for one batch.",
            ),
        ]
    }

    /// A sink that offers one encoding has nothing to choose.
    fn compressing(&self) -> Option<DeliverySetting> {
        let [first, _, ..] = self.compression.offered.as_slice() else {
            return None;
        };
        let words = self
            .compression
            .offered
            .iter()
            .map(|encoding| format!("`{}`", encoding.word()));
        let words = words.collect::<Vec<_>>().join(", ");
        Some(setting(
            "compression",
            "enum",
            first.word(),
            format!("One of {words}."),
        ))
    }
}

/// What is kept while the provider does not take it; the same for every provider.
fn keeping() -> [DeliverySetting; 6] {
    [
        setting(
            "queue_max_events",
            "int",
            100_000,
            "Events kept in memory before `overflow` applies.",
        ),
        setting(
            "queue_max_bytes",
            "int",
            64 * 1_024 * 1_024,
            "Bytes kept in memory before `overflow` applies.",
        ),
        setting(
            "overflow",
            "enum",
            "block",
            "`block`, `drop_newest` or `drop_oldest`.",
        ),
        setting(
            "block_timeout_seconds",
            "duration",
            5,
            "Longest `write` waits for room with `block`.",
        ),
        setting(
            "dead_letter_path",
            "path",
            Value::Null,
            "File that keeps events which cannot be delivered.",
        ),
        setting(
            "dead_letter_max_bytes",
            "int",
            100 * 1_024 * 1_024,
            "Size the dead-letter file does not exceed.",
        ),
    ]
}

fn setting(
    name: &'static str,
    kind: &'static str,
    default: impl Into<Value>,
    description: impl Into<String>,
) -> DeliverySetting {
    DeliverySetting {
        name,
        kind,
        default: default.into(),
        description: description.into(),
    }
}

/// `1`, not `1.0`: nobody types the latter.
fn number(value: f64) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "compared with what it was made of"
    )]
    let whole = value as i64;
    #[expect(
        clippy::cast_precision_loss,
        reason = "compared with what it was made of"
    )]
    let is_whole = (whole as f64).total_cmp(&value).is_eq();
    if is_whole { json!(whole) } else { json!(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::Assets;
    use crate::spec::load_text;

    fn default_of(provider: &str, name: &str) -> Value {
        let (origin, text) = Assets::embedded().provider(provider).expect("built in");
        let spec = load_text(&origin, &text).expect("valid").spec;
        let found = spec
            .delivery_settings()
            .into_iter()
            .find(|setting| setting.name == name);
        found.expect("a setting").default
    }

    #[test]
    fn defaults_are_written_as_users_type_them() {
        assert_eq!(default_of("datadog", "batch_bytes").to_string(), "4000000");
        assert_eq!(
            default_of("datadog", "batch_timeout_seconds").to_string(),
            "1"
        );
        assert_eq!(default_of("datadog", "retry_base_delay").to_string(), "0.5");
    }

    #[test]
    fn a_provider_that_needs_order_gets_one_request_at_a_time() {
        assert_eq!(default_of("loki", "max_in_flight"), 1);
    }

    /// The tool and the code it emits must not disagree.
    #[test]
    fn the_runtime_has_the_same_defaults() {
        let assets = Assets::embedded();
        let settings = assets
            .template("rust/cloud_sink_base/settings.rs")
            .expect("embedded");
        for line in [
            "batch_size: 1_000,",
            "batch_bytes: 1_000_000,",
            "batch_timeout: Duration::from_secs(1),",
            "max_retries: 5,",
            "retry_base_delay: Duration::from_millis(500),",
            "retry_max_delay: Duration::from_secs(30),",
            "attempt_timeout: Duration::from_secs(10),",
            "delivery_timeout: Duration::from_secs(15 * 60),",
            "max_in_flight: 4,",
            "queue_max_events: 100_000,",
            "queue_max_bytes: 64 * 1_024 * 1_024,",
            "overflow: Overflow::Block,",
            "block_timeout: Duration::from_secs(5),",
            "dead_letter_path: None,",
            "dead_letter_max_bytes: 100 * 1_024 * 1_024,",
        ] {
            assert!(settings.contains(line), "{line}");
        }
    }
}

//! The delivery settings that every sink has, and what their defaults come to for one provider.

use serde_json::{Value, json};

use super::model::{DeliveryDefaults, Sink};

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

/// A delivery setting's value, in the unit of its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DeliveryValue {
    /// A count.
    Count(u64),
    /// Seconds.
    Seconds(f64),
}

impl DeliveryDefaults {
    /// The defaults every runtime has of its own.
    pub const RUNTIME: Self = Self {
        batch_size: 1_000,
        batch_bytes: 1_000_000,
        batch_timeout_seconds: 1.0,
        max_retries: 5,
        retry_base_delay: 0.5,
        retry_max_delay: 30.0,
        timeout_seconds: 10.0,
        max_in_flight: 4,
    };

    /// The settings with another default than [`DeliveryDefaults::RUNTIME`], by name.
    #[must_use]
    pub fn changed(&self) -> Vec<(&'static str, DeliveryValue)> {
        let own = self.values();
        let runtime = Self::RUNTIME.values();
        let both = own.into_iter().zip(runtime);
        let changed = both.filter(|(own, runtime)| own != runtime);
        changed.map(|(own, _)| own).collect()
    }

    fn values(&self) -> [(&'static str, DeliveryValue); 8] {
        use DeliveryValue::{Count, Seconds};
        [
            ("batch_size", Count(self.batch_size)),
            ("batch_bytes", Count(self.batch_bytes)),
            ("max_retries", Count(self.max_retries.into())),
            ("max_in_flight", Count(self.max_in_flight)),
            ("batch_timeout_seconds", Seconds(self.batch_timeout_seconds)),
            ("retry_base_delay", Seconds(self.retry_base_delay)),
            ("retry_max_delay", Seconds(self.retry_max_delay)),
            ("timeout_seconds", Seconds(self.timeout_seconds)),
        ]
    }
}

impl Sink {
    /// All delivery settings, with the defaults this provider's sink starts with.
    #[must_use]
    pub fn delivery_settings(&self) -> Vec<DeliverySetting> {
        let mut settings = Vec::from(self.batching());
        settings.extend(self.retrying());
        settings.extend(keeping());
        if self.is_http() {
            settings.extend(connecting());
        }
        settings.extend(self.compressing());
        settings
    }

    fn batching(&self) -> [DeliverySetting; 4] {
        let defaults = &self.delivery;
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
        let defaults = &self.delivery;
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
        let [first, _, ..] = self.compression.as_slice() else {
            return None;
        };
        let words = self
            .compression
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

/// How an HTTP sink connects.
fn connecting() -> [DeliverySetting; 5] {
    let unset =
        |name, kind, description: &str| setting(name, kind, Value::Null, description.to_owned());
    [
        unset(
            "ca_file",
            "path",
            "PEM file with the certificates to trust instead of the usual ones.",
        ),
        unset(
            "client_cert_file",
            "path",
            "PEM file with the certificate the sink shows, and its chain.",
        ),
        unset(
            "client_key_file",
            "path",
            "PEM file with the key of that certificate, not encrypted.",
        ),
        unset(
            "proxy",
            "secret",
            "URL of an HTTP proxy, user and password in it if need be. The environment's proxies are not used.",
        ),
        setting(
            "dangerously_allow_plain_http",
            "bool",
            false,
            "Send credentials over `http://` to other machines, where anyone in between can read them.",
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
    use crate::sink::load_provider;

    fn default_of(provider: &str, name: &str) -> Value {
        let loaded = load_provider(&Assets::embedded(), provider).expect("valid");
        let found = loaded
            .sink
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

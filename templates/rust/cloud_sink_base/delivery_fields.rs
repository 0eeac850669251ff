//! The delivery settings, which are read the same way in every sink.

use std::path::PathBuf;
use std::time::Duration;

use super::{DeliveryConfig, Fields};

impl Fields {
    /// The delivery settings, from `prefix` plus the setting's name in the environment:
    /// `DATADOG_SINK` gives `DATADOG_SINK_BATCH_SIZE`.
    pub fn delivery(&mut self, prefix: &str, defaults: DeliveryConfig) -> DeliveryConfig {
        let mut reader = DeliveryReader {
            fields: self,
            prefix,
        };
        let mut config = defaults;
        reader.count("batch_size", &mut config.batch_size);
        reader.count("batch_bytes", &mut config.batch_bytes);
        reader.duration("batch_timeout_seconds", &mut config.batch_timeout);
        reader.count("max_retries", &mut config.max_retries);
        reader.duration("retry_base_delay", &mut config.retry_base_delay);
        reader.duration("retry_max_delay", &mut config.retry_max_delay);
        reader.duration("timeout_seconds", &mut config.attempt_timeout);
        reader.duration("delivery_timeout_seconds", &mut config.delivery_timeout);
        reader.count("max_in_flight", &mut config.max_in_flight);
        reader.count("queue_max_events", &mut config.queue_max_events);
        reader.count("queue_max_bytes", &mut config.queue_max_bytes);
        reader.duration("block_timeout_seconds", &mut config.block_timeout);
        reader.count("dead_letter_max_bytes", &mut config.dead_letter_max_bytes);
        let variable = reader.variable("overflow");
        config.overflow = self
            .choice("overflow", &[&variable])
            .unwrap_or(config.overflow);
        let variable = format!("{prefix}_DEAD_LETTER_PATH");
        if let Some(path) = self.string("dead_letter_path", &[&variable]) {
            config.dead_letter_path = Some(PathBuf::from(path));
        }
        config
    }
}

/// Delivery settings share one way of reading: replace the default when something is given.
struct DeliveryReader<'a> {
    fields: &'a mut Fields,
    prefix: &'a str,
}

impl DeliveryReader<'_> {
    fn variable(&self, name: &str) -> String {
        format!("{}_{}", self.prefix, name.to_ascii_uppercase())
    }

    fn count<T: TryFrom<i64>>(&mut self, name: &str, target: &mut T) {
        let variable = self.variable(name);
        let Some(number) = self.fields.int(name, &[&variable]) else {
            return;
        };
        match T::try_from(number) {
            Ok(number) => *target = number,
            Err(_) => self
                .fields
                .problem(name, format!("{number} is out of range")),
        }
    }

    fn duration(&mut self, name: &str, target: &mut Duration) {
        let variable = self.variable(name);
        *target = self.fields.duration(name, &[&variable]).unwrap_or(*target);
    }
}

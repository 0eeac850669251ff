//! Reads typed settings from a map and from environment variables.

use std::env;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use serde_json::{Map, Value};

use super::field_values::{check_url, nearest, pair, read_secret, scalar_text, split};
use super::{ConfigErrors, DeliveryConfig, Secret};

type Lookup = Box<dyn Fn(&str) -> Option<String>>;

/// Typed access to settings that collects every problem instead of stopping at the first.
///
/// A setting in the map wins over the environment: the map belongs to one sink, a variable to the
/// whole process. An empty variable counts as unset, and a null in the map as absent.
pub struct Fields {
    map: Map<String, Value>,
    environment: Lookup,
    asked: Vec<String>,
    errors: ConfigErrors,
}

impl Fields {
    /// Settings from environment variables alone.
    #[must_use]
    pub fn from_env() -> Self {
        Self::from_map(Map::new(), true)
    }

    /// Settings from a map, completed by environment variables where `environment` says so.
    #[must_use]
    pub fn from_map(map: Map<String, Value>, environment: bool) -> Self {
        Self::with_lookup(map, move |name| {
            if environment {
                env::var(name).ok()
            } else {
                None
            }
        })
    }

    /// Settings from a map, completed by what `lookup` knows by a variable's name.
    pub fn with_lookup(
        map: Map<String, Value>,
        lookup: impl Fn(&str) -> Option<String> + 'static,
    ) -> Self {
        Self {
            map,
            environment: Box::new(lookup),
            asked: Vec::new(),
            errors: ConfigErrors::default(),
        }
    }

    /// Text. Numbers and booleans in the map are taken as they are written.
    pub fn string(&mut self, name: &str, variables: &[&str]) -> Option<String> {
        let value = self.take(name, variables)?;
        let text = scalar_text(&value);
        if text.is_none() {
            self.problem(name, "expected text");
        }
        text
    }

    /// A credential: text, `{env: NAME}` or `{file: PATH}`; a file's final line break is cut.
    pub fn secret(&mut self, name: &str, variables: &[&str]) -> Option<Secret> {
        match self.take(name, variables)? {
            Value::String(text) => Some(Secret::new(text)),
            Value::Object(reference) => self.secret_reference(name, &reference),
            _ => {
                self.problem(name, "expected text, `{env: NAME}` or `{file: PATH}`");
                None
            }
        }
    }

    /// An absolute http or https URL without user information, query or fragment; a slash at the
    /// end is cut.
    pub fn url(&mut self, name: &str, variables: &[&str]) -> Option<String> {
        let text = self.string(name, variables)?;
        match check_url(&text) {
            Ok(()) => Some(text.trim_end_matches('/').to_owned()),
            Err(message) => {
                self.problem(name, message);
                None
            }
        }
    }

    /// `true` or `false`; in the environment also `1`, `0`, `yes`, `no`, `on`, `off`.
    pub fn bool(&mut self, name: &str, variables: &[&str]) -> Option<bool> {
        let value = self.take(name, variables)?;
        let answer = match &value {
            Value::Bool(answer) => Some(*answer),
            Value::String(word) => match word.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => Some(true),
                "false" | "0" | "no" | "off" => Some(false),
                _ => None,
            },
            _ => None,
        };
        if answer.is_none() {
            self.problem(name, "expected `true` or `false`");
        }
        answer
    }

    /// A whole number.
    pub fn int(&mut self, name: &str, variables: &[&str]) -> Option<i64> {
        let value = self.take(name, variables)?;
        let number = value
            .as_i64()
            .or_else(|| value.as_str()?.trim().parse().ok());
        if number.is_none() {
            self.problem(name, "expected a whole number");
        }
        number
    }

    /// A finite number.
    pub fn float(&mut self, name: &str, variables: &[&str]) -> Option<f64> {
        let value = self.take(name, variables)?;
        let number = value
            .as_f64()
            .or_else(|| value.as_str()?.trim().parse().ok())
            .filter(|n: &f64| n.is_finite());
        if number.is_none() {
            self.problem(name, "expected a number");
        }
        number
    }

    /// Seconds, as a number from 0.
    pub fn duration(&mut self, name: &str, variables: &[&str]) -> Option<Duration> {
        let seconds = self.float(name, variables)?;
        let duration = Duration::try_from_secs_f64(seconds).ok();
        if duration.is_none() {
            self.problem(name, "expected seconds, as a number from 0");
        }
        duration
    }

    /// One of the words `T` knows; its error says which.
    pub fn choice<T: FromStr<Err: Display>>(
        &mut self,
        name: &str,
        variables: &[&str],
    ) -> Option<T> {
        let word = self.string(name, variables)?;
        match word.parse() {
            Ok(choice) => Some(choice),
            Err(expected) => {
                self.problem(
                    name,
                    format!("`{}` is not known: {expected}", word.escape_debug()),
                );
                None
            }
        }
    }

    /// Texts; comma separated in the environment.
    pub fn list(&mut self, name: &str, variables: &[&str]) -> Option<Vec<String>> {
        let texts = match self.take(name, variables)? {
            Value::Array(items) => items.iter().map(scalar_text).collect(),
            Value::String(text) => Some(split(&text).map(str::to_owned).collect()),
            _ => None,
        };
        if texts.is_none() {
            self.problem(name, "expected a list of texts");
        }
        texts
    }

    /// Text to text, in the order given; `key:value,key:value` in the environment.
    pub fn map(&mut self, name: &str, variables: &[&str]) -> Option<Vec<(String, String)>> {
        let pairs = match self.take(name, variables)? {
            Value::Object(map) => map
                .into_iter()
                .map(|(key, value)| scalar_text(&value).map(|text| (key, text)))
                .collect(),
            Value::String(text) => split(&text).map(pair).collect(),
            _ => None,
        };
        if pairs.is_none() {
            self.problem(
                name,
                "expected texts by name, `key:value,key:value` in the environment",
            );
        }
        pairs
    }

    /// The delivery settings, from `prefix` plus the setting's name in the environment:
    /// `DATADOG_SINK` gives `DATADOG_SINK_BATCH_SIZE`.
    pub fn delivery(&mut self, prefix: &str, defaults: DeliveryConfig) -> DeliveryConfig {
        let mut reader = DeliveryReader {
            fields: self,
            prefix,
        };
        let mut config = defaults;
        reader.size("batch_size", &mut config.batch_size);
        reader.size("batch_bytes", &mut config.batch_bytes);
        reader.duration("batch_timeout_seconds", &mut config.batch_timeout);
        reader.count("max_retries", &mut config.max_retries);
        reader.duration("retry_base_delay", &mut config.retry_base_delay);
        reader.duration("retry_max_delay", &mut config.retry_max_delay);
        reader.duration("timeout_seconds", &mut config.attempt_timeout);
        reader.duration("delivery_timeout_seconds", &mut config.delivery_timeout);
        reader.size("max_in_flight", &mut config.max_in_flight);
        reader.size("queue_max_events", &mut config.queue_max_events);
        reader.size("queue_max_bytes", &mut config.queue_max_bytes);
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

    /// Demands a value. The placeholder returned without one never leaves [`Fields::finish`].
    pub fn required<T: Default>(&mut self, name: &str, value: Option<T>, variables: &[&str]) -> T {
        if value.is_none() && !self.errors.mentions(name) {
            let hint = variables
                .first()
                .map(|variable| format!("; set it or `{variable}`"))
                .unwrap_or_default();
            self.problem(name, format!("is required{hint}"));
        }
        value.unwrap_or_default()
    }

    /// Adds a problem found by the caller, unless the setting already has one.
    pub fn problem(&mut self, name: &str, message: impl Into<String>) {
        if !self.errors.mentions(name) {
            self.errors.push(name, message);
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with all problems, keys nobody asked for included.
    pub fn finish(mut self) -> Result<(), ConfigErrors> {
        for key in self.map.keys() {
            let hint = nearest(key, &self.asked)
                .map(|name| format!("; did you mean `{name}`?"))
                .unwrap_or_default();
            self.errors.push(
                key.escape_debug().to_string(),
                format!("is not known{hint}"),
            );
        }
        self.errors.into_result()
    }

    fn take(&mut self, name: &str, variables: &[&str]) -> Option<Value> {
        self.asked.push(name.to_owned());
        if let Some(value) = self.map.shift_remove(name).filter(|value| !value.is_null()) {
            return Some(value);
        }
        let found = variables
            .iter()
            .find_map(|variable| (self.environment)(variable).filter(|text| !text.is_empty()));
        found.map(Value::String)
    }

    fn secret_reference(&mut self, name: &str, reference: &Map<String, Value>) -> Option<Secret> {
        let text = |key| {
            reference
                .get(key)
                .and_then(Value::as_str)
                .filter(|_| reference.len() == 1)
        };
        let found = if let Some(variable) = text("env") {
            (self.environment)(variable)
                .filter(|value| !value.is_empty())
                .ok_or_else(|| {
                    format!(
                        "environment variable `{}` is not set",
                        variable.escape_debug()
                    )
                })
        } else if let Some(path) = text("file") {
            read_secret(Path::new(path))
        } else {
            Err("expected text, `{env: NAME}` or `{file: PATH}`".to_owned())
        };
        found
            .map_err(|message| self.problem(name, message))
            .ok()
            .map(Secret::new)
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

    fn size(&mut self, name: &str, target: &mut usize) {
        self.count(name, target);
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

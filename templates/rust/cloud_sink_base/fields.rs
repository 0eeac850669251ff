//! Reads typed settings, collecting every problem.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsString;
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde_json::{Map, Value};

use super::field_source::{Source, nearest};
use super::field_values::{
    boolean, finite_number, pairs, proxy_url, scalar_text, texts, url, whole_number, whole_url,
    words,
};
use super::reporter::unused_setting;
use super::{ConfigErrors, DeliveryConfig, Secret};

/// A method of [`Fields`] that reads a value by its name and variables.
pub type Read<T> = fn(&mut Fields, &str, &[&str]) -> Option<T>;

/// Typed access to settings that collects every problem instead of stopping at the first.
///
/// A setting in the map wins over the environment: the map belongs to one sink, a variable to the
/// whole process. An empty variable counts as unset, and a null in the map as absent.
pub struct Fields {
    source: Source,
    errors: ConfigErrors,
    /// Names of the variables that are set.
    set: Vec<String>,
    /// Names of the variables that were asked for.
    asked: BTreeSet<String>,
    /// What the names of this sink's variables begin with.
    prefix: Option<String>,
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
        let variables = env::vars_os().filter(|_| environment);
        let text = |(name, value): (OsString, OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self::with_variables(map, variables.filter_map(text))
    }

    /// Settings from a map, completed by these variables.
    pub fn with_variables(
        map: Map<String, Value>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let variables: BTreeMap<String, String> = variables.into_iter().collect();
        Self {
            set: variables.keys().cloned().collect(),
            source: Source::new(map, move |name| variables.get(name).cloned()),
            errors: ConfigErrors::default(),
            asked: BTreeSet::new(),
            prefix: None,
        }
    }

    /// Text. Numbers and booleans in the map are taken as they are written.
    pub fn string(&mut self, name: &str, variables: &[&str]) -> Option<String> {
        self.read(name, variables, scalar_text, "expected text")
    }

    /// A credential: text, `{env: NAME}` or `{file: PATH}`; white space around it is cut.
    pub fn secret(&mut self, name: &str, variables: &[&str]) -> Option<Secret> {
        let text = match self.take(name, variables)? {
            Value::String(text) => Ok(text),
            Value::Object(reference) => self.source.referenced(&reference),
            _ => Err("expected text, `{env: NAME}` or `{file: PATH}`".to_owned()),
        };
        let secret = Secret::new(self.accept(name, text)?);
        // White space alone is as good as nothing, as it is in a variable.
        (!secret.expose().is_empty()).then_some(secret)
    }

    /// An http or https URL without user information or query; slashes at the end are cut.
    pub fn url(&mut self, name: &str, variables: &[&str]) -> Option<String> {
        let text = self.string(name, variables)?;
        self.accept(name, url(&text))
    }

    /// An http URL that is used as it is, query and all.
    pub fn whole_url(&mut self, name: &str, variables: &[&str]) -> Option<String> {
        let text = self.string(name, variables)?;
        self.accept(name, whole_url(&text))
    }

    /// The URL of a proxy, a credential because user and password may stand in it.
    pub fn proxy_url(&mut self, name: &str, variables: &[&str]) -> Option<Secret> {
        let secret = self.secret(name, variables)?;
        self.accept(name, proxy_url(secret.expose()))
            .map(Secret::new)
    }

    /// A URL that is a credential as a whole.
    pub fn secret_url(&mut self, name: &str, variables: &[&str]) -> Option<Secret> {
        let secret = self.secret(name, variables)?;
        self.accept(name, url(secret.expose())).map(Secret::new)
    }

    /// `true` or `false`; in the environment also `1`, `0`, `yes`, `no`, `on`, `off`.
    pub fn bool(&mut self, name: &str, variables: &[&str]) -> Option<bool> {
        self.read(name, variables, boolean, "expected `true` or `false`")
    }

    /// A whole number.
    pub fn int(&mut self, name: &str, variables: &[&str]) -> Option<i64> {
        self.read(name, variables, whole_number, "expected a whole number")
    }

    /// A finite number.
    pub fn float(&mut self, name: &str, variables: &[&str]) -> Option<f64> {
        self.read(name, variables, finite_number, "expected a number")
    }

    /// Seconds, as a number from 0.
    pub fn duration(&mut self, name: &str, variables: &[&str]) -> Option<Duration> {
        let seconds = self.float(name, variables)?;
        let duration = Duration::try_from_secs_f64(seconds);
        self.accept(
            name,
            duration.map_err(|_| "expected seconds, as a number from 0"),
        )
    }

    /// One of the words `T` knows; its error says which.
    pub fn choice<T: FromStr<Err: Display>>(
        &mut self,
        name: &str,
        variables: &[&str],
    ) -> Option<T> {
        let word = self.string(name, variables)?;
        let choice = word
            .parse()
            .map_err(|expected| format!("`{}` is not known: {expected}", word.escape_debug()));
        self.accept(name, choice)
    }

    /// Texts; comma separated in the environment.
    pub fn list(&mut self, name: &str, variables: &[&str]) -> Option<Vec<String>> {
        let expected = "expected a list of texts, `text,text` in the environment";
        self.read(name, variables, texts, expected)
    }

    /// Texts without white space; separated by it or by commas in the environment.
    pub fn words(&mut self, name: &str, variables: &[&str]) -> Option<Vec<String>> {
        let expected = "expected a list of texts, `text text` or `text,text` in the environment";
        self.read(name, variables, words, expected)
    }

    /// Text to text, in the order given; in the environment `key:value,key:value`, or as OpenTelemetry
    /// writes it: `key=value,key=value`, values percent-encoded.
    pub fn map(&mut self, name: &str, variables: &[&str]) -> Option<Vec<(String, String)>> {
        let expected = "expected texts by name, `key:value,key:value` in the environment";
        self.read(name, variables, pairs, expected)
    }

    /// Credentials by name: each as [`Fields::secret`] takes it, all of them in the environment as
    /// [`Fields::map`] does.
    pub fn secret_map(&mut self, name: &str, variables: &[&str]) -> Option<Vec<(String, Secret)>> {
        let value = self.take(name, variables)?;
        let texts = self.accept(name, self.source.texts(value))?.into_iter();
        Some(texts.map(|(key, text)| (key, Secret::new(text))).collect())
    }

    /// Reads what has a default, which stays where nothing is given.
    pub fn over<T>(&mut self, target: &mut T, name: &str, variables: &[&str], read: Read<T>) {
        if let Some(value) = read(self, name, variables) {
            *target = value;
        }
    }

    /// Another default for a setting in seconds, where one of these variables is set: whole
    /// milliseconds.
    pub fn milliseconds_over(&mut self, target: &mut Duration, variables: &[&str]) {
        let Some((variable, text)) = self.source.first(variables) else {
            return;
        };
        match text.trim().parse() {
            Ok(milliseconds @ 1..) => *target = Duration::from_millis(milliseconds),
            _ => self.problem(&variable, "expected whole milliseconds, from 1"),
        }
    }

    /// Reads what is needed. The placeholder returned without it never leaves [`Fields::finish`].
    pub fn required<T: Default>(&mut self, name: &str, variables: &[&str], read: Read<T>) -> T {
        let value = read(self, name, variables);
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

    /// Variables that look like this sink's and that nobody asked for, each with the one that may
    /// be meant. What Kubernetes sets for a service of the same name is none of them.
    #[must_use]
    pub fn unknown_variables(&self) -> Vec<String> {
        let Some(prefix) = &self.prefix else {
            return Vec::new();
        };
        let own = |name: &str| Some(name.strip_prefix(prefix)?.strip_prefix('_')?.to_owned());
        let asked: Vec<String> = self.asked.iter().filter_map(|name| own(name)).collect();
        let unknown = self.set.iter().filter(|name| !self.asked.contains(*name));
        let describe = |name: &String| {
            let rest = own(name)?;
            match nearest(&rest, &asked) {
                Some(meant) => Some(format!("`{name}`; did you mean `{prefix}_{meant}`?")),
                None if is_service_link(&rest) => None,
                None => Some(format!("`{name}`")),
            }
        };
        unknown.filter_map(describe).collect()
    }

    /// Ends the reading. A variable that looks like this sink's and that nobody asked for is named
    /// in a line of the program's log: unlike a key of the map, it may be somebody else's.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with all problems, keys nobody asked for included.
    pub fn finish(mut self) -> Result<(), ConfigErrors> {
        for variable in self.unknown_variables() {
            unused_setting(&format!("no setting is called {variable}"));
        }
        for (name, meant) in self.source.unknown() {
            let hint = meant
                .map(|meant| format!("; did you mean `{meant}`?"))
                .unwrap_or_default();
            let name = name.escape_debug().to_string();
            self.errors.push(name, format!("is not known{hint}"));
        }
        self.errors.into_result()
    }

    fn read<T>(
        &mut self,
        name: &str,
        variables: &[&str],
        convert: impl FnOnce(&Value) -> Option<T>,
        expected: &str,
    ) -> Option<T> {
        let value = self.take(name, variables)?;
        self.accept(name, convert(&value).ok_or(expected))
    }

    fn take(&mut self, name: &str, variables: &[&str]) -> Option<Value> {
        let variables_asked = variables.iter().map(|name| (*name).to_owned());
        self.asked.extend(variables_asked);
        self.source.take(name, variables)
    }

    fn accept<T>(&mut self, name: &str, read: Result<T, impl Into<String>>) -> Option<T> {
        read.map_err(|message| self.problem(name, message)).ok()
    }
}

impl Fields {
    /// The delivery settings, from `prefix` plus the setting's name in the environment:
    /// `DATADOG_SINK` gives `DATADOG_SINK_BATCH_SIZE`.
    pub fn delivery(&mut self, prefix: &str, defaults: DeliveryConfig) -> DeliveryConfig {
        self.prefix = Some(prefix.to_owned());
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

/// Whether Kubernetes sets a variable that ends like this for a service it knows.
fn is_service_link(name: &str) -> bool {
    ["SERVICE_HOST", "SERVICE_PORT", "PORT"]
        .iter()
        .any(|link| name.starts_with(link))
}

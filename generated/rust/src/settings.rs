//! Sinks by name, from one YAML file completed by environment variables.
//!
//! ```yaml
//! sinks:
//!   main:
//!     provider: cloudwatch
//!     batch_size: 500
//! ```
//!
//! A sink's other keys are its provider's settings and the delivery settings. What the file leaves
//! out is read from the environment.

mod sink_config;

use std::error::Error;
use std::fmt;
use std::time::Duration;

use serde_json::Value;

use super::cloud_sink_base::{CloudSink, ConfigErrors, Report, StartError};
use sink_config::no_provider;

pub use sink_config::SinkConfig;

/// Reads the sinks of a settings file, in its order.
///
/// # Errors
///
/// [`SettingsError`] with the problems of every sink.
pub fn parse(yaml: &str) -> Result<Vec<(String, SinkConfig)>, SettingsError> {
    let root: Value =
        serde_saphyr::from_str(yaml).map_err(|error| SettingsError::Yaml(error.into()))?;
    let Some(Value::Object(sinks)) = root.get("sinks").cloned() else {
        return Err(SettingsError::NoSinks);
    };
    let mut configs = Vec::new();
    let mut problems = Vec::new();
    for (name, settings) in sinks {
        let Value::Object(settings) = settings else {
            problems.push((name, no_provider("")));
            continue;
        };
        match SinkConfig::from_settings(settings) {
            Ok(config) => configs.push((name, config)),
            Err(errors) => problems.push((name, errors)),
        }
    }
    if problems.is_empty() {
        Ok(configs)
    } else {
        Err(SettingsError::Sinks(problems))
    }
}

/// Running sinks by name.
#[derive(Debug)]
pub struct Sinks(Vec<(String, CloudSink)>);

impl Sinks {
    /// Starts every sink of a settings file.
    ///
    /// # Errors
    ///
    /// [`SettingsError`]; sinks already started are stopped again.
    pub fn from_yaml(yaml: &str) -> Result<Self, SettingsError> {
        let mut sinks = Vec::new();
        for (name, config) in parse(yaml)? {
            match config.start() {
                Ok(sink) => sinks.push((name, sink)),
                Err(error) => return Err(SettingsError::Start(name, error)),
            }
        }
        Ok(Self(sinks))
    }

    /// One sink.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&CloudSink> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, sink)| sink)
    }

    /// All sinks, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &CloudSink)> {
        self.0.iter().map(|(name, sink)| (name.as_str(), sink))
    }

    /// Stops one sink after the other, each within `within`, and returns their reports.
    pub async fn stop(&self, within: Duration) -> Vec<(String, Report)> {
        let mut reports = Vec::new();
        for (name, sink) in self.iter() {
            reports.push((name.to_owned(), sink.stop(within).await));
        }
        reports
    }
}

/// Why the sinks of a settings file did not start.
#[derive(Debug)]
pub enum SettingsError {
    /// The text is not valid YAML.
    Yaml(Box<dyn Error + Send + Sync>),
    /// There is no map `sinks`.
    NoSinks,
    /// Settings that cannot work, by the sink's name.
    Sinks(Vec<(String, ConfigErrors)>),
    /// A sink that did not start.
    Start(String, StartError),
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yaml(_) => f.write_str("settings are not valid YAML"),
            Self::NoSinks => f.write_str("settings have no map `sinks`"),
            Self::Sinks(problems) => {
                for (index, (name, errors)) in problems.iter().enumerate() {
                    let separator = if index > 0 { "\n" } else { "" };
                    write!(f, "{separator}sink `{name}`: {errors}")?;
                }
                Ok(())
            }
            Self::Start(name, _) => write!(f, "sink `{name}` did not start"),
        }
    }
}

impl Error for SettingsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Yaml(error) => Some(error.as_ref()),
            Self::Start(_, error) => Some(error),
            Self::NoSinks | Self::Sinks(_) => None,
        }
    }
}

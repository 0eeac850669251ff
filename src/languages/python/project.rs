//! What a Python project needs so that a sink can be installed, found and checked.

use super::Place;
use super::names::plugin;
use crate::spec::model::{Encoding, Spec, Transport};

/// Additions to a `pyproject.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Project {
    /// Requirements of all sinks.
    pub requirements: Vec<String>,
    /// Extras: a name and its requirements. They are plain requirements of a project that existed.
    pub extras: Vec<(String, Vec<String>)>,
    /// Entry points of the group `fapilog.sinks`: plugin name and object.
    pub entry_points: Vec<(String, String)>,
    /// Requirements of tests and type checks.
    pub dev: Vec<String>,
}

/// The additions that `specs` need.
#[must_use]
pub fn of(specs: &[&Spec], place: &Place) -> Project {
    let mut dev = vec![
        "mypy>=1.13".to_owned(),
        "pytest>=8".to_owned(),
        "ruff>=0.9".to_owned(),
    ];
    if specs
        .iter()
        .any(|spec| spec.transport == Transport::AwsCloudwatchLogs)
    {
        dev.insert(0, "boto3-stubs[logs]>=1.35".to_owned());
    }
    Project {
        requirements: vec!["fapilog>=0.18.0".to_owned()],
        extras: specs
            .iter()
            .map(|spec| (spec.id.clone(), requirements(spec)))
            .collect(),
        entry_points: specs
            .iter()
            .map(|spec| {
                let object = format!(
                    "{}.{}_sink:{}Sink",
                    place.package,
                    spec.id,
                    spec.type_prefix()
                );
                (plugin(spec), object)
            })
            .collect(),
        dev,
    }
}

/// Requirements of one sink besides fapilog.
#[must_use]
pub fn requirements(spec: &Spec) -> Vec<String> {
    modules(spec)
        .into_iter()
        .map(|module| requirement(module).to_owned())
        .collect()
}

/// Modules the transport of one sink imports.
#[must_use]
pub fn modules(spec: &Spec) -> Vec<&'static str> {
    match spec.transport {
        Transport::AwsCloudwatchLogs => vec!["boto3"],
        Transport::Http if spec.compression.offered.contains(&Encoding::Zstd) => {
            vec!["httpx", "zstandard"]
        }
        Transport::Http => vec!["httpx"],
    }
}

fn requirement(module: &str) -> &'static str {
    match module {
        "boto3" => "boto3>=1.35",
        "zstandard" => "zstandard>=0.22",
        _ => "httpx>=0.27",
    }
}

//! What a Python project needs so that a sink can be installed, found and checked.

use super::Place;
use crate::sink::{Encoding, Scheme, Sink};

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

/// The additions that `sinks` need.
#[must_use]
pub fn of(sinks: &[&Sink], place: &Place) -> Project {
    let mut dev = ["mypy>=1.13", "pytest>=8", "ruff>=0.9"]
        .map(str::to_owned)
        .to_vec();
    if !sinks.iter().all(|sink| sink.is_http()) {
        dev.insert(0, "boto3-stubs[logs]>=1.35".to_owned());
    }
    let extras = sinks
        .iter()
        .map(|sink| (sink.id.clone(), requirements(sink)));
    let entry_points = sinks.iter().map(|sink| {
        let (id, prefix) = (&sink.id, &sink.type_prefix);
        (
            sink.python_plugin.clone(),
            format!("{}.{id}_sink:{prefix}Sink", place.package),
        )
    });
    Project {
        requirements: vec!["fapilog>=0.18.0".to_owned()],
        extras: extras.collect(),
        entry_points: entry_points.collect(),
        dev,
    }
}

/// Requirements of one sink besides fapilog.
#[must_use]
pub fn requirements(sink: &Sink) -> Vec<String> {
    let requirement = |module| match module {
        "boto3" => "boto3>=1.35",
        "botocore" => "botocore>=1.35",
        "google.auth" => "google-auth>=2.29",
        "zstandard" => "zstandard>=0.22",
        _ => "httpx>=0.27",
    };
    modules(sink)
        .into_iter()
        .map(|module| requirement(module).to_owned())
        .collect()
}

/// Modules the transport of one sink imports.
#[must_use]
pub fn modules(sink: &Sink) -> Vec<&'static str> {
    if !sink.is_http() {
        return vec!["boto3"];
    }
    let mut modules = vec!["httpx"];
    for credentials in &sink.credentials {
        match credentials.scheme {
            Scheme::SigV4 { .. } => modules.push("botocore"),
            Scheme::Google { .. } => modules.push("google.auth"),
            _ => {}
        }
    }
    if sink.compression.contains(&Encoding::Zstd) {
        modules.push("zstandard");
    }
    modules.sort_unstable();
    modules.dedup();
    modules
}

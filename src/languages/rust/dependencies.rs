//! Crates the generated code needs.

use std::collections::BTreeMap;
use std::fmt;

use super::parts;
use crate::sink::Sink;

/// A crate the generated code needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Name in the manifest.
    pub name: String,
    /// Needed by tests only.
    pub dev: bool,
    /// Version requirement.
    pub version: String,
    /// Package name where it differs from `name`.
    pub package: Option<String>,
    /// Whether default features stay on.
    pub default_features: bool,
    /// Features.
    pub features: Vec<String>,
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

/// One crate and the features of it that some file uses.
struct Needed {
    version: &'static str,
    package: Option<&'static str>,
    default_features: bool,
    features: Vec<&'static str>,
}

/// Crates of all `sinks`, sorted by name.
#[must_use]
pub fn of(sinks: &[&Sink]) -> Vec<Dependency> {
    let mut needed = runtime();
    for part in parts::of(sinks) {
        add(&part, &mut needed);
    }
    let dependency = |(name, needed): (&str, Needed)| Dependency {
        name: name.to_owned(),
        dev: false,
        version: needed.version.to_owned(),
        package: needed.package.map(str::to_owned),
        default_features: needed.default_features,
        features: needed.features.into_iter().map(str::to_owned).collect(),
    };
    needed.into_iter().map(dependency).collect()
}

/// What the runtime and the settings file need.
fn runtime() -> BTreeMap<&'static str, Needed> {
    let plain = |version, features: &[&'static str]| Needed {
        version,
        package: None,
        default_features: true,
        features: features.to_vec(),
    };
    let bare = |version, features: &[&'static str]| Needed {
        default_features: false,
        ..plain(version, features)
    };
    BTreeMap::from([
        ("bytes", plain("1", &[])),
        ("rustix", plain("1", &["fs"])),
        ("serde", plain("1", &["derive"])),
        ("serde_json", plain("1", &["preserve_order"])),
        ("serde-saphyr", plain("2", &[])),
        ("time", plain("0.3", &["formatting", "parsing"])),
        (
            "tokio",
            plain(
                "1",
                &[
                    "fs",
                    "io-util",
                    "macros",
                    "rt",
                    "rt-multi-thread",
                    "sync",
                    "time",
                ],
            ),
        ),
        ("tracing", bare("0.1", &["std"])),
        ("tracing-subscriber", bare("0.3", &["registry", "std"])),
    ])
}

/// What a part needs besides.
fn add(part: &str, needed: &mut BTreeMap<&'static str, Needed>) {
    let bare = |version, features: &[&'static str]| Needed {
        version,
        package: None,
        default_features: false,
        features: features.to_vec(),
    };
    match part {
        "http" => {
            needed.insert("reqwest", bare("0.13", &["http2", "rustls"]));
        }
        "delay" => {
            let httpdate = bare("1", &[]);
            needed.insert("httpdate", with_defaults(httpdate));
        }
        "gzip" => {
            needed.insert("flate2", bare("1.1", &["runtime_detection", "zlib-rs"]));
        }
        "zstd" => {
            needed.insert("zstd", bare("0.13", &[]));
        }
        "scrub" | "basic_auth" | "encoded" => {
            let base64 = bare("0.23", &[]);
            needed.insert("base64", with_defaults(base64));
        }
        "google" | "sas" => {
            let base64 = bare("0.23", &[]);
            needed.insert("base64", with_defaults(base64));
            needed.insert("aws-lc-rs", bare("1", &["aws-lc-sys"]));
            if part == "google" {
                let pki = bare("1", &[]);
                needed.insert("rustls-pki-types", with_defaults(pki));
            }
        }
        "sigv4" => {
            let features = [
                "credentials-process",
                "default-https-client",
                "rt-tokio",
                "sso",
            ];
            needed.insert("aws-config", bare("1", &features));
            let credentials = bare("1", &[]);
            needed.insert("aws-credential-types", with_defaults(credentials));
            needed.insert("aws-sigv4", bare("1", &["http1", "sign-http"]));
        }
        "aws_cloudwatch_client" => {
            let features = [
                "credentials-process",
                "default-https-client",
                "rt-tokio",
                "sso",
            ];
            needed.insert("aws-config", bare("1", &features));
            let features = ["default-https-client", "rt-tokio"];
            needed.insert("aws-sdk-cloudwatchlogs", bare("1", &features));
            let types = bare("1", &["http-body-1-x"]);
            needed.insert("aws-smithy-types", with_defaults(types));
            let util = bare("0.1", &[]);
            needed.insert("http-body-util", with_defaults(util));
        }
        _ => {}
    }
}

fn with_defaults(needed: Needed) -> Needed {
    Needed {
        default_features: true,
        ..needed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages::rust::names;

    /// Also those that a later provider brings: the name of a crate stays.
    #[test]
    fn a_new_crate_is_never_called_like_a_dependency() {
        let mut needed = runtime();
        for part in parts::ALL {
            add(part, &mut needed);
        }

        for name in needed.keys() {
            let name = name.replace('-', "_");
            assert!(names::reserved(&name).is_some(), "{name}");
        }
    }
}

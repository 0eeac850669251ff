//! Which verbatim parts a set of providers needs.

use std::collections::BTreeSet;

use super::{config, encoder, transport};
use crate::spec::model::{Auth, Framing, Spec, Transport};

/// Parts of all `specs`, sorted.
#[must_use]
pub fn of(specs: &[&Spec]) -> Vec<&'static str> {
    let mut parts = BTreeSet::from(["layer", "testing"]);
    for spec in specs {
        add(spec, &mut parts);
    }
    parts.into_iter().collect()
}

/// Files of a part, without their ending: one, or a folder's where a part holds several concepts.
#[must_use]
pub fn files(part: &'static str) -> Vec<String> {
    let modules = match part {
        "streams" => ["entry", "label_check", "label_fields", "labels", "mod"].as_slice(),
        _ => return vec![part.to_owned()],
    };
    let file = |module| format!("{part}/{module}");
    modules.iter().map(file).collect()
}

fn add(spec: &Spec, parts: &mut BTreeSet<&'static str>) {
    if config::needs_check(spec) {
        parts.insert("check");
    }
    if encoder::needs_constants(spec) {
        parts.insert("constant");
    }
    if matches!(spec.payload.framing, Framing::GroupedStreams { .. }) {
        parts.insert("streams");
    }
    match (spec.transport, &spec.endpoint) {
        (Transport::Http, Some(endpoint)) => {
            parts.extend(["http", "responder"]);
            parts.extend(transport::codecs(&spec.compression.offered));
            if spec.responses.counts_events() {
                parts.insert("items");
            }
            if spec
                .auth
                .iter()
                .any(|auth| matches!(auth, Auth::Basic { .. }))
            {
                parts.insert("basic_auth");
            }
            if transport::needs_percent(spec, endpoint) {
                parts.insert("percent");
            }
        }
        _ => {
            parts.extend([
                "aws_cloudwatch_classify",
                "aws_cloudwatch_client",
                "aws_cloudwatch_logs",
                "aws_cloudwatch_place",
            ]);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::files;

    #[test]
    fn every_file_of_a_folder_is_planned() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/rust/parts/streams");
        let entries = fs::read_dir(folder).expect("the part's folder");
        let found: BTreeSet<String> = entries
            .map(|entry| {
                let path = entry.expect("an entry").path();
                let stem = path.file_stem().expect("a name").to_string_lossy();
                format!("streams/{stem}")
            })
            .collect();

        assert_eq!(BTreeSet::from_iter(files("streams")), found);
    }
}

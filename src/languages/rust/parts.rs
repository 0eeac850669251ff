//! Verbatim parts of the runtime: those that sinks use, and those that these need.

use std::collections::BTreeSet;

use super::settings::Fields;
use super::sheets_of_code;
use crate::sink::Sink;

/// Every part, and the parts that it needs.
const NEEDS: [(&str, &[&str]); 43] = [
    (
        "acknowledgement",
        &["answer", "http", "http_transport", "request"],
    ),
    ("answer", &["codes", "delay", "http"]),
    ("authorized", &["credentials", "http_transport"]),
    ("aws_cloudwatch_classify", &[]),
    ("aws_cloudwatch_client", &["aws_cloudwatch_classify"]),
    (
        "aws_cloudwatch_logs",
        &["aws_cloudwatch_client", "aws_cloudwatch_place"],
    ),
    ("aws_cloudwatch_place", &["aws_cloudwatch_client"]),
    ("azure", &["token", "token_endpoint"]),
    ("basic_auth", &[]),
    ("check", &[]),
    ("codes", &[]),
    ("connection", &[]),
    ("constant", &[]),
    ("credentials", &["http", "scrub", "token"]),
    ("delay", &[]),
    ("encoded", &[]),
    ("framing", &[]),
    ("google", &["token", "token_endpoint"]),
    ("gzip", &["http_transport"]),
    ("http", &["connection"]),
    (
        "http_transport",
        &[
            "answer",
            "connection",
            "named_settings",
            "request",
            "responder",
            "scrub",
        ],
    ),
    ("items", &["answer", "codes"]),
    ("layer", &[]),
    ("line", &[]),
    ("named_settings", &[]),
    ("oauth2", &["basic_auth", "token", "token_endpoint"]),
    ("otlp", &[]),
    ("otlp_answer", &[]),
    ("otlp_bytes", &[]),
    ("otlp_protobuf", &["otlp_bytes"]),
    ("partition", &[]),
    ("percent", &[]),
    ("request", &["percent"]),
    ("responder", &["http"]),
    ("rest", &[]),
    ("sas", &["percent", "token"]),
    ("scrub", &[]),
    ("sigv4", &["token"]),
    ("streams", &[]),
    ("testing", &[]),
    ("token", &["credentials", "http"]),
    (
        "token_endpoint",
        &["answer", "credentials", "http", "percent", "scrub", "token"],
    ),
    ("zstd", &["http_transport"]),
];

/// The names of all of them.
#[cfg(test)]
pub const ALL: [&str; NEEDS.len()] = {
    let mut names = [""; NEEDS.len()];
    let mut index = 0;
    while index < NEEDS.len() {
        names[index] = NEEDS[index].0;
        index += 1;
    }
    names
};

/// Parts of all `sinks`, sorted. Their tests need no others.
#[must_use]
pub fn of(sinks: &[&Sink]) -> BTreeSet<String> {
    let used = sinks
        .iter()
        .flat_map(|sink| sheets_of_code(sink, &Fields::of(sink)));
    with_needs(used.flat_map(|sheet| sheet.parts))
}

/// Parts that are used, those they need, and those of every sink.
#[must_use]
pub fn with_needs(used: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    let mut open: Vec<String> = used.into_iter().collect();
    open.extend(["layer", "testing"].map(str::to_owned));
    while let Some(part) = open.pop() {
        if parts.contains(&part) {
            continue;
        }
        let needs = NEEDS.iter().find(|(name, _)| *name == part);
        let needs = needs.map_or(&[][..], |(_, needs)| *needs);
        open.extend(needs.iter().map(|need| (*need).to_owned()));
        parts.insert(part);
    }
    parts
}

/// Files of a part, without their ending: one, or a folder's where a part holds several concepts.
#[must_use]
pub fn files(part: &str) -> Vec<String> {
    let modules = match part {
        "streams" => ["entry", "label_check", "label_fields", "labels", "mod"].as_slice(),
        _ => return vec![part.to_owned()],
    };
    let file = |module| format!("{part}/{module}");
    modules.iter().map(file).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::{files, of, with_needs};
    use crate::assets::Assets;
    use crate::languages::rust::sheets;
    use crate::sink::load_all;

    #[test]
    fn tests_need_no_part_that_the_code_does_not() {
        for sink in load_all(&Assets::embedded()).expect("valid") {
            let all = sheets(&sink).into_iter().flat_map(|sheet| sheet.parts);

            assert_eq!(with_needs(all), of(&[&sink]), "{}", sink.id);
        }
    }

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

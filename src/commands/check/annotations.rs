//! A check's findings where a code host shows them: as annotations of a run, and as SARIF.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::{Class, File, Report};

/// What SARIF is checked against by those who read it.
const SARIF_SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A line for each finding, as a GitHub workflow reads them from its output.
pub fn github(report: &Report) -> Vec<String> {
    let findings = report.files.iter().filter(|file| file.class.is_finding());
    let lines = findings.map(|file| {
        let path = property(&path(report, file));
        let title = property(&format!("fapilog-gen: {}", file.class.word()));
        let level = level(file.class);
        let message = data(file.class.remedy());
        format!("::{level} file={path},title={title}::{message}")
    });
    lines.collect()
}

/// All findings as one SARIF log.
pub fn sarif(reports: &[Report]) -> Json {
    let results: Vec<Json> = reports
        .iter()
        .flat_map(|report| report.files.iter().map(move |file| (report, file)))
        .filter(|(_, file)| file.class.is_finding())
        .map(|(report, file)| {
            json!({
                "ruleId": file.class.id(),
                "level": level(file.class),
                "message": { "text": file.class.remedy() },
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": { "uri": uri(&path(report, file)) },
                    },
                }],
            })
        })
        .collect();
    let rules: Vec<Json> = Class::FINDINGS
        .iter()
        .map(|class| {
            json!({
                "id": class.id(),
                "shortDescription": { "text": class.meaning() },
                "defaultConfiguration": { "level": level(*class) },
            })
        })
        .collect();
    json!({
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": env!("CARGO_PKG_NAME"),
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                },
            },
            "results": results,
        }],
    })
}

/// GitHub and SARIF have the same words for it.
const fn level(class: Class) -> &'static str {
    match class {
        Class::Conflict | Class::NotOurs => "error",
        _ => "warning",
    }
}

/// From where the command runs, as both readers want it.
fn path(report: &Report, file: &File) -> String {
    let folder = Path::new(&report.folder);
    let folder = folder.strip_prefix(".").unwrap_or(folder);
    let path = folder.join(&file.path);
    path.to_string_lossy().replace('\\', "/")
}

/// The rules of workflow commands: a line end would begin another command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a text does not fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let file = |path: &str, class| File {
            path: path.to_owned(),
            class,
        };
        Report {
            folder: "./a b,c:d%".to_owned(),
            written_by: None,
            moved: Vec::new(),
            files: vec![
                file("x\n::error::y.rs", Class::Conflict),
                file("current.rs", Class::Current),
                file("edited.rs", Class::Edited),
                file("old.rs", Class::Stale),
            ],
        }
    }

    #[test]
    fn a_hostile_name_starts_no_command_of_its_own() {
        let lines = github(&report());

        assert_eq!(2, lines.len());
        assert!(
            lines[0].starts_with(
                "::error file=a b%2Cc%3Ad%25/x%0A%3A%3Aerror%3A%3Ay.rs,title=fapilog-gen%3A conflict::"
            ),
            "{lines:?}"
        );
        assert!(lines[1].starts_with("::warning "), "{lines:?}");
    }

    #[test]
    fn each_result_of_sarif_names_a_rule_that_is_listed() {
        let log = sarif(&[report()]);

        let run = &log["runs"][0];
        let rules: Vec<&Json> = run["tool"]["driver"]["rules"]
            .as_array()
            .expect("rules")
            .iter()
            .map(|rule| &rule["id"])
            .collect();
        let results = run["results"].as_array().expect("results");
        assert_eq!(2, results.len());
        assert!(results.iter().all(|it| rules.contains(&&it["ruleId"])));
        let place = &results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!("a%20b%2Cc%3Ad%25/old.rs", place);
    }
}

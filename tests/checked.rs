//! What a spec says it was checked with is what the committed results of the peers say, neither more nor less.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fapilog_gen::assets::Assets;
use fapilog_gen::sink::load_all;

/// `provider: { kind: what, date: "day" }`, as a spec would write it.
type Claims = BTreeSet<String>;

fn claim(provider: &str, kind: &str, with: &str, date: &str) -> String {
    format!("{provider}: - {{ {kind}: {with}, date: \"{date}\" }}")
}

/// The claims that the result table supports: every row of a provider at that peer has passed.
fn supported(results: &str) -> Claims {
    let mut claims = Claims::new();
    let mut refuted = Claims::new();
    for section in results.split("\n## `").skip(1) {
        let (name, rest) = section.split_once("`: ").expect("a name and a title");
        let (title, rest) = rest.split_once('\n').expect("a title");
        let Some((version, rest)) = rest.trim_start().split_once("; run on ") else {
            continue;
        };
        let (date, rows) = rest.split_once(',').expect("a day");
        for row in rows.lines().filter(|line| line.starts_with("| ")).skip(1) {
            let cells: Vec<_> = row.split(" | ").collect();
            let [provider, sink, what, result, ..] = cells.as_slice() else {
                panic!("a row of too few cells: {row}");
            };
            let provider = provider.trim_start_matches("| ");
            let found = if name == "clients" {
                let version = what
                    .strip_prefix(sink)
                    .and_then(|rest| rest.split(' ').nth(1));
                let client = format!("{sink} {}", version.expect("a version"));
                claim(provider, "vendor_client", &client, date)
            } else {
                claim(provider, "server", &format!("{title} {version}"), date)
            };
            if *result == "passed" {
                claims.insert(found);
            } else {
                refuted.insert(found);
            }
        }
    }
    &claims - &refuted
}

/// The claims of the built-in specs.
fn claimed() -> Claims {
    let sinks = load_all(&Assets::embedded()).expect("the built-in specs");
    let all = sinks.iter().flat_map(|sink| {
        sink.docs.checked.iter().map(|checked| {
            let kind = checked.kind().replace(' ', "_");
            claim(&sink.id, &kind, checked.with(), &checked.date)
        })
    });
    all.collect()
}

#[test]
fn specs_claim_what_the_results_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/peer-results.md");
    let results = fs::read_to_string(path).expect("the results");
    let sinks = load_all(&Assets::embedded()).expect("the built-in specs");
    let is_built_in = |claim: &String| {
        sinks
            .iter()
            .any(|sink| claim.starts_with(&format!("{}: ", sink.id)))
    };
    // A spec of `tests/backends` says nothing of how it was checked.
    let supported: Claims = supported(&results)
        .into_iter()
        .filter(is_built_in)
        .collect();
    let claimed = claimed();

    let missing: Vec<_> = supported.difference(&claimed).collect();
    let unfounded: Vec<_> = claimed.difference(&supported).collect();
    assert!(
        missing.is_empty() && unfounded.is_empty(),
        "`docs.checked` of the specs and docs/peer-results.md differ\nto add:\n{missing:#?}\nto remove:\n{unfounded:#?}"
    );
    assert!(!claimed.is_empty());
}

//! Worked limits: what becomes of events at the edge of what the provider accepts.

use minijinja::context;

use super::super::fields::signed;
use super::super::layout::{Expr, line, use_names};
use super::super::text::title;
use super::{BASE, Module, PARTS, functions, own};
use crate::languages::common::limits::stays_whole;
use crate::spec::model::{LimitVector, Spec};
use crate::text::number;

/// Names the file has besides its vectors.
const TAKEN: [&str; 5] = ["config", "events", "parts", "testing", "written"];

/// The file.
pub fn module(spec: &Spec) -> Module {
    let vectors = spec.vectors.limits.iter();
    let vectors = vectors.map(|vector| (&vector.name, body(vector)));
    let context = context! {
        title_doc => title(spec),
        prefix => spec.type_prefix(),
        uses => [
            use_names(BASE, &["Report"]),
            use_names(&format!("{PARTS}::testing"), &["self", "Events", "events"]),
            own(spec, &["Encoder"], &["parts"]),
            use_names("super", &["SETTINGS", "config"]),
        ],
        vectors => functions(vectors, &TAKEN),
    };
    Module::new("limits", context)
}

/// The statements of one test.
fn body(vector: &LimitVector) -> String {
    let checks_lengths = vector.truncated > 0 || stays_whole(vector);
    let lengths = if checks_lengths { "lengths" } else { "_" };
    let call = Expr::text(format!("written(&{})", events(vector)));
    let mut out = line(4, &format!("let (report, {lengths}) = "), &call);
    out += &format!(
        "\n    assert_eq!(report.requests, {});\n",
        number(vector.requests)
    );
    if vector.dead_lettered > 0 {
        out += "    // There is no dead-letter file here: what would go there is dropped and counted.\n";
    }
    let dropped = number(vector.dead_lettered);
    out += &format!("    assert_eq!(report.dropped_total(), {dropped});\n");
    if let (true, Some(bytes)) = (vector.truncated > 0, vector.record_bytes) {
        let (bytes, truncated) = (number(bytes), number(vector.truncated));
        out += &format!("    let cut = lengths.iter().filter(|length| **length < {bytes});\n");
        out += &format!("    assert_eq!(cut.count(), {truncated});\n");
    } else if let (true, Some(bytes)) = (stays_whole(vector), vector.record_bytes) {
        let all = format!("lengths.iter().all(|length| *length == {})", number(bytes));
        let args = [all, "\"{lengths:?}\"".to_owned()];
        out += &line(4, "", &Expr::call("assert!", args));
    }
    out
}

/// The events of a test, and what is special about them.
fn events(vector: &LimitVector) -> String {
    let mut events = format!("events({})", number(vector.events));
    if let Some(bytes) = vector.record_bytes {
        events += &format!(".of_bytes({})", number(bytes));
    }
    if vector.spacing_seconds > 0 {
        events += &format!(".seconds_apart({})", number(vector.spacing_seconds));
    }
    if vector.age_seconds != 0 {
        events += &format!(".seconds_old({})", signed(vector.age_seconds));
    }
    events
}

//! Worked limits: what becomes of events at the edge of what the provider accepts.

use super::super::layout::{Expr, line};
use crate::provider::model::LimitVector;
use crate::target::common::limits::stays_whole;
use crate::target::common::text::number;

/// The statements of one test.
pub fn body(vector: &LimitVector) -> String {
    let record_bytes = match vector.record_bytes {
        Some(bytes) => format!("Some({})", number(bytes)),
        None => "None".to_owned(),
    };
    let sign = if vector.age_seconds < 0 { "-" } else { "" };
    let age = format!("{sign}{}", number(vector.age_seconds.unsigned_abs()));
    let (events, spacing) = (number(vector.events), number(vector.spacing_seconds));
    let call = Expr::call("events", [events, record_bytes, spacing, age]);
    let checks_lengths = vector.truncated > 0 || stays_whole(vector);
    let lengths = if checks_lengths { "lengths" } else { "_" };
    let mut out = line(4, "let events = ", &call);
    out += &format!("\n    let (report, {lengths}) = written(&events);\n\n");
    out += &format!(
        "    assert_eq!(report.requests, {});\n",
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
